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
from .geometry import NOTHING, Bounds, Floats, Matrix

Doubles = npt.NDArray[np.float64]
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
            return np.tile(np.array(self.clip, np.float32), (len(items), 1))
        tops = pdf.clip_segment(len(items), clips, counts - 1, 0)
        # Neighbours mostly share their clip, and where it changes it is mostly one known before.
        changes = np.ones(len(items), np.bool_)
        changes[1:] = (tops[1:] != tops[:-1]) | ((counts[1:] > 0) != (counts[:-1] > 0))
        heads = changes.nonzero()[0]
        known, first, which = pdf.distinct(tops[heads])
        boxes = np.empty((len(known), 4), np.float32)
        is_stack = known != 0
        one = heads[first[is_stack]]
        if len(one):
            boxes[is_stack] = self._of_stacks(clips[one], counts[one])
        of_heads = boxes[which]
        has_no_top = tops[heads] == 0
        of_heads[has_no_top] = self.clip
        of_heads[has_no_top & (counts[heads] > 0)] = NOTHING
        return np.asarray(of_heads[np.cumsum(changes) - 1])

    def _of_stacks(self, clips: pdf.Words, counts: Ints) -> Doubles:
        """(m, 4) displayed boxes of clips (m,) of ``counts`` paths, one or more."""
        owners, paths, begins = _numbered(clips, counts)
        tops = pdf.clip_segment(len(paths), owners, paths, 0)
        known, first, which = pdf.distinct(tops)
        layers = np.tile(np.array(NOTHING), (len(known), 1))
        has_segments = known != 0
        one = first[has_segments]
        if len(one):
            layers[has_segments] = self._of_paths(owners[one], paths[one])
        sides = layers[which]
        common = np.empty((len(clips), 4))
        # Where a producer wrote no number there is no edge; fmax and fmin leave such out.
        for side, nearer in enumerate((np.fmax, np.fmax, np.fmin, np.fmin)):
            common[:, side] = nearer(nearer.reduceat(sides[:, side], begins), self.clip[side])
        common[(common[:, 0] > common[:, 2]) | (common[:, 1] > common[:, 3])] = NOTHING
        return common

    def _of_paths(self, clips: pdf.Words, paths: Ints) -> Doubles:
        """(k, 4) displayed bounding boxes of paths (k,), by clip and number, with segments."""
        counts = pdf.clip_segments(len(paths), clips, paths)
        owners, within, begins = _numbered(clips, counts)
        segments = pdf.clip_segment(len(within), owners, np.repeat(paths, counts), within)
        points = np.zeros((len(within), 2), np.float32)
        pdf.segment_point(len(within), segments, pdf.Addresses(points), pdf.Addresses(points, 1))
        low = np.array([np.minimum.reduceat(of_axis, begins) for of_axis in points.T])
        high = np.array([np.maximum.reduceat(of_axis, begins) for of_axis in points.T])
        return _displayed(low, high, self.matrix)


def _numbered(owners: pdf.Words, counts: Ints) -> tuple[pdf.Words, Ints, Ints]:
    """Owners repeated as often as they have things, numbers of these, and where each begins."""
    ends = np.cumsum(counts)
    begins = ends - counts
    within = np.arange(ends[-1]) - np.repeat(begins, counts)
    return np.repeat(owners, counts), within, begins


def _displayed(low: Floats, high: Floats, matrix: Matrix) -> Doubles:
    """(n, 4) bounding boxes of the boxes with corners ``low`` and ``high`` (2, n), transformed.

    In double precision, like ``geometry.transform_box``.
    """
    a, b, c, d, e, f = matrix
    corners = np.stack((low, high)).astype(np.float64)  # (2, 2, n)
    boxes = np.empty((low.shape[1], 4))
    for axis, (p, q, shift) in enumerate(((a, c, e), (b, d, f))):
        of_x, of_y = p * corners[:, 0], q * corners[:, 1]
        boxes[:, axis] = of_x.min(axis=0) + of_y.min(axis=0) + shift
        boxes[:, axis + 2] = of_x.max(axis=0) + of_y.max(axis=0) + shift
    return boxes
