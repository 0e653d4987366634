"""Faces find their persons, one at a time and in groups; two faces in one image are two people, whatever happens."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from core.database import Database
from core.matching import JOIN_QUALITY
from core.service import FaceCore
from core.types import AnalyzedFace, Clustering, Face
from tests.core.faces import between, face, person, seen

NOTHING = Clustering({}, (), ())

_number = itertools.count()


def add(core: FaceCore, *faces: AnalyzedFace) -> list[Face]:
    """Stores an image with these faces."""
    return core.add_image(f"image {next(_number)}", 1000, 1000, faces)[1]


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
    assert core.cluster() == NOTHING


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
    plan = core.cluster()
    assert plan.joined == {}
    assert unsure.face_id in plan.noise


def test_grouping_gives_faces_to_persons_that_have_come_since(core: FaceCore) -> None:
    early = photo_of(core, 1, 9)
    known = [photo_of(core, 1, seed) for seed in range(2)]
    core.cluster()
    (person_id,) = set(persons_of(core, known))
    assert person_id is not None
    give(core, early, None)
    plan = core.cluster(dry_run=True)
    assert plan.joined == {early.face_id: person_id}
    assert persons_of(core, [early]) == [None]
    assert core.cluster().joined == {early.face_id: person_id}
    assert persons_of(core, [early]) == [person_id]


def test_a_face_below_the_quality_is_kept_and_given_to_nobody(core: FaceCore) -> None:
    poor = [add(core, face(seen(person(1), seed=seed), JOIN_QUALITY - 0.01))[0] for seed in range(3)]
    assert core.cluster() == NOTHING
    for seed in range(2):
        photo_of(core, 1, 10 + seed)
    core.cluster()
    poor += add(core, face(seen(person(1), seed=3), JOIN_QUALITY - 0.01))
    assert persons_of(core, poor) == [None] * 4
    assert add(core, face(seen(person(1), seed=4), JOIN_QUALITY))[0].person_id is not None


def test_faces_of_another_model_are_not_compared(core: FaceCore) -> None:
    for seed in range(2):
        photo_of(core, 1, seed)
    core.cluster()
    others = [add(core, face(seen(person(1), seed=seed), model="another"))[0] for seed in range(2)]
    assert [each.person_id for each in others] == [None, None]
    assert core.cluster() == NOTHING


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
    assert core.apply(plan).groups == ()
    assert persons_of(core, faces) == people
    assert len(core.persons()) == 2


@pytest.fixture
def planned(core: FaceCore) -> tuple[FaceCore, int, list[Face]]:
    """A person, and an image of two faces of which the first is planned to join the person."""
    known = [photo_of(core, 1, seed) for seed in range(2)]
    pair = add(core, face(seen(person(1), 0.1, 8)), face(between(person(1), person(3), 0.7), x=300))
    for each in known:
        give(core, each, None)
    core.cluster()
    (person_id,) = {each.person_id for each in core.faces() if each.person_id}
    give(core, pair[0], None)
    return core, person_id, pair


def test_a_person_who_got_another_face_of_the_image_since_the_plan_gets_no_second(
    planned: tuple[FaceCore, int, list[Face]],
) -> None:
    core, person_id, (first, second) = planned
    plan = core.cluster(dry_run=True)
    assert plan.joined == {first.face_id: person_id}
    give(core, second, person_id)
    assert core.apply(plan).joined == {}
    assert nobody_twice(core)


def test_a_person_or_a_face_that_has_gone_since_the_plan_is_no_error(
    planned: tuple[FaceCore, int, list[Face]],
) -> None:
    core, person_id, (first, _) = planned
    plan = core.cluster(dry_run=True)
    for image_id in {each.image_id for each in core.faces(person_id)}:
        core.remove_image(image_id)
    assert core.persons() == []
    assert core.apply(plan).joined == {}
    core.remove_image(first.image_id)
    assert core.apply(plan).joined == {}
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
            plan = core.cluster(dry_run=True)
            check_plan(core, plan.joined, [group.face_ids for group in plan.groups], plan.noise)
            core.cluster()
        assert nobody_twice(core)
    stats = core.stats()
    assert (stats.images, stats.faces) == (len(images), total)


def check_plan(
    core: FaceCore, joined: dict[int, int], groups: Sequence[tuple[int, ...]], noise: tuple[int, ...]
) -> None:
    """Each face that belongs to nobody stands in the plan exactly once."""
    named = [*joined, *(face_id for group in groups for face_id in group), *noise]
    assert sorted(named) == [each.face_id for each in core.faces() if each.person_id is None]
    image_of = {each.face_id: each.image_id for each in core.faces()}
    for group in groups:
        assert len({image_of[face_id] for face_id in group}) == len(group) >= 2
