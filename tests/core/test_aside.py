"""What is set aside is found by nothing and comes back as it was."""

from __future__ import annotations

import contextlib

import pytest

from core.database import Database
from core.models import ModelPack
from core.search import TAIL, VectorSearch
from core.service import FaceCore
from core.types import Embedding
from tests.core.faces import face, person, seen
from tests.core.test_search import Rollback
from tests.whole import contents


def add(core: FaceCore, who: int, count: int, start: int = 0) -> list[int]:
    """Images of one person; their ids."""
    numbers = range(start, start + count)
    return [core.add_image(f"{who}/{n}", 100, 100, [face(seen(person(who), seed=n))])[0] for n in numbers]


def nearest(core: FaceCore, who: int) -> list[str]:
    return [match.face.source for match in core.search(Embedding(person(who), core.pack.name), 50, 0.5)]


@pytest.fixture
def people(core: FaceCore) -> list[int]:
    """Three people with four images each; the image ids in order."""
    image_ids = [image_id for who in range(3) for image_id in add(core, who, 4)]
    core.cluster()
    named, *_ = core.persons()
    core.update_person(named.person_id, "Ada")
    core.assign([core.faces()[4].face_id], named.person_id)
    core.reject([core.faces()[8].face_id], named.person_id)
    core.not_same(core.persons()[1].person_id, core.persons()[2].person_id)
    return image_ids


def test_everything_comes_back_as_it_was(core: FaceCore, database: Database, people: list[int]) -> None:
    before = contents(database)
    persons = core.persons()
    gone = people[2:9]
    told = core.set_aside(gone)
    assert contents(database) != before
    assert told == core.bring_back(gone) == {each.person_id for each in persons}
    assert contents(database) == before
    assert core.persons() == persons


def test_nothing_in_it_is_found_or_counted(core: FaceCore, people: list[int]) -> None:
    assert nearest(core, 0)
    core.set_aside(people[:4])
    assert nearest(core, 0) == []
    assert core.stats().images == 8
    assert core.stats().faces == 8
    assert core.stats().vectors == {core.pack.name: 8}
    named = core.persons()[0]
    assert (named.name, named.face_count, named.image_count) == ("Ada", 1, 1)
    core.set_aside(people)
    assert core.stats().faces == core.stats().unassigned_faces == 0
    assert core.persons()[0].cover_face_id is None


def test_no_new_face_joins_by_it_and_no_grouping_moves_it(core: FaceCore, people: list[int]) -> None:
    third = core.persons()[2].person_id
    core.set_aside(people[8:])
    (image_id,) = add(core, 2, 1, start=50)
    assert [each.person_id for each in core.faces() if each.image_id == image_id] == [None]
    add(core, 2, 2, start=60)
    result = core.cluster()
    moved = {move.face_id for move in result.moves}
    aside = {each.face_id for each in core.faces() if each.image_id in people[8:]}
    assert moved and not moved & aside
    assert {each.person_id for each in core.faces() if each.face_id in aside} == {third}
    assert third not in result.dissolved


def test_who_is_set_aside_follows_a_merge(core: FaceCore, people: list[int]) -> None:
    first, second, _ = (each.person_id for each in core.persons())
    core.set_aside(people[4:8])
    core.merge([second], first)
    core.bring_back(people[4:8])
    assert core.person(first).face_count == 8


def test_the_search_from_memory_follows(core: FaceCore, database: Database, pack: ModelPack) -> None:
    image_ids = add(core, 1, TAIL + 10)
    add(core, 2, 2)
    search = VectorSearch(database, pack)
    query = Embedding(person(1), pack.name)

    def found() -> int:
        with database.read() as db:
            return len(search.nearest(db, query, 100, 0.5))

    search.warm_up()
    assert found() == len(image_ids)
    core.set_aside(image_ids[5:])
    assert found() == 5
    # A copy made now does not know of them, and their ids are older than its last one.
    search = VectorSearch(database, pack)
    search.warm_up()
    assert found() == 5
    core.bring_back(image_ids[5:])
    assert found() == len(image_ids)
    search.warm_up()
    assert found() == len(image_ids)


def test_taken_back_before_it_was_committed_it_did_not_happen(core: FaceCore, database: Database) -> None:
    image_ids = add(core, 1, 3)
    core.set_aside(image_ids[:2])
    before = contents(database)
    found = 0
    with contextlib.suppress(Rollback), database.write() as db:
        core.bring_back(image_ids[:2], db)
        found = len(core.search(Embedding(person(1), core.pack.name), 10, 0.5, db))
        raise Rollback
    assert found == 3
    assert contents(database) == before
    assert len(nearest(core, 1)) == 1
    core.set_aside(image_ids)
    core.set_aside(image_ids[1:])
    core.bring_back(image_ids)
    assert len(nearest(core, 1)) == 3


def test_an_image_that_is_set_aside_can_be_removed(core: FaceCore, database: Database, people: list[int]) -> None:
    core.set_aside(people[8:])
    third = core.persons()[2].person_id
    for image_id in people[8:]:
        core.remove_image(image_id, keep_persons=False)
    rows = contents(database)
    assert rows["aside"] == rows["aside_vector"] == []
    assert third not in {each.person_id for each in core.persons()}
    assert database.problems() == []
