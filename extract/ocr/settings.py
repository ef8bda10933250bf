"""Settings of reading scans; lengths in points unless said otherwise."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..settings import GridSettings, RuleSettings, TextSettings


@dataclass(frozen=True, slots=True)
class RasterSettings:
    """What counts as a rule in a picture.

    ``dpi``: resolution that pages are drawn at; text of 6 pt is 17 pixels high at 200, which
    recognition needs. ``least_rule``: shorter strokes may be of a character (一 in 16 pt type).
    ``max_width``: thicker strokes are areas. ``max_skew``: degrees by which a sheet may lie askew
    in the scanner.
    """

    dpi: int = 200
    least_rule: float = 20.0
    max_width: float = 4.0
    max_skew: float = 5.0


@dataclass(frozen=True, slots=True)
class ScanSettings:
    """All of them. A scan's rules are broken, thick and a little bent: tolerances are wider.

    ``doubtful``: a line recognised with a lower mean probability is named in a finding.
    ``sure_rule``: a stroke of this length is a rule wherever it ends; no seal is as wide.
    ``sideways``: share of tall text boxes from which a page counts as lying on its side.
    """

    raster: RasterSettings = field(default_factory=RasterSettings)
    rules: RuleSettings = field(
        default_factory=lambda: RuleSettings(snap=3.0, snap_span=5.0, join=8.0, min_length=12.0)
    )
    grid: GridSettings = field(
        default_factory=lambda: GridSettings(touch=5.0, overhang=7.0, lone_overhang=16.0)
    )
    text: TextSettings = field(
        # Boxes of recognised characters are wide and uneven: gaps between them tell little.
        default_factory=lambda: TextSettings(latin_gap=0.6, han_gap=1.2)
    )
    doubtful: float = 0.8
    sure_rule: float = 130.0
    sideways: float = 0.5
