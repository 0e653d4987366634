"""What a profile hears of, as long as it may see what that is about."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.library import Library
from app.notifications import NotificationKind, notify
from app.session import Session
from tests import house, samples
from tests.app.conftest import Opener, index

Kind = NotificationKind


@pytest.fixture
def library(indexed: Library, open_library: Opener) -> Library:
    """The library of the album, its Indexer at work."""
    folder = indexed.folder
    indexed.close()
    return open_library(folder)


@pytest.fixture
def anna(library: Library) -> Session:
    """She is the first of `t1`."""
    session = house.add_profile(library, "Anna")
    session.claims.claim(session.people.list()[0].person_id)
    house.first(library).notifications.clear()
    return session


def one(folder: Path, name: str = "one.jpg", quality: int = 90) -> Path:
    """Another photo of her."""
    return samples.save(samples.mirrored(samples.portrait(0)), folder / name, quality=quality)


def test_who_is_in_new_photos_hears_of_it_once(library: Library, anna: Session, tmp_path: Path) -> None:
    index(library, one(tmp_path / "new"), one(tmp_path / "new", "two.jpg", 80))
    (told,) = anna.notifications.list()
    newest = sorted(anna.photos.timeline().photo_ids)[-2:]
    assert (told.kind, told.photo_ids, told.is_read) == (Kind.FOUND, tuple(reversed(newest)), False)
    assert house.first(library).notifications.list() == []
    anna.notifications.read(told.notification_id)
    assert anna.notifications.unread() == 0
    index(library, one(tmp_path / "new", "three.jpg", 70))
    later, earlier = anna.notifications.list()
    assert (len(later.photo_ids), later.is_read, earlier.photo_ids) == (1, False, told.photo_ids)


def test_a_photo_that_is_not_in_sight_is_not_told_of(library: Library, anna: Session, tmp_path: Path) -> None:
    with library.database.write() as db:
        db.exec_driver_sql("UPDATE profile SET visibility = 'private' WHERE profile_id = 1")
    index(library, one(tmp_path / "new"))
    assert anna.notifications.list() == []
    with library.database.write() as db:
        db.exec_driver_sql("UPDATE profile SET visibility = 'household'")
    index(library, one(tmp_path / "new", "two.jpg", 80))
    (told,) = anna.notifications.list()
    house.own(library, house.first(library), *told.photo_ids)
    assert anna.notifications.list() == []
    assert anna.notifications.unread() == 0


def test_what_she_is_not_in_any_more_is_not_told_of(library: Library, anna: Session, tmp_path: Path) -> None:
    index(library, one(tmp_path / "new"))
    (told,) = anna.notifications.list()
    (face,) = anna.photos.faces(told.photo_ids[0])
    library.core.assign([face.face_id], None)
    assert anna.notifications.list() == []


def test_who_becomes_her_by_grouping_is_told_of(library: Library, anna: Session) -> None:
    """Photos in which nobody was known become hers; of each she hears once."""
    (claim,) = anna.claims.mine()
    faces = library.core.faces(claim.person_id)
    with library.database.write() as db:
        ids = {"person": claim.person_id, "keep": faces[0].face_id}
        db.exec_driver_sql("UPDATE face SET person_id = NULL WHERE person_id = :person AND face_id <> :keep", ids)
        db.exec_driver_sql("DELETE FROM setting WHERE key LIKE '%grouped_until'")
    house.first(library).people.group()
    assert library.core.person(claim.person_id).face_count == 5
    (told,) = anna.notifications.list()
    assert len(told.photo_ids) == 4
    house.first(library).people.group()
    assert [len(each.photo_ids) for each in anna.notifications.list()] == [4]


def test_unreadable_files_are_told_to_who_asked(library: Library, anna: Session, tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / f"{number}.jpg").write_bytes(b"\xff\xd8\xff\xe0 no picture" + bytes([number]))
    (tmp_path / "3.jpg").write_bytes(b"")
    library.indexer.add([tmp_path / f"{number}.jpg" for number in range(4)], anna.viewer.profile_id)
    assert library.indexer.wait(60)
    (told,) = anna.notifications.list()
    assert (told.kind, told.files) == (Kind.UNREADABLE, len(anna.photos.skipped()))
    assert told.files >= 3
    assert house.first(library).notifications.list() == []
    library.indexer.add([tmp_path], anna.viewer.profile_id)
    assert library.indexer.wait(60)
    assert anna.notifications.list() == [told], "nothing new is to be heard"


def test_kinds_can_be_switched_off(library: Library, anna: Session, tmp_path: Path) -> None:
    anna.notifications.mute(Kind.FOUND)
    anna.notifications.mute(Kind.DISPUTED)
    assert anna.notifications.muted() == {Kind.FOUND, Kind.DISPUTED}
    index(library, one(tmp_path / "new"))
    ben = house.add_profile(library, "Ben")
    ben.claims.claim(anna.claims.mine()[0].person_id)
    assert anna.notifications.list() == []
    assert house.first(library).notifications.unread() == 1
    anna.notifications.mute(Kind.FOUND, False)
    assert anna.notifications.muted() == {Kind.DISPUTED}
    index(library, one(tmp_path / "new", "two.jpg", 80))
    assert anna.notifications.unread() == 1


def test_an_invitation_leads_to_its_album(library: Library, anna: Session) -> None:
    first = house.first(library).viewer.profile_id
    with library.database.write() as db:
        row = {"owner": first, "now": "2024-01-01T00:00:00+00:00"}
        album = db.exec_driver_sql(
            "INSERT INTO album (owner_id, kind, name, is_private, position, created_at) "
            "VALUES (:owner, 'shared', 'Summer', 1, 1, :now)",
            row,
        ).lastrowid
        member = {"album": album, "profile": anna.viewer.profile_id, "now": row["now"]}
        db.exec_driver_sql("INSERT INTO album_member VALUES (:album, :profile, 'view', 'invited', :now)", member)
        notify(db, anna.viewer.profile_id, Kind.INVITED, album_id=album, profile_id=first)
    (told,) = anna.notifications.list()
    assert (told.album_id, told.album_name, told.by_name) == (album, "Summer", "")
    with library.database.write() as db:
        db.exec_driver_sql("DELETE FROM album_member")
    assert anna.notifications.list() == []


def test_all_are_read_and_cleared(library: Library, anna: Session) -> None:
    person = anna.claims.mine()[0].person_id
    for name in ("Ben", "Carl"):
        house.add_profile(library, name).claims.claim(person)
    first, second = anna.notifications.list()
    assert first.made_at >= second.made_at
    anna.notifications.read_all(until=second.notification_id)
    assert [each.is_read for each in anna.notifications.list()] == [False, True]
    house.first(library).notifications.read_all()
    assert anna.notifications.unread() == 1, "only one's own"
    anna.notifications.read_all()
    anna.notifications.clear()
    assert anna.notifications.list() == []
    assert len(house.first(library).notifications.list()) == 2


def test_where_nobody_claims_anybody_nothing_is_written(library: Library, tmp_path: Path) -> None:
    index(library, one(tmp_path / "new"))
    with library.database.read() as db:
        assert db.exec_driver_sql("SELECT count(*) FROM notification").scalar() == 0
