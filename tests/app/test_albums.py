"""Albums: who sees, fills, orders and shares them, with several people in the house."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import album_order
from app.album_types import AlbumKind, AlbumMember, AlbumRole, AlbumSummary, MemberRole, MemberState
from app.albums import Albums
from app.errors import AppError, InvalidAlbum, NotAllowed, NotFound
from app.library import Library
from app.photos import timeline_of, with_marks
from app.privacy import View
from app.session import Session
from app.types import LibraryChanged, Timeline
from tests import house, samples
from tests.app.conftest import Opener, Witness, index


class ByFormat:
    """A real search over the library: photos of a camera's year, `from:2022`."""

    def __init__(self, view: View) -> None:
        self._view = view

    def photos(self, query: str) -> Timeline:
        self.check(query)
        found = "SELECT photo_id, substr(taken_at, 1, 7) FROM photo WHERE state = 'indexed' AND taken_at LIKE :year "
        with self._view.read() as db:
            values = {"year": f"{query.removeprefix('from:')}%"}
            rows = db.exec_driver_sql(found + "ORDER BY taken_at DESC, photo_id DESC", values)
            return with_marks(db, timeline_of(rows))

    def check(self, query: str) -> None:
        if not query.startswith("from:"):
            raise NotUnderstood(f"{query} is no search.")


class NotUnderstood(AppError):
    """As a search language says it."""


def photos(session: Session) -> list[int]:
    return list(session.photos.timeline().photo_ids)


def inside(session: Session, album_id: int) -> list[int]:
    return list(session.albums.timeline(album_id).photo_ids)


def share(owner: Session, album_id: int, with_: Session, role: MemberRole = MemberRole.VIEW) -> None:
    owner.albums.members.invite(album_id, with_.viewer.profile_id, role)
    with_.albums.members.accept(album_id)


def test_an_album_is_made_named_described_and_deleted(indexed: Library) -> None:
    mine, witness = indexed.session, Witness(indexed)
    some = photos(mine)[:3]
    album_id = mine.albums.create("  Summer ", some, "By the sea")
    assert mine.albums.list() == [
        AlbumSummary(
            album_id=album_id,
            kind=AlbumKind.PERSONAL,
            name="Summer",
            description="By the sea",
            is_private=True,
            owner_id=house.FIRST,
            owner_name="",
            role=AlbumRole.OWNER,
            photo_count=3,
            cover_id=some[0],
        )
    ]
    assert inside(mine, album_id) == some
    assert mine.albums.timeline(album_id).months == (), "photos in an order of their own"
    mine.albums.rename(album_id, "Autumn")
    mine.albums.describe(album_id, "In the woods")
    mine.albums.set_cover(album_id, some[2])
    mine.albums.set_private(album_id, False)
    album = mine.albums.get(album_id)
    assert (album.name, album.description) == ("Autumn", "In the woods")
    assert (album.cover_id, album.is_private) == (some[2], False)
    assert witness.changes == [LibraryChanged(albums=True)] * 5
    mine.albums.delete(album_id)
    assert mine.albums.list() == []
    assert photos(mine)[:3] == some, "its photos stay"
    with pytest.raises(NotFound):
        mine.albums.get(album_id)
    with pytest.raises(NotFound):
        mine.albums.timeline(album_id)


def test_a_name_is_needed_and_has_an_end(indexed: Library) -> None:
    albums = indexed.session.albums
    for name in ("", "  ", "n" * 201):
        with pytest.raises(InvalidAlbum):
            albums.create(name)
    album_id = albums.create("n" * 200)
    with pytest.raises(InvalidAlbum):
        albums.rename(album_id, " ")
    assert albums.get(album_id).name == "n" * 200


def test_an_album_of_photos_that_are_not_there_is_not_made(indexed: Library) -> None:
    albums = indexed.session.albums
    with pytest.raises(NotFound):
        albums.create("Nothing", [999])
    assert albums.list() == []


def test_photos_are_added_once_and_taken_out(indexed: Library) -> None:
    albums = indexed.session.albums
    one, two, three, *_ = photos(indexed.session)
    album_id = albums.create("Some", [two])
    assert albums.add(album_id, [one, two, three, one]) == (one, three), "what is there already is no error"
    assert inside(indexed.session, album_id) == [two, one, three]
    albums.set_cover(album_id, one)
    assert albums.remove(album_id, [one, photos(indexed.session)[5]]) == (one,)
    assert inside(indexed.session, album_id) == [two, three]
    assert albums.get(album_id).cover_id == two, "what is not in the album does not stand for it"
    with pytest.raises(InvalidAlbum):
        albums.set_cover(album_id, one)
    albums.set_cover(album_id, three)
    albums.set_cover(album_id, None)
    assert albums.get(album_id).cover_id == two


