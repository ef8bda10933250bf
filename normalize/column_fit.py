"""How the columns of one drawn table lie on those of another: at the same x, moved or scaled."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Edges = npt.NDArray[np.float64]

# Column rules of one sheet are drawn within a hair of the same x on every page; producers round
# to 0.1-0.75 pt. Real columns are wider than 6 pt, so 2 pt cannot confuse two of them.
EDGE_TOLERANCE_PT = 2.0
# Pages of different size scale a sheet; its columns keep their share of the width.
EDGE_TOLERANCE_SHARE = 0.008
# Share of a continuation's column rules that must stand where the table has one.
MIN_SHARED_EDGES = 0.8


class Fit(NamedTuple):
    """How a fragment's x maps onto its table's: ``x * scale + shift``, or edge by edge."""

    scale: float
    shift: float
    edges: tuple[float, ...] | None = None


SAME_PLACE = Fit(1.0, 0.0)


def fit_columns(reference: Edges, edges: Edges) -> Fit | None:
    """How ``edges`` lie on ``reference``: None when they are not columns of the same sheet.

    Tried in turn: the same place, left- or right-aligned (pages centred anew), scaled.
    """
    for shift in (0.0, float(reference[0] - edges[0]), float(reference[-1] - edges[-1])):
        if shared_edges(reference, edges + shift, EDGE_TOLERANCE_PT) >= MIN_SHARED_EDGES:
            return Fit(1.0, shift)
    width = float(edges[-1] - edges[0])
    if len(edges) == len(reference) and width > 0:
        scale = float(reference[-1] - reference[0]) / width
        shift = float(reference[0] - edges[0] * scale)
        tolerance = EDGE_TOLERANCE_SHARE * float(reference[-1] - reference[0])
        if shared_edges(reference, edges * scale + shift, tolerance) >= 1.0:
            return Fit(scale, shift)
    return None


def shared_edges(reference: Edges, edges: Edges, tolerance: float) -> float:
    """Share of the inner and outer column edges that stand on an edge of the reference."""
    if len(edges) < 2:
        return 0.0
    near = np.abs(reference[None, :] - edges[:, None]).min(axis=1) <= tolerance
    ends = bool(near[0]) or bool(near[-1])
    return float(near.mean()) if ends else 0.0


def cluster_edges(values: Edges, tolerance: float) -> Edges:
    """Merge positions closer than the tolerance into their mean, ascending."""
    ordered = np.sort(values)
    starts = np.concatenate(([True], np.diff(ordered) > tolerance))
    labels = np.cumsum(starts) - 1
    result: Edges = np.bincount(labels, weights=ordered) / np.bincount(labels)
    return result
