"""Faces -> people: linkage by mean similarity makes groups, their centres join them, and each face picks a centre.

The sum of the products of all pairs of two groups is the product of the sums of their vectors: linkage needs no matrix
of all pairs. All pairs of groups that are each other's nearest are joined at once; with average linkage that makes the
same tree as one pair after the other, which Müllner (2011, "Modern hierarchical clustering algorithms") calls
reducible. The thresholds come with the model.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from core.thresholds import Thresholds
from core.types import Vectors

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

NOBODY = -1

_NEIGHBOURS = 32
"""Nearest faces that linkage considers of each face: in a crowd of one person more would only take memory."""

_CERTAIN = 3.0
"""The number of pairs as which the usual similarity of one person's photos counts where a group is small: as many as
three photos make. Chosen so that a group of two, whose one pair says little, is judged by the usual; the sets of faces
at hand hardly depend on it. From 0.5 to 100 the corrections that they need are 657 or 658 (`python -m tests.benchmarks
grouping --half 0 --sweep`)."""

_BLOCK, _HELD, _PAIRS, _TILE, _ROUNDS = 1024, 4_000_000, 1 << 14, 1 << 24, 4


def people(
    vectors: Vectors,
    images: Ints,
    qualities: NDArray[np.float64],
    seeds: Ints | None = None,
    *,
    thresholds: Thresholds,
) -> Ints:
    """Who is who: a label for each face, 0, 1, ..., or -1 for nobody. Every label stands for two faces or more.

    Args:
        vectors: [n, dimension], unit length.
        images: the image of each face, [n]; two faces of one image are two people, unless they have the same seed.
        qualities: [n], 0 to 1.
        seeds: [n], who a human said it is, or -1: equal seeds stay together, different ones apart.
        thresholds: of the model that made the vectors.
    """
    seeds = np.full(len(vectors), NOBODY, np.int64) if seeds is None else seeds
    limits = Limits(images, seeds)
    chosen = np.flatnonzero((qualities >= thresholds.found_quality) | (seeds >= 0))
    if not len(chosen):
        return np.full(len(vectors), NOBODY, np.int64)
    founders, within = vectors[chosen], limits.of(chosen)
    kin = _Kin(thresholds.kin, thresholds.usual)
    pairs = nearest_pairs(founders, thresholds.link)
    groups = _linked(founders, _seeded(within.seeds), pairs, within, thresholds.link)
    pairs = _near_centres(founders, groups, thresholds.centres)
    groups = _linked(founders, groups, pairs, within, thresholds.centres, kin)
    labels = groups.max() + 1 + np.arange(len(vectors))
    labels[chosen] = groups
    able = (qualities >= thresholds.join_quality) & (seeds < 0)
    counts = np.isin(np.arange(len(vectors)), chosen)
    for _ in range(_ROUNDS):
        moved = _settled(vectors, labels, limits, able, counts, thresholds)
        if np.array_equal(moved, labels):
            break
        labels = moved
    return _numbered(_attached(vectors, labels, limits, able, counts, thresholds))


def nearest_pairs(vectors: Vectors, least: float) -> Ints:
    """Pairs of rows [m, 2], first < second, with a similarity of `least` or more: of each row those with the nearest.

    Two groups whose mean similarity is enough have two faces that are as near: more pairs are not needed.
    """
    pairs, values = np.empty((0, 2), np.int64), np.empty(0, np.float32)
    for top in range(0, len(vectors), _BLOCK):
        found = [(pairs, values)]
        for left in range(top, len(vectors), _BLOCK):
            tile = vectors[top : top + _BLOCK] @ vectors[left : left + _BLOCK].T
            near = _near(tile, least, left == top)
            row, column = np.divmod(near, tile.shape[1])
            found.append((np.stack([row + top, column + left], axis=1), tile.reshape(-1)[near]))
        pairs, values = (np.concatenate(part) for part in zip(*found, strict=True))
        if len(pairs) > _HELD:
            pairs, values = _nearest_of_each(pairs, values)
    return _nearest_of_each(pairs, values)[0]


def _near(tile: NDArray[np.float32], least: float, diagonal: bool) -> Ints:
    """Flat places in a tile of similarities that are near enough: of a crowd, the nearest in each row and column."""
    near = tile >= least
    if diagonal:
        near = np.triu(near, k=1)
    if np.count_nonzero(near) > 2 * _NEIGHBOURS * len(tile):
        crowd = np.zeros(tile.shape, bool)
        masked = np.where(near, -tile, np.float32(2))
        for axis in range(2):
            most = min(_NEIGHBOURS, tile.shape[axis]) - 1
            best = np.argpartition(masked, most, axis=axis)
            np.put_along_axis(crowd, np.take(best, range(most + 1), axis=axis), True, axis=axis)
        near &= crowd
    return np.flatnonzero(near)


def _nearest_of_each(pairs: Ints, values: NDArray[np.float32]) -> tuple[Ints, NDArray[np.float32]]:
    """The pairs that are among the nearest of one of their two rows."""
    keep = np.zeros(len(pairs), bool)
    ends = pairs.T.reshape(-1)
    order = np.lexsort((-np.tile(values, 2), ends))
    sizes = np.unique(ends, return_counts=True)[1]
    rank = np.arange(len(order)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    keep[order[rank < _NEIGHBOURS] % max(len(pairs), 1)] = True
    return pairs[keep], values[keep]


@dataclass(frozen=True, slots=True)
class Limits:
    """Who may not be together: two faces of one image, and two seeds."""

    images: Ints
    seeds: Ints

    def of(self, rows: Ints) -> Limits:
        """The same for a part of the faces."""
        return Limits(self.images[rows], self.seeds[rows])

    def refused(self, labels: Ints, pairs: Ints) -> Flags:
        """Of pairs of groups, [m, 2], of which no group stands in two: which must not be joined."""
        target = np.arange(labels.max() + 1)
        target[pairs[:, 1]] = pairs[:, 0]
        merged = target[labels]
        rows = np.flatnonzero(np.isin(merged, pairs[:, 0]))
        named = rows[self.seeds[rows] >= 0]
        bad = np.zeros(len(target), bool)
        # Two groups that both bring an image; a group with two seeds.
        bad[_repeated(np.unique(np.stack([merged, self.images, labels], axis=1)[rows], axis=0)[:, :2])] = True
        bad[_repeated(np.unique(np.stack([merged, self.seeds], axis=1)[named], axis=0)[:, :1])] = True
        return bad[pairs[:, 0]]


def _repeated(rows: Ints) -> Ints:
    """The first column of each row that equals the one before."""
    return np.asarray(rows[1:][(rows[1:] == rows[:-1]).all(axis=1), 0])


@dataclass(frozen=True, slots=True)
class _Kin:
    """The share of the similarity within groups that the mean between two must reach, and the usual one within."""

    share: float
    usual: float


class _Groups:
    """Groups of faces by the sums of their vectors."""

    def __init__(self, vectors: Vectors, labels: Ints) -> None:
        self.labels = labels
        self.sizes = np.bincount(labels).astype(np.float32)
        self.sums = _sums(vectors, labels)

    def join(self, pairs: Ints) -> Ints:
        """Joins the second group of each pair to the first; where each group has gone."""
        target = np.arange(len(self.sizes))
        into, gone = pairs.T
        target[gone] = into
        self.sums[into] += self.sums[gone]
        self.sizes[into] += self.sizes[gone]
        self.labels = target[self.labels]
        return target

    def similarity(self, pairs: Ints, kin: _Kin | None) -> NDArray[np.float32]:
        """Of two groups: of their faces, in the mean; or of their centres, -1 where they are not of one kin."""
        result = np.empty(len(pairs), np.float32)
        for start in range(0, len(pairs), _PAIRS):
            one, other = pair = pairs[start : start + _PAIRS].T
            product = np.einsum("ij,ij->i", self.sums[one], self.sums[other])
            value = product / (self.sizes[one] * self.sizes[other])
            if kin is not None:
                squares = [np.einsum("ij,ij->i", self.sums[each], self.sums[each]) for each in pair]
                within = [self._within(each, square, kin.usual) for each, square in zip(pair, squares, strict=True)]
                usual = np.sqrt(within[0] * within[1])
                value = np.where(value >= kin.share * usual, product / np.sqrt(squares[0] * squares[1]), -1)
            result[start : start + _PAIRS] = value
        return result

    def _within(self, groups: Ints, squares: NDArray[np.float32], usual: float) -> NDArray[np.float32]:
        """Mean similarity of two faces of a group, drawn towards the usual one while they are few."""
        size = self.sizes[groups]
        within = (squares - size + 2 * _CERTAIN * usual) / (size * (size - 1) + 2 * _CERTAIN)
        return np.maximum(within, np.float32(0.1))


def _linked(vectors: Vectors, labels: Ints, pairs: Ints, limits: Limits, least: float, kin: _Kin | None = None) -> Ints:
    """Joins groups, the nearest first, down to a similarity; given `kin`, that of their centres.

    Args:
        labels: 0, 1, ... without gaps.
        pairs: rows whose groups are compared, [m, 2].
    """
    groups = _Groups(vectors, labels)
    pairs, _ = _unique(labels[pairs], len(groups.sizes))
    values = groups.similarity(pairs, kin)
    while len(nearest := _mutual(pairs, values, least, len(groups.sizes))):
        chosen = pairs[nearest]
        joined = chosen[~limits.refused(groups.labels, chosen)]
        target = groups.join(joined)
        # A pair that was refused is not asked about again, unless one of the two grows, and then it is refused again.
        values[nearest] = -1
        pairs, first = _unique(target[pairs], len(target))
        values = values[first]
        changed = np.zeros(len(target), bool)
        changed[joined[:, 0]] = True
        stale = changed[pairs].any(axis=1)
        values[stale] = groups.similarity(pairs[stale], kin)
    return np.unique(groups.labels, return_inverse=True)[1].astype(np.int64)


def _mutual(pairs: Ints, values: NDArray[np.float32], least: float, count: int) -> Ints:
    """Places of the pairs of groups that are each other's nearest, no group in two of them."""
    good = np.flatnonzero(values >= least)
    best = np.full(count, -1, np.float32)
    for end in range(2):
        np.maximum.at(best, pairs[good, end], values[good])
    taken: set[int] = set()
    chosen = []
    for place in good[(values[good, None] == best[pairs[good]]).all(axis=1)].tolist():
        if taken.isdisjoint(both := pairs[place].tolist()):
            taken.update(both)
            chosen.append(place)
    return np.array(chosen, np.int64)


