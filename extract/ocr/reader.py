"""Read a page that is a picture into the same tables and lines as any other page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ..grid import Rules, merge_rules, rules_to_grids
from ..model import Glyphs, RawPage
from ..picture import POINTS_PER_INCH, page_picture
from ..tables import assemble_page
from .settings import ScanSettings

if TYPE_CHECKING:
    from .raster import Floats, Pixels
    from .recognise import Printed

# The font size that gives a recognised line its height: boxes leave room above and below.
_SIZE_OF_HEIGHT = 0.72
_BASELINE = 0.2  # of the height, from below
_SAMPLE = 8  # boxes of text that tell on which side a page lies


def is_installed() -> bool:
    """Whether the extra ``yusuan[ocr]`` is there."""
    return all(find_spec(name) is not None for name in ("rapidocr", "onnxruntime", "cv2"))


@dataclass(frozen=True, slots=True)
class ScanReader:
    """Reads single pages from their picture. Coordinates are of the sheet set straight."""

    settings: ScanSettings = field(default_factory=ScanSettings)

    def read_page(self, data: bytes, page: RawPage) -> RawPage:
        """The page with the tables and lines of its picture.

        Raises PageError where the page cannot be drawn.
        """
        from .raster import find_rules, is_blank, skew_of, straightened, without_seals
        from .recognise import recognise

        raster = self.settings.raster
        picture = page_picture(data, page.number, raster.dpi, page.rotation)
        grey = without_seals(np.asarray(picture))
        grey = straightened(grey, skew_of(grey, raster))
        grey, turn = _upright(grey, self.settings)
        printed = [] if is_blank(grey) else recognise(grey)
        rules = _without_strokes(
            merge_rules(*find_rules(grey, raster), self.settings.rules), self.settings
        )
        printed = _split_at_rules(grey, printed, rules.v, self.settings)
        glyphs = _glyphs(printed, POINTS_PER_INCH / raster.dpi)
        grids = rules_to_grids(rules, self.settings.grid)
        tables, lines = assemble_page(page.number, glyphs, grids, self.settings.text, "ocr")
        is_turned = turn % 180 == 90
        return RawPage(
            number=page.number,
            width=page.height if is_turned else page.width,
            height=page.width if is_turned else page.height,
            rotation=(page.rotation + turn) % 360,
            tables=tables,
            lines=lines,
            n_glyphs=len(glyphs),
            n_hidden=page.n_hidden,
            has_image=page.has_image,
            text_source="ocr",
            doubts=tuple(line.text for line in printed if line.score < self.settings.doubtful),
        )


def _upright(grey: Pixels, settings: ScanSettings) -> tuple[Pixels, int]:
    """The picture with its text upright, and the turn given to it in degrees clockwise.

    Text on its side is found in tall boxes; which side it lies on, a sample read both ways tells.
    """
    from .recognise import detect, recognise_parts

    boxes = 2 * detect(np.ascontiguousarray(grey[::2, ::2]))  # half the size tells as well
    width, height = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
    if not len(boxes) or np.mean(height > 1.5 * width) < settings.sideways:
        return grey, 0
    sample = boxes[np.argsort(-height)[:_SAMPLE]]

    def reads_well(turn: int) -> float:
        pieces = (
            _turned(grey[round(top) : round(bottom), round(x0) : round(x1)], turn)
            for x0, top, x1, bottom in np.maximum(sample, 0).tolist()
        )
        read = [recognise_parts(one, [(0, 0, one.shape[1], one.shape[0])]) for one in pieces]
        return sum(len(line.text) * line.score**2 for lines in read for line in lines)

    turn = max((90, 270), key=reads_well)
    return _turned(grey, turn), turn


def _turned(grey: Pixels, turn: int) -> Pixels:
    """The picture turned clockwise by quarter turns."""
    return np.ascontiguousarray(np.rot90(grey, -(turn // 90)))


def _without_strokes(rules: Rules, settings: ScanSettings) -> Rules:
    """Without short strokes that end in the open: those of seals, handwriting and large type.

    A table's rule ends at a rule that crosses it. Taking one stroke away may leave another one
    open, so it is done until nothing changes.
    """
    while True:
        kept = Rules(
            rules.h[_is_held(rules.h, rules.v, settings)],
            rules.v[_is_held(rules.v, rules.h, settings)],
        )
        if len(kept.h) == len(rules.h) and len(kept.v) == len(rules.v):
            return kept
        rules = kept


def _is_held(rules: Floats, crossing: Floats, settings: ScanSettings) -> npt.NDArray[np.bool_]:
    """Which rules are long, or end at both sides at one of ``crossing``."""
    touch = settings.grid.touch
    reaches = (crossing[None, :, 1] <= rules[:, :1] + touch) & (
        crossing[None, :, 2] >= rules[:, :1] - touch
    )
    ends = [
        (reaches & (np.abs(crossing[None, :, 0] - rules[:, at : at + 1]) <= touch)).any(axis=1)
        for at in (1, 2)
    ]
    is_long = rules[:, 2] - rules[:, 1] >= settings.sure_rule
    return np.asarray(is_long | (ends[0] & ends[1]))


def _split_at_rules(
    grey: Pixels, printed: Sequence[Printed], upright: Floats, settings: ScanSettings
) -> list[Printed]:
    """Lines that run over an upright rule are of several cells: read each side by itself."""
    from .recognise import recognise_parts

    points = POINTS_PER_INCH / settings.raster.dpi
    kept: list[Printed] = []
    for line in printed:
        x0, top, x1, bottom = line.box
        middle = (top + bottom) / 2 * points
        crossing = (
            (upright[:, 0] > x0 * points + 2)
            & (upright[:, 0] < x1 * points - 2)
            & (upright[:, 1] <= middle)
            & (upright[:, 2] >= middle)
        )
        cuts = np.sort(upright[crossing, 0]) / points
        if not len(cuts):
            kept.append(line)
            continue
        edges = [x0, *cuts.tolist(), x1]
        room = 3 if len(cuts) else 0  # pixels: the rule itself is no part of the text
        parts = [
            (round(left) + room, round(top), round(right) - room, round(bottom))
            for left, right in pairwise(edges)
        ]
        kept.extend(recognise_parts(grey, parts))
    return kept


def _glyphs(printed: Sequence[Printed], points: float) -> Glyphs:
    """Characters as glyphs, line by line; ``points``: size of a pixel."""
    letters = [
        (ord(letter), box, number)
        for number, line in enumerate(printed)
        for letter, box in zip(line.text, line.boxes, strict=True)
        if not letter.isspace()
    ]
    codes = np.array([code for code, _, _ in letters], np.uint32)
    boxes = np.array([box for _, box, _ in letters], np.float32).reshape(-1, 4) * points
    heights = boxes[:, 3] - boxes[:, 1]
    origins = np.stack((boxes[:, 0], boxes[:, 3] - _BASELINE * heights), axis=1)
    return Glyphs(
        codes=codes,
        boxes=boxes.astype(np.float32),
        origins=origins.astype(np.float32),
        sizes=(heights * _SIZE_OF_HEIGHT).astype(np.float32),
        runs=np.array([number for _, _, number in letters], np.int64),
    )
