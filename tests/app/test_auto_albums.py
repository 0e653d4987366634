"""Albums that fill themselves hold exactly what their owner is in and sees, whatever happens to faces and photos."""

from __future__ import annotations

import itertools
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app import auto_albums
from app.album_types import AlbumKind, AlbumRole, MemberRole
from app.errors import InvalidAlbum
from app.library import Library
from app.session import Session
from core import persons
from tests import house, samples
from tests.app.conftest import index


def claim(library: Library, session: Session, *person_ids: int, no_album: bool = False) -> int | None:
    """Somebody says "this is me"; the album that there is by that."""
    with library.database.write() as db:
        for person_id in person_ids:
            values = (session.viewer.profile_id, person_id, int(no_album))
            columns = "(profile_id, person_id, state, no_album, made_at)"
            db.exec_driver_sql(f"INSERT INTO claim {columns} VALUES (?, ?, 'held', ?, '2024-01-01T00:00:00')", values)
        return auto_albums.settle(db, session.viewer.profile_id)


def withdraw(library: Library, session: Session) -> None:
    with library.database.write() as db:
        db.exec_driver_sql("DELETE FROM claim WHERE profile_id = ?", (session.viewer.profile_id,))
        auto_albums.settle(db, session.viewer.profile_id)


def inside(session: Session, album_id: int) -> list[int]:
    return list(session.albums.timeline(album_id).photo_ids)


def of_person(session: Session, person_id: int) -> list[int]:
    return list(session.people.timeline(person_id).photo_ids)


@pytest.fixture
def anna(indexed: Library) -> Session:
    return house.add_profile(indexed, "Anna")


def test_a_claimed_person_has_an_album_of_their_photos(indexed: Library, anna: Session) -> None:
    somebody = anna.people.list()[0].person_id
    album_id = claim(indexed, anna, somebody)
    assert album_id is not None
    album = anna.albums.get(album_id)
    assert (album.kind, album.name, album.is_private) == (AlbumKind.AUTO_FACES, "Photos of Anna", True)
    assert (album.role, album.photo_count) == (AlbumRole.OWNER, 5)
    assert inside(anna, album_id) == of_person(anna, somebody), "the newest first"
    assert sum(month.count for month in anna.albums.timeline(album_id).months) == 5
    assert album.cover_id == of_person(anna, somebody)[0]
    assert house.first(indexed).albums.list() == []
    with pytest.raises(InvalidAlbum):
        anna.albums.order(album_id, inside(anna, album_id)[:1])


def test_several_persons_of_one_profile_are_in_one_album(indexed: Library, anna: Session) -> None:
    one, other = anna.people.list()[0].person_id, anna.people.list()[-1].person_id
    album_id = claim(indexed, anna, one)
    assert claim(indexed, anna, other) == album_id
    assert album_id is not None
    assert set(inside(anna, album_id)) == {*of_person(anna, one), *of_person(anna, other)}
    assert len(anna.albums.list()) == 1


def test_who_wants_no_album_has_none(indexed: Library, anna: Session) -> None:
    somebody = anna.people.list()[0].person_id
    assert claim(indexed, anna, somebody, no_album=True) is None
    assert anna.albums.list() == []
    with indexed.database.write() as db:
        db.exec_driver_sql("UPDATE claim SET no_album = 0")
        album_id = auto_albums.settle(db, anna.viewer.profile_id)
    assert album_id is not None
    anna.albums.delete(album_id)
    with indexed.database.write() as db:
        assert auto_albums.settle(db, anna.viewer.profile_id) is None, "it was deleted, and is not made again"


def test_an_album_goes_with_its_claim_but_for_what_was_put_there_by_hand(indexed: Library, anna: Session) -> None:
    somebody = anna.people.list()[0].person_id
    claim(indexed, anna, somebody)
    withdraw(indexed, anna)
    assert anna.albums.list() == []
    album_id = claim(indexed, anna, somebody)
    assert album_id is not None
    other = next(each for each in anna.photos.timeline().photo_ids if each not in inside(anna, album_id))
    anna.albums.add(album_id, [other])
    withdraw(indexed, anna)
    assert inside(anna, album_id) == [other]
    assert anna.albums.get(album_id).kind is AlbumKind.PERSONAL


def test_a_new_photo_enters_by_itself(library: Library, tmp_path: Path) -> None:
    anna = house.add_profile(library, "Anna")
    folder = tmp_path / "photos"
    pilot = samples.astronaut()
    for number, image in enumerate((pilot, samples.mirrored(pilot), samples.darker(pilot))):
        samples.save(image, folder / f"{number}.jpg")
    index(library, folder)
    album_id = claim(library, anna, anna.people.list()[0].person_id)
    assert album_id is not None
    assert anna.albums.get(album_id).photo_count == 3
    index(library, samples.save(samples.smaller(pilot), folder / "later.jpg"))
    index(library, samples.save(samples.portrait(0), folder / "somebody else.jpg"))
    assert anna.photos.at(folder / "later.jpg") in inside(anna, album_id)
    assert anna.albums.get(album_id).photo_count == 4