def _near_centres(vectors: Vectors, labels: Ints, least: float) -> Ints:
    """Pairs of rows, one for each two groups of several faces whose centres are near."""
    several = np.bincount(labels) > 1
    first = np.unique(labels, return_index=True)[1][several]
    centres = _unit(_sums(vectors, labels)[several])
    found = [np.empty((0, 2), np.int64)]
    for start in range(0, len(centres), _BLOCK):
        one, other = np.nonzero(centres[start : start + _BLOCK] @ centres[start:].T >= least)
        found.append(np.stack([first[one + start], first[other + start]], axis=1))
    return np.concatenate(found)


def _settled(
    vectors: Vectors, labels: Ints, limits: Limits, able: Flags, counts: Flags, thresholds: Thresholds
) -> Ints:
    """Each face with the group whose centre is clearly nearest, where it may be there.

    Args:
        able: faces that may go anywhere.
        counts: faces that make centres.
    """
    count = int(labels.max()) + 1
    sizes = np.bincount(labels[counts], minlength=count)
    has_seed = np.bincount(labels[limits.seeds >= 0], minlength=count) > 0
    groups = np.flatnonzero((sizes > 1) | has_seed)
    place = np.full(count, -1)
    place[groups] = np.arange(len(groups))
    inside = counts & (place[labels] >= 0)
    if not len(groups):
        return labels
    sums = _sums(vectors[inside], place[labels[inside]])
    best, value, second, own = _choices(vectors, place[labels], sums, counts)
    at_home = place[labels] >= 0
    ahead = thresholds.ahead
    least = np.where(at_home, own + ahead, np.maximum(thresholds.attach, second + ahead))
    movers = np.flatnonzero(able & (value >= least))
    return _moved(labels, movers[np.argsort(-value[movers], kind="stable")], groups[best], limits)


