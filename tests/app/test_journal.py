"""What was done can be taken back exactly: what builds on it is named, what the machine did since stays."""

from __future__ import annotations

import shutil
import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from app import journal, schema
from app.errors import DependsOnLater, NotAllowed, NotFound, NothingToUndo
from app.journal import Action
from app.journal_forgetting import Forgotten, forget
from app.journal_rows import LEFT_ALONE, RECORDED, unpacked
from app.journal_taking import ids_of
from app.library import Library
from tests import house
from tests.app import made_up
from tests.app.conftest import Witness


@pytest.fixture(scope="module")
def made() -> Iterator[Path]:
    """A closed library of made up photos; not to be changed."""
    with tempfile.TemporaryDirectory() as folder:
        made_up.make(Path(folder) / "library")
        yield Path(folder) / "library"


@pytest.fixture
def library(made: Path, tmp_path: Path) -> Iterator[Library]:
    """The same, to be changed."""
    with Library.open(shutil.copytree(made, tmp_path / "library"), resume=False) as opened:
        yield opened


def write(library: Library, statement: str, **values: object) -> None:
    """What the machine does."""
    with library.database.write() as db:
        db.exec_driver_sql(statement, values)


def test_every_table_is_recorded_or_left_alone_for_a_reason() -> None:
    assert set(RECORDED) | LEFT_ALONE == set(schema.metadata.tables)
    assert not LEFT_ALONE.intersection(RECORDED)


def test_rows_are_recorded_after_those_that_they_point_at() -> None:
    for number, table in enumerate(RECORDED):
        parents = {foreign.column.table.name for foreign in schema.metadata.tables[table].foreign_keys}
        assert not parents.intersection(RECORDED[number + 1 :])


def test_a_step_without_a_change_is_none(library: Library) -> None:
    session = house.first(library)
    session.details.rate([1], None)
    assert session.journal.list() == []
    assert session.journal.last is None
    with pytest.raises(NothingToUndo, match="nothing to undo"):
        session.journal.undo()
    with pytest.raises(NothingToUndo, match="nothing to redo"):
        session.journal.redo()


def test_what_was_done_is_listed_the_latest_first(library: Library) -> None:
    session = house.first(library)
    session.details.rate([1, 2], 4)
    session.people.rename(1, " Anna  Berg ")
    assert session.journal.last == 2
    renamed, rated = session.journal.list()
    assert (rated.step_id, rated.action, rated.subject) == (1, Action.RATE, {"photos": 2})
    assert (renamed.step_id, renamed.action, renamed.subject) == (2, Action.RENAME_PERSON, {"name": "Anna Berg"})
    assert session.journal.list(1) == [renamed]
    session.journal.undo()
    assert [each.undone for each in session.journal.list()] == [True, False]
    assert [each and each.step_id for each in session.journal.next()] == [1, 2]


def test_a_failed_action_is_no_step_and_leaves_nothing_behind(library: Library) -> None:
    session, before = house.first(library), made_up.state(library)
    with pytest.raises(NotFound):
        session.details.rate([1, 999], 4)
    with pytest.raises(IntegrityError), session.journal.step(Action.RATE) as db:
        db.exec_driver_sql("UPDATE photo SET owner_id = 999")
    assert made_up.state(library) == before
    assert session.journal.list() == []
    with library.database.write() as db:
        assert db.exec_driver_sql("SELECT * FROM temp.sqlite_master").all() == []


def test_a_step_within_a_step_is_a_part_of_it(library: Library) -> None:
    session, before = house.first(library), made_up.state(library)
    with session.journal.step(Action.DESCRIBE, photos=1) as db:
        db.exec_driver_sql("UPDATE photo SET title = 'Sea' WHERE photo_id = 1")
        session.details.rate([1], 3)
    assert [each.action for each in session.journal.list()] == [Action.DESCRIBE]
    with library.database.write() as db:
        assert db.exec_driver_sql("SELECT * FROM temp.sqlite_master").all() == []
    session.journal.undo()
    assert made_up.state(library) == before


