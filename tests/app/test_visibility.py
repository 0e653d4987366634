"""Whose photos are and who may see them, set by their owner and by nobody else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from app.errors import InvalidDetail, NotAllowed, NotFound
from app.library import Library
from app.ownership import Visibility
from app.session import Session
from app.types import LibraryChanged
from tests import house, samples
from tests.app.conftest import Opener, Witness, scan


@pytest.fixture
def first(indexed: Library) -> Session:
    """The profile whose the photos of the album are."""
    return house.first(indexed)


@pytest.fixture
def anna(indexed: Library) -> Session:
    return house.add_profile(indexed, "Anna")


@pytest.fixture
def ben(indexed: Library) -> Session:
    return house.add_profile(indexed, "Ben")


def seen(session: Session) -> set[int]:
    return set(session.photos.timeline().photo_ids)


def give_password(library: Library, session: Session) -> None:
    with library.database.write() as db:
        query = "UPDATE profile SET password = 'some hash' WHERE profile_id = ?"
        db.exec_driver_sql(query, (session.viewer.profile_id,))


def test_photos_are_shown_to_whom_their_owner_says(first: Session, anna: Session, ben: Session) -> None:
    one, two, *rest = sorted(seen(first))
    first.sharing.show_to([one, two], Visibility.PRIVATE)
    assert seen(anna) == seen(ben) == set(rest)
    first.sharing.show_to([one], Visibility.SHARED, [anna.viewer.profile_id])
    assert seen(anna) == {one, *rest}
    assert seen(ben) == set(rest)
    told = first.sharing.of(one)
    assert (told.own, told.visibility, [each.name for each in told.shared_with]) == (True, "shared", ["Anna"])
    to_her = anna.sharing.of(one)
    assert (to_her.own, [each.name for each in to_her.shared_with]) == (False, ["Anna"])
    first.sharing.show_to([one, two], Visibility.HOUSEHOLD)
    assert seen(ben) == {one, two, *rest}
    # Whom it was shared with once is not told by a later setting.
    first.sharing.show_to([one], Visibility.SHARED, [ben.viewer.profile_id])
    assert seen(anna) == {two, *rest}


def test_what_differs_among_several_photos_can_stay_as_it_is(first: Session, anna: Session, ben: Session) -> None:
    one, two, *_ = sorted(seen(first))
    hers, his = anna.viewer.profile_id, ben.viewer.profile_id
    first.sharing.show_to([one], Visibility.SHARED, [hers])
    first.sharing.show_to([two], Visibility.PRIVATE)
    first.sharing.show_to([one, two], Visibility.SHARED, [his], kept=[hers])
    assert [[mate.name for mate in each.shared_with] for each in first.sharing.of_all([one, two])] == [
        ["Anna", "Ben"],
        ["Ben"],
    ]


@pytest.mark.parametrize(
    "change",
    [
        lambda session, photo: session.sharing.show_to([photo], Visibility.PRIVATE),
        lambda session, photo: session.sharing.lock([photo]),
        lambda session, photo: session.sharing.unlock([photo]),
        lambda session, photo: session.sharing.hand_over([photo], session.viewer.profile_id),
    ],
)
def test_nobody_else_may_change_it(
    indexed: Library, first: Session, anna: Session, change: Callable[[Session, int], None]
) -> None:
    give_password(indexed, anna)
    photo = min(seen(first))
    with pytest.raises(NotAllowed, match="Only whoever added a photo"):
        change(anna, photo)
    assert photo in seen(anna)
    first.sharing.show_to([photo], Visibility.PRIVATE)
    with pytest.raises(NotFound):
        change(anna, photo)


def test_impossible_wishes_change_nothing(first: Session, anna: Session) -> None:
    photo = min(seen(first))
    with pytest.raises(InvalidDetail, match="with whom"):
        first.sharing.show_to([photo], Visibility.SHARED)
    with pytest.raises(NotFound, match="no profile 99"):
        first.sharing.show_to([photo], Visibility.SHARED, [99])
    with pytest.raises(NotFound, match="no profile 99"):
        first.sharing.hand_over([photo], 99)
    with pytest.raises(NotAllowed, match="Choose a password"):
        first.sharing.lock([photo])
    with pytest.raises(InvalidDetail):
        first.sharing.set_folder_default(1, Visibility.SHARED)
    assert first.sharing.of(photo).visibility is Visibility.HOUSEHOLD
    assert photo in seen(anna)


def test_locked_photos_come_into_sight_for_their_owner_alone(indexed: Library, first: Session, anna: Session) -> None:
    give_password(indexed, first)
    photo, *rest = sorted(seen(first))
    witness = Witness(indexed)
    first.sharing.lock([photo])
    assert seen(first) == seen(anna) == set(rest)
    with pytest.raises(NotFound):
        first.sharing.unlock([photo])
    first.view.unlock(True)
    assert seen(first) == {photo, *rest}
    assert first.sharing.of(photo).locked
    assert seen(anna) == set(rest)
    first.view.unlock(False)
    assert seen(first) == set(rest)
    assert all(photo in change.photo_ids for change in witness.changes)
    first.view.unlock(True)
    first.sharing.unlock([photo])
    first.view.unlock(False)
    assert seen(first) == seen(anna) == {photo, *rest}


def test_a_photo_that_was_handed_over_is_the_others(indexed: Library, first: Session, anna: Session) -> None:
    photo = min(seen(first))
    first.sharing.show_to([photo], Visibility.SHARED, [anna.viewer.profile_id])
    give_password(indexed, first)
    first.sharing.lock([photo])
    first.view.unlock(True)
    first.sharing.hand_over([photo], anna.viewer.profile_id)
    assert photo not in seen(first)
    told = anna.sharing.of(photo)
    assert (told.own, told.locked, told.shared_with) == (True, False, ())
    assert anna.trash.put([photo]) == (photo,)


def test_what_stands_behind_a_photo_follows_it(first: Session, anna: Session, indexed: Library) -> None:
    leader, behind, hers, *_ = sorted(seen(first))
    house.own(indexed, anna, hers, visibility="household")
    with indexed.database.write() as db:
        for each in (behind, hers):
            db.exec_driver_sql("UPDATE photo SET state = 'stacked' WHERE photo_id = ?", (each,))
            db.exec_driver_sql("INSERT INTO companion VALUES (?, ?, 'raw')", (each, leader))
    witness = Witness(indexed)
    first.sharing.show_to([leader], Visibility.PRIVATE)
    for out_of_sight in (leader, behind):
        with pytest.raises(NotFound):
            anna.photos.get(out_of_sight)
    # A raw file that is somebody else's stays as that one likes it.
    assert anna.photos.get(hers).photo_id == hers
    assert witness.changes[-1] == LibraryChanged(
        frozenset({leader, behind}), witness.changes[-1].person_ids, skipped=True, folders=True
    )
    assert witness.changes[-1].person_ids


def test_new_photos_are_seen_as_their_folder_and_their_owner_like_it(open_library: Opener, tmp_path: Path) -> None:
    library = open_library(resume=False)
    first, anna = house.first(library), house.add_profile(library, "Anna")
    folder, elsewhere = tmp_path / "folder", tmp_path / "elsewhere"
    for number, place in enumerate((folder, elsewhere)):
        samples.save(samples.portrait(number), place / "photo.jpg")
        library.folders.remember([place], first.viewer.profile_id)
    listed = {each.path: each for each in first.folders.list()}
    assert anna.folders.list() == []
    first.me.change(visibility=Visibility.PRIVATE)
    assert first.sharing.default() is Visibility.PRIVATE
    first.sharing.set_folder_default(listed[folder].folder_id, Visibility.HOUSEHOLD)
    with pytest.raises(NotFound):
        anna.sharing.set_folder_default(listed[folder].folder_id, None)
    assert {each.path: each.visibility for each in first.folders.list()} == {folder: "household", elsewhere: None}
    for place in (folder, elsewhere):
        scan(library, place)
    photo_ids = {place: first.photos.at(place / "photo.jpg") for place in (folder, elsewhere)}
    assert first.sharing.of(photo_ids[folder]).visibility is Visibility.HOUSEHOLD
    assert first.sharing.of(photo_ids[elsewhere]).visibility is Visibility.PRIVATE
    assert anna.photos.get(photo_ids[folder]).photo_id == photo_ids[folder]
    with pytest.raises(NotFound):
        anna.photos.get(photo_ids[elsewhere])


def test_folders_within_one_another_stay_whose_they_are(open_library: Opener, tmp_path: Path) -> None:
    library = open_library(resume=False)
    first, anna = house.first(library), house.add_profile(library, "Anna")
    outer, hers, mine = tmp_path / "outer", tmp_path / "outer" / "hers", tmp_path / "outer" / "mine"
    for number, place in enumerate((outer, hers, mine)):
        samples.save(samples.portrait(number), place / "photo.jpg")
    library.folders.remember([hers], anna.viewer.profile_id)
    library.folders.remember([mine, outer], first.viewer.profile_id)
    assert [each.path for each in first.folders.list()] == [outer]
    assert [each.path for each in anna.folders.list()] == [hers]
    scan(library, outer)
    with library.database.read() as db:
        owners = db.exec_driver_sql("SELECT path, photo.owner_id FROM place JOIN photo USING (photo_id)").all()
    of = {Path(bytes(row.path).decode()).parent: row.owner_id for row in owners}
    assert of == {outer: 1, mine: 1, hers: anna.viewer.profile_id}
    # The photos of somebody else stay when a folder around them is forgotten.
    with pytest.raises(NotFound):
        anna.folders.remove(first.folders.list()[0].folder_id, forget_photos=True)
    assert first.folders.remove(first.folders.list()[0].folder_id, forget_photos=True) == 2
    assert anna.photos.paths() == {anna.photos.at(hers / "photo.jpg"): hers / "photo.jpg"}


def test_what_concerns_everybody_is_the_library_owners(first: Session, anna: Session) -> None:
    first.require_household()
    for ask in (
        anna.require_household,
        lambda: anna.models.use("yunet_sface"),
        lambda: anna.people.group(dry_run=True),
        anna.people.group,
    ):
        with pytest.raises(NotAllowed, match="concerns everybody"):
            ask()
    assert first.models.current.name == "buffalo_s"
