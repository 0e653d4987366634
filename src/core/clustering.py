"""DBSCAN over embeddings, exact, and the rule that one photo shows one person once.

DBSCAN (Ester et al., 1996) over a sparse graph of the pairs nearer than `eps`: blocked matrix products make the graph,
SciPy finds its connected components. The labels are those of scikit-learn, which the tests compare; 50,000 faces need a
fraction of its memory, and the program starts without the seconds that importing it takes. Only pairs of neighbours are
kept: memory grows with their number, some twenty bytes each.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from core.types import Vectors

EPS = 0.54
"""Cosine distance within which two faces are neighbours: similarity 0.46, the largest distance at which no two people
of `faces-lfw-dev` are joined (`python -m tests.benchmarks calibration`)."""

MIN_SAMPLES = 2
"""Two photos of somebody are enough to be a person."""

_BLOCK, _BLOCK_BYTES = 2048, 64 * 1024 * 1024
"""Rows of one matrix product, and the bytes that it may take: what is far apart is never held."""


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


def cluster(vectors: Vectors, eps: float = EPS, min_samples: int = MIN_SAMPLES) -> NDArray[np.int64]:
    """DBSCAN's labels with the cosine distance: 0, 1, ... for clusters, -1 for noise.

    Args:
        vectors: [n, dimension], unit length.
        eps: the largest distance of neighbours, 0 to 2.
        min_samples: neighbours, the vector itself included, that make a core point.
    """
    if not len(vectors):
        return np.empty(0, np.int64)
    graph = neighbours(vectors, eps)
    core = np.diff(graph.indptr) >= min_samples
    _, parts = connected_components(graph[core][:, core], directed=False)
    # Clusters are numbered by their first core point, as in scikit-learn.
    _, first, parts = np.unique(parts, return_index=True, return_inverse=True)
    labels = np.full(len(vectors), -1, np.int64)
    labels[core] = np.argsort(np.argsort(first))[parts]
    border = graph[~core][:, core].tocoo()
    nearest = np.full((~core).sum(), len(vectors), np.int64)
    # A border point within reach of several clusters goes to the one that was found first.
    np.minimum.at(nearest, border.row, labels[core][border.col])
    labels[~core] = np.where(nearest < len(vectors), nearest, -1)
    return labels


def separate(
    vectors: Vectors, labels: NDArray[np.int64], images: NDArray[np.int64], eps: float = EPS
) -> NDArray[np.int64]:
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