def test_a_new_step_ends_what_could_be_redone(library: Library) -> None:
    session, anna = house.first(library), house.add_profile(library, "Anna")
    session.details.rate([1], 1)
    session.journal.undo()
    anna.details.rate([2], 2)
    anna.journal.undo()
    session.details.rate([1], 3)
    assert [each.undone for each in session.journal.list()] == [False]
    assert session.journal.next()[1] is None
    assert anna.journal.redo().left_out == 0, "each profile has its own"
    assert anna.details.of(2).rating == 2


def test_a_thousand_steps_are_kept_of_each_profile(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    assert journal.LIMIT == 1000
    monkeypatch.setattr(journal, "LIMIT", 3)
    session, anna = house.first(library), house.add_profile(library, "Anna")
    anna.details.rate([2], 2)
    for rating in (1, 2, 3, 4, 5):
        session.details.rate([1], rating)
    assert len(session.journal.list()) == 3
    assert len(anna.journal.list()) == 1
    for rating in (4, 3, 2):
        session.journal.undo()
        assert session.details.of(1).rating == rating
    with pytest.raises(NothingToUndo):
        session.journal.undo()


_FACES = """
    WITH RECURSIVE number (value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM number WHERE value < 5000)
    INSERT INTO face (image_id, person_id, x, y, width, height, landmarks, confidence, quality, detected_at)
    SELECT 1, :person, value / 3.0, 0, 9, 9, '[]', 1, 1, '2024-01-01' FROM number
"""

_CONFIRMED = """
    INSERT INTO decision (kind, image_id, face_id, person_id, x, y, width, height, decided_at)
    SELECT 'confirmed', image_id, face_id, person_id, x, y, width, height, '' FROM face WHERE face_id % 2 = 0
"""


def test_persons_of_5000_faces_each_come_apart_again(library: Library) -> None:
    session = house.first(library)
    write(library, _FACES, person=1)
    write(library, _FACES, person=2)
    write(library, _CONFIRMED)
    session.people.rename(2, "Ben")
    before = made_up.state(library)
    assert session.people.merge(1, [2]).face_count > 5000
    after = made_up.state(library)
    assert session.journal.undo().left_out == 0
    assert made_up.state(library) == before
    assert session.journal.redo().left_out == 0
    assert made_up.state(library) == after


def test_what_builds_on_a_step_is_named_and_nothing_happens(library: Library) -> None:
    session, start = house.first(library), made_up.state(library)
    session.people.rename(1, "Anna")
    session.details.rate([1], 4)
    session.people.merge(2, [1])
    before = made_up.state(library)
    with pytest.raises(DependsOnLater, match=r"builds on this: step 3\.") as caught:
        session.journal.undo(1)
    assert (caught.value.step_ids, caught.value.others) == ((3,), False)
    assert made_up.state(library) == before
    taken = session.journal.undo(1, with_later=True)
    assert [each.step_id for each in taken.steps] == [3, 1]
    assert session.people.get(1).name is None
    assert session.details.of(1).rating == 4, "it has nothing to do with it"
    with pytest.raises(DependsOnLater, match=r"done or undone since: step 1\.") as caught:
        session.journal.redo(3)
    assert caught.value.step_ids == (1,), "what it builds on has to be done first"
    assert [each.step_id for each in session.journal.redo(3, with_later=True).steps] == [1, 3]
    assert made_up.state(library) == before
    for _ in range(3):
        session.journal.undo()
    assert made_up.state(library) == start


def test_a_chain_of_what_builds_on_one_another_is_taken_from_its_end(library: Library) -> None:
    session, start = house.first(library), made_up.state(library)
    person_id = session.people.assign([1])
    session.people.assign([3], person_id)
    session.people.rename(person_id, "Anna")
    session.people.merge(4, [person_id])
    with pytest.raises(DependsOnLater) as caught:
        session.journal.undo(1)
    assert caught.value.step_ids == (4, 3, 2)
    session.journal.undo(1, with_later=True)
    assert made_up.state(library) == start


def test_what_somebody_else_did_since_is_theirs(library: Library) -> None:
    session, anna = house.first(library), house.add_profile(library, "Anna")
    session.details.rate([1], 4)
    anna.details.rate([1], 1)
    with pytest.raises(DependsOnLater, match="Somebody else changed") as caught:
        session.journal.undo(with_later=True)
    assert caught.value.others
    assert session.details.of(1).rating == 1
    with pytest.raises(NotFound, match="no step 2"):
        session.journal.undo(2)
    anna.journal.undo()
    session.journal.undo()
    assert session.details.of(1).rating is None


def test_what_points_at_what_somebody_else_removed_waits_for_them(library: Library) -> None:
    session, anna = house.first(library), house.add_profile(library, "Anna")
    session.people.reject([1], 1)
    anna.people.merge(2, [1])
    with pytest.raises(DependsOnLater) as caught:
        session.journal.undo()
    assert caught.value.others


def test_what_the_machine_changed_since_stays(library: Library) -> None:
    session = house.first(library)
    session.details.rate([1, 2, 3], 4)
    write(library, "UPDATE photo SET rating = 2 WHERE photo_id = 2")
    write(library, "DELETE FROM photo WHERE photo_id = 3")
    taken = session.journal.undo()
    assert taken.left_out == 2
    assert [session.details.of(each).rating for each in (1, 2)] == [None, 2]
    assert session.journal.redo().left_out == 0
    assert [session.details.of(each).rating for each in (1, 2)] == [4, 2]


def test_a_face_that_went_leaves_its_decision_waiting(library: Library) -> None:
    session = house.first(library)
    session.people.assign([1], 1)
    session.people.reject([1], 1)
    write(library, "DELETE FROM face WHERE face_id = 1")
    assert session.journal.undo().left_out == 2
    with library.database.read() as db:
        rows = db.exec_driver_sql("SELECT kind, face_id, person_id FROM decision").all()
    assert [tuple(each) for each in rows] == [("confirmed", None, 1)]
    assert library.database.problems() == []


def test_a_person_that_the_machine_added_to_goes_all_the_same(library: Library) -> None:
    session = house.first(library)
    person_id = session.people.split(1, [1])
    write(library, "UPDATE face SET person_id = :id WHERE face_id = 4", id=person_id)
    session.journal.undo()
    with library.database.read() as db:
        assert db.exec_driver_sql("SELECT person_id FROM face WHERE face_id = 4").scalar_one() is None
    session.journal.redo()
    assert [face.face_id for face in session.people.faces(person_id)] == [4, 1]


def test_what_goes_with_a_row_comes_back_with_it(library: Library) -> None:
    session = house.first(library)
    write(library, "INSERT INTO tag (photo_id, person_id, x, tagged_at) VALUES (5, 1, 0.1, 'then')")
    write(library, "INSERT INTO claim (profile_id, person_id, state, made_at) VALUES (1, 1, 'held', 'then')")
    session.people.rename(1, "Anna")
    session.people.assign([1], 1)
    before = made_up.state(library)
    with session.journal.step(Action.RENAME_PERSON) as db:
        library.core.delete_person(1, db)
    gone = made_up.state(library)
    for table in ("tag", "claim", "naming", "decision"):
        assert before[table]
        assert not gone[table]
    session.journal.undo()
    assert made_up.state(library) == before


def test_a_row_that_another_one_replaces_comes_back(library: Library) -> None:
    session = house.first(library)
    write(library, "INSERT INTO tag (photo_id, person_id, x, tagged_at) VALUES (5, 1, 0.1, 'then')")
    before = made_up.state(library)
    with session.journal.step(Action.ASSIGN_FACES) as db:
        db.exec_driver_sql("INSERT OR REPLACE INTO tag (photo_id, person_id, tagged_at) VALUES (5, 1, 'now')")
    session.journal.undo()
    assert made_up.state(library) == before


def test_bytes_come_back_as_they_were(library: Library) -> None:
    session = house.first(library)
    write(library, "INSERT INTO folder (path, added_at, vanished) VALUES (x'2fff00', 'then', 0)")
    before = made_up.state(library)
    with session.journal.step(Action.DESCRIBE) as db:
        db.exec_driver_sql("DELETE FROM folder")
    session.journal.undo()
    assert made_up.state(library) == before


def test_whoever_takes_back_needs_the_same_rights(library: Library) -> None:
    session, anna = house.first(library), house.add_profile(library, "Anna")
    anna.people.rename(1, "Me")
    anna.people.assign([3], 2)
    write(library, "INSERT INTO claim (profile_id, person_id, state, made_at) VALUES (1, 1, 'held', '')")
    house.own(library, session, 2)
    before = made_up.state(library)
    with pytest.raises(NotAllowed, match="this is me"):
        anna.journal.undo(1)
    with pytest.raises(NotFound, match="no face 3"):
        anna.journal.undo(2)
    assert made_up.state(library) == before
    write(library, "DELETE FROM claim")
    anna.journal.undo(1)
    assert session.people.get(1).name is None


def test_rights_on_what_comes_back_are_asked_for_when_it_is_back(library: Library) -> None:
    session, anna = house.first(library), house.add_profile(library, "Anna")
    anna.people.merge(2, [1])
    house.own(library, session, *session.people.timeline(2).photo_ids)
    house.own(library, anna, 4)
    before = made_up.state(library)
    with pytest.raises(NotFound, match="no person 1"):
        anna.journal.undo()
    assert made_up.state(library) == before


def test_photos_come_and_go_with_their_vectors(library: Library) -> None:
    session, start = house.first(library), made_up.state(library)
    assert session.trash.put([1, 2]) == (1, 2)
    there = made_up.state(library)
    assert session.trash.restore([2]) == (2,)
    session.journal.undo()
    assert made_up.state(library) == there
    session.journal.undo()
    assert made_up.state(library) == start
    session.journal.redo()
    session.journal.redo()
    session.journal.undo(1, with_later=True)
    assert made_up.state(library) == start
    assert [each.face.face_id for each in library.core.search(made_up.embedding(library, 1), 1)] == [1]


def test_what_is_removed_for_ever_does_not_come_back(library: Library) -> None:
    session = house.first(library)
    session.trash.put([1, 2])
    session.trash.remove([1], forget_missing=True)
    assert session.journal.undo().left_out == 0
    assert list(session.photos.timeline().photo_ids) == [6, 5, 4, 3, 2]
    assert library.database.problems() == []


def test_the_journal_forgets_what_is_forgotten(library: Library) -> None:
    session, anna = house.first(library), house.add_profile(library, "Anna")
    session.details.describe(1, title="Our secret")
    session.details.rate([1, 2], 4)
    anna.people.rename(1, "Zacharias")
    anna.people.assign([1, 3], 4)
    session.trash.put([1])
    session.trash.remove([1], forget_missing=True)
    assert [each.action for each in session.journal.list()] == [Action.RATE], "of the others nothing is left"
    with library.database.write() as db:
        forget(db, Forgotten(person_ids=frozenset({1})))
        stored = db.exec_driver_sql("SELECT changes FROM journal_step").scalars().all()
    assert not any(word in zlib.decompress(each) for each in stored for word in (b"secret", b"Zacharias"))
    assert [each.action for each in anna.journal.list()] == [Action.ASSIGN_FACES]
    about = {each for blob in stored for row in unpacked(blob).rows for each in ids_of(row, ("face_id", "person_id"))}
    assert about == {3, 4}, "the other face is person 4 still; that it was person 1 is known to nobody"
    assert session.journal.undo().left_out == 0
    assert session.details.of(2).rating is None


def test_everything_that_shows_it_hears_of_it(library: Library) -> None:
    session = house.first(library)
    session.people.rename(1, "Anna")
    session.people.assign([3], 4)
    session.trash.put([5])
    session.duplicates.set_apart([1, 2])
    witness = Witness(library)
    for _ in range(4):
        session.journal.undo()
    apart, trashed, assigned, renamed = witness.changes
    assert apart.photo_ids == {1, 2}
    assert (trashed.photo_ids, trashed.skipped) == ({5}, True)
    assert assigned.photo_ids == {2}
    assert assigned.person_ids == {1, 4}
    assert renamed.person_ids == {1}
    assert renamed.photo_ids == set(session.people.timeline(1).photo_ids), "their names are shown with photos"
