"""Where objects are drawn: the page or a form, and the boxes to which their objects are clipped.

A clip is a stack of paths. Each clipping operator adds one to the stack as it is at that place,
and objects that share the stack share its paths; so the address of the last path's first point
tells whether a clip was already worked out. A path without segments hides everything (PDF 8.5.4).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from . import library as pdf
from .geometry import Bounds, Floats, Matrix
from .walked import common_boxes, number_alike, repeat_numbered

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Place:
    """A container of objects: ``matrix`` to displayed coordinates and its own ``clip``."""

    matrix: Matrix
    clip: Bounds

    def clip_boxes(self, items: pdf.Words) -> Floats:
        """(n, 4): the displayed boxes to which objects of the container are clipped."""
        clips = pdf.clip_path(len(items), items)
        counts = pdf.clip_count(len(items), clips)
        if not len(items) or counts.max() <= 0:
            return np.full((len(items), 4), self.clip, np.float32)
        tops = pdf.clip_segment(len(items), clips, counts - 1, 0)
        which, firsts = number_alike(tops, counts)
        return self._of_stacks(clips.take(firsts), counts.take(firsts)).take(which, axis=0)

    def _of_stacks(self, clips: pdf.Words, counts: Ints) -> Floats:
        """(m, 4) displayed boxes of clips (m,) of ``counts`` paths."""
        owners, paths = repeat_numbered(clips, counts)
        tops = pdf.clip_segment(len(paths), owners, paths, 0)
        which, firsts = number_alike(tops, paths)
        owners, paths = owners.take(firsts), paths.take(firsts)
        n_points = pdf.clip_segments(len(paths), owners, paths)
        owners, within = repeat_numbered(owners, n_points)
        segments = pdf.clip_segment(len(within), owners, np.repeat(paths, n_points), within)
        points = np.zeros((len(within), 2), np.float32)
        pdf.segment_point(len(within), segments, pdf.Addresses(points), pdf.Addresses(points, 1))
        return common_boxes(points, n_points, which, counts, self.matrix, self.clip)