def test_a_photo_that_its_owner_keeps_private_does_not_enter(indexed: Library, anna: Session) -> None:
    mine = house.first(indexed)
    somebody = anna.people.list()[0].person_id
    private = of_person(anna, somebody)[0]
    house.own(indexed, mine, private)
    album_id = claim(indexed, anna, somebody)
    assert album_id is not None
    assert rows(indexed, album_id) == {*of_person(mine, somebody)} - {private}
    # Its owner shows it to her by an album that they share.
    shared = mine.albums.create("Trip", [private])
    mine.albums.members.invite(shared, anna.viewer.profile_id, MemberRole.VIEW)
    anna.albums.members.accept(shared)
    assert private in rows(indexed, album_id)
    mine.albums.remove(shared, [private])
    assert private not in rows(indexed, album_id)
    mine.albums.add(shared, [private])
    assert private in rows(indexed, album_id)
    mine.albums.members.remove(shared, anna.viewer.profile_id)
    assert private not in rows(indexed, album_id)


def rows(library: Library, album_id: int, auto: bool = True) -> set[int]:
    query = "SELECT photo_id FROM album_photo WHERE album_id = ? AND is_auto_added = ?"
    with library.database.read() as db:
        return set(db.exec_driver_sql(query, (album_id, int(auto))).scalars())


def test_what_is_wrong_is_put_right(indexed: Library, anna: Session) -> None:
    somebody = anna.people.list()[0].person_id
    album_id = claim(indexed, anna, somebody)
    assert album_id is not None
    right = rows(indexed, album_id)
    wrong = next(each for each in anna.photos.timeline().photo_ids if each not in right)
    with indexed.database.write() as db:
        assert not auto_albums.renew(db, album_id)
        db.exec_driver_sql("DELETE FROM album_photo WHERE photo_id = ?", (min(right),))
        db.exec_driver_sql("INSERT INTO album_photo VALUES (?, ?, 0, NULL, '2024-01-01', 1)", (album_id, wrong))
        assert auto_albums.renew(db, album_id)
    assert rows(indexed, album_id) == right


