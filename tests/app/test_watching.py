"""The folders followed for real: files that come, change, move and go while the program runs."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.library import Library
from app.mounts import Mount
from app.types import Absence, FolderState
from app.vanishing import MANY
from app.watching import Watcher
from tests import samples
from tests.app.conftest import Drives, Opener, Witness, scan, until
from tests.app.test_importing import hashes, indexed_photos, picture, places
from tests.app.test_rescanning import describe, missing

Start = Callable[..., Watcher]


@pytest.fixture
def library(open_library: Opener) -> Library:
    """An empty library whose Indexer rests."""
    return open_library(resume=False)


@pytest.fixture
def start() -> Iterator[Start]:
    """Begins to follow a library's folders, with little patience, and ends it after the test."""
    begun: list[Watcher] = []

    def starter(library: Library, poll_seconds: float = 60.0) -> Watcher:
        inside = library.watcher
        watcher = Watcher(
            inside._folders, inside._volumes, inside._importer, inside._indexer, library.folder, quiet=0.15
        )
        watcher._poll_seconds = poll_seconds
        begun.append(watcher)
        watcher.start()
        until(lambda: watcher.is_up_to_date)
        return watcher

    yield starter
    for watcher in begun:
        watcher.close()


def added(library: Library, folder: Path, count: int) -> list[Path]:
    """A folder of indexed photos that the user added."""
    paths = indexed_photos(library, folder, count)
    library.folders.remember([folder])
    return paths


def there(library: Library) -> set[Path]:
    return {Path(os.fsdecode(path)) for path in places(library)}


def test_what_happened_before_the_start_is_found(library: Library, tmp_path: Path, start: Start) -> None:
    added(library, tmp_path / "photos", 2)
    before = hashes(library)
    new = picture(tmp_path / "photos" / "new.jpg", 200)
    (tmp_path / "photos" / "000.jpg").rename(tmp_path / "photos" / "renamed.jpg")
    start(library)
    assert there(library) == {new, tmp_path / "photos" / "renamed.jpg", tmp_path / "photos" / "001.jpg"}
    assert hashes(library).items() > before.items()


def test_a_new_file_comes_into_the_library(open_library: Opener, tmp_path: Path, start: Start) -> None:
    library = open_library()
    (tmp_path / "photos").mkdir()
    library.folders.remember([tmp_path / "photos"])
    start(library)
    witness = Witness(library)
    shutil.copy(samples.save(samples.portrait(0), tmp_path / "a.jpg"), tmp_path / "photos" / "a.jpg")
    until(lambda: library.session.counts().photos == 1)
    assert library.indexer.wait(60)
    assert any(change.photo_ids for change in witness.changes)
    assert library.session.counts().faces == 1


def test_a_folder_that_is_copied_in_comes_with_all_below(library: Library, tmp_path: Path, start: Start) -> None:
    added(library, tmp_path / "photos", 1)
    for number in range(6):
        picture(tmp_path / "card" / str(number % 2) / f"{number}.jpg", 100 + number * 9)
    start(library)
    shutil.copytree(tmp_path / "card", tmp_path / "photos" / "2026" / "card")
    until(lambda: len(places(library)) == 7)


def test_a_renamed_folder_loses_nothing(library: Library, tmp_path: Path, start: Start) -> None:
    added(library, tmp_path / "photos", 1)
    indexed_photos(library, tmp_path / "photos" / "old", MANY * 2)
    before = hashes(library)
    start(library)
    (tmp_path / "photos" / "old").rename(tmp_path / "photos" / "new")
    until(lambda: all(path.exists() for path in there(library)))
    assert (hashes(library), missing(library)) == (before, set())
    assert library.folders.list()[0].vanished == 0
    # What is renamed is followed under its new name.
    (tmp_path / "photos" / "new" / "000.jpg").rename(tmp_path / "photos" / "new" / "z.jpg")
    until(lambda: tmp_path / "photos" / "new" / "z.jpg" in there(library))


