"""The labels are scikit-learn's, and no photo shows one person twice."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.cluster import DBSCAN

from core import clustering
from core.types import Vectors

Labels = NDArray[np.int64]

EPS = 0.54


def people(count: int, faces: int, dimension: int = 512, jitter: float = 0.5, seed: int = 0) -> Vectors:
    """Unit vectors around as many directions as there are people, shuffled."""
    random = np.random.default_rng(seed)
    centres = random.normal(size=(count, dimension))
    centres /= np.linalg.norm(centres, axis=1, keepdims=True)
    noise = random.normal(size=(count, faces, dimension)) * jitter / np.sqrt(dimension)
    return unit(random.permutation((centres[:, None] + noise).reshape(-1, dimension)))


def unit(vectors: NDArray[np.floating]) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    scaled: Vectors = (vectors / lengths).astype(np.float32)
    return scaled


def by_scikit_learn(vectors: Vectors, eps: float, min_samples: int) -> Labels:
    labels = DBSCAN(eps=eps, min_samples=min_samples, metric="cosine", algorithm="brute").fit_predict(vectors)
    return np.asarray(labels, np.int64)


@st.composite
def directions(draw: st.DrawFn) -> Vectors:
    """Up to 40 directions, many of them equal or close: small whole coordinates in the plane and in space."""
    dimension = draw(st.integers(2, 3))
    point = st.lists(st.integers(-3, 3), min_size=dimension, max_size=dimension).filter(any)
    return unit(np.array(draw(st.lists(point, min_size=1, max_size=40)), np.float64))


def far_from(vectors: Vectors, eps: float) -> bool:
    """Whether no pair stands so close to `eps` that rounding decides."""
    return bool(np.abs(1.0 - vectors.astype(float) @ vectors.T.astype(float) - eps).min(initial=1.0) > 1e-5)


@given(vectors=directions(), eps=st.floats(0.01, 1.9), min_samples=st.integers(1, 6))
def test_labels_are_those_of_scikit_learn(vectors: Vectors, eps: float, min_samples: int) -> None:
    assume(far_from(vectors, eps))
    labels = clustering.cluster(vectors, eps, min_samples)
    assert labels.tolist() == by_scikit_learn(vectors, eps, min_samples).tolist()


@given(
    seed=st.integers(0, 10_000),
    jitter=st.floats(0.1, 1.5),
    eps=st.floats(0.1, 0.9),
    min_samples=st.integers(1, 5),
)
def test_labels_of_jittered_people_are_those_of_scikit_learn(
    seed: int, jitter: float, eps: float, min_samples: int
) -> None:
    vectors = people(8, 6, 32, jitter, seed)
    assume(far_from(vectors, eps))
    labels = clustering.cluster(vectors, eps, min_samples)
    assert labels.tolist() == by_scikit_learn(vectors, eps, min_samples).tolist()


def test_labels_over_several_blocks_are_those_of_scikit_learn() -> None:
    vectors = people(700, 7, 64, 0.9)
    assert len(vectors) > 2 * 2048
    labels = clustering.cluster(vectors, EPS)
    assert labels.tolist() == by_scikit_learn(vectors, EPS, clustering.MIN_SAMPLES).tolist()
    assert labels.max() > 100


def test_people_of_many_faces_become_one_cluster_each() -> None:
    labels = clustering.cluster(people(20, 30), EPS)
    assert sorted(np.bincount(labels).tolist()) == [30] * 20


def test_nobody_and_one_alone() -> None:
    assert clustering.cluster(np.empty((0, 512), np.float32), EPS).shape == (0,)
    assert clustering.neighbours(np.empty((0, 512), np.float32), 0.5).shape == (0, 0)
    assert clustering.cluster(people(1, 1), EPS).tolist() == [-1]
    assert clustering.cluster(people(1, 1), EPS, min_samples=1).tolist() == [0]


@given(vectors=directions(), eps=st.floats(0.01, 1.9))
def test_neighbours_are_all_pairs_within_reach(vectors: Vectors, eps: float) -> None:
    assume(far_from(vectors, eps))
    graph = clustering.neighbours(vectors, eps)
    near = np.zeros((len(vectors), len(vectors)), bool)
    pairs = graph.tocoo()
    near[pairs.row, pairs.col] = True
    distances = 1.0 - vectors.astype(float) @ vectors.T.astype(float)
    assert np.array_equal(near, distances <= eps)
    np.testing.assert_allclose(pairs.data, np.maximum(distances[pairs.row, pairs.col], 0), atol=1e-6)


@given(data=st.data(), vectors=directions(), eps=st.floats(0.05, 1.5))
def test_no_label_stands_twice_in_one_image(data: st.DataObject, vectors: Vectors, eps: float) -> None:
    assume(far_from(vectors, eps))
    count = len(vectors)
    images = np.array(data.draw(st.lists(st.integers(0, 5), min_size=count, max_size=count)), np.int64)
    labels = clustering.cluster(vectors, eps)
    separated = clustering.separate(vectors, labels, images, eps)

    pairs = [(label, image) for label, image in zip(separated, images, strict=True) if label >= 0]
    assert len(set(pairs)) == len(pairs)
    assert sorted(set(separated[separated >= 0])) == list(range(separated.max(initial=-1) + 1))
    for label in set(separated[separated >= 0].tolist()):
        members = np.flatnonzero(separated == label)
        assert len(members) >= 2
        assert len(set(labels[members])) == 1, "a split never joins two clusters"
        assert connected(vectors[members], eps)
    for label in set(labels[labels >= 0].tolist()):
        members = np.flatnonzero(labels == label)
        if len(set(images[members])) == len(members):
            assert len(set(separated[members])) == 1, "a cluster without a conflict stays whole"


def connected(vectors: Vectors, eps: float) -> bool:
    """Whether each member can be reached from the first by steps within `eps`."""
    near = 1.0 - vectors @ vectors.T <= eps
    reached = near[0]
    for _ in range(len(vectors)):
        reached = near[reached].any(axis=0)
    return bool(reached.all())


@given(
    data=st.data(),
    seed=st.integers(0, 10_000),
    jitter=st.floats(0.3, 1.5),
    block=st.sampled_from([2, 7, 2048]),
)
def test_clusters_are_split_as_one_would_by_hand(data: st.DataObject, seed: int, jitter: float, block: int) -> None:
    vectors = people(3, 6, 8, jitter, seed)
    images = np.array(data.draw(st.lists(st.integers(0, 9), min_size=18, max_size=18)), np.int64)
    with pytest.MonkeyPatch.context() as patch:
        # Small blocks make a small cluster as hard as a large one.
        patch.setattr(clustering, "_BLOCK", block)
        separated = clustering.separate(vectors, np.zeros(18, np.int64), images, EPS)
    if len(set(images)) < len(images):
        assert groups_of(separated) == joined_by_hand(vectors, images)


def groups_of(labels: Labels) -> set[frozenset[int]]:
    numbers = set(labels[labels >= 0].tolist())
    return {frozenset(np.flatnonzero(labels == number).tolist()) for number in numbers}


def joined_by_hand(vectors: Vectors, images: Labels) -> set[frozenset[int]]:
    """Pair by pair, the most similar first, wherever no image gets two faces of one group."""
    near = clustering.neighbours(vectors, EPS).tocoo()
    pairs = sorted((d, a, b) for d, a, b in zip(near.data, near.row, near.col, strict=True) if a < b)
    group = {index: frozenset({index}) for index in range(len(vectors))}
    for _, first, second in pairs:
        both = group[first] | group[second]
        if len({images[each] for each in both}) == len(both):
            group.update(dict.fromkeys(both, both))
    return {each for each in group.values() if len(each) > 1}


def test_two_alike_in_one_photo_are_told_apart_by_who_resembles_whom() -> None:
    """Siblings: a and b stand together in image 0, and each once more alone."""
    angles = np.radians([0, 20, 3, 17])
    vectors = unit(np.stack([np.cos(angles), np.sin(angles)], axis=1))
    labels = clustering.cluster(vectors, EPS)
    assert set(labels) == {0}
    a, b, like_a, like_b = clustering.separate(vectors, labels, np.array([0, 0, 1, 2]), EPS).tolist()
    assert a == like_a != b == like_b


def test_the_same_photo_twice_in_one_picture_is_nobody() -> None:
    vectors = people(1, 2, jitter=0.01)
    labels = clustering.cluster(vectors, EPS)
    assert labels.tolist() == [0, 0]
    assert clustering.separate(vectors, labels, np.array([5, 5]), EPS).tolist() == [-1, -1]


def test_separating_does_not_hang_on_ties_or_order() -> None:
    vectors = np.repeat(people(1, 1), 30, axis=0)
    images = np.arange(30) // 2
    separated = clustering.separate(vectors, np.zeros(30, np.int64), images, EPS)
    assert sorted(np.bincount(separated).tolist()) == [15, 15]


@given(vectors=directions())
def test_the_representative_is_nearest_to_all(vectors: Vectors) -> None:
    best, mean = clustering.representative(vectors)
    similarity = vectors.astype(float) @ vectors.T.astype(float)
    sums = similarity.sum(axis=1)
    assert sums[best] == pytest.approx(sums.max(), abs=1e-4)
    if len(vectors) > 1:
        assert mean == pytest.approx(similarity[~np.eye(len(vectors), dtype=bool)].mean(), abs=1e-4)
    else:
        assert mean == 1.0
