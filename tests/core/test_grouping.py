"""People are found, limits hold whatever the faces look like, and poor faces decide nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from core import grouping
from core.models import find_pack
from core.types import Vectors

Labels = NDArray[np.int64]
DIMENSION = 512
THRESHOLDS = replace(find_pack().thresholds, found_quality=0.5, join_quality=0.1)


def unit(vectors: NDArray[np.floating]) -> Vectors:
    scaled: Vectors = (vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)).astype(np.float32)
    return scaled


def shown(centres: Vectors, sizes: list[int], jitter: float = 0.8, seed: int = 0) -> tuple[Vectors, Labels]:
    """Faces around centres [p, d]; similarity within a person is about 1 / (1 + jitter²)."""
    random = np.random.default_rng(seed)
    who = np.repeat(np.arange(len(sizes)), sizes)
    noise = random.normal(size=(len(who), centres.shape[1])) * jitter / np.sqrt(centres.shape[1])
    return unit(centres[who] + noise), who


def strangers(count: int, dimension: int = DIMENSION, seed: int = 1) -> Vectors:
    return unit(np.random.default_rng([3, seed]).normal(size=(count, dimension)))


def people(vectors: Vectors, images: Labels | None = None, **more: NDArray[np.generic]) -> Labels:
    qualities = more.pop("qualities", np.ones(len(vectors)))
    images = np.arange(len(vectors)) if images is None else images
    return grouping.people(vectors, images, qualities, **more, thresholds=THRESHOLDS)  # type: ignore[arg-type]


def test_each_person_is_one_label_and_strangers_are_nobody() -> None:
    vectors, who = shown(strangers(30), [2, 3, 5, 10, 40] * 6)
    labels = people(np.concatenate([vectors, strangers(400, seed=2)]))
    known = labels[: len(who)]
    assert len({(a, b) for a, b in zip(who.tolist(), known.tolist(), strict=True)}) == len(set(known)) == 30
    assert known.min() == 0 and (labels[len(who) :] == -1).all()


def test_a_mother_and_her_daughter_stay_two() -> None:
    mother, other = strangers(2)
    daughter = unit(0.45 * mother + 0.89 * (other - (other @ mother) * mother))
    vectors, who = shown(np.stack([mother, daughter]), [120, 80], 1.0)
    labels = people(vectors)
    assert labels.tolist() == who.tolist()


def test_the_order_of_the_faces_does_not_matter() -> None:
    vectors, who = shown(strangers(20), [2, 7, 30, 4] * 5, 1.0)
    order = np.random.default_rng(5).permutation(len(who))
    labels, shuffled = people(vectors), people(vectors[order])
    assert {(a, b) for a, b in zip(labels[order].tolist(), shuffled.tolist(), strict=True)}.__len__() == len(
        set(labels)
    )


def test_two_faces_of_one_image_are_two_people() -> None:
    vectors, _ = shown(strangers(1), [40], 0.3)
    images = np.arange(40) // 2
    labels = people(vectors, images)
    pairs = [pair for pair in zip(labels.tolist(), images.tolist(), strict=True) if pair[0] >= 0]
    assert len(set(pairs)) == len(pairs) > 20


def test_what_a_human_said_holds_against_all_likeness() -> None:
    vectors, _ = shown(strangers(2), [20, 20], 0.5)
    seeds = np.full(40, -1)
    seeds[[0, 25]] = 7
    seeds[[1, 2]] = 9
    labels = people(vectors, seeds=seeds)
    assert labels[0] == labels[25] != labels[1] == labels[2]
    assert min(labels[[0, 25, 1, 2]]) >= 0


def test_poor_faces_found_nobody_but_join_and_bad_ones_do_not() -> None:
    vectors, _ = shown(strangers(2), [10, 4], 0.5)
    qualities = np.array([1.0] * 8 + [0.3, 0.05] + [0.3] * 4)
    labels = people(vectors, qualities=qualities)
    assert labels.tolist() == [0] * 9 + [-1] * 5


def test_a_poor_face_bridges_no_two() -> None:
    one, other = strangers(2)
    vectors = np.concatenate([shown(np.stack([one, other]), [5, 5], 0.3)[0], [unit(one + other)]])
    qualities = np.array([1.0] * 10 + [0.3])
    assert people(vectors, qualities=qualities)[:10].tolist() == [0] * 5 + [1] * 5


@settings(max_examples=60, deadline=None)
@given(data=st.data(), seed=st.integers(0, 1000), jitter=st.floats(0.1, 2.0))
def test_limits_hold_for_any_faces(data: st.DataObject, seed: int, jitter: float) -> None:
    vectors, _ = shown(strangers(4, 8, seed), [6, 6, 6, 6], jitter, seed)
    images = np.array(data.draw(st.lists(st.integers(0, 12), min_size=24, max_size=24)))
    seeds = np.array(data.draw(st.lists(st.sampled_from([-1, -1, -1, 3, 4, 5]), min_size=24, max_size=24)))
    qualities = np.array(data.draw(st.lists(st.sampled_from([0.05, 0.3, 0.9]), min_size=24, max_size=24)))
    labels = people(vectors, images, seeds=seeds, qualities=qualities)
    for each in set(labels[labels >= 0].tolist()):
        members = np.flatnonzero(labels == each)
        assert len(members) > 1
        assert len(set(seeds[members][seeds[members] >= 0].tolist())) <= 1
        free = members[seeds[members] < 0]
        others = [images[row] for row in members if seeds[row] >= 0]
        assert len(set(images[free].tolist())) == len(free)
        assert set(images[free].tolist()).isdisjoint(others)
    for each in (3, 4, 5):
        assert len(set(labels[seeds == each].tolist())) <= 1


@pytest.mark.parametrize("count", [0, 1])
def test_few_are_nobody(count: int) -> None:
    assert people(strangers(count).reshape(count, DIMENSION)).tolist() == [-1] * count


def test_a_lone_face_near_to_one_photo_joins_only_with_the_support_of_a_third() -> None:
    support, accept, margin = THRESHOLDS.support, THRESHOLDS.accept, THRESHOLDS.margin
    vectors, _ = shown(strangers(1), [8], 1.1, 3)
    near = vectors @ vectors.T
    nearest = accept + margin / 2
    # A face at `nearest` to the first photo and elsewhere in the space: as near to a second and third, or not.
    for others, joins in ((support - 0.08, False), (support + 0.02, True)):
        wanted = np.full(8, min(0.05, others))
        wanted[0], wanted[1:3] = nearest, others
        inside = vectors.T @ np.linalg.solve(near, wanted)
        outside = strangers(1, seed=9)[0]
        outside -= vectors.T @ np.linalg.solve(near, vectors @ outside)
        face = inside + unit(outside) * np.sqrt(1 - inside @ inside)
        assert np.allclose(vectors @ face, wanted, atol=1e-3)
        labels = people(np.concatenate([vectors, [face.astype(np.float32)]]))
        assert labels[:8].tolist() == [0] * 8
        assert (labels[8] == 0) == joins


def test_the_nearest_pairs_over_several_blocks() -> None:
    vectors, who = shown(strangers(700), [3] * 700, 0.5)
    pairs = grouping.nearest_pairs(vectors, THRESHOLDS.link)
    assert len(vectors) > 2 * 1024 and (pairs[:, 0] < pairs[:, 1]).all()
    near = {tuple(pair) for pair in pairs.tolist()}
    assert all((row, row + 1) in near for row in range(0, len(who), 3))
