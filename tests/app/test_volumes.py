"""Drives that go, come back, come back elsewhere, and take one another's place."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from app import worklist
from app.errors import VolumeGone
from app.importing import Importer
from app.library import Library
from app.mounts import Mount
from app.types import Absence, FolderState
from app.volumes import VolumeChanges, is_below
from core.errors import ImageUnavailable
from tests.app.conftest import Drives, Opener, scan
from tests.app.test_importing import hashes, indexed_photos, picture, places


@pytest.fixture
def library(open_library: Opener, drives: Drives) -> Library:
    """An empty library on the imagined computer, whose Indexer rests."""
    return open_library(resume=False, mounts=drives.mounts)


def filled(library: Library, drives: Drives, name: str, point: Path, shade: int = 0, count: int = 2) -> list[Path]:
    """A drive with a folder of indexed photos that was added."""
    drives.put_in(name, point)
    library.volumes.refresh()
    folder = point / "DCIM"
    paths = [picture(folder / f"{number}.jpg", shade + number * 3) for number in range(count)]
    scan(library, folder)
    library.folders.remember([folder])
    with library.database.write() as db:
        db.exec_driver_sql("UPDATE photo SET state = 'indexed', indexed_at = '2026-01-01'")
    return paths


def test_a_drive_that_goes_is_offline_and_nothing_is_lost(library: Library, drives: Drives, tmp_path: Path) -> None:
    path, _ = filled(library, drives, "usb", tmp_path / "media" / "usb")
    photo_id, before = places(library)[os.fsencode(path)], places(library)
    drives.take_out("usb")
    assert library.volumes.refresh().went
    photo = library.session.photos.get(photo_id)
    assert (photo.available, photo.absence, photo.drive, photo.path) == (False, Absence.OFFLINE, "usb", path)
    with pytest.raises(ImageUnavailable, match=r"0\.jpg is on a drive that is not connected: usb"):
        library.session.photos.image(photo_id)
    assert library.session.photos.timeline().absent == dict.fromkeys(before.values(), Absence.OFFLINE)
    assert library.folders.list()[0].state is FolderState.OFFLINE
    with pytest.raises(VolumeGone):
        scan(library, path.parent)
    assert places(library) == before


def test_what_moves_on_a_drive_that_is_away_says_so(library: Library, drives: Drives, tmp_path: Path) -> None:
    paths = filled(library, drives, "usb", tmp_path / "media" / "usb", count=4)
    film, still, live, motion = (places(library)[os.fsencode(path)] for path in paths)
    with library.database.write() as db:
        db.exec_driver_sql("INSERT INTO video (photo_id, seconds, poster) VALUES (?, 2, 1)", (film,))
        db.exec_driver_sql("INSERT INTO companion (photo_id, of_id, role) VALUES (?, ?, 'live')", (live, still))
        db.exec_driver_sql('INSERT INTO motion (photo_id, "offset", length) VALUES (?, 1, 9)', (motion,))
    drives.take_out("usb")
    library.volumes.refresh()
    for number, path in ((film, paths[0]), (still, paths[2]), (motion, paths[3])):
        with pytest.raises(ImageUnavailable, match=rf"{path.name} is on a drive that is not connected: usb"):
            library.session.photos.moving(number)
    with pytest.raises(ImageUnavailable, match="is on a drive that is not connected: usb"):
        library.session.photos.frame(film, 1.0)
    drives.put_in("usb", tmp_path / "media" / "usb")
    library.volumes.refresh()
    assert library.session.photos.moving(still) == paths[2]


def test_it_comes_back_as_it_was(library: Library, drives: Drives, tmp_path: Path) -> None:
    path, _ = filled(library, drives, "usb", tmp_path / "media" / "usb")
    before = places(library)
    drives.take_out("usb")
    library.volumes.refresh()
    drives.put_in("usb", tmp_path / "media" / "usb")
    assert library.volumes.refresh().came
    assert library.volumes.refresh() == VolumeChanges()
    assert (places(library), library.session.photos.timeline().absent) == (before, {})
    assert library.session.photos.get(before[os.fsencode(path)]).available
    assert scan(library, path.parent) == 0


def test_it_comes_back_elsewhere(library: Library, drives: Drives, tmp_path: Path) -> None:
    filled(library, drives, "usb", tmp_path / "media" / "usb")
    (tmp_path / "media" / "usb" / "DCIM" / "notes.txt").write_text("x")
    before, content = set(places(library).values()), hashes(library)
    drives.take_out("usb")
    library.volumes.refresh()
    point = drives.put_in("usb", tmp_path / "run" / "USB 1")
    assert library.volumes.refresh().moved
    assert set(places(library)) == {os.fsencode(point / "DCIM" / f"{number}.jpg") for number in (0, 1)}
    assert set(places(library).values()) == before
    (folder,) = library.folders.list()
    assert (folder.path, folder.state) == (point / "DCIM", FolderState.WATCHED)
    assert scan(library, folder.path) == 0
    assert hashes(library) == content
    assert library.session.photos.timeline().absent == {}


def test_names_that_are_no_text_move_with_their_drive(library: Library, drives: Drives, tmp_path: Path) -> None:
    point = drives.put_in("usb", tmp_path / "media" / "usb")
    awkward = os.fsencode(point) + b"/a \xff\xfe'\".jpg"
    try:
        picture(point / "a.jpg").rename(os.fsdecode(awkward))
    except OSError as error:
        pytest.skip(f"this file system refuses the name: {error}")
    scan(library, point)
    drives.take_out("usb")
    library.volumes.refresh()
    drives.put_in("usb", tmp_path / "other")
    library.volumes.refresh()
    assert list(places(library)) == [os.fsencode(tmp_path / "other") + b"/a \xff\xfe'\".jpg"]


def test_two_cards_at_one_place_are_two(library: Library, drives: Drives, tmp_path: Path) -> None:
    point = tmp_path / "media" / "card"
    filled(library, drives, "first", point)
    first = hashes(library)
    drives.take_out("first")
    filled(library, drives, "second", point, shade=100)
    assert len(hashes(library)) == 4
    assert library.session.photos.timeline().absent == dict.fromkeys(first, Absence.OFFLINE)
    assert [folder.state for folder in library.folders.list()].count(FolderState.OFFLINE) == 1
    drives.take_out("second")
    drives.put_in("first", point)
    library.volumes.refresh()
    absent = library.session.photos.timeline().absent
    assert set(absent) == set(hashes(library)) - set(first)
    assert scan(library, point) == 0
    assert len(hashes(library)) == 4
    drives.put_in("second", tmp_path / "media" / "card 2")
    library.volumes.refresh()
    assert library.session.photos.timeline().absent == {}
    assert all(os.path.exists(path) for path in places(library))


def test_two_drives_change_places(library: Library, drives: Drives, tmp_path: Path) -> None:
    one, two = tmp_path / "media" / "one", tmp_path / "media" / "two"
    filled(library, drives, "a", one)
    filled(library, drives, "b", two, shade=100)
    content = hashes(library)
    for name in ("a", "b"):
        drives.take_out(name)
    drives.put_in("a", two)
    drives.put_in("b", one)
    assert len(library.volumes.refresh().moved) == 2
    assert scan(library, one) == scan(library, two) == 0
    assert (hashes(library), library.session.photos.timeline().absent) == (content, {})


def test_files_in_an_empty_mount_point_are_not_the_drives(library: Library, drives: Drives, tmp_path: Path) -> None:
    point = tmp_path / "media" / "usb"
    filled(library, drives, "usb", point)
    before = hashes(library)
    drives.take_out("usb")
    picture(point / "DCIM" / "0.jpg", 200)
    library.volumes.refresh()
    assert scan(library, tmp_path / "media") == 1
    assert hashes(library).items() > before.items()
    assert set(library.session.photos.timeline().absent) == set(before)


def test_a_drive_that_was_copied_to_another_disk_is_the_same(library: Library, drives: Drives, tmp_path: Path) -> None:
    point = tmp_path / "media" / "usb"
    filled(library, drives, "old disk", point)
    before = places(library)
    # The files stay where they are; what the drive is known by is new.
    drives._at["new disk"] = drives._at.pop("old disk")
    library.volumes.refresh()
    assert (places(library), library.session.photos.timeline().absent) == (before, {})
    drives.take_out("new disk")
    assert library.volumes.refresh().went
    drives.put_in("new disk", tmp_path / "other")
    library.volumes.refresh()
    assert library.session.photos.timeline().absent == {}


def test_a_drive_without_an_identity_is_known_by_its_place(library: Library, drives: Drives, tmp_path: Path) -> None:
    point = tmp_path / "media" / "memory"
    drives.put_in("memory", point, keyed=False)
    library.volumes.refresh()
    indexed_photos(library, point, 2)
    drives.take_out("memory")
    assert library.volumes.refresh().went
    drives.put_in("memory", point, keyed=False)
    assert library.volumes.refresh().came
    assert library.session.photos.timeline().absent == {}


def test_a_drive_inside_a_folder_is_a_volume_of_its_own(library: Library, drives: Drives, tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    indexed_photos(library, photos, 1)
    drives.put_in("usb", photos / "usb")
    library.volumes.refresh()
    picture(photos / "usb" / "a.jpg", 90)
    scan(library, photos)
    library.folders.remember([photos])
    with library.database.write() as db:
        db.exec_driver_sql("UPDATE photo SET state = 'indexed', indexed_at = '2026-01-01'")
    drives.take_out("usb")
    # Its mount point is empty now, and nothing in it is missed.
    scan(library, photos)
    assert list(library.session.photos.timeline().absent.values()) == [Absence.OFFLINE]


def test_a_link_to_a_drive_leads_to_the_drive(library: Library, drives: Drives, tmp_path: Path) -> None:
    point = drives.put_in("usb", tmp_path / "media" / "usb")
    library.volumes.refresh()
    picture(point / "a.jpg")
    (tmp_path / "shortcut").symlink_to(point, target_is_directory=True)
    scan(library, tmp_path / "shortcut")
    library.folders.remember([tmp_path / "shortcut"])
    assert list(places(library)) == [os.fsencode(point / "a.jpg")]
    assert library.folders.get(tmp_path / "shortcut").path == point


def test_photos_on_a_drive_that_is_not_there_wait_for_it(library: Library, drives: Drives, tmp_path: Path) -> None:
    point = drives.put_in("usb", tmp_path / "media" / "usb")
    library.volumes.refresh()
    picture(point / "a.jpg")
    scan(library, point)
    (waits,) = worklist.waiting(library.database, 0, 10)
    worklist.postpone(library.database, waits, "The file cannot be read: No such file or directory.")
    drives.take_out("usb")
    library.volumes.refresh()
    assert (worklist.waiting(library.database, 0, 10), worklist.pending_count(library.database)) == ([], 0)
    assert (library.session.counts().pending, library.session.counts().skipped) == (1, 0)
    drives.put_in("usb", point)
    library.volumes.refresh()
    assert worklist.waiting(library.database, 0, 10) == [waits]


def test_a_network_folder_is_polled(open_library: Opener, tmp_path: Path) -> None:
    nas = tmp_path / "nas"
    picture(nas / "a.jpg")
    mounts = [Mount(b"/", ("uuid:root",), "/"), Mount(os.fsencode(nas), ("nfs:nas:/photos",), "nas:/photos", False)]
    library = open_library(resume=False, mounts=lambda: mounts)
    library.folders.remember([nas])
    (folder,) = library.folders.list()
    assert (folder.state, folder.drive) == (FolderState.POLLED, "nas:/photos")


def test_a_library_of_before_knows_its_volumes_after_a_scan(library: Library, tmp_path: Path) -> None:
    indexed_photos(library, tmp_path / "photos", 2)
    with library.database.write() as db:
        db.exec_driver_sql("UPDATE place SET volume_id = NULL")
    assert library.session.photos.timeline().absent == {}
    scan(library, tmp_path / "photos")
    with library.database.read() as db:
        assert db.exec_driver_sql("SELECT count(*) FROM place WHERE volume_id IS NULL").scalar() == 0


def test_paths_are_below_whole_names() -> None:
    assert is_below(b"/a/b", b"/a")
    assert is_below(b"/a", b"/a")
    assert is_below(b"/a", b"/")
    assert not is_below(b"/ab", b"/a")


def test_an_importer_of_its_own_looks_at_this_computer(library: Library, tmp_path: Path) -> None:
    path = picture(tmp_path / "photos" / "a.jpg")
    assert Importer(library.database, library.folder).run(os.fsencode(path), lambda: False, lambda _: None)


def test_what_is_in_the_trash_stays_while_its_drive_is_away(library: Library, drives: Drives, tmp_path: Path) -> None:
    path, _ = filled(library, drives, "usb", tmp_path / "media" / "usb")
    photo_id = places(library)[os.fsencode(path)]
    library.session.trash.put([photo_id])
    drives.take_out("usb")
    library.volumes.refresh()
    sent: list[bytes] = []
    library.session.trash._send = sent.append
    # Another drive's file at the same path is not the one that was deleted.
    picture(path, 200)
    removal = library.session.trash.empty()
    assert (removal.photo_ids, sent) == ((), [])
    assert [each.reason for each in removal.kept] == ["The file is on a drive that is not connected: usb."]
