"""What happens to disks, clocks and files while the program works: it is told, nothing is lost, the work goes on."""

from __future__ import annotations

import shutil
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from app import importing, worklist
from app.library import Library
from app.opening import database_path
from app.verifying import verify
from core import copying
from core import database as of_core
from core.errors import DatabaseError
from tests import samples
from tests.app.conftest import TIMEOUT, Opener, index, until


def serious(folder: Path) -> list[str]:
    return [flaw.detail for flaw in verify(folder) if flaw.serious]


def test_a_full_disk_stops_the_work_which_goes_on_when_there_is_room(
    open_library: Opener, small_disk: Path, tmp_path: Path
) -> None:
    photos = samples.write_portraits(tmp_path / "photos", 12)
    library = open_library(small_disk / "library")
    filler = small_disk / "filler"
    filler.write_bytes(bytes(shutil.disk_usage(small_disk).free - 100_000))
    library.indexer.add([photos])
    assert library.indexer.wait(TIMEOUT)
    error = library.indexer.progress.error
    assert error is not None and "disk is full" in error
    filler.unlink()
    library.indexer.resume()
    assert library.indexer.wait(TIMEOUT)
    assert library.indexer.progress.error is None
    assert (library.session.counts().photos, library.session.counts().pending) == (12, 0)
    library.close()
    assert serious(library.folder) == []


def test_a_database_that_another_program_locks_stops_the_work_which_goes_on(
    open_library: Opener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(of_core, "BUSY_SECONDS", 0.2)
    photos = samples.write_portraits(tmp_path / "photos", 6)
    library = open_library()
    with copying.opened(database_path(library.folder), writing=True) as other:
        other.execute("BEGIN IMMEDIATE")
        library.indexer.add([photos])
        assert library.indexer.wait(TIMEOUT)
        assert "in use by another program" in str(library.indexer.progress.error)
        assert library.session.counts().photos == 0, "reading works"
        other.execute("ROLLBACK")
    library.indexer.resume()
    assert library.indexer.wait(TIMEOUT)
    assert (library.session.counts().photos, library.session.counts().pending) == (6, 0)


def test_a_cache_that_is_deleted_during_the_work_costs_nothing(library: Library, tmp_path: Path) -> None:
    photos = samples.write_portraits(tmp_path / "photos", 12)
    library.indexer.add([photos])
    until(lambda: library.session.counts().photos >= 3)
    shutil.rmtree(library.folder / "cache", ignore_errors=True)
    assert library.indexer.wait(TIMEOUT)
    assert library.session.counts().photos == 12
    for photo_id in library.session.photos.timeline().photo_ids:
        assert library.session.thumbnails.photo(int(photo_id))
    for face in library.session.photos.all_faces():
        assert library.session.thumbnails.face(face.face_id)


class Backwards(datetime):
    """A clock that goes back by a day with every look at it."""

    at = datetime(2026, 11, 25, tzinfo=UTC)

    @classmethod
    def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
        Backwards.at -= timedelta(days=1)
        return Backwards.at


def test_a_clock_that_goes_backwards_changes_nothing_of_the_work(
    library: Library, album: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (importing, worklist):
        monkeypatch.setattr(module, "datetime", Backwards)
    index(library, album)
    index(library, album)
    counts = library.session.counts()
    assert (counts.photos, counts.pending, counts.people) == (samples.ALBUM_PHOTOS, 0, samples.ALBUM_PEOPLE)


def test_a_database_that_is_damaged_while_it_is_open_is_told_and_the_good_backup_named(
    open_library: Opener, indexed: Library
) -> None:
    made = indexed.backups.list()[0]
    indexed.close()
    path = database_path(indexed.folder)
    data = bytearray(path.read_bytes())
    for page in range(3, len(data) // 4096):
        data[page * 4096 : (page + 1) * 4096] = b"\x5a" * 4096
    path.write_bytes(data)
    with pytest.raises(DatabaseError) as caught:  # noqa: PT012  (where it is met depends on the page that is read first)
        library = open_library(indexed.folder, resume=False)
        library.session.people.list()
        library.session.photos.all_faces()
        library.session.photos.paths()
    assert "damaged" in str(caught.value)
    assert made.path.is_file()


def test_a_backup_beside_a_hundred_writes_holds_one_state_of_all(library: Library, tmp_path: Path) -> None:
    stop = threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            with library.database.write() as db:
                for key in ("one", "two"):
                    db.execute(
                        text("INSERT OR REPLACE INTO setting VALUES (:key, :value)"), {"key": key, "value": str(number)}
                    )

    thread = threading.Thread(target=write)
    thread.start()
    try:
        for number in range(10):
            library.backups.export(tmp_path / f"{number}.sqlite")
    finally:
        stop.set()
        thread.join()
    for number in range(10):
        with copying.opened(tmp_path / f"{number}.sqlite") as db:
            values = {row[0] for row in db.execute("SELECT value FROM setting WHERE key IN ('one', 'two')")}
        assert len(values) <= 1