def _choices(
    vectors: Vectors, at: Ints, sums: Vectors, counts: Flags
) -> tuple[Ints, NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """For each face the nearest centre but its own, its similarity, the next one's, and its own's without it."""
    size, centres = len(vectors), _unit(sums)
    best, value = np.zeros(size, np.int64), np.empty(size, np.float32)
    second, own = np.full(size, -1, np.float32), np.full(size, -1, np.float32)
    for start in range(0, size, _BLOCK):
        rows = slice(start, start + _BLOCK)
        similar = vectors[rows] @ centres.T
        home = np.flatnonzero(at[rows] >= 0)
        rest = sums[at[rows][home]] - vectors[rows][home] * counts[rows][home, None]
        own[rows][home] = np.einsum("ij,ij->i", _unit(rest), vectors[rows][home])
        similar[home, at[rows][home]] = -1
        best[rows] = similar.argmax(axis=1)
        value[rows] = similar.max(axis=1)
        similar[np.arange(len(similar)), best[rows]] = -1
        second[rows] = similar.max(axis=1)
    return best, value, second, own


def _attached(
    vectors: Vectors, labels: Ints, limits: Limits, able: Flags, counts: Flags, thresholds: Thresholds
) -> Ints:
    """Lone faces with the group of the nearest face, where `core.matching` would give a new face to that person.

    A centre is the middle of a person; a photo of somebody much younger, or from the side, is near to few others.
    """
    sizes = np.bincount(labels)
    lone = np.flatnonzero(able & (sizes[labels] == 1))
    inside = np.flatnonzero(counts & ((sizes[labels] > 1) | (limits.seeds >= 0)))
    inside = inside[np.argsort(labels[inside], kind="stable")]
    groups, starts = np.unique(labels[inside], return_index=True)
    if not len(lone) or not len(groups):
        return labels
    best, value, second = np.zeros(len(lone), np.int64), np.zeros(len(lone)), np.full(len(lone), -1.0)
    step = max(1, _TILE // len(inside))
    for start in range(0, len(lone), step):
        part = slice(start, start + step)
        near = np.maximum.reduceat(vectors[lone[part]] @ vectors[inside].T, starts, axis=1)
        best[part], value[part] = near.argmax(axis=1), near.max(axis=1)
        near[np.arange(len(near)), best[part]] = -1
        second[part] = near.max(axis=1)
    clear = np.flatnonzero((value >= thresholds.accept) & (value - second >= thresholds.margin))
    ends = np.append(starts, len(inside))
    theirs = (inside[ends[group] : ends[group + 1]] for group in best[clear].tolist())
    pairs = zip(vectors[lone[clear]], theirs, value[clear].tolist(), strict=True)
    clear = clear[np.array([_supported(vectors[rows] @ face, near, thresholds) for face, rows, near in pairs], bool)]
    order = clear[np.argsort(-value[clear], kind="stable")]
    targets = labels.copy()
    targets[lone] = groups[best]
    return _moved(labels, lone[order], targets, limits)


def _supported(similarities: Vectors, nearest: float, thresholds: Thresholds) -> bool:
    """Whether the faces of a group speak together, as in `core.matching`."""
    if len(similarities) < 3 or nearest >= thresholds.accept + thresholds.margin:
        return True
    return bool(np.partition(similarities, -3)[-3] >= thresholds.support)


def _moved(labels: Ints, movers: Ints, targets: Ints, limits: Limits) -> Ints:
    """Moves faces, the surest first, but to no group that has their image."""
    result = labels.copy()
    taken = set(zip(labels.tolist(), limits.images.tolist(), strict=True))
    for row in movers.tolist():
        wish = (int(targets[row]), int(limits.images[row]))
        if wish not in taken:
            taken.add(wish)
            result[row] = wish[0]
    return result


def _seeded(seeds: Ints) -> Ints:
    """Groups to begin with: each seed is one, and every other face."""
    own = seeds.max(initial=NOBODY) + 1 + np.arange(len(seeds))
    return np.unique(np.where(seeds >= 0, seeds, own), return_inverse=True)[1].astype(np.int64)


def _numbered(labels: Ints) -> Ints:
    """Labels by first appearance, without groups of one."""
    _, first, which, sizes = np.unique(labels, return_index=True, return_inverse=True, return_counts=True)
    order = np.full(len(sizes), NOBODY, np.int64)
    several = np.flatnonzero(sizes > 1)
    order[several[np.argsort(first[several])]] = np.arange(len(several))
    return order[which]


def _sums(vectors: Vectors, labels: Ints) -> Vectors:
    count = int(labels.max(initial=-1)) + 1
    entries = (np.ones(len(labels), np.float32), (labels, np.arange(len(labels))))
    return np.asarray(sparse.csr_matrix(entries, shape=(count, len(labels))) @ vectors, np.float32)


def _unit(vectors: Vectors) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-12), np.float32)


def _unique(pairs: Ints, count: int) -> tuple[Ints, Ints]:
    """Pairs of two different, each once, the smaller first; and where each stood."""
    pairs = np.sort(pairs, axis=1)
    keys, first = np.unique(pairs @ np.array([count, 1]), return_index=True)
    different = keys // count != keys % count
    return pairs[first[different]], first[different]