def test_a_file_that_moves_and_is_described_stays_the_same(library: Library, tmp_path: Path, start: Start) -> None:
    path, _ = added(library, tmp_path / "photos", 2)
    photo_id = places(library)[os.fsencode(path)]
    start(library)
    moved = tmp_path / "photos" / "garden.jpg"
    path.rename(moved)
    describe(moved, "The garden")
    until(lambda: there(library) == {moved, tmp_path / "photos" / "001.jpg"})
    assert places(library)[os.fsencode(moved)] == photo_id


def test_an_edited_file_waits_again(library: Library, tmp_path: Path, start: Start) -> None:
    path, _ = added(library, tmp_path / "photos", 2)
    before = places(library)
    start(library)
    picture(path, 222)
    until(lambda: library.session.counts().pending == 1 and places(library) == before)


def test_a_deleted_file_is_missing_and_comes_back(library: Library, tmp_path: Path, start: Start) -> None:
    path, _ = added(library, tmp_path / "photos", 2)
    content = path.read_bytes()
    photo_id = places(library)[os.fsencode(path)]
    start(library)
    path.unlink()
    until(lambda: missing(library) == {photo_id})
    path.write_bytes(content)
    until(lambda: missing(library) == set())


def test_when_a_whole_folder_is_deleted_the_user_is_asked(library: Library, tmp_path: Path, start: Start) -> None:
    paths = added(library, tmp_path / "photos" / "trip", MANY + 1)
    library.folders.remember([tmp_path / "photos"])
    before = places(library)
    watcher = start(library)
    shutil.rmtree(paths[0].parent)
    until(lambda: library.folders.list()[0].vanished == MANY + 1)
    assert (places(library), missing(library)) == (before, set())
    watcher.look(library.folders.list(), accept=True)
    assert (library.folders.list()[0].vanished, len(missing(library))) == (0, MANY + 1)


def test_folders_are_followed_as_they_come_and_go(library: Library, tmp_path: Path, start: Start) -> None:
    start(library)
    added(library, tmp_path / "photos", 1)
    picture(tmp_path / "photos" / "late.jpg", 99)
    until(lambda: len(places(library)) == 2)
    library.folders.remove(library.folders.list()[0].folder_id, forget_photos=False)
    until(lambda: not library.watcher._followed)
    renamed = tmp_path / "renamed"
    (tmp_path / "photos").rename(renamed)
    library.folders.remember([renamed])
    until(lambda: renamed / "late.jpg" in there(library))


def test_a_folder_that_is_gone_and_made_again_is_followed_again(library: Library, tmp_path: Path, start: Start) -> None:
    added(library, tmp_path / "photos", 2)
    before = places(library)
    start(library)
    (tmp_path / "photos").rename(tmp_path / "kept")
    until(lambda: library.folders.list()[0].state is FolderState.GONE)
    assert (places(library), missing(library)) == (before, set())
    (tmp_path / "kept").rename(tmp_path / "photos")
    picture(tmp_path / "photos" / "new.jpg", 99)
    until(lambda: len(places(library)) == 3)
    picture(tmp_path / "photos" / "newer.jpg", 120)
    until(lambda: len(places(library)) == 4)


def test_a_network_folder_is_looked_through_now_and_then(open_library: Opener, tmp_path: Path, start: Start) -> None:
    nas = tmp_path / "nas"
    mounts = [Mount(b"/", ("uuid:root",), "/"), Mount(os.fsencode(nas), ("nfs:nas:/photos",), "nas", False)]
    library = open_library(resume=False, mounts=lambda: mounts)
    added(library, nas, 1)
    watcher = start(library, poll_seconds=0.2)
    assert [followed.watch for followed in watcher._followed.values()] == [None]
    new = picture(nas / "new.jpg", 99)
    until(lambda: new in there(library))


def test_where_the_system_watches_no_more_folders_they_are_polled(
    library: Library, tmp_path: Path, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_arguments: object, **_options: object) -> None:
        raise OSError(errno.ENOSPC, "inotify watch limit reached")

    monkeypatch.setattr("watchdog.observers.api.BaseObserver.schedule", full)
    added(library, tmp_path / "photos", 1)
    start(library, poll_seconds=0.2)
    assert library.folders.list()[0].state is FolderState.POLLED
    new = picture(tmp_path / "photos" / "new.jpg", 99)
    until(lambda: new in there(library))