@given(st.data())
def test_what_is_moved_stands_before_what_was_named_and_the_rest_as_it_stood(data: st.DataObject) -> None:
    ids = data.draw(st.lists(st.integers(1, 60), unique=True, max_size=12))
    numbers = sorted(data.draw(st.lists(st.integers(0, 40), min_size=len(ids), max_size=len(ids))))
    order = list(zip(ids, numbers, strict=True))
    for _ in range(4):
        chosen = data.draw(st.lists(st.sampled_from(ids), unique=True)) if ids else []
        before = data.draw(st.none() | st.sampled_from(ids)) if ids else None
        staying = [each for each, _ in order if each not in chosen]
        at = staying.index(before) if before in staying else len(staying)
        new = dict(order) | album_order.moved(order, chosen, before)
        order = sorted(new.items(), key=lambda each: each[1])
        assert [each for each, _ in order] == [*staying[:at], *chosen, *staying[at:]]
        if chosen:
            assert len(set(new.values())) == len(new), "each has a number of its own"


def test_to_move_a_few_photos_writes_their_rows_alone() -> None:
    order = list(album_order.renumbered(range(1000)).items())
    assert set(album_order.moved(order, [700, 3], 500)) == {700, 3}
    assert set(album_order.moved(order, [700, 3], None)) == {700, 3}
    assert set(album_order.moved(order, [700, 3], 0)) == {700, 3}


def test_photos_and_albums_are_put_in_order(indexed: Library) -> None:
    albums = indexed.session.albums
    a, b, c, d, *_ = every = photos(indexed.session)
    album_id = albums.create("Ordered", [a, b, c, d])
    albums.order(album_id, [d, b], before=a)
    assert inside(indexed.session, album_id) == [d, b, a, c]
    albums.order(album_id, [d])
    assert inside(indexed.session, album_id) == [b, a, c, d]
    assert albums.get(album_id).cover_id == b, "the first stands for it"
    with pytest.raises(NotFound):
        albums.order(album_id, [every[5]], before=a)
    other, third = albums.create("Other"), albums.create("Third")
    assert [each.album_id for each in albums.list()] == [album_id, other, third]
    albums.move([third], before=album_id)
    albums.move([album_id])
    assert [each.album_id for each in albums.list()] == [third, other, album_id]


def test_a_private_album_is_its_owners_alone(indexed: Library) -> None:
    mine, anna = house.first(indexed), house.add_profile(indexed, "Anna")
    album_id = mine.albums.create("Secret", photos(mine)[:2])
    assert anna.albums.list() == []
    for ask in (anna.albums.get, anna.albums.timeline, anna.albums.delete, anna.albums.members.leave):
        with pytest.raises(NotFound):
            ask(album_id)
    with pytest.raises(NotFound):
        anna.albums.add(album_id, photos(anna)[:1])
    mine.albums.set_private(album_id, False)
    assert [(each.name, each.role, each.photo_count) for each in anna.albums.list()] == [("Secret", AlbumRole.GUEST, 2)]
    for change in (
        lambda: anna.albums.rename(album_id, "Mine"),
        lambda: anna.albums.describe(album_id, "Mine"),
        lambda: anna.albums.set_private(album_id, True),
        lambda: anna.albums.set_cover(album_id, photos(anna)[0]),
        lambda: anna.albums.add(album_id, photos(anna)[:1]),
        lambda: anna.albums.remove(album_id, photos(anna)[:1]),
        lambda: anna.albums.order(album_id, photos(anna)[:1]),
        lambda: anna.albums.move([album_id]),
        lambda: anna.albums.delete(album_id),
        lambda: anna.albums.members.invite(album_id, anna.viewer.profile_id, MemberRole.ADD),
        lambda: anna.albums.members.remove(album_id, anna.viewer.profile_id),
    ):
        with pytest.raises(NotAllowed):
            change()


def test_an_album_shows_counts_and_stands_for_what_its_viewer_sees(indexed: Library) -> None:
    mine, anna = house.first(indexed), house.add_profile(indexed, "Anna")
    hidden, *seen = photos(mine)[:3]
    album_id = mine.albums.create("Open", [hidden, *seen], private=False)
    house.own(indexed, mine, hidden)
    album = anna.albums.get(album_id)
    assert (album.photo_count, album.cover_id) == (2, seen[0])
    assert inside(anna, album_id) == seen
    assert mine.albums.get(album_id).photo_count == 3