def test_to_follow_a_photo_asks_indexes_alone(indexed: Library, anna: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    album_id = claim(indexed, anna, anna.people.list()[0].person_id)
    photo_id = inside(anna, album_id or 0)[0]
    asked: list[tuple[str, Any]] = []
    with indexed.database.write() as db:
        ask = db.exec_driver_sql
        with monkeypatch.context() as hearing:
            hearing.setattr(
                db, "exec_driver_sql", lambda said, values: asked.append((said, values)) or ask(said, values)
            )
            auto_albums.follow(db, [photo_id])
        assert len(asked) == 4
        for said, values in asked:
            explained = db.connection.cursor().execute(f"EXPLAIN QUERY PLAN {said}", values).fetchall()
            plan = [str(row[3]) for row in explained]
            scans = [each for each in plan if re.match(r"SCAN (?!json_each|wanted|CONSTANT)", each)]
            assert not scans, (said, plan)


class Household:
    """One example: a library, Anna's album, and what she did by hand."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.first, self.anna = house.first(library), house.add_profile(library, "Anna")
        self.people = [each.person_id for each in self.first.people.list()]
        album_id = claim(library, self.anna, self.people[0])
        assert album_id is not None
        self.album_id = album_id
        self.photos = sorted(self.first.photos.timeline().photo_ids)
        self.by_hand: set[int] = set()
        self.left_out: set[int] = set()

    def _all(self, query: str, *values: object) -> list[Any]:
        with self.library.database.read() as db:
            return list(db.exec_driver_sql(query, values).all())

    def seen(self) -> set[int]:
        """What Anna sees, locked or not, naively."""
        me = self.anna.viewer.profile_id
        found = self._all("SELECT photo_id, owner_id, visibility, locked, state FROM photo")
        return {
            row.photo_id
            for row in found
            if row.owner_id == me or (row.visibility == "household" and not row.locked and row.state != "trashed")
        }

    def trashed(self) -> set[int]:
        return {row.photo_id for row in self._all("SELECT photo_id FROM trash")}

    def with_her(self) -> set[int]:
        held = {row.person_id for row in self._all("SELECT person_id FROM claim WHERE state = 'held'")}
        faces = self._all("SELECT photo_id, person_id FROM face JOIN photo USING (image_id)")
        tags = self._all("SELECT photo_id, person_id FROM tag")
        return {row.photo_id for row in [*faces, *tags] if row.person_id in held}

    def check(self) -> None:
        there = set(self.photos) - self.trashed()
        auto = (self.with_her() & self.seen()) - self.left_out - self.by_hand
        assert rows(self.library, self.album_id) & there == auto & there
        assert rows(self.library, self.album_id, auto=False) == self.by_hand
        locked = {row.photo_id for row in self._all("SELECT photo_id FROM photo WHERE locked")}
        shown = inside(self.anna, self.album_id)
        assert set(shown) == ((auto | self.by_hand) & self.seen() & there) - locked
        assert self.anna.albums.get(self.album_id).photo_count == len(shown)

    def assign(self, photo_id: int, person_id: int, hers: bool) -> None:
        """Some face of a photo becomes somebody's, or is said not to be."""
        found = self._all("SELECT face_id FROM face JOIN photo USING (image_id) WHERE photo_id = ?", photo_id)
        known = {row.person_id for row in self._all("SELECT person_id FROM person")}
        if not found or person_id not in known:
            return
        with self.library.database.write() as db:
            if hers:
                persons.assign(db, [found[0].face_id], person_id)
            else:
                persons.reject(db, [found[0].face_id], person_id)
            auto_albums.follow(db, [photo_id])

    def merge(self, _photo_id: int, person_id: int, _hers: bool) -> None:
        known = {row.person_id for row in self._all("SELECT person_id FROM person")}
        if self.people[0] in known and person_id in known - {self.people[0]}:
            with self.library.database.write() as db:
                persons.merge(db, [person_id], self.people[0], True)
                auto_albums.follow(db, person_ids=[self.people[0]])

    def split(self, _photo_id: int, person_id: int, _hers: bool) -> None:
        found = self._all("SELECT face_id FROM face WHERE person_id = ? ORDER BY face_id", person_id)
        if len(found) > 1:
            with self.library.database.write() as db:
                new = persons.split(db, person_id, [found[0].face_id])
                auto_albums.follow(db, person_ids=[person_id, new.person_id])

    def tag(self, photo_id: int, person_id: int, hers: bool) -> None:
        known = {row.person_id for row in self._all("SELECT person_id FROM person")}
        with self.library.database.write() as db:
            if hers and person_id in known:
                query = "INSERT OR IGNORE INTO tag (photo_id, person_id, tagged_at) VALUES (?, ?, '2024-01-01')"
                db.exec_driver_sql(query, (photo_id, person_id))
            else:
                db.exec_driver_sql("DELETE FROM tag WHERE photo_id = ? AND person_id = ?", (photo_id, person_id))
            auto_albums.follow(db, [photo_id])

    def show(self, photo_id: int, _person_id: int, hers: bool) -> None:
        if photo_id not in self.trashed():
            owner = self.anna if hers else self.first
            house.own(self.library, owner, photo_id, visibility="private" if photo_id % 2 else "household")
            with self.library.database.write() as db:
                query = "UPDATE photo SET locked = ? WHERE photo_id = ?"
                db.exec_driver_sql(query, (int(hers and photo_id % 3 == 0), photo_id))
                auto_albums.follow(db, [photo_id])

    def trash(self, photo_id: int, _person_id: int, hers: bool) -> None:
        owner = self._all("SELECT owner_id, locked FROM photo WHERE photo_id = ?", photo_id)[0]
        if owner.locked:
            return
        session = self.anna if owner.owner_id == self.anna.viewer.profile_id else self.first
        if hers:
            session.trash.put([photo_id])
        else:
            session.trash.restore([photo_id])

    def group(self, _photo_id: int, _person_id: int, _hers: bool) -> None:
        self.first.people.group()

    def put(self, photo_id: int, _person_id: int, hers: bool) -> None:
        """By hand, into the album or out of it."""
        locked = self._all("SELECT locked FROM photo WHERE photo_id = ?", photo_id)[0].locked
        if photo_id not in self.seen() or locked:
            return
        if hers:
            fresh = set(self.anna.albums.add(self.album_id, [photo_id]))
            self.by_hand |= fresh
            self.left_out -= fresh
        else:
            gone = set(self.anna.albums.remove(self.album_id, [photo_id]))
            self.by_hand -= gone
            self.left_out |= gone


_DEEDS = ("assign", "merge", "split", "tag", "show", "trash", "group", "put")

_number = itertools.count()


@pytest.fixture
def open_household(indexed_folder: Path, tmp_path: Path) -> Callable[[], Household]:
    def opener() -> Household:
        folder = tmp_path / f"household {next(_number)}"
        shutil.copytree(indexed_folder, folder)
        return Household(Library.open(folder, resume=False))

    return opener


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    st.lists(
        st.tuples(st.sampled_from(_DEEDS), st.integers(0, 8), st.integers(0, 4), st.booleans()),
        min_size=5,
        max_size=25,
    )
)
def test_an_album_holds_exactly_what_its_owner_is_in_and_sees(
    open_household: Callable[[], Household], deeds: list[tuple[str, int, int, bool]]
) -> None:
    household = open_household()
    try:
        household.check()
        for deed, photo, person, hers in deeds:
            getattr(household, deed)(household.photos[photo], household.people[person], hers)
            household.check()
    finally:
        household.library.close()