def test_a_drive_that_goes_and_comes_back_elsewhere(
    open_library: Opener, tmp_path: Path, drives: Drives, start: Start
) -> None:
    library = open_library(resume=False, mounts=drives.mounts)
    added(library, drives.put_in("usb", tmp_path / "media" / "usb"), MANY + 1)
    before = set(places(library).values())
    start(library)
    drives.take_out("usb")
    until(lambda: library.folders.list()[0].state is FolderState.OFFLINE)
    absent = library.session.photos.timeline().absent
    assert (set(absent), set(absent.values())) == (before, {Absence.OFFLINE})
    point = drives.put_in("usb", tmp_path / "run" / "usb")
    new = picture(point / "new.jpg", 99)
    until(lambda: new in there(library))
    assert library.session.photos.timeline().absent == {}
    assert library.folders.list()[0].path == point
    assert (len(places(library)), library.folders.list()[0].vanished) == (MANY + 2, 0)


def test_indexing_goes_on_when_its_drive_is_back(
    open_library: Opener, tmp_path: Path, drives: Drives, start: Start
) -> None:
    library = open_library(mounts=drives.mounts)
    start(library)
    point = drives.put_in("usb", tmp_path / "media" / "usb")
    samples.write_portraits(point, 8)
    library.volumes.refresh()

    def taken_out(event: object) -> None:
        if library.session.counts().photos >= 2 and (point / "00").exists():
            drives.take_out("usb")

    forget = library.events.subscribe(taken_out)
    library.indexer.add([point])
    assert library.indexer.wait(60)
    forget()
    until(lambda: library.folders.list()[0].state is FolderState.OFFLINE)
    assert library.indexer.wait(60)
    assert library.indexer.progress.error is None
    done = library.session.counts()
    # How many were read before it went is a matter of luck.
    assert (done.photos >= 2, done.photos + done.pending) == (True, 8)
    assert library.session.photos.skipped() == []
    drives.put_in("usb", tmp_path / "elsewhere")
    until(lambda: library.session.counts().photos == 8 and not library.session.photos.timeline().absent)
    assert library.indexer.wait(60)
    assert (library.session.photos.skipped(), library.database.problems()) == ([], [])


def test_photos_that_wait_for_their_drive_are_indexed_when_it_is_back(
    open_library: Opener, tmp_path: Path, drives: Drives, start: Start
) -> None:
    point = drives.put_in("usb", tmp_path / "media" / "usb")
    samples.write_portraits(point, 3)
    library = open_library(resume=False, mounts=drives.mounts)
    scan(library, point)
    library.close()
    drives.take_out("usb")
    library = open_library(mounts=drives.mounts)
    start(library)
    # Asked for again while it is away: the request waits as well.
    library.indexer.add([point / "00"])
    assert library.indexer.wait(60)
    assert (library.session.counts().photos, library.session.counts().pending, library.session.photos.skipped()) == (
        0,
        3,
        [],
    )
    drives.put_in("usb", tmp_path / "elsewhere")
    until(lambda: library.session.counts().photos == 3)
    assert library.indexer.wait(60)
    assert library.session.photos.timeline().absent == {}


def test_the_librarys_own_folder_is_no_news(open_library: Opener, tmp_path: Path, start: Start) -> None:
    library = open_library(tmp_path / "photos" / "library", resume=False)
    added(library, tmp_path / "photos", 1)
    watcher = start(library)
    looks: list[object] = []
    original = watcher._importer.look
    watcher._importer.look = lambda *arguments: looks.append(arguments[0]) or original(*arguments)  # type: ignore[method-assign]
    (library.folder / "cache").mkdir(exist_ok=True)
    picture(library.folder / "cache" / "a.jpg", 9)
    new = picture(tmp_path / "photos" / "new.jpg", 99)
    until(lambda: new in there(library))
    assert len(looks) == 1
