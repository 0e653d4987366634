"""What a window asks of people, over the real faces of an album."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from app.errors import NotFound
from app.library import Library
from core.errors import CoreError, ImageUnavailable, InvalidInput
from tests import samples
from tests.app.conftest import Witness


def test_people_are_listed_by_number_of_photos(indexed: Library) -> None:
    people = indexed.session.people.list()
    # The first two of `t1` are in the group photos and in a pair, the first alone too; the pilot has three photos.
    assert [person.photo_count for person in people] == [5, 4, 3, 3, 3]
    assert [person.face_count for person in people] == [5, 4, 3, 3, 3]
    assert all(person.name is None for person in people)


def test_people_with_a_name_come_first(indexed: Library) -> None:
    last = indexed.session.people.list()[-1]
    indexed.session.people.rename(last.person_id, "Zoe")
    people = indexed.session.people.list()
    assert people[0].person_id == last.person_id
    assert [person.photo_count for person in people] == [3, 5, 4, 3, 3]


def test_a_person_knows_their_photos_and_faces(indexed: Library) -> None:
    for person in indexed.session.people.list():
        assert indexed.session.people.get(person.person_id) == person
        faces = indexed.session.people.faces(person.person_id)
        timeline = indexed.session.people.timeline(person.person_id)
        taken = [indexed.session.photos.get(photo_id).taken_at for photo_id in timeline.photo_ids]
        assert taken == sorted(taken, reverse=True)
        assert (taken[0], taken[-1]) == (person.last_taken, person.first_taken)
        assert [face.photo_id for face in faces] == list(timeline.photo_ids), "nobody stands twice in one photo"
        assert sum(month.count for month in timeline.months) == person.photo_count == len(faces)
        assert person.cover_face_id in {face.face_id for face in faces}
        assert max(face.quality for face in faces) == indexed.session.photos.face(person.cover_face_id or 0).quality


def test_the_same_human_being_is_the_same_person_in_every_photo(indexed: Library) -> None:
    names = [
        {indexed.session.photos.get(face.photo_id).path.name for face in indexed.session.people.faces(person.person_id)}
        for person in indexed.session.people.list()
    ]
    group = {"group.jpg", "group-mirrored.jpg", "group-dark.jpg"}
    assert names[0] == group | {"first.jpg", "pair.jpg"}
    assert names[1] == group | {"pair.jpg"}
    pilot = {"astronaut.jpg", "astronaut-mirrored.jpg", "astronaut-dark.jpg"}
    assert sorted(names[2:], key=sorted) == [pilot, group, group]


def test_a_new_name_is_told_with_everything_that_shows_it(indexed: Library) -> None:
    person = indexed.session.people.list()[0]
    witness = Witness(indexed)
    indexed.session.people.rename(person.person_id, "  Ada   Lovelace\n")
    (change,) = witness.changes
    assert change.person_ids == {person.person_id}
    assert change.photo_ids == set(indexed.session.people.timeline(person.person_id).photo_ids)
    assert indexed.session.people.get(person.person_id).name == "Ada Lovelace"
    assert {face.name for face in indexed.session.people.faces(person.person_id)} == {"Ada Lovelace"}


@pytest.mark.parametrize("name", ["", "   ", "\t\n"])
def test_a_blank_name_removes_it(indexed: Library, name: str) -> None:
    person = indexed.session.people.list()[0]
    indexed.session.people.rename(person.person_id, "Somebody")
    indexed.session.people.rename(person.person_id, name)
    assert indexed.session.people.get(person.person_id).name is None


@pytest.mark.parametrize("name", ["Zoë 写真 📷", 'O\'Brien "x"; DROP TABLE person', "[bold]x[/bold]", "a" * 200])
def test_any_name_is_kept_as_it_is(indexed: Library, name: str) -> None:
    person = indexed.session.people.list()[0]
    indexed.session.people.rename(person.person_id, name)
    assert indexed.session.people.get(person.person_id).name == name


def test_two_people_may_have_the_same_name(indexed: Library) -> None:
    first, second, *_ = indexed.session.people.list()
    indexed.session.people.rename(first.person_id, "Sam")
    indexed.session.people.rename(second.person_id, "Sam")
    assert [person.name for person in indexed.session.people.list()[:2]] == ["Sam", "Sam"]
    assert len(indexed.session.people.list()) == samples.ALBUM_PEOPLE


def test_a_name_that_is_too_long_is_refused_and_changes_nothing(indexed: Library) -> None:
    person = indexed.session.people.list()[0]
    witness = Witness(indexed)
    with pytest.raises(InvalidInput, match="at most 200"):
        indexed.session.people.rename(person.person_id, "a" * 201)
    assert indexed.session.people.get(person.person_id) == person
    assert witness.events == []


def test_who_is_not_there_is_an_error_with_a_sentence(indexed: Library) -> None:
    with pytest.raises(NotFound, match=r"^There is no person 999\.$"):
        indexed.session.people.get(999)
    with pytest.raises(NotFound, match=r"^There is no person 999\.$"):
        indexed.session.people.rename(999, "Nobody")
    assert indexed.session.people.faces(999) == []
    assert len(indexed.session.people.timeline(999).photo_ids) == 0


def test_grouping_again_finds_nothing_new_and_tells_so(indexed: Library) -> None:
    before = indexed.session.people.list()
    plan = indexed.session.people.group(dry_run=True)
    assert plan.moves == plan.dissolved == ()
    assert [group.person_id for group in plan.groups] == sorted(person.person_id for person in before)
    witness = Witness(indexed)
    assert indexed.session.people.group() == plan
    assert indexed.session.people.list() == before
    assert [change.person_ids for change in witness.changes] in ([], [frozenset()])


def test_a_dry_run_tells_what_grouping_does(indexed: Library) -> None:
    people = indexed.session.people.list()
    with indexed.database.write() as db:
        db.exec_driver_sql(f"DELETE FROM person WHERE person_id = {people[0].person_id}")
        face = indexed.session.people.faces(people[1].person_id)[0].face_id
        db.exec_driver_sql(f"UPDATE face SET person_id = NULL WHERE face_id = {face}")
    plan = indexed.session.people.group(dry_run=True)
    (new,) = (index for index, group in enumerate(plan.groups) if group.is_new)
    assert (plan.groups[new].person_id, len(plan.groups[new].face_ids)) == (None, 5)
    (other,) = (move for move in plan.moves if move.after != new)
    assert (other.face_id, other.before, plan.groups[other.after or 0].person_id) == (face, None, people[1].person_id)
    assert len(indexed.session.people.list()) == len(people) - 1
    witness = Witness(indexed)
    done = indexed.session.people.group()
    assert [group.face_ids for group in done.groups] == [group.face_ids for group in plan.groups]
    (change,) = witness.changes
    assert change.person_ids == {people[1].person_id, done.groups[new].person_id}
    assert [person.face_count for person in indexed.session.people.list()] == [5, 4, 3, 3, 3]


def test_similar_faces_of_a_picture_that_is_not_in_the_library(indexed: Library, tmp_path: Path) -> None:
    first = indexed.session.people.list()[0]
    picture = samples.save(samples.smaller(samples.darker(samples.portrait(0))), tmp_path / "a.jpg")
    (found,) = indexed.session.people.similar(picture, limit=7)
    assert len(found.matches) == 7
    assert {face.person_id for face, _ in found.matches[:5]} == {first.person_id}
    similarities = [similarity for _, similarity in found.matches]
    assert similarities == sorted(similarities, reverse=True)
    assert similarities[4] > 0.7
    assert similarities[5] < 0.3
    assert indexed.session.counts().photos == samples.ALBUM_PHOTOS, "searching adds nothing"


def test_every_face_of_a_picture_is_searched_for(indexed: Library, album: Path) -> None:
    found = indexed.session.people.similar(album / "group.jpg", limit=1)
    assert len(found) == 4
    assert all(each.matches[0][1] > 0.99 for each in found)
    assert indexed.session.people.similar(album / "coffee.jpg", limit=1) == []


def test_a_search_that_cannot_be_is_an_error_with_a_sentence(indexed: Library, album: Path, tmp_path: Path) -> None:
    with pytest.raises(ImageUnavailable):
        indexed.session.people.similar(tmp_path / "nowhere.jpg", limit=1)
    with pytest.raises(InvalidInput):
        indexed.session.people.similar(album / "group.jpg", limit=0)
    (tmp_path / "text.jpg").write_text("no picture")
    with pytest.raises(CoreError, match="not a picture"):
        indexed.session.people.similar(tmp_path / "text.jpg", limit=1)


def test_a_summary_spans_its_photos(indexed: Library) -> None:
    first = indexed.session.people.list()[0]
    assert (first.first_taken, first.last_taken) == (datetime(2021, 5, 1, 10), datetime(2022, 1, 3, 10))
