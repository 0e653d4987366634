"""Every kind of flaw is caused, found, and repaired where that loses nothing; looking changes nothing."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from app.backups import Backups, Kind
from app.errors import LibraryInUse
from app.library import Library
from app.opening import database_path, open_database
from app.verifying import Flaw, repair, verify
from core import copying
from core.errors import DatabaseOutdated
from tests import samples, schemas
from tests.app.conftest import index
from tests.app.test_migrations import OLD


@pytest.fixture
def folder(indexed: Library) -> Path:
    """A closed library of the album."""
    indexed.close()
    return indexed.folder


def break_rows(folder: Path, *statements: str) -> None:
    """Does what the program never does, without foreign keys."""
    with copying.opened(database_path(folder), writing=True) as db:
        db.execute("PRAGMA foreign_keys = OFF")
        for statement in statements:
            db.execute(statement)


def serious(flaws: list[Flaw]) -> dict[str, int]:
    return {flaw.kind: flaw.count for flaw in flaws if flaw.serious and not flaw.repaired}


def hashes(folder: Path) -> dict[str, bytes]:
    # Readers share an index of the journal, which is no part of the library.
    files = (path for path in folder.rglob("*") if path.is_file() and not path.name.endswith(("-shm", "-wal")))
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def test_a_whole_library_has_no_flaw(folder: Path) -> None:
    backups = Backups(folder).list()
    assert verify(folder) == []
    assert repair(folder) == []
    assert Backups(folder).list() == backups, "there was nothing to repair"


BROKEN = {
    "keys": ("DELETE FROM person WHERE person_id = 1",),
    "vectors without face": ("DELETE FROM vector WHERE face_id = 1",),
    "faces that lost a vector": ("DELETE FROM vector_512 WHERE vector_id IN (1, 2)",),
    "images without photo": ("INSERT INTO image (source, width, height) VALUES ('x', 1, 1)",),
    "photos without image": ("UPDATE photo SET image_id = NULL WHERE photo_id = 2",),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_rows_that_contradict_one_another_are_found_and_repaired(folder: Path, album: Path, kind: str) -> None:
    break_rows(folder, *BROKEN[kind])
    before = hashes(folder)
    found = serious(verify(folder))
    assert kind in found
    assert hashes(folder) == before, "looking changes nothing"
    repaired = repair(folder)
    assert serious(repaired) == {}
    assert kind in {flaw.kind for flaw in repaired if flaw.repaired}
    assert verify(folder) == []
    assert Backups(folder).list()[0].kind is Kind.REPAIR
    # What was lost is looked at again, and then everything is there.
    with Library.open(folder) as library:
        assert library.indexer.wait(60)
        index(library, album)
        counts = library.session.counts()
        assert (counts.photos, counts.faces) == (samples.ALBUM_PHOTOS, samples.ALBUM_FACES)
        assert library.core.stats().vectors == {"buffalo_s": samples.ALBUM_FACES}
    assert verify(folder) == []


def test_faces_whose_image_is_gone_go_with_their_vectors(folder: Path) -> None:
    break_rows(folder, "DELETE FROM image WHERE image_id = (SELECT image_id FROM face LIMIT 1)")
    assert "keys" in serious(verify(folder))
    assert serious(repair(folder)) == {}
    assert verify(folder) == []
    with Library.open(folder) as library:
        assert library.indexer.wait(60)
        assert library.session.counts().faces == samples.ALBUM_FACES, "its photo was looked at again"
    assert verify(folder) == []


def test_missing_files_are_told_and_nothing_is_forgotten(folder: Path, album: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(album, copy)
    with Library.open(folder) as library:
        index(library, copy)
    (copy / "coffee.jpg").unlink()
    shutil.rmtree(copy / "space")
    for look in (verify, repair):
        (flaw,) = look(folder)
        assert (flaw.kind, flaw.serious, flaw.repaired) == ("missing files", False, False)
        assert "coffee.jpg" in flaw.detail
    with Library.open(folder, resume=False) as library:
        assert library.session.counts().photos == samples.ALBUM_PHOTOS


def test_a_photo_without_any_place_is_told(folder: Path) -> None:
    break_rows(folder, "DELETE FROM place WHERE photo_id = 1")
    (flaw,) = repair(folder)
    assert (flaw.kind, flaw.count, flaw.serious) == ("photos without place", 1, False)


def test_what_does_not_belong_into_the_cache_goes(folder: Path) -> None:
    cache = folder / "cache"
    first = next((cache / "photos").rglob("*.jpg"))
    stranger = cache / "photos" / "ab" / f"ab{'0' * 62}.jpg"
    stranger.parent.mkdir(exist_ok=True)
    shutil.copy(first, stranger)
    first.write_bytes(first.read_bytes()[:100])
    # As after a power cut: as long as it should be, with a hole in it.
    holed = next((cache / "faces").rglob("*.jpg"))
    data = holed.read_bytes()
    middle = len(data) // 2
    holed.write_bytes(data[:middle] + bytes(len(data) // 3) + data[middle + len(data) // 3 :])
    part = cache / "unfinished" / "tmp123.part"
    part.write_bytes(b"\xff\xd8")
    fresh = cache / "unfinished" / "tmp124.part"
    fresh.write_bytes(b"\xff\xd8")
    os.utime(part, (0, 0))
    assert serious(verify(folder)) == {"damaged caches": 2}
    kinds = {flaw.kind: flaw.count for flaw in verify(folder)}
    assert kinds == {"caches without photo": 1, "damaged caches": 2, "unfinished caches": 1}
    assert first.exists() and part.exists()
    assert serious(repair(folder)) == {}
    assert verify(folder) == []
    assert not (first.exists() or holed.exists() or stranger.exists() or part.exists())
    assert fresh.exists(), "somebody may be writing it"
    with Library.open(folder, resume=False) as library:
        for photo_id in library.session.photos.timeline().photo_ids:
            assert library.session.thumbnails.photo(int(photo_id))


def test_a_deleted_cache_is_no_flaw(folder: Path) -> None:
    shutil.rmtree(folder / "cache")
    assert verify(folder) == []


def damage(folder: Path, change: Callable[[bytearray], None]) -> None:
    data = bytearray(database_path(folder).read_bytes())
    change(data)
    database_path(folder).write_bytes(data)


def test_a_damaged_database_is_told_with_its_newest_good_backup(folder: Path) -> None:
    good = Backups(folder).make(Kind.ASKED)

    def overwrite(data: bytearray) -> None:
        for page in range(2, len(data) // 4096):
            data[page * 4096 : page * 4096 + 100] = b"\x5a" * 100

    damage(folder, overwrite)
    for look in (verify, repair):
        flaws = look(folder)
        assert flaws[0].kind == "database" and not flaws[0].repaired
        assert "restore" in flaws[0].detail
    assert Backups(folder).list()[0] == good


def test_an_index_that_contradicts_its_table_is_made_anew(folder: Path) -> None:
    # An index on another order than its table's rows say: as after a write of which a part was lost.
    break_rows(
        folder,
        "PRAGMA writable_schema = ON",
        "UPDATE sqlite_master SET sql = replace(sql, '(photo_id)', '(size)') WHERE name = 'ix_place_photo_id'",
        "PRAGMA writable_schema = RESET",
    )
    assert "index" in verify(folder)[0].detail
    assert serious(repair(folder)) == {}
    assert verify(folder) == []


def test_a_backup_that_went_bad_is_told(folder: Path) -> None:
    made = Backups(folder).make(Kind.ASKED)
    made.path.write_bytes(made.path.read_bytes()[:5000])
    assert serious(verify(folder)) == {"backup": 1}


def test_an_older_library_is_not_changed_by_looking(tmp_path: Path) -> None:
    schemas.make_old(database_path(tmp_path), OLD[0])
    before = hashes(tmp_path)
    with pytest.raises(DatabaseOutdated):
        verify(tmp_path)
    assert hashes(tmp_path) == before
    with pytest.raises(DatabaseOutdated):
        verify(tmp_path / "nowhere")


def test_a_library_that_is_open_is_looked_at_and_not_repaired(indexed: Library) -> None:
    assert verify(indexed.folder) == []
    with pytest.raises(LibraryInUse):
        repair(indexed.folder)


def test_whatever_table_points_at_an_image_keeps_it(folder: Path) -> None:
    database = open_database(folder)

    def add(db: Connection) -> None:
        db.execute(text("CREATE TABLE frame (image_id INTEGER REFERENCES image (image_id), at FLOAT)"))
        db.execute(text("INSERT INTO image (image_id, source, width, height) VALUES (500, 'x', 1, 1)"))
        db.execute(text("INSERT INTO frame VALUES (500, 1.5)"))

    with database.write() as db:
        add(db)
    database.close()
    assert verify(folder) == []
