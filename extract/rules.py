# cython: wraparound=False, cdivision=True
"""Loops over rules: whole ones of the pieces drawn, the edges where they are, and their walls.

Rules are (n, 3) float32 arrays of at, start, end in points.
"""

from __future__ import annotations

from typing import TypeAlias

import cython
import numpy as np
import numpy.typing as npt
from cython.cimports.libc.math import isfinite, isnan

Floats: TypeAlias = npt.NDArray[np.float32]
Bools: TypeAlias = npt.NDArray[np.bool_]

_LEAST_WEIGHT = np.float32(0.1)
"""pt; a dot has so much say in where the rule is that it is a piece of."""


def merge_pieces(
    pieces: cython.float[:, :],
    snap: cython.double,
    snap_span: cython.double,
    join: cython.double,
    min_length: cython.float,
) -> Floats:
    """The whole rules that parallel pieces make, by place, then by start (``RuleSettings``).

    A rule stands at the mean of the pieces of its group, weighted with their lengths. Lengths and
    products are of single precision, as the pieces are. Pieces that are nowhere make no rule.
    """
    n: cython.Py_ssize_t = pieces.shape[0]
    order: cython.longlong[:] = np.arange(n, dtype=np.int64)
    spare: cython.longlong[:] = np.empty(n, np.int64)
    found = np.empty((n, 3), np.float32)
    merged: cython.float[:, :] = found
    least: cython.float = _LEAST_WEIGHT
    count: cython.Py_ssize_t = 0
    begin: cython.Py_ssize_t = 0
    _sort(pieces, 0, order, spare, 0, n)
    while begin < n:
        end: cython.Py_ssize_t = _end_of_group(pieces, order, begin, snap, snap_span)
        at: cython.double = _mean_place(pieces, order, begin, end, least)
        if isfinite(at):
            _sort(pieces, 1, order, spare, begin, end)
            count = _join_pieces(pieces, order, begin, end, at, join, min_length, merged, count)
        begin = end
    return found[:count]


@cython.cfunc
@cython.exceptval(check=False)
def _sort(
    rules: cython.float[:, :],
    column: cython.Py_ssize_t,
    order: cython.longlong[:],
    spare: cython.longlong[:],
    begin: cython.Py_ssize_t,
    end: cython.Py_ssize_t,
) -> cython.void:
    """Sort the rules that ``order[begin:end]`` names by a column, equal ones as they were.

    What is no number comes last. Merges halves; producers draw in order, so most are at once.
    """
    if end - begin < 2:
        return
    middle: cython.Py_ssize_t = (begin + end) // 2
    _sort(rules, column, order, spare, begin, middle)
    _sort(rules, column, order, spare, middle, end)
    if not _is_before(rules[order[middle], column], rules[order[middle - 1], column]):
        return
    i: cython.Py_ssize_t
    for i in range(begin, middle):
        spare[i] = order[i]
    left: cython.Py_ssize_t = begin
    right: cython.Py_ssize_t = middle
    for i in range(begin, end):
        if left == middle:
            return  # the rest of the right half is in its place
        if right < end and _is_before(rules[order[right], column], rules[spare[left], column]):
            order[i] = order[right]
            right += 1
        else:
            order[i] = spare[left]
            left += 1


@cython.cfunc
@cython.exceptval(check=False)
def _is_before(one: cython.float, other: cython.float) -> cython.bint:
    return one < other or (isnan(other) and not isnan(one))


@cython.cfunc
@cython.exceptval(check=False)
def _end_of_group(
    pieces: cython.float[:, :],
    order: cython.longlong[:],
    begin: cython.Py_ssize_t,
    snap: cython.double,
    snap_span: cython.double,
) -> cython.Py_ssize_t:
    """Where the group of pieces ends that are at one place, given in the order of their places.

    Neighbours within ``snap`` are; a chain of them ends before it gets wider than ``snap_span``.
    """
    first: cython.double = cython.cast(cython.double, pieces[order[begin], 0])
    before: cython.double = first
    end: cython.Py_ssize_t = begin + 1
    while end < order.shape[0]:
        at: cython.double = cython.cast(cython.double, pieces[order[end], 0])
        if not (at - before <= snap and at - first <= snap_span):
            break
        before = at
        end += 1
    return end


@cython.cfunc
@cython.exceptval(check=False)
def _mean_place(
    pieces: cython.float[:, :],
    order: cython.longlong[:],
    begin: cython.Py_ssize_t,
    end: cython.Py_ssize_t,
    least: cython.float,
) -> cython.double:
    weights: cython.double = 0.0
    places: cython.double = 0.0
    i: cython.Py_ssize_t
    for i in range(begin, end):
        k: cython.longlong = order[i]
        weight: cython.float = pieces[k, 2] - pieces[k, 1]
        if weight < least:
            weight = least
        place: cython.float = weight * pieces[k, 0]
        weights += cython.cast(cython.double, weight)
        places += cython.cast(cython.double, place)
    return places / weights


