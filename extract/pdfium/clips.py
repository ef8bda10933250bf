"""Where objects are drawn: the page or a form, and the boxes to which their objects are clipped.

A clip is a stack of paths. Each clipping operator adds one to the stack as it is at that place,
and objects that share the stack share its paths; so the address of the last path's first point
tells whether a clip was already worked out. A path without segments hides everything (PDF 8.5.4).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from . import library as pdf
from .geometry import NOTHING, Bounds, Floats, Matrix, intersect


@dataclass(frozen=True, slots=True)
class Place:
    """A container of objects: ``matrix`` to displayed coordinates and its own ``clip``.

    ``boxes``, ``layers``: what was worked out of clips and of their paths, by address.
    """

    matrix: Matrix
    clip: Bounds
    boxes: dict[int, Bounds] = field(default_factory=dict)
    layers: dict[int, Bounds] = field(default_factory=lambda: {0: NOTHING})

    def clip_boxes(self, items: pdf.Words) -> Floats:
        """(n, 4): the displayed boxes to which objects of the container are clipped."""
        clips = pdf.clip_path(len(items), items)
        counts = pdf.clip_count(len(items), clips)
        if not len(items) or counts.max() <= 0:
            return np.tile(np.array(self.clip, np.float32), (len(items), 1))
        tops = pdf.clip_segment(len(items), clips, counts - 1, 0)
        # Neighbours mostly share their clip; only where it changes is there something to look up.
        changes = np.ones(len(items), np.bool_)
        changes[1:] = (tops[1:] != tops[:-1]) | ((counts[1:] > 0) != (counts[:-1] > 0))
        heads = changes.nonzero()[0]
        stacks = [
            (top, clip, count)
            for top, clip, count in zip(
                tops[heads].tolist(), clips[heads].tolist(), counts[heads].tolist(), strict=True
            )
        ]
        self._work_out(
            {top: (clip, count) for top, clip, count in stacks if top and top not in self.boxes}
        )
        boxes = [
            self.boxes[top] if top else NOTHING if count > 0 else self.clip
            for top, _, count in stacks
        ]
        return np.asarray(np.array(boxes, np.float32)[np.cumsum(changes) - 1])

    def _work_out(self, stacks: dict[int, tuple[int, int]]) -> None:
        """Remember the boxes of clips (handle, number of paths) by the address of their top."""
        owners = [clip for clip, count in stacks.values() for _ in range(count)]
        paths = [path for _, count in stacks.values() for path in range(count)]
        layers: list[int] = pdf.clip_segment(
            len(paths), np.array(owners, np.uint64), np.array(paths, np.int64), 0
        ).tolist()
        self._read_layers(
            {
                layer: (clip, path)
                for layer, clip, path in zip(layers, owners, paths, strict=True)
                if layer not in self.layers
            }
        )
        begin = 0
        for top, (_, count) in stacks.items():
            box = self.clip
            for layer in layers[begin : begin + count]:
                box = intersect(box, self.layers[layer])
            self.boxes[top] = box
            begin += count

    def _read_layers(self, layers: dict[int, tuple[int, int]]) -> None:
        """Remember the displayed bounding boxes of paths (clip, number) by their address."""
        if not layers:
            return
        handles, paths = np.array(list(layers.values()), np.uint64).T
        sizes = pdf.clip_segments(len(layers), handles, paths)
        ends = np.cumsum(sizes)
        within = np.arange(ends[-1]) - np.repeat(ends - sizes, sizes)
        segments = pdf.clip_segment(
            len(within), np.repeat(handles, sizes), np.repeat(paths, sizes), within
        )
        points = np.zeros((len(within), 2), np.float32)
        pdf.segment_point(len(within), segments, pdf.addresses(points), pdf.addresses(points, 1))
        begins = ends - sizes
        boxes = _displayed(
            np.minimum.reduceat(points, begins), np.maximum.reduceat(points, begins), self.matrix
        )
        self.layers.update(zip(layers, map(tuple, boxes.tolist()), strict=True))


def _displayed(low: Floats, high: Floats, matrix: Matrix) -> npt.NDArray[np.float64]:
    """(n, 4) bounding boxes of the boxes with corners ``low`` and ``high`` after a transformation.

    In double precision, like ``geometry.transform_box``.
    """
    a, b, c, d, e, f = matrix
    x0, y0 = low.astype(np.float64).T
    x1, y1 = high.astype(np.float64).T
    xs = np.stack([a * x + c * y + e for x in (x0, x1) for y in (y0, y1)])
    ys = np.stack([b * x + d * y + f for x in (x0, x1) for y in (y0, y1)])
    return np.stack((xs.min(axis=0), ys.min(axis=0), xs.max(axis=0), ys.max(axis=0)), axis=1)
