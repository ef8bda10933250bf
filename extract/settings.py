"""Tolerances of the fast reader, in points unless said otherwise.

All are properties of how pages are drawn (pen widths, joints, letter spacing), none of a
particular document.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class RuleSettings:
    """What counts as a drawn rule.

    ``max_width``: a filled rectangle or a pen thicker than this is an area, not a rule; office
    programs draw their thickest cell border with 2.25 to 3 pt. ``skew``: a segment may leave its
    axis by this much. ``snap``: parallel rules closer than this are one (double borders, the two
    sides of a hairline box). ``snap_span``: a group of parallel rules is never wider than this.
    ``join``: collinear pieces with a smaller gap are one rule (dashes, one piece per cell edge).
    ``min_length``: what is shorter after joining is a dot, not a rule.
    """

    max_width: float = 3.0
    skew: float = 0.7
    snap: float = 2.0
    snap_span: float = 3.0
    join: float = 3.0
    min_length: float = 4.0


@dataclass(frozen=True, slots=True)
class GridSettings:
    """How rules make a table.

    ``touch``: a rule that ends this close to another one meets it. ``overhang``: rules that stick
    out further than this beyond the last crossing rule enclose an open row or column; no line of
    text fits in less. ``lone_overhang``: a single level rule that sticks out further than this
    encloses an open column; what is shorter is a slip of the pen. ``same_extent``: how much of
    their length two rules must share to be sides of the same open cells (fraction).
    """

    touch: float = 3.0
    overhang: float = 4.0
    lone_overhang: float = 12.0
    same_extent: float = 0.8


@dataclass(frozen=True, slots=True)
class TextSettings:
    """How glyphs make lines; all in multiples of the font size.

    ``baseline``: glyphs of one line differ less than this in height; wrapped lines are at least
    1.0 apart, sub- and superscripts about 0.3. ``latin_gap`` and ``han_gap``: a gap wider than
    this is a space (an ordinary Latin space is 0.25 to 0.3 wide, the automatic space between Han
    and Latin letters 0.25). ``word_gap``: so wide a gap between Latin letters is a space where the
    gaps around it are much smaller (the narrowest space of fonts for Chinese is 0.22 wide).
    ``column_gap``: outside tables, text beyond such a gap is a line of its own (unit at the right
    of the title block). ``run_gap``: glyphs closer than this were written as one run.
    ``spaced_figures``: so many digits and signs at least (a count), each with a space or
    ``word_gap`` before it and no gap wider than another by ``even_gap``, are one number set wide
    (a point's own box is narrower by 0.3).
    """

    baseline: float = 0.4
    latin_gap: float = 0.3
    word_gap: float = 0.18
    han_gap: float = 0.6
    column_gap: float = 4.0
    run_gap: float = 0.3
    spaced_figures: int = 4
    even_gap: float = 0.35


@dataclass(frozen=True, slots=True)
class ReadSettings:
    """All tolerances of a reading.

    ``printed_share``: the share of a glyph's box that must lie inside clip and page for the glyph
    to count as printed (half visible text is the publisher's). ``white``: a colour whose
    channels are all at least this (0 to 255) is white paper.
    """

    rules: RuleSettings = field(default_factory=RuleSettings)
    grid: GridSettings = field(default_factory=GridSettings)
    text: TextSettings = field(default_factory=TextSettings)
    printed_share: float = 0.45
    white: int = 250
