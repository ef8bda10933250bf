"""Text of a grey picture, character by character, with places in pixels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np

from .raster import Floats, Pixels


@dataclass(frozen=True, slots=True)
class Printed:
    """A recognised line: its characters and their boxes (x0, top, x1, bottom in pixels).

    ``score``: mean probability, 0 to 1.
    """

    text: str
    boxes: tuple[tuple[float, float, float, float], ...]
    score: float

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Around all characters."""
        x0, top, x1, bottom = np.array(self.boxes).T
        return float(x0.min()), float(top.min()), float(x1.max()), float(bottom.max())


def recognise(grey: Pixels) -> list[Printed]:
    """All lines of a picture (h, w), in the order in which they were found."""
    found = _engine()(
        _colour(grey), use_det=True, use_cls=False, use_rec=True, return_word_box=True
    )
    if getattr(found, "boxes", None) is None:
        return []
    lines = (
        _printed(words, float(score), box)
        for words, score, box in zip(found.word_results, found.scores, found.boxes, strict=True)
    )
    return [line for line in lines if line is not None]


def detect(grey: Pixels) -> Floats:
    """Boxes of text (n, 4: x0, top, x1, bottom in pixels), unread; a tenth of the work."""
    found = _engine()(_colour(grey), use_det=True, use_cls=False, use_rec=False)
    if getattr(found, "boxes", None) is None:
        return np.empty((0, 4), np.float32)
    corners = np.asarray(found.boxes, np.float32).reshape(-1, 4, 2)
    return np.concatenate((corners.min(axis=1), corners.max(axis=1)), axis=1)


def recognise_parts(grey: Pixels, parts: Sequence[tuple[int, int, int, int]]) -> list[Printed]:
    """One line in each part (x0, top, x1, bottom) of a picture; parts without text are left out."""
    lines = []
    for x0, top, x1, bottom in parts:
        piece = grey[top:bottom, x0:x1]
        if piece.size == 0 or int(piece.min()) > 160:
            continue  # nothing dark: blank paper
        found = _engine()(
            _colour(piece), use_det=False, use_cls=False, use_rec=True, return_word_box=False
        )
        text = found.txts[0] if found.txts else ""
        if text.strip():
            score = float(found.scores[0])
            lines.append(Printed(text, tuple(_spread(text, (x0, top, x1, bottom))), score))
    return lines


@lru_cache(maxsize=1)
def _engine() -> Any:
    """The engine, made once per process: loading the models takes a second.

    One thread: a run has one worker per core, and the result must not depend on their number.
    """
    from rapidocr import RapidOCR

    return RapidOCR(
        params={
            "Global.log_level": "error",
            "Global.text_score": 0.3,
            # Text is found well on a smaller picture; it is recognised on the whole one.
            "Det.limit_type": "max",
            "Det.limit_side_len": 1600,
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
    )


def _colour(grey: Pixels) -> Pixels:
    return np.ascontiguousarray(np.repeat(grey[..., None], 3, axis=2))


def _printed(words: Sequence[Any], score: float, box: Any) -> Printed | None:
    """A line of the engine's words: (text, score, four corners), where Latin words are whole."""
    corners = np.asarray(box, np.float64)
    top, bottom = float(corners[:, 1].min()), float(corners[:, 1].max())
    text, boxes = "", []
    for word, _, places in words:
        xs = np.asarray(places, np.float64)[:, 0]
        text += word
        boxes += _spread(word, (float(xs.min()), top, float(xs.max()), bottom))
    return Printed(text, tuple(boxes), score) if text.strip() else None


def _spread(
    text: str, box: tuple[float, float, float, float]
) -> list[tuple[float, float, float, float]]:
    """Boxes of the characters of a word, side by side in its box; wide ones count double."""
    widths = np.array([2 if ord(letter) > 0x2E80 else 1 for letter in text], np.float64)
    edges = box[0] + (box[2] - box[0]) * np.concatenate(([0], np.cumsum(widths))) / widths.sum()
    return [(float(x0), box[1], float(x1), box[3]) for x0, x1 in pairwise(edges.tolist())]