def test_a_photo_that_is_not_seen_is_put_into_no_album(indexed: Library) -> None:
    mine, anna = house.first(indexed), house.add_profile(indexed, "Anna")
    hidden = photos(mine)[0]
    house.own(indexed, mine, hidden)
    album_id = anna.albums.create("Anna's")
    with pytest.raises(NotFound):
        anna.albums.add(album_id, [hidden])
    with pytest.raises(NotFound):
        anna.albums.create("More", [hidden])


def test_an_invitation_is_told_of_and_answered(indexed: Library) -> None:
    mine, anna = house.first(indexed), house.add_profile(indexed, "Anna")
    ben = house.add_profile(indexed, "Ben")
    album_id = mine.albums.create("Trip", photos(mine)[:2])
    members = mine.albums.members
    assert [name for _, name in members.candidates(album_id)] == ["Anna", "Ben"]
    members.invite(album_id, anna.viewer.profile_id, MemberRole.ADD)
    members.invite(album_id, ben.viewer.profile_id, MemberRole.VIEW)
    assert mine.albums.get(album_id).kind is AlbumKind.SHARED
    assert members.candidates(album_id) == []
    assert [each.name for each in anna.albums.invitations()] == ["Trip"]
    assert anna.albums.list() == [], "it is no album of hers yet"
    with anna.view.read() as db:
        told = db.exec_driver_sql("SELECT kind, subject FROM notification").all()
    assert [(row.kind, json.loads(row.subject)) for row in told] == [
        ("invited", {"album_id": album_id, "profile_id": 1})
    ]
    assert [each.album_name for each in anna.notifications.list()] == ["Trip"]
    anna.albums.members.accept(album_id)
    ben.albums.members.decline(album_id)
    assert members.list(album_id) == [
        AlbumMember(anna.viewer.profile_id, "Anna", MemberRole.ADD, MemberState.ACCEPTED),
        AlbumMember(ben.viewer.profile_id, "Ben", MemberRole.VIEW, MemberState.DECLINED),
    ]
    assert [each.role for each in anna.albums.list()] == [AlbumRole.ADD]
    assert anna.albums.invitations() == ben.albums.invitations() == ben.albums.list() == []
    for answer in (ben.albums.members.accept, anna.albums.members.decline):
        with pytest.raises(NotFound):
            answer(album_id)
    members.invite(album_id, ben.viewer.profile_id, MemberRole.VIEW)
    assert [each.name for each in ben.albums.invitations()] == ["Trip"], "who declined can be asked again"


def test_who_is_invited_and_did_not_come_sees_no_more_by_it(indexed: Library) -> None:
    mine, anna = house.first(indexed), house.add_profile(indexed, "Anna")
    photo_id = photos(mine)[0]
    house.own(indexed, mine, photo_id)
    album_id = mine.albums.create("Trip", [photo_id])
    mine.albums.members.invite(album_id, anna.viewer.profile_id, MemberRole.VIEW)
    assert anna.albums.invitations()[0].photo_count == 0
    assert inside(anna, album_id) == []
    anna.albums.members.accept(album_id)
    assert inside(anna, album_id) == [photo_id]
    assert photo_id in photos(anna), "its owner put it there"


def test_members_see_what_owners_put_there_and_nothing_else(indexed: Library) -> None:
    mine, anna, ben = house.first(indexed), house.add_profile(indexed, "Anna"), house.add_profile(indexed, "Ben")
    given, kept, of_anna, *_ = photos(mine)
    house.own(indexed, mine, given, kept)
    house.own(indexed, anna, of_anna)
    album_id = mine.albums.create("Trip", [given])
    share(mine, album_id, anna, MemberRole.ADD)
    share(mine, album_id, ben)
    assert anna.albums.add(album_id, [of_anna]) == (of_anna,)
    for each in (mine, anna, ben):
        assert inside(each, album_id) == [given, of_anna]
    assert kept not in photos(ben)
    with pytest.raises(NotAllowed):
        ben.albums.add(album_id, [photos(ben)[3]])
    with pytest.raises(NotAllowed):
        anna.albums.remove(album_id, [given])
    assert anna.albums.remove(album_id, [of_anna]) == (of_anna,)
    assert of_anna not in photos(ben)


