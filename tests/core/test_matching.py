"""A face is somebody when the nearest person is near, clearly ahead, and nobody objects; otherwise a human is asked."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import matching
from core.matching import Candidate, Choice, Neighbour
from core.models import find_pack
from core.types import Verdict

NEIGHBOURS = st.lists(
    st.builds(
        Neighbour,
        st.integers(1, 50),
        st.none() | st.integers(1, 6),
        st.floats(-1, 1),
        st.booleans(),
        st.frozensets(st.integers(1, 6), max_size=2),
    ),
    max_size=30,
    unique_by=lambda each: each.face_id,
)


THRESHOLDS = find_pack().thresholds
ACCEPT, SUGGEST, MARGIN = THRESHOLDS.accept, THRESHOLDS.suggest, THRESHOLDS.margin
JOIN_QUALITY = THRESHOLDS.join_quality


def choose(near: list[Neighbour], excluded: frozenset[int] = frozenset(), quality: float = 1.0) -> Choice:
    return matching.choose(near, THRESHOLDS, excluded, quality)


def accepted(near: list[Neighbour], excluded: frozenset[int] = frozenset(), quality: float = 1.0) -> Neighbour | None:
    choice = choose(near, excluded, quality)
    return choice.best if choice.verdict is Verdict.ACCEPTED else None


def test_nobody_near_is_nobody() -> None:
    assert choose([]).verdict is Verdict.LEFT
    assert choose([Neighbour(1, 1, SUGGEST - 1e-6)]).verdict is Verdict.LEFT
    assert choose([Neighbour(1, None, 0.9)]).verdict is Verdict.LEFT


def test_the_thresholds_themselves_are_enough() -> None:
    assert accepted([Neighbour(1, 7, ACCEPT)]) == Neighbour(1, 7, ACCEPT)
    assert choose([Neighbour(1, 7, SUGGEST)]).verdict is Verdict.SUGGESTED
    assert choose([Neighbour(1, 7, ACCEPT - 1e-6)]).verdict is Verdict.SUGGESTED


def test_one_photo_of_somebody_with_many_does_not_speak_for_them() -> None:
    support, nearly = THRESHOLDS.support, ACCEPT + MARGIN - 1e-6
    alone = [Neighbour(1, 7, nearly, several=True), Neighbour(2, 7, 0.3, several=True)]
    assert choose(alone).verdict is Verdict.SUGGESTED
    assert not choose(alone).supported
    assert accepted([*alone, Neighbour(3, 7, support - 1e-6, several=True)]) is None
    assert accepted([*alone[:1], *(Neighbour(face, 7, support, several=True) for face in (2, 3))]) == alone[0]
    # Who has two photos has no third that could speak; and a photo of the same minute needs no other.
    assert accepted([Neighbour(1, 7, nearly), Neighbour(2, 7, 0.1)]) is not None
    assert accepted([Neighbour(1, 7, ACCEPT + MARGIN, several=True)]) is not None


def test_the_nearest_face_of_the_nearest_person_is_chosen() -> None:
    near = [Neighbour(1, 7, 0.6), Neighbour(2, 7, 0.9), Neighbour(3, 8, 0.7), Neighbour(4, 7, 0.5)]
    assert accepted(near) == near[1]
    assert choose(near).runner_up == near[2]
    margin = choose(near).margin
    assert margin is not None
    assert abs(margin - 0.2) < 1e-9


def test_of_two_equally_near_faces_the_confirmed_one_counts() -> None:
    assert accepted([Neighbour(1, 7, 0.6), Neighbour(2, 7, 0.6, confirmed=True)]) == Neighbour(2, 7, 0.6, True)


def test_two_persons_too_close_together_are_left_to_a_human() -> None:
    close = [Neighbour(1, 7, 0.80), Neighbour(2, 8, 0.80 - MARGIN + 0.01)]
    assert choose(close).verdict is Verdict.SUGGESTED
    assert accepted([close[0], Neighbour(2, 8, 0.80 - MARGIN - 0.01)]) == close[0]


def test_two_faces_of_one_person_need_no_margin() -> None:
    assert accepted([Neighbour(1, 7, 0.80), Neighbour(2, 7, 0.79)]) == Neighbour(1, 7, 0.80)


def test_an_excluded_person_neither_wins_nor_stands_in_the_way() -> None:
    near = [Neighbour(1, 7, 0.80), Neighbour(2, 8, 0.79)]
    assert accepted(near, frozenset({7})) == near[1]
    assert choose(near, frozenset({7, 8})).verdict is Verdict.LEFT


def test_a_poor_face_is_never_given_to_anybody() -> None:
    assert choose([Neighbour(1, 7, 0.9)], quality=JOIN_QUALITY - 0.01).verdict is Verdict.SUGGESTED
    assert choose([Neighbour(1, 7, 0.9)], quality=JOIN_QUALITY).verdict is Verdict.ACCEPTED


def test_what_resembles_a_rejected_face_more_is_not_given_to_that_person_again() -> None:
    wrong = Neighbour(2, None, 0.9, rejected=frozenset({7}))
    assert choose([Neighbour(1, 7, 0.6), wrong]).objection == wrong
    assert choose([Neighbour(1, 7, 0.6), wrong]).verdict is Verdict.SUGGESTED
    assert accepted([Neighbour(1, 7, 0.95), wrong]) == Neighbour(1, 7, 0.95)


@given(near=NEIGHBOURS, excluded=st.frozensets(st.integers(1, 6)), order=st.randoms(use_true_random=False))
def test_what_is_accepted_is_near_ahead_and_not_excluded(
    near: list[Neighbour], excluded: frozenset[int], order: Random
) -> None:
    choice = choose(near, excluded)
    shuffled = list(near)
    order.shuffle(shuffled)
    assert choose(shuffled, excluded) == choice
    allowed = [each for each in near if each.person_id is not None and each.person_id not in excluded]
    if choice.best:
        assert choice.best in allowed
        assert choice.best.similarity == max(each.similarity for each in allowed) >= SUGGEST
    if choice.verdict is Verdict.ACCEPTED and choice.best:
        assert choice.best.similarity >= ACCEPT
        others = [each.similarity for each in allowed if each.person_id != choice.best.person_id]
        assert choice.best.similarity - max(others, default=-2.0) >= MARGIN


def plainly(candidates: dict[int, Candidate]) -> list[tuple[int, int]]:
    """Everybody is judged anew after each face that is given."""
    left, given = dict(candidates), list[tuple[int, int]]()
    while True:
        taken = frozenset(person_id for _, person_id in given)
        found = {
            face_id: accepted(list(each.near), each.excluded | taken, each.quality) for face_id, each in left.items()
        }
        sure = [(best.similarity, -face_id, best.person_id or 0) for face_id, best in found.items() if best]
        if not sure:
            return given
        _, negative, person_id = max(sure)
        given.append((-negative, person_id))
        del left[-negative]


SIMILARITIES = st.sampled_from([0.1, SUGGEST, 0.35, ACCEPT, 0.42, 0.5, 0.7, 0.72, 0.9])
CANDIDATES = st.dictionaries(
    st.integers(100, 120),
    st.builds(
        Candidate,
        st.lists(
            st.builds(
                Neighbour,
                st.integers(1, 50),
                st.none() | st.integers(1, 6),
                SIMILARITIES,
                st.booleans(),
                st.frozensets(st.integers(1, 6), max_size=2),
                st.booleans(),
            ),
            max_size=12,
            unique_by=lambda each: each.face_id,
        ),
        st.frozensets(st.integers(1, 6), max_size=2),
        st.sampled_from([JOIN_QUALITY - 0.01, 1.0]),
    ),
    max_size=8,
)


@given(candidates=CANDIDATES)
def test_faces_of_one_image_are_shared_out_as_if_all_were_judged_anew_each_time(
    candidates: dict[int, Candidate],
) -> None:
    assert matching.share_out(candidates, THRESHOLDS) == plainly(candidates)


def test_a_crowd_of_known_faces_is_shared_out_by_judging_few_of_them_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    judged = 0

    def counted(*given: object) -> Choice:
        nonlocal judged
        judged += 1
        return choose_itself(*given)  # type: ignore[arg-type]

    choose_itself = matching.choose
    monkeypatch.setattr(matching, "choose", counted)
    crowd = {who: Candidate([Neighbour(who, who, 0.8), Neighbour(1000 + who, who + 1, 0.5)]) for who in range(1, 301)}
    assert sorted(matching.share_out(crowd, THRESHOLDS)) == [(who, who) for who in range(1, 301)]
    assert judged <= 2 * len(crowd)
