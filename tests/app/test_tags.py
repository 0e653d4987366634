"""Who is in a photo by a human's word: it counts as a face does, and becomes one when a face is found there."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.errors import NotFound
from app.library import Library
from app.metadata import read
from app.session import Session
from app.tags import TagError
from app.types import PhotoFace
from core.types import BoundingBox
from tests import house
from tests.app.conftest import Opener, index, until

CORNER = BoundingBox(2, 3, 40, 50)


@pytest.fixture
def session(indexed: Library) -> Session:
    return house.first(indexed)


def photo_of(session: Session, faces: bool = True) -> int:
    """The photo with the most faces, or one without any."""
    ids = sorted(session.photos.timeline().photo_ids, key=lambda photo_id: -len(session.photos.faces(photo_id)))
    found = ids[0] if faces else ids[-1]
    assert bool(session.photos.faces(found)) is faces
    return found


def stranger(session: Session, photo_id: int) -> PhotoFace:
    return next(face for face in session.photos.faces(photo_id) if face.name is None)


def test_a_tagged_photo_is_one_of_the_persons_photos_everywhere(session: Session) -> None:
    photo_id = photo_of(session, faces=False)
    before = session.counts()
    person_id = session.tags.add(photo_id, "  Grandma   Rose ")
    person = session.people.get(person_id)
    assert (person.name, person.face_count, person.photo_count) == ("Grandma Rose", 0, 1)
    assert person.first_taken == person.last_taken == session.photos.get(photo_id).taken_at
    assert person in session.people.list()
    assert session.counts().people == before.people + 1
    assert list(session.people.timeline(person_id).photo_ids) == [photo_id]
    for query in ("rose", "only:rose", "people:1 rose", 'person:"grandma rose"', "NOT people:0 rose"):
        assert list(session.search.photos(query).photo_ids) == [photo_id], query
    [tag] = session.tags.of(photo_id)
    assert (tag.person_id, tag.name, tag.box) == (person_id, "Grandma Rose", None)


def test_the_same_name_is_the_same_person_for_those_who_see_them(indexed: Library, session: Session) -> None:
    first, second = list(session.photos.timeline().photo_ids)[:2]
    rose = session.tags.add(first, "Rose")
    assert session.tags.add(second, "rose") == rose
    house.own(indexed, session, first, second)
    anna = house.add_profile(indexed, "Anna")
    third = next(iter(anna.photos.timeline().photo_ids))
    other = anna.tags.add(third, "Rose")
    assert other != rose
    assert anna.people.get(other).photo_count == 1
    with pytest.raises(NotFound):
        anna.tags.add(third, rose)
    with pytest.raises(NotFound):
        anna.tags.add(first, "Rose")
    with pytest.raises(NotFound):
        anna.tags.remove([session.tags.of(first)[0].tag_id])
    assert anna.tags.of(first) == []


def test_a_box_on_a_face_gives_it_the_person(session: Session) -> None:
    photo_id = photo_of(session)
    face = stranger(session, photo_id)
    person_id = session.tags.add(photo_id, "Rose", face.box)
    assert session.photos.face(face.face_id).person_id == person_id
    assert session.tags.of(photo_id) == []
    assert session.people.get(person_id).photo_count == 1
    with pytest.raises(TagError, match="already"):
        session.tags.add(photo_id, person_id)


def test_a_face_of_which_somebody_said_who_it_is_stays(session: Session) -> None:
    photo_id = photo_of(session)
    face = stranger(session, photo_id)
    ben = session.tags.add(photo_id, "Ben", face.box)
    rose = session.tags.add(photo_id, "Rose", face.box)
    assert session.photos.face(face.face_id).person_id == ben
    assert [tag.person_id for tag in session.tags.of(photo_id)] == [rose]


def test_a_box_is_kept_within_the_picture(session: Session) -> None:
    photo_id = photo_of(session, faces=False)
    photo = session.photos.get(photo_id)
    session.tags.add(photo_id, "Rose", BoundingBox(-10, -10, 50, 60))
    [tag] = session.tags.of(photo_id)
    assert tag.box is not None
    assert (tag.box.x, tag.box.y) == (0, 0)
    assert (tag.box.width, tag.box.height) == (pytest.approx(40), pytest.approx(50))
    for box in (BoundingBox(photo.width + 1, 0, 50, 50), BoundingBox(0, 0, 1, 90), BoundingBox(0, 0, float("nan"), 9)):
        with pytest.raises(TagError, match="box"):
            session.tags.add(photo_id, "Ben", box)
    assert [each.name for each in session.people.list()].count("Ben") == 0


def test_who_has_no_name_cannot_be_tagged(session: Session) -> None:
    photo_id = photo_of(session, faces=False)
    unnamed = next(each.person_id for each in session.people.list() if each.name is None)
    for person in (unnamed, "  "):
        with pytest.raises(TagError, match="name"):
            session.tags.add(photo_id, person)


def test_a_tag_that_is_removed_leaves_the_person(session: Session) -> None:
    photo_id = photo_of(session, faces=False)
    person_id = session.tags.add(photo_id, "Rose")
    session.tags.remove([tag.tag_id for tag in session.tags.of(photo_id)])
    assert session.tags.of(photo_id) == []
    assert session.people.get(person_id).photo_count == 0
    with pytest.raises(NotFound):
        session.tags.remove([999])


def test_tags_follow_a_merge(indexed: Library, session: Session) -> None:
    first, second = list(session.photos.timeline().photo_ids)[:2]
    rose, rosa = session.tags.add(first, "Rose"), session.tags.add(first, "Rosa")
    session.tags.add(second, rosa)
    session.people.merge(rose, [rosa])
    assert list(session.people.timeline(rose).photo_ids) == [first, second]
    assert [tag.person_id for tag in session.tags.of(first)] == [rose]


def test_a_face_that_is_found_later_takes_the_tags_person(
    open_library: Opener, indexed: Library, session: Session
) -> None:
    photo_id = photo_of(session)
    faces = session.photos.faces(photo_id)
    face = faces[0]
    with indexed.database.write() as db:
        indexed.core.delete_faces([face.face_id], connection=db)
        db.exec_driver_sql("DELETE FROM look WHERE photo_id = ?", (photo_id,))
    person_id = session.tags.add(photo_id, "Rose", face.box)
    assert len(session.photos.faces(photo_id)) == len(faces) - 1
    indexed.close()
    library = open_library(indexed.folder)
    assert library.indexer.wait(60)
    again = house.first(library)
    found = next(each for each in again.photos.faces(photo_id) if each.person_id == person_id)
    assert found.box.overlap(face.box) > 0.9
    assert again.tags.of(photo_id) == []


def test_a_tag_with_a_box_is_told_to_other_programs_and_taken_back(open_library: Opener, album: Path) -> None:
    library = open_library()
    index(library, album)
    session = house.first(library)
    photo_id = photo_of(session, faces=False)
    path = session.photos.get(photo_id).path
    library.sidecars.want(True)
    session.tags.add(photo_id, "Rose", CORNER)
    until(lambda: [region.name for region in read(path, _beside(path)).regions] == ["Rose"])
    [region] = read(path, _beside(path)).regions
    photo = session.photos.get(photo_id)
    assert region.x * photo.width == pytest.approx(CORNER.x, abs=0.1)
    assert session.details.of(photo_id).marked == ()
    session.tags.remove([tag.tag_id for tag in session.tags.of(photo_id)])
    until(lambda: not read(path, _beside(path)).regions)
    assert session.details.of(photo_id).marked == ()


def _beside(path: Path) -> list[Path]:
    return [path.with_name(f"{path.name}.xmp")]