def test_who_leaves_takes_along_what_is_their_own(indexed: Library) -> None:
    mine, anna, ben = house.first(indexed), house.add_profile(indexed, "Anna"), house.add_profile(indexed, "Ben")
    of_anna, of_house, *_ = photos(mine)
    house.own(indexed, anna, of_anna)
    album_id = mine.albums.create("Trip")
    share(mine, album_id, anna, MemberRole.ADD)
    share(mine, album_id, ben)
    anna.albums.add(album_id, [of_anna, of_house])
    anna.albums.members.leave(album_id)
    assert inside(ben, album_id) == [of_house]
    assert of_anna not in photos(ben)
    assert anna.albums.list() == []
    mine.albums.members.remove(album_id, ben.viewer.profile_id)
    assert ben.albums.list() == []
    assert mine.albums.get(album_id).kind is AlbumKind.PERSONAL, "nobody is left to share it"
    with pytest.raises(NotFound):
        mine.albums.members.remove(album_id, ben.viewer.profile_id)


def test_a_role_can_be_changed(indexed: Library) -> None:
    mine, anna = house.first(indexed), house.add_profile(indexed, "Anna")
    album_id = mine.albums.create("Trip")
    share(mine, album_id, anna)
    mine.albums.members.change_role(album_id, anna.viewer.profile_id, MemberRole.ADD)
    assert anna.albums.add(album_id, photos(anna)[:1])
    mine.albums.members.change_role(album_id, anna.viewer.profile_id, MemberRole.VIEW)
    with pytest.raises(NotAllowed):
        anna.albums.add(album_id, photos(anna)[1:2])


def test_nobody_is_invited_who_is_not_there(indexed: Library) -> None:
    mine = indexed.session
    album_id = mine.albums.create("Trip")
    with pytest.raises(InvalidAlbum):
        mine.albums.members.invite(album_id, house.FIRST, MemberRole.VIEW)
    with pytest.raises(NotFound):
        mine.albums.members.invite(album_id, 99, MemberRole.VIEW)
    with pytest.raises(NotFound):
        mine.albums.members.change_role(album_id, 99, MemberRole.VIEW)
    assert mine.albums.get(album_id).kind is AlbumKind.PERSONAL


def test_a_photo_in_the_trash_is_in_no_album_and_comes_back_to_its_place(indexed: Library) -> None:
    mine, anna = house.first(indexed), house.add_profile(indexed, "Anna")
    a, b, c, *_ = photos(mine)
    album_id = mine.albums.create("Trip", [a, b, c], private=False)
    mine.albums.set_cover(album_id, b)
    mine.trash.put([b])
    for each in (mine, anna):
        assert inside(each, album_id) == [a, c]
        assert (each.albums.get(album_id).photo_count, each.albums.get(album_id).cover_id) == (2, a)
    mine.trash.restore([b])
    assert inside(mine, album_id) == [a, b, c]
    assert mine.albums.get(album_id).cover_id == b


def test_a_photo_that_goes_for_ever_leaves_its_albums(indexed: Library, tmp_path: Path) -> None:
    mine = indexed.session
    a, b, *_ = photos(mine)
    album_id = mine.albums.create("Trip", [a, b])
    mine.albums.set_cover(album_id, b)
    with indexed.database.write() as db:
        db.exec_driver_sql("UPDATE place SET path = ? WHERE photo_id = ?", (os.fsencode(tmp_path / "gone.jpg"), b))
    mine.trash.put([b])
    assert mine.trash.remove([b], forget_missing=True).photo_ids == (b,)
    with indexed.database.read() as db:
        assert db.exec_driver_sql("SELECT photo_id FROM album_photo").scalars().all() == [a]
        assert db.exec_driver_sql("SELECT cover_id FROM album").scalar() is None
    assert indexed.database.problems() == []


def test_a_smart_album_shows_what_its_search_finds_now(indexed: Library) -> None:
    mine, anna = house.first(indexed), house.add_profile(indexed, "Anna")
    ours = with_search(indexed, mine)
    expected = [each for each in photos(mine) if mine.photos.get(each).taken_at.year == 2022]
    album_id = ours.create_smart("That year", " from:2022 ", private=False)
    album = ours.get(album_id)
    assert (album.kind, album.query, album.photo_count) == (AlbumKind.SMART, "from:2022", len(expected))
    assert album.cover_id == expected[0]
    assert not album.may_add
    assert list(ours.timeline(album_id).photo_ids) == expected
    ours.set_cover(album_id, expected[1])
    assert ours.get(album_id).cover_id == expected[1]
    house.own(indexed, mine, expected[1])
    hers = with_search(indexed, anna)
    assert list(hers.timeline(album_id).photo_ids) == [each for each in expected if each != expected[1]]
    assert hers.get(album_id).cover_id == expected[0]
    mine.trash.put([expected[0]])
    assert list(ours.timeline(album_id).photo_ids) == expected[1:], "it stays current"
    ours.change_search(album_id, "from:2021")
    assert all(mine.photos.get(each).taken_at.year == 2021 for each in ours.timeline(album_id).photo_ids)