@cython.cfunc
@cython.exceptval(check=False)
def _join_pieces(
    pieces: cython.float[:, :],
    order: cython.longlong[:],
    begin: cython.Py_ssize_t,
    end: cython.Py_ssize_t,
    at: cython.double,
    join: cython.double,
    min_length: cython.float,
    merged: cython.float[:, :],
    count: cython.Py_ssize_t,
) -> cython.Py_ssize_t:
    """Write the rules of a group, ``order[begin:end]`` by start, from ``merged[count]`` on.

    Pieces with gaps up to ``join`` are one rule. Gives the new count of rules; a short one is
    written over.
    """
    reach: cython.double = 0.0
    i: cython.Py_ssize_t
    for i in range(begin, end):
        k: cython.longlong = order[i]
        start: cython.double = cython.cast(cython.double, pieces[k, 1])
        stop: cython.double = cython.cast(cython.double, pieces[k, 2])
        if i == begin or start > reach + join:
            if i > begin and merged[count, 2] - merged[count, 1] >= min_length:
                count += 1
            merged[count, 0] = at
            merged[count, 1] = pieces[k, 1]
            merged[count, 2] = pieces[k, 2]
        elif stop > merged[count, 2]:
            merged[count, 2] = pieces[k, 2]
        if i == begin or stop > reach:
            reach = stop
    return count + (merged[count, 2] - merged[count, 1] >= min_length)


def distinct_places(rules: cython.float[:, :]) -> Floats:
    """The places at which rules are, ascending."""
    n: cython.Py_ssize_t = rules.shape[0]
    found = np.empty(n, np.float32)
    places: cython.float[:] = found
    is_ascending: cython.bint = True
    i: cython.Py_ssize_t
    for i in range(n):
        places[i] = rules[i, 0]
        if i > 0 and not places[i - 1] <= places[i]:
            is_ascending = False
    if not is_ascending:
        found.sort()
    count: cython.Py_ssize_t = 0
    for i in range(n):
        if count == 0 or places[i] != places[count - 1]:
            places[count] = places[i]
            count += 1
    return found[:count]


def count_narrow(edges: cython.float[:], least: cython.float) -> int:
    """How many steps between neighbouring edges are less than ``least``."""
    count: cython.Py_ssize_t = 0
    i: cython.Py_ssize_t
    for i in range(edges.shape[0] - 1):
        count += edges[i + 1] - edges[i] < least
    return int(count)


def add_open_ends(
    places: Floats, crossing: cython.float[:, :], overhang: cython.float, lone: cython.float
) -> Floats:
    """The edges of one axis: where rules are, and open ends where crossing ones stick out.

    Two crossing rules must stick out further than ``overhang`` or one further than ``lone``.
    Without any rule the crossing ones tell both edges.
    """
    outer = np.array((np.inf, np.inf, -np.inf, -np.inf), np.float32)
    ends: cython.float[:] = outer  # least start, the next one, the next to greatest end, greatest
    i: cython.Py_ssize_t
    for i in range(crossing.shape[0]):
        if crossing[i, 1] < ends[0]:
            ends[1] = ends[0]
            ends[0] = crossing[i, 1]
        elif crossing[i, 1] < ends[1]:
            ends[1] = crossing[i, 1]
        if crossing[i, 2] > ends[3]:
            ends[2] = ends[3]
            ends[3] = crossing[i, 2]
        elif crossing[i, 2] > ends[2]:
            ends[2] = crossing[i, 2]
    edges: cython.float[:] = places
    last: cython.Py_ssize_t = edges.shape[0] - 1
    if last < 0:
        return outer[::3]
    before: cython.bint = edges[0] - ends[0] > lone or edges[0] - ends[1] > overhang
    after: cython.bint = ends[3] - edges[last] > lone or ends[2] - edges[last] > overhang
    if not before and not after:
        return places
    return np.concatenate((outer[: 1 if before else 0], places, outer[3 if after else 4 :]))


def find_walls(
    edges: cython.float[:], crossing_edges: cython.float[:], rules: cython.float[:, :]
) -> Bools:
    """(n_edges, n_slots): whether a rule at the edge passes the middle of the slot.

    Each rule is at the edge nearest to it, of two as near at the first. ``crossing_edges``
    (n_slots + 1): where the slots begin and end.
    """
    n_slots: cython.Py_ssize_t = crossing_edges.shape[0] - 1
    found = np.zeros((edges.shape[0], n_slots), np.uint8)
    walls: cython.uchar[:, :] = found
    i: cython.Py_ssize_t
    edge: cython.Py_ssize_t = 0
    for i in range(rules.shape[0]):
        edge = _nearest(edges, rules[i, 0], edge)
        slot: cython.Py_ssize_t
        for slot in range(n_slots):
            middle: cython.float = (crossing_edges[slot] + crossing_edges[slot + 1]) / 2
            if rules[i, 1] <= middle <= rules[i, 2]:
                walls[edge, slot] = 1
    return found.view(np.bool_)


@cython.cfunc
@cython.exceptval(check=False)
def _nearest(
    edges: cython.float[:], at: cython.float, guess: cython.Py_ssize_t
) -> cython.Py_ssize_t:
    """The first of the edges, ascending, that are nearest to a place; sought from a guess."""
    last: cython.Py_ssize_t = edges.shape[0] - 1
    while guess < last and edges[guess + 1] <= at:
        guess += 1
    while guess > 0 and edges[guess] > at:
        guess -= 1
    if guess < last and abs(edges[guess + 1] - at) < abs(edges[guess] - at):
        guess += 1
    while guess > 0 and abs(edges[guess - 1] - at) <= abs(edges[guess] - at):
        guess -= 1
    return guess
