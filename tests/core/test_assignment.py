"""Faces find their persons, one at a time and in groups; two faces in one image are two people, whatever happens."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from core.database import Database
from core.service import FaceCore
from core.types import AnalyzedFace, Clustering, Face, Verdict
from tests.core.faces import between, face, person, seen

_number = itertools.count()


def add(core: FaceCore, *faces: AnalyzedFace) -> list[Face]:
    """Stores an image with these faces."""
    return core.add_image(f"image {next(_number)}", 1000, 1000, faces)[1]


def unchanged(plan: Clustering) -> bool:
    """Nobody changes hands."""
    return not plan.moves and not plan.dissolved and not any(group.is_new for group in plan.groups)


def joined(plan: Clustering) -> dict[int, int | None]:
    """Face -> the existing person that it joins."""
    return {
        move.face_id: plan.groups[move.after].person_id
        for move in plan.moves
        if move.after is not None and not plan.groups[move.after].is_new
    }


def photo_of(core: FaceCore, who: int, seed: int = 0) -> Face:
    """Stores an image of one person."""
    return add(core, face(seen(person(who), seed=seed)))[0]


def persons_of(core: FaceCore, faces: Sequence[Face]) -> list[int | None]:
    """Who these faces are now."""
    known = {each.face_id: each.person_id for each in core.faces()}
    return [known[each.face_id] for each in faces]


def give(core: FaceCore, given: Face, person_id: int | None) -> None:
    """What a human says."""
    with core.database.write() as db:
        db.execute(text("UPDATE face SET person_id = :p WHERE face_id = :f"), {"p": person_id, "f": given.face_id})


def nobody_twice(core: FaceCore) -> bool:
    pairs = [(each.image_id, each.person_id) for each in core.faces() if each.person_id is not None]
    return len(set(pairs)) == len(pairs)


def test_the_first_faces_wait_and_become_persons_together(core: FaceCore) -> None:
    faces = [photo_of(core, who, seed) for seed in range(3) for who in range(2)]
    assert persons_of(core, faces) == [None] * 6
    done = core.cluster()
    assert [len(group.face_ids) for group in done.groups] == [3, 3]
    first, second = (group.person_id for group in done.groups)
    assert persons_of(core, faces) == [first, second] * 3
    assert all(group.representative_face_id in group.face_ids for group in done.groups)
    assert all(0.8 < group.mean_similarity <= 1.0 for group in done.groups)
    assert unchanged(core.cluster())


def test_one_photo_alone_is_nobody_yet(core: FaceCore) -> None:
    lonely = photo_of(core, 1)
    assert core.cluster().noise == (lonely.face_id,)
    assert core.persons() == []


def test_a_later_photo_is_given_to_the_person_at_once(core: FaceCore) -> None:
    faces = [photo_of(core, 1, seed) for seed in range(2)]
    core.cluster()
    later = photo_of(core, 1, 5)
    assert later.person_id is not None
    assert persons_of(core, [*faces, later]) == [later.person_id] * 3
    assert photo_of(core, 2).person_id is None


def test_in_one_image_the_surest_face_gets_the_person(core: FaceCore) -> None:
    for seed in range(2):
        photo_of(core, 1, seed)
    core.cluster()
    less, more = add(core, face(seen(person(1), 0.9, 8)), face(seen(person(1), 0.1, 9), x=200))
    assert less.person_id is None
    assert more.person_id is not None


def test_two_of_a_group_photo_get_their_two_persons(core: FaceCore) -> None:
    for who in (1, 2):
        for seed in range(2):
            photo_of(core, who, seed)
    core.cluster()
    one, two, three = add(core, *(face(seen(person(who), seed=20), x=150 * who) for who in (1, 2, 3)))
    assert one.person_id is not None
    assert two.person_id is not None
    assert len({one.person_id, two.person_id, three.person_id}) == 3
    assert three.person_id is None


def test_who_resembles_two_persons_alike_is_left_to_a_human(core: FaceCore) -> None:
    for who in (1, 2):
        for seed in range(2):
            photo_of(core, who, seed)
    core.cluster()
    (unsure,) = add(core, face(between(person(1), person(2))))
    assert unsure.person_id is None
    assert core.why(unsure.face_id).verdict is Verdict.SUGGESTED


def test_a_face_that_is_not_stored_is_judged_as_a_new_one_would_be(core: FaceCore) -> None:
    for who in (1, 2):
        for seed in range(3):
            photo_of(core, who, seed)
    core.cluster()
    one, two = (core.why(photo_of(core, who, 7).face_id).person_id for who in (1, 2))
    assert one is not None and two is not None
    sure = core.likely(face(seen(person(1), seed=20)))
    assert [(each.person_id, each.verdict) for each in sure][:1] == [(one, Verdict.ACCEPTED)]
    assert core.likely(face(seen(person(1), seed=20)), [one]) == []
    unsure = core.likely(face(between(person(1), person(2))))
    assert {each.person_id: each.verdict for each in unsure} == {one: Verdict.SUGGESTED, two: Verdict.SUGGESTED}
    assert unsure[0].similarity >= unsure[1].similarity
    poor = core.likely(face(seen(person(1), seed=20), core.pack.thresholds.join_quality - 0.01))
    assert [each.verdict for each in poor] == [Verdict.SUGGESTED]
    assert core.likely(face(person(9))) == []
    assert all(each.person_id for each in core.faces()), "nothing was stored"


def test_grouping_gives_faces_to_persons_that_have_come_since(core: FaceCore) -> None:
    early = photo_of(core, 1, 9)
    known = [photo_of(core, 1, seed) for seed in range(2)]
    core.cluster()
    (person_id,) = set(persons_of(core, known))
    assert person_id is not None
    give(core, early, None)
    plan = core.cluster(dry_run=True)
    assert joined(plan) == {early.face_id: person_id}
    assert persons_of(core, [early]) == [None]
    assert joined(core.cluster()) == {early.face_id: person_id}
    assert persons_of(core, [early]) == [person_id]


def test_a_face_below_the_quality_is_kept_and_given_to_nobody(core: FaceCore) -> None:
    least = core.pack.thresholds.join_quality
    poor = [add(core, face(seen(person(1), seed=seed), least - 0.01))[0] for seed in range(3)]
    assert unchanged(core.cluster())
    for seed in range(2):
        photo_of(core, 1, 10 + seed)
    core.cluster()
    poor += add(core, face(seen(person(1), seed=3), least - 0.01))
    assert persons_of(core, poor) == [None] * 4
    assert add(core, face(seen(person(1), seed=4), least))[0].person_id is not None


def test_faces_of_another_model_are_not_compared(core: FaceCore) -> None:
    for seed in range(2):
        photo_of(core, 1, seed)
    core.cluster()
    others = [add(core, face(seen(person(1), seed=seed), model="another"))[0] for seed in range(2)]
    assert [each.person_id for each in others] == [None, None]
    assert unchanged(core.cluster())


def test_a_picture_that_shows_somebody_twice_joins_no_two_faces(core: FaceCore) -> None:
    collage = add(core, face(seen(person(1), seed=1)), face(seen(person(1), seed=2), x=300))
    assert core.cluster().groups == ()
    single = photo_of(core, 1, 3)
    core.cluster()
    first, second = persons_of(core, collage)
    assert first != second
    assert persons_of(core, [single])[0] in (first, second)
    assert nobody_twice(core)


def test_what_was_given_to_somebody_since_the_plan_stays_there(core: FaceCore) -> None:
    faces = [photo_of(core, who, seed) for who in (1, 2) for seed in range(2)]
    plan = core.cluster(dry_run=True)
    assert len(plan.groups) == 2
    core.apply(plan)
    people = persons_of(core, faces)
    assert core.apply(plan).moves == ()
    assert persons_of(core, faces) == people
    assert len(core.persons()) == 2


@pytest.fixture
def planned(core: FaceCore) -> tuple[FaceCore, int, list[Face]]:
    """A person, and an image of two faces of which the first is planned to join the person."""
    for seed in range(2):
        photo_of(core, 1, seed)
    core.cluster()
    pair = add(core, face(seen(person(1), 0.1, 8)), face(between(person(1), person(3), 0.7), x=300))
    person_id = pair[0].person_id
    assert person_id is not None
    give(core, pair[0], None)
    return core, person_id, pair


def test_a_person_who_got_another_face_of_the_image_since_the_plan_gets_no_second(
    planned: tuple[FaceCore, int, list[Face]],
) -> None:
    core, person_id, (first, second) = planned
    plan = core.cluster(dry_run=True)
    assert joined(plan) == {first.face_id: person_id}
    core.assign([second.face_id], person_id)
    assert core.apply(plan).moves == ()
    assert nobody_twice(core)


def test_a_person_or_a_face_that_has_gone_since_the_plan_is_no_error(
    planned: tuple[FaceCore, int, list[Face]],
) -> None:
    core, person_id, (first, _) = planned
    plan = core.cluster(dry_run=True)
    for image_id in {each.image_id for each in core.faces(person_id)}:
        core.remove_image(image_id)
    assert core.persons() == []
    assert core.apply(plan).moves == ()
    core.remove_image(first.image_id)
    assert core.apply(plan).moves == ()
    assert core.database.problems() == []


IMAGES = st.lists(
    st.lists(st.tuples(st.integers(0, 4), st.sampled_from([0.1, 0.5, 0.9, 1.3])), max_size=4), min_size=1, max_size=8
)
"""The faces of each image: who, and how unlike themselves."""


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(images=IMAGES, grouped_after=st.sets(st.integers(0, 7)))
def test_no_order_of_events_makes_two_faces_of_an_image_one_person(
    core: FaceCore, database: Database, images: list[list[tuple[int, float]]], grouped_after: set[int]
) -> None:
    with database.write() as db:
        for table in ("face", "image", "person", "vector"):
            db.execute(text(f"DELETE FROM {table}"))
        if db.execute(text("SELECT 1 FROM sqlite_master WHERE name = 'vector_512'")).first():
            db.execute(text("DELETE FROM vector_512"))
    total = 0
    for number, faces in enumerate(images):
        add(core, *(face(seen(person(who), jitter, total + i), x=i * 150) for i, (who, jitter) in enumerate(faces)))
        total += len(faces)
        if number in grouped_after:
            check_plan(core, core.cluster(dry_run=True))
            core.cluster()
        assert nobody_twice(core)
    stats = core.stats()
    assert (stats.images, stats.faces) == (len(images), total)


def check_plan(core: FaceCore, plan: Clustering) -> None:
    """Each face is in one group or in none; what is said to change is exactly what differs from now."""
    faces = {each.face_id: each for each in core.faces()}
    grouped = [face_id for group in plan.groups for face_id in group.face_ids]
    assert sorted([*grouped, *plan.noise]) == sorted(faces)
    moves = {move.face_id: move for move in plan.moves}
    for index, group in enumerate(plan.groups):
        assert len({faces[face_id].image_id for face_id in group.face_ids}) == len(group.face_ids) >= 2
        for face_id in group.face_ids:
            if face_id in moves:
                assert (moves[face_id].before, moves[face_id].after) == (faces[face_id].person_id, index)
            else:
                assert faces[face_id].person_id == group.person_id is not None
    assert all((faces[face_id].person_id is not None) == (face_id in moves) for face_id in plan.noise)


def test_dbscan_with_one_sample_makes_a_person_of_every_group(core: FaceCore) -> None:
    for number in range(3):
        core.add_image(f"{number}", 400, 300, [face(person(number))])
    done = core.cluster_dbscan(min_samples=1)
    assert [group.person_id for group in done.groups] == [each.person_id for each in core.persons()] == [1, 2, 3]
