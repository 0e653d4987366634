"""A library becomes encrypted and readable again, and works alike: nothing of it can be read without its key."""

from __future__ import annotations

import logging
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backends import fail

from app import encrypting, key_files, sealing, unlocking
from app.backups import EVERY, Backups, Kind, check
from app.doctor import examine
from app.encrypting import decrypt, encrypt, readable
from app.errors import (
    BackupLocked,
    LibraryDamaged,
    LibraryError,
    LibraryInUse,
    LibraryLocked,
    NoLibrary,
    PassphraseNeeded,
)
from app.keys import LibraryKey
from app.library import Library
from app.models import listed
from app.opening import database_path, open_database
from app.restoring import restore
from app.verifying import repair, verify
from core.encryption import is_encrypted
from core.errors import CoreError, DatabaseDamaged
from tests import samples
from tests.app.conftest import index
from tests.keyrings import MemoryKeyring

NAME = "Ada of the Long Name"


@pytest.fixture(autouse=True)
def memory() -> Iterator[MemoryKeyring]:
    before, made = keyring.get_keyring(), MemoryKeyring()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


@pytest.fixture
def folder(indexed_folder: Path, tmp_path: Path) -> Path:
    """A readable library with a name in it and a backup."""
    folder = tmp_path / "own"
    shutil.copytree(indexed_folder, folder)
    with Library.open(folder, resume=False) as library:
        library.session.people.rename(library.session.people.list()[0].person_id, NAME)
        library.backups.make(Kind.ASKED)
    return folder


@pytest.fixture
def key() -> LibraryKey:
    return LibraryKey.new()


@pytest.fixture
def encrypted(folder: Path, key: LibraryKey) -> Path:
    encrypt(folder, key)
    return folder


def contents(folder: Path) -> object:
    """What a library shows."""
    with Library.open(folder, resume=False, reading=True) as library:
        return (
            library.session.photos.all_faces(),
            library.session.people.list(),
            library.session.photos.paths(),
            library.session.counts(),
        )


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def legible(folder: Path) -> list[str]:
    """The files in which something of the library can be read."""

    def shows(data: bytes) -> bool:
        marks = (NAME.encode(), b"SQLite format 3", b"CREATE TABLE")
        return data.startswith(b"\xff\xd8") or any(mark in data for mark in marks)

    found = (path for path in files(folder) if shows(path.read_bytes()))
    return [str(path.relative_to(folder)) for path in found]


def test_nothing_of_an_encrypted_library_is_legible(folder: Path, key: LibraryKey, memory: MemoryKeyring) -> None:
    before, pictures = contents(folder), len(files(folder / "cache"))
    assert {path.split("/")[0] for path in legible(folder)} >= {"library.sqlite", "backups", "cache"}
    told: list[tuple[int, int]] = []
    done = encrypt(folder, key, told=lambda n, of: told.append((n, of)))
    assert legible(folder) == [] and readable(folder) == []
    assert (done.backups, done.pictures, done.left) == (3, pictures, ())
    assert told[-1] == (pictures, pictures)
    assert contents(folder) == before
    assert verify(folder) == []
    assert len(memory.kept) == 1
    assert [backup.kind for backup in Backups(folder).list()] == [Kind.ENCRYPTION, Kind.ASKED, Kind.DAILY]


def test_it_is_used_like_any_other(encrypted: Path, tmp_path: Path) -> None:
    with Library.open(encrypted) as library:
        index(library, samples.write_portraits(tmp_path / "more", 2))
        faces = library.session.photos.all_faces()
        assert library.session.thumbnails.face(faces[-1].face_id).startswith(b"\xff\xd8")
        with Library.open(encrypted, reading=True) as beside:
            assert beside.session.photos.all_faces() == faces
        assert legible(encrypted) == [], "also while it is open: the workers write small pictures, the journal grows"
        library.backups.make(Kind.ASKED)
    assert legible(encrypted) == []
    assert verify(encrypted) == [] and repair(encrypted) == []
    assert all(finding.sound for finding in examine(encrypted))
    assert any(model.in_use for model in listed(encrypted))


def test_a_small_picture_is_read_and_not_made_again(encrypted: Path, key: LibraryKey) -> None:
    before = {path: path.read_bytes() for path in files(encrypted / "cache")}
    with Library.open(encrypted, resume=False) as library:
        for face in library.session.photos.all_faces():
            assert library.session.thumbnails.face(face.face_id)
    assert {path: path.read_bytes() for path in files(encrypted / "cache")} == before


