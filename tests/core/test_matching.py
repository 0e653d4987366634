"""A face is somebody when the nearest person is near, and clearly ahead."""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from core.matching import ACCEPT, MARGIN, Neighbour, choose

NEIGHBOURS = st.lists(
    st.builds(Neighbour, st.integers(1, 50), st.integers(1, 6), st.floats(-1, 1)),
    max_size=30,
    unique_by=lambda each: each.face_id,
)


def test_nobody_near_is_nobody() -> None:
    assert choose([]) is None
    assert choose([Neighbour(1, 1, ACCEPT - 1e-6)]) is None


def test_the_threshold_itself_is_enough() -> None:
    assert choose([Neighbour(1, 7, ACCEPT)]) == Neighbour(1, 7, ACCEPT)


def test_the_nearest_face_of_the_nearest_person_is_chosen() -> None:
    near = [Neighbour(1, 7, 0.6), Neighbour(2, 7, 0.9), Neighbour(3, 8, 0.7), Neighbour(4, 7, 0.5)]
    assert choose(near) == near[1]


def test_two_persons_too_close_together_are_left_to_a_human() -> None:
    assert choose([Neighbour(1, 7, 0.80), Neighbour(2, 8, 0.80 - MARGIN + 0.01)]) is None
    assert choose([Neighbour(1, 7, 0.80), Neighbour(2, 8, 0.80 - MARGIN - 0.01)]) == Neighbour(1, 7, 0.80)


def test_two_faces_of_one_person_need_no_margin() -> None:
    assert choose([Neighbour(1, 7, 0.80), Neighbour(2, 7, 0.79)]) == Neighbour(1, 7, 0.80)


def test_an_excluded_person_neither_wins_nor_stands_in_the_way() -> None:
    near = [Neighbour(1, 7, 0.80), Neighbour(2, 8, 0.79)]
    assert choose(near, frozenset({7})) == near[1]
    assert choose(near, frozenset({7, 8})) is None


@given(near=NEIGHBOURS, excluded=st.frozensets(st.integers(1, 6)), order=st.randoms(use_true_random=False))
def test_what_is_chosen_is_near_ahead_and_not_excluded(
    near: list[Neighbour], excluded: frozenset[int], order: Random
) -> None:
    chosen = choose(near, excluded)
    shuffled = list(near)
    order.shuffle(shuffled)
    again = choose(shuffled, excluded)
    assert (again and again.person_id, again and again.similarity) == (
        chosen and chosen.person_id,
        chosen and chosen.similarity,
    )
    allowed = [each for each in near if each.person_id not in excluded]
    if chosen:
        assert chosen in allowed
        assert chosen.similarity == max(each.similarity for each in allowed) >= ACCEPT
        others = [each.similarity for each in allowed if each.person_id != chosen.person_id]
        assert chosen.similarity - max(others, default=-2.0) >= MARGIN
