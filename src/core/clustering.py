"""DBSCAN over embeddings, exact, and the rule that one photo shows one person once.

DBSCAN (Ester et al., 1996) needs of the pairs nearer than `eps` only who is connected to whom: they come in tiles of
blocked matrix products, above the diagonal, and a tile is forgotten when its pairs are in the components: memory does
not grow with the number of pairs. The labels are those of scikit-learn, which the tests compare, and the program starts
without the seconds that importing it takes.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from core.types import Vectors

Labels = NDArray[np.int64]

MIN_SAMPLES = 2
"""Two photos of somebody are enough to be a person."""

_BLOCK, _BLOCK_BYTES = 2048, 64 * 1024 * 1024
"""Rows of one matrix product, and the bytes that it may take: what is far apart is never held."""

_TILE = 1024
"""Rows and columns of one tile of DBSCAN: a million pairs at most are held."""

_KEPT = 8_000_000
"""Pairs, 8 bytes each, that are kept for a second look; where there are more they are computed again."""


def neighbours(vectors: Vectors, eps: float) -> sparse.csr_matrix:
    """The pairs of vectors at a cosine distance of at most `eps`, each vector with itself among them.

    Args:
        vectors: [n, dimension], unit length.

    Returns:
        float32 [n, n] of distances, symmetric; pairs further apart are absent.
    """
    count = len(vectors)
    rows, columns, distances = [], [], []
    rows_at_once = max(64, min(_BLOCK, _BLOCK_BYTES // (4 * max(count, 1))))
    for start in range(0, count, rows_at_once):
        block = np.maximum(1.0 - vectors[start : start + rows_at_once] @ vectors.T, 0.0)
        row, column = np.nonzero(block <= eps)
        rows.append((row + start).astype(np.int32))
        columns.append(column.astype(np.int32))
        distances.append(block[row, column])
    if not count:
        return sparse.csr_matrix((0, 0), dtype=np.float32)
    entries = (np.concatenate(distances), (np.concatenate(rows), np.concatenate(columns)))
    return sparse.csr_matrix(entries, shape=(count, count), dtype=np.float32)


def cluster(vectors: Vectors, eps: float, min_samples: int = MIN_SAMPLES) -> Labels:
    """DBSCAN's labels with the cosine distance: 0, 1, ... for clusters, -1 for noise.

    Args:
        vectors: [n, dimension], unit length.
        eps: the largest distance of neighbours, 0 to 2.
        min_samples: neighbours, the vector itself included, that make a core point.
    """
    count = len(vectors)
    degrees = np.ones(count, np.int64)
    kept, room = [], _KEPT
    for first, second in _pairs(vectors, eps):
        degrees += np.bincount(first, minlength=count) + np.bincount(second, minlength=count)
        room -= len(first)
        if room >= 0:
            kept.append((first, second))
    core = degrees >= min_samples
    again = iter(kept) if room >= 0 else _pairs(vectors, eps)
    parts, border = _components(again, core)
    return _labels(parts, core, border)


def _pairs(vectors: Vectors, eps: float) -> Iterator[tuple[NDArray[np.int32], NDArray[np.int32]]]:
    """Pairs of different rows at a cosine distance of at most `eps`, each once, the first row the smaller."""
    least = np.float32(1.0 - eps)
    columns = np.ascontiguousarray(vectors, np.float32).T
    tile = np.empty((_TILE, _TILE), np.float32)
    for top in range(0, len(vectors), _TILE):
        rows = vectors[top : top + _TILE]
        for left in range(top, len(vectors), _TILE):
            part = columns[:, left : left + _TILE]
            space = tile.reshape(-1)[: len(rows) * part.shape[1]].reshape(len(rows), -1)
            near = np.matmul(rows, part, out=space) >= least
            if left == top:
                near = np.triu(near, k=1)
            # A sparse mask is searched much faster flat.
            first, second = np.divmod(np.flatnonzero(near).astype(np.int32), np.int32(part.shape[1]))
            if len(first):
                yield first + np.int32(top), second + np.int32(left)


def _components(
    pairs: Iterator[tuple[NDArray[np.int32], NDArray[np.int32]]], core: NDArray[np.bool_]
) -> tuple[Labels, list[tuple[NDArray[np.int32], NDArray[np.int32]]]]:
    """The component of each row over pairs of core points, and the pairs of a border point with a core point."""
    parts, border = np.arange(len(core)), []
    waiting: list[NDArray[np.int32]] = []
    for first, second in pairs:
        one, other = core[first], core[second]
        waiting.append(np.stack([first[one & other], second[one & other]]))
        # Joining costs a look at every row: it waits for as many pairs as a tile can have.
        if sum(each.shape[1] for each in waiting) >= _TILE * _TILE // 2:
            parts, waiting = _joined(parts, *np.concatenate(waiting, axis=1)), []
        border.append((first[~one & other], second[~one & other]))
        border.append((second[one & ~other], first[one & ~other]))
    if waiting:
        parts = _joined(parts, *np.concatenate(waiting, axis=1))
    return parts, [each for each in border if len(each[0])]


def _joined(parts: Labels, first: NDArray[np.int32], second: NDArray[np.int32]) -> Labels:
    ends = parts[first], parts[second]
    new = ends[0] != ends[1]
    if not new.any():
        return parts
    graph = sparse.coo_matrix((np.ones(new.sum(), np.bool_), (ends[0][new], ends[1][new])), shape=(len(parts),) * 2)
    _, joined = connected_components(graph, directed=False)
    return np.asarray(joined[parts], np.int64)


def _labels(
    parts: Labels, core: NDArray[np.bool_], border: list[tuple[NDArray[np.int32], NDArray[np.int32]]]
) -> Labels:
    labels = np.full(len(core), -1, np.int64)
    if core.any():
        # Clusters are numbered by their first core point, as in scikit-learn.
        _, first, number = np.unique(parts[core], return_index=True, return_inverse=True)
        labels[core] = np.argsort(np.argsort(first))[number]
    nearest = np.full(len(core), len(core), np.int64)
    for outside, inside in border:
        # A border point within reach of several clusters goes to the one that was found first.
        np.minimum.at(nearest, outside, labels[inside])
    reached = nearest < len(core)
    labels[reached] = nearest[reached]
    return labels


def separate(vectors: Vectors, labels: NDArray[np.int64], images: NDArray[np.int64], eps: float) -> NDArray[np.int64]:
    """Splits each cluster that holds two faces of one image, so that no label stands twice in any image.

    Within such a cluster the pairs nearer than `eps` are joined again, the most similar first, wherever that brings no
    two faces of one image together (single linkage under cannot-link constraints). What stays alone is noise.

    Args:
        vectors: [n, dimension], unit length.
        labels: of `cluster`, [n].
        images: the image of each face, [n].

    Returns:
        New labels [n]; clusters without such a pair keep their faces together.
    """
    result = np.full(len(labels), -1, np.int64)
    following = 0
    for label in range(int(labels.max(initial=-1)) + 1):
        members = np.flatnonzero(labels == label)
        if len(np.unique(images[members])) == len(members):
            parts = [members]
        else:
            parts = _separated(vectors[members], images[members], members, eps)
        for part in parts:
            result[part] = following
            following += 1
    return result


def _separated(
    vectors: Vectors, images: NDArray[np.int64], members: NDArray[np.intp], eps: float
) -> list[NDArray[np.intp]]:
    graph = sparse.triu(neighbours(vectors, eps), k=1).tocoo()
    order = np.argsort(graph.data, kind="stable")
    group = np.arange(len(members))
    holds = {index: {int(image)} for index, image in enumerate(images)}
    for start in range(0, len(order), _BLOCK):
        pairs = order[start : start + _BLOCK]
        for first, second in _between(group, graph.row[pairs], graph.col[pairs]):
            one, other = int(group[first]), int(group[second])
            if one != other and holds[one].isdisjoint(holds[other]):
                group[group == other] = one
                holds[one] |= holds.pop(other)
    _, leaders = np.unique(group, return_index=True)
    parts = (members[group == group[leader]] for leader in np.sort(leaders))
    return [part for part in parts if len(part) > 1]


def _between(group: NDArray[np.int64], first: NDArray[np.intp], second: NDArray[np.intp]) -> NDArray[np.intp]:
    """Of pairs of faces those that lie in different groups, and of any two groups only the first pair.

    The others decide nothing: two groups that may not be joined may not be joined later, when they are larger. In a
    large cluster that is nearly all of its millions of pairs.
    """
    ends = np.sort(np.stack([group[first], group[second]]), axis=0)
    _, index = np.unique(ends[0] * len(group) + ends[1], return_index=True)
    index = np.sort(index[ends[0, index] != ends[1, index]])
    return np.stack([first[index], second[index]], axis=1)


def representative(vectors: Vectors) -> tuple[int, float]:
    """The member of a group that is most similar to the others, and the group's mean similarity.

    Args:
        vectors: [n, dimension], unit length, n >= 1.

    Returns:
        Its row, and the mean cosine over all pairs of different members (1 for a single one).
    """
    total = vectors.sum(axis=0, dtype=np.float64)
    sums = vectors @ total.astype(np.float32)
    count = len(vectors)
    mean = 1.0 if count == 1 else float((total @ total - count) / (count * (count - 1)))
    return int(np.argmax(sums)), mean