def test_a_picture_in_another_ones_place_is_not_shown(key: LibraryKey) -> None:
    data = sealing.sealed(b"picture", key.pictures, "a.jpg")
    assert sealing.opened(data, key.pictures, "a.jpg") == b"picture"
    assert sealing.opened(data, key.pictures, "b.jpg") is None
    assert sealing.opened(data, LibraryKey.new().pictures, "a.jpg") is None
    for damaged in (data[:-1], data[:10], b"", b"picture"):
        assert sealing.opened(damaged, key.pictures, "a.jpg") is None


def test_without_its_key_nothing_opens_and_nothing_changes(encrypted: Path, memory: MemoryKeyring) -> None:
    memory.kept.clear()
    before = {path: path.read_bytes() for path in files(encrypted)}
    attempts = (Library.open, verify, repair, examine, listed, lambda folder: restore(folder, Path("x")))
    for attempt in attempts:
        with pytest.raises(LibraryLocked, match="recovery code"):
            attempt(encrypted)
    with pytest.raises(LibraryLocked):
        Library.open(encrypted, reading=True)
    assert {path: path.read_bytes() for path in files(encrypted)} == before


def test_the_key_can_be_given(encrypted: Path, key: LibraryKey, memory: MemoryKeyring) -> None:
    memory.kept.clear()
    with Library.open(encrypted, resume=False, key=key) as library:
        assert library.session.people.list()[0].name == NAME
        library.backups.make(Kind.ASKED)
    assert verify(encrypted, key) == []
    with pytest.raises(LibraryDamaged):
        Library.open(encrypted, key=LibraryKey.new())


def test_a_passphrase_is_enough(folder: Path, key: LibraryKey, memory: MemoryKeyring) -> None:
    encrypt(folder, key, "a horse on a stapler")
    assert memory.kept == {}
    with pytest.raises(LibraryLocked, match="passphrase"):
        Library.open(folder)
    Library.open(folder, resume=False, key=unlocking.by_secret(folder, "a horse on a stapler")).close()


def test_without_keyring_and_passphrase_nothing_is_done(folder: Path, key: LibraryKey) -> None:
    from keyring.backends import fail

    keyring.set_keyring(fail.Keyring())
    with pytest.raises(PassphraseNeeded):
        encrypt(folder, key)
    assert not is_encrypted(database_path(folder))
    Library.open(folder, resume=False).close()


def test_there_and_back(folder: Path, key: LibraryKey, memory: MemoryKeyring) -> None:
    before = contents(folder)
    shown = {path.name: path.read_bytes() for path in files(folder / "cache")}
    encrypt(folder, key)
    done = decrypt(folder, key)
    assert (done.backups, done.left) == (4, ())
    assert contents(folder) == before
    assert {path.name: path.read_bytes() for path in files(folder / "cache")} == shown
    assert memory.kept == {} and not key_files.exists(folder)
    assert verify(folder) == []
    for backup in Backups(folder).list():
        check(backup.path)
    encrypt(folder, LibraryKey.new())
    assert contents(folder) == before


def test_what_is_refused(folder: Path, key: LibraryKey, tmp_path: Path) -> None:
    with pytest.raises(NoLibrary):
        encrypt(tmp_path / "nowhere", key)
    with pytest.raises(LibraryError, match="is not encrypted"):
        decrypt(folder, key)
    with Library.open(folder, resume=False), pytest.raises(LibraryInUse):
        encrypt(folder, key)
    encrypt(folder, key)
    with pytest.raises(LibraryError, match="encrypted already"):
        encrypt(folder, LibraryKey.new())
    with Library.open(folder, resume=False), pytest.raises(LibraryInUse):
        decrypt(folder, key)
    with pytest.raises(DatabaseDamaged):
        decrypt(folder, LibraryKey.new())
    assert contents(folder)


def test_a_damaged_database_is_not_encrypted(folder: Path, key: LibraryKey) -> None:
    path = database_path(folder)
    data = bytearray(path.read_bytes())
    data[4096 : 4096 * 8] = bytes(4096 * 7)
    path.write_bytes(data)
    with pytest.raises(CoreError):
        encrypt(folder, key)
    assert path.read_bytes() == bytes(data)