def test_a_search_that_is_not_understood_makes_no_album(indexed: Library) -> None:
    albums = with_search(indexed, indexed.session)
    with pytest.raises(NotUnderstood):
        albums.create_smart("Odd", "2022")
    with pytest.raises(InvalidAlbum):
        albums.create_smart("Nothing", " ")
    assert albums.list() == []
    album_id = albums.create_smart("Fine", "from:2022")
    with pytest.raises(NotUnderstood):
        albums.change_search(album_id, "2022")
    for change in (
        lambda: albums.add(album_id, photos(indexed.session)[:1]),
        lambda: albums.remove(album_id, photos(indexed.session)[:1]),
        lambda: albums.order(album_id, photos(indexed.session)[:1]),
        lambda: albums.import_into(album_id, [Path("/nowhere")]),
        lambda: albums.members.invite(album_id, house.add_profile(indexed, "Anna").viewer.profile_id, MemberRole.VIEW),
        lambda: albums.change_search(albums.create("Plain"), "from:2022"),
    ):
        with pytest.raises(InvalidAlbum):
            change()


def test_an_album_whose_search_is_not_understood_any_more_hides_no_other(indexed: Library) -> None:
    albums = with_search(indexed, indexed.session)
    plain, smart = albums.create("Plain", photos(indexed.session)[:1]), albums.create_smart("Fine", "from:2022")
    with indexed.database.write() as db:
        db.exec_driver_sql("UPDATE album SET query = 'somebody:gone' WHERE album_id = ?", (smart,))
    assert [(each.album_id, each.photo_count) for each in albums.list()] == [(plain, 1), (smart, 0)]
    with pytest.raises(NotUnderstood):
        albums.timeline(smart)


def test_what_is_dropped_on_an_album_is_in_it_once_it_is_in_the_library(library: Library, tmp_path: Path) -> None:
    folder = samples.write_portraits(tmp_path / "photos", 3)
    known = samples.write_portraits(tmp_path / "other", 5) / "00"
    index(library, known / "photo-0003.jpg")
    mine = library.session
    before = photos(mine)
    album_id = mine.albums.create("Dropped")
    assert list(mine.albums.import_into(album_id, [known / "photo-0003.jpg"])) == before, "what is known enters at once"
    mine.albums.import_into(album_id, [folder])
    assert library.indexer.wait(60)
    assert library.indexer.progress.error is None
    assert inside(mine, album_id) == [*before, *(mine.photos.at(each) for each in sorted(folder.glob("*/*.jpg")))]
    assert len(before) == 1


def test_what_was_dropped_enters_its_album_after_a_restart(open_library: Opener, tmp_path: Path) -> None:
    folder = samples.write_portraits(tmp_path / "photos", 2)
    library = open_library(resume=False)
    album_id, other = library.session.albums.create("Dropped"), library.session.albums.create("Deleted meanwhile")
    library.session.albums.import_into(album_id, [folder])
    library.session.albums.import_into(other, [folder])
    library.session.albums.delete(other)
    library.close()
    library = open_library()
    assert library.indexer.wait(60)
    assert len(inside(library.session, album_id)) == 2
    assert [each.album_id for each in library.session.albums.list()] == [album_id]


def test_nothing_enters_an_album_that_its_profile_may_not_fill_any_more(open_library: Opener, tmp_path: Path) -> None:
    folder = samples.write_portraits(tmp_path / "photos", 2)
    library = open_library(resume=False)
    mine, anna = house.first(library), house.add_profile(library, "Anna")
    album_id = mine.albums.create("Trip")
    share(mine, album_id, anna, MemberRole.ADD)
    anna.albums.import_into(album_id, [folder])
    mine.albums.members.change_role(album_id, anna.viewer.profile_id, MemberRole.VIEW)
    library.close()
    library = open_library()
    assert library.indexer.wait(60)
    assert inside(house.first(library), album_id) == []
    assert len(photos(house.first(library))) == 2


def with_search(library: Library, session: Session) -> Albums:
    """Somebody's albums over that search."""
    return Albums(session.view, session.journal, library.events, library.indexer.add, ByFormat(session.view))