def test_a_full_disk_leaves_the_library_as_it_was(folder: Path, key: LibraryKey, small_disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,size=32m", str(small_disk)], check=True)
    shutil.rmtree(folder / "backups")
    shutil.copytree(folder, small_disk / "own", ignore=lambda _folder, _names: ["cache"])
    before = contents(folder)
    # The backup fits, the new database does not.
    left = shutil.disk_usage(small_disk).free - 3 * database_path(folder).stat().st_size // 2
    (small_disk / "filler").write_bytes(bytes(max(0, left)))
    with pytest.raises(CoreError, match=r"disk is full|No space left"):
        encrypt(small_disk / "own", key)
    assert len(Backups(small_disk / "own").list()) == 1
    assert not is_encrypted(database_path(small_disk / "own"))
    assert contents(small_disk / "own") == before
    (small_disk / "filler").unlink()
    encrypt(small_disk / "own", key)
    assert contents(small_disk / "own") == before


def test_a_damaged_backup_stays_and_is_named(folder: Path, key: LibraryKey) -> None:
    damaged = Backups(folder).list()[0].path
    data = bytearray(damaged.read_bytes())
    data[4096 : 4096 * 8] = bytes(4096 * 7)
    damaged.write_bytes(data)
    done = encrypt(folder, key)
    assert done.left == (damaged,) and readable(folder) == [damaged]
    (flaw,) = verify(folder)
    assert flaw.kind == "readable" and str(damaged) in flaw.detail and not flaw.serious


def test_an_unchanged_library_is_backed_up_once(encrypted: Path, key: LibraryKey) -> None:
    now = Backups(encrypted).list()[0].made_at
    clock = iter(now + EVERY * days for days in range(2, 100))
    moment = [next(clock)]
    backups = Backups(encrypted, lambda: moment[0], key)
    assert backups.daily() is None, "nothing changed"
    moment[0] = next(clock)
    with Library.open(encrypted, resume=False) as library:
        library.session.people.rename(library.session.people.list()[0].person_id, "Grace")
    made = backups.daily()
    assert made is not None and is_encrypted(made.path)


def test_a_damaged_encrypted_library_names_its_backup(encrypted: Path, key: LibraryKey) -> None:
    path = database_path(encrypted)
    good = Backups(encrypted).list()[0].path
    data = bytearray(path.read_bytes())
    data[: 4096 * 8] = bytes(4096 * 8)
    path.write_bytes(data)
    with pytest.raises(LibraryDamaged) as damaged:
        Library.open(encrypted)
    assert damaged.value.backup == good
    restore(encrypted, good)
    assert contents(encrypted)
    path.unlink()
    with pytest.raises(LibraryDamaged):
        Library.open(encrypted)


def test_an_old_readable_backup_is_encrypted_when_it_is_restored(folder: Path, key: LibraryKey, tmp_path: Path) -> None:
    Backups(folder).export(tmp_path / "elsewhere.sqlite")
    encrypt(folder, key)
    restore(folder, tmp_path / "elsewhere.sqlite")
    assert is_encrypted(database_path(folder)) and legible(folder) == []
    assert contents(folder)


def test_an_encrypted_backup_and_its_code_are_enough_anywhere(
    encrypted: Path, key: LibraryKey, tmp_path: Path, memory: MemoryKeyring
) -> None:
    exported, before = tmp_path / "elsewhere.sqlite", contents(encrypted)
    Backups(encrypted, key=key).export(exported)
    memory.kept.clear()
    fresh = tmp_path / "fresh"
    with pytest.raises(BackupLocked, match="recovery code"):
        restore(fresh, exported)
    with pytest.raises(BackupLocked):
        restore(fresh, exported, source_key=LibraryKey.new())
    restore(fresh, exported, source_key=LibraryKey.of_code(key.code))
    assert contents(fresh) == before
    assert legible(fresh) == []


def test_what_is_not_restored_leaves_nothing_behind(folder: Path, key: LibraryKey, tmp_path: Path) -> None:
    other = tmp_path / "other"
    Library.open(other, resume=False).close()
    encrypt(other, key)
    Backups(other, key=key).export(tmp_path / "elsewhere.sqlite")
    before, names = contents(folder), sorted(path.name for path in folder.iterdir())
    keyring.set_keyring(fail.Keyring())
    with pytest.raises(PassphraseNeeded):
        restore(folder, tmp_path / "elsewhere.sqlite", source_key=key)
    assert contents(folder) == before
    assert sorted(path.name for path in folder.iterdir() if "sqlite-" not in path.name) == names


def test_a_backup_under_another_key_is_put_under_the_librarys(encrypted: Path, key: LibraryKey, tmp_path: Path) -> None:
    exported, before, new = tmp_path / "elsewhere.sqlite", contents(encrypted), LibraryKey.new()
    Backups(encrypted, key=key).export(exported)
    decrypt(encrypted, key)
    encrypt(encrypted, new)
    with pytest.raises(BackupLocked):
        restore(encrypted, exported)
    restore(encrypted, exported, source_key=key)
    assert unlocking.find(encrypted) == new
    assert contents(encrypted) == before


def test_an_encrypted_library_that_is_older_is_brought_up_to_date(tmp_path: Path, key: LibraryKey) -> None:
    from tests import schemas

    folder = tmp_path / "old"
    folder.mkdir()
    old = sorted((Path(__file__).parent / "old").glob("*.sql"))[0]
    schemas.make_old(database_path(folder), old)
    encrypt(folder, key)
    with Library.open(folder, resume=False) as library:
        assert library.upgraded is not None and is_encrypted(library.upgraded.path)
        assert library.session.people.get(1).name == "Ada"
    assert [flaw for flaw in verify(folder) if flaw.serious] == []


def test_what_a_kill_left_readable_is_encrypted_at_the_next_opening(
    folder: Path, key: LibraryKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_arguments: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(encrypting, "_finished", killed)
        with pytest.raises(KeyboardInterrupt):
            encrypt(folder, key)
    assert is_encrypted(database_path(folder)) and readable(folder)
    assert [(flaw.kind, flaw.serious) for flaw in verify(folder)] == [("readable", False)]
    (folder / ".library.converted.part").write_bytes(b"SQLite format 3\0 and what a decryption left")
    Library.open(folder, resume=False).close()
    assert readable(folder) == [] and legible(folder) == []
    assert verify(folder) == []


def test_the_key_is_nowhere_to_be_seen(
    folder: Path, key: LibraryKey, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    encrypt(folder, key)
    with Library.open(folder, resume=False) as library:
        shown = [repr(vars(library)), repr(vars(library.database)), repr(vars(library.backups)), repr(library.indexer)]
    with pytest.raises(LibraryDamaged) as damaged:
        Library.open(folder, key=LibraryKey.new())
    shown += [caplog.text, *capfd.readouterr(), str(damaged.value), repr(damaged.value.__cause__)]
    secrets = (key.raw.hex(), key.code, key.code.replace("-", ""), repr(key.raw)[2:-1], key.pictures.hex())
    for each in shown + [path.read_bytes().decode("latin-1") for path in files(folder)]:
        assert not any(secret in each for secret in secrets)


def test_a_new_library_in_a_folder_of_an_encrypted_one_is_encrypted(encrypted: Path) -> None:
    shutil.rmtree(encrypted / "cache")
    database_path(encrypted).unlink()
    for backup in Backups(encrypted).list():
        backup.path.unlink()
    Library.open(encrypted, resume=False).close()
    assert is_encrypted(database_path(encrypted))
    open_database(encrypted, key=unlocking.find(encrypted), reading=True).close()


def test_who_reads_for_long_is_not_cut_off(folder: Path, key: LibraryKey, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.copying.BUSY_SECONDS", 0.2)
    before = contents(folder)
    reader = open_database(folder, reading=True)
    with reader.read() as db:
        db.exec_driver_sql("SELECT 1 FROM photo")
        writer = open_database(folder)
        with writer.write() as other:
            other.exec_driver_sql("INSERT INTO setting VALUES ('later', 'than the reader')")
        with pytest.raises(LibraryInUse):
            encrypt(folder, key)
    for database in (reader, writer):
        database.close()
    assert not is_encrypted(database_path(folder)) and not key_files.exists(folder)
    assert not list(folder.glob("*converted*"))
    encrypt(folder, key)
    assert contents(folder) == before
    database = open_database(folder, key=key, reading=True)
    with database.read() as db:
        assert db.exec_driver_sql("SELECT value FROM setting WHERE key = 'later'").scalar() == "than the reader"
    database.close()


def test_what_a_kill_prepared_is_forgotten(folder: Path, key: LibraryKey, memory: MemoryKeyring) -> None:
    unlocking.keep(folder, key)
    Library.open(folder, resume=False, reading=True).close()
    assert key_files.exists(folder)
    Library.open(folder, resume=False).close()
    assert not key_files.exists(folder) and memory.kept == {}


def test_a_library_that_cannot_be_finished_opens_all_the_same(
    encrypted: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    unlocking.mark(encrypted, unfinished=True)
    monkeypatch.setattr(encrypting, "_pictures", full)
    Library.open(encrypted, resume=False).close()
    assert "still readable" in caplog.text
    monkeypatch.undo()
    Library.open(encrypted, resume=False).close()
    assert not unlocking.is_unfinished(encrypted)
