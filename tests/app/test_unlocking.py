"""Where the key of a library is kept, and how it is found again."""

from __future__ import annotations

import json
import logging
import pickle
import secrets
import traceback
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail, null

from app import key_files, keyrings, unlocking
from app.errors import LibraryLocked, PassphraseNeeded, PassphraseTooShort, WrongSecret
from app.keys import LibraryKey
from app.opening import database_path, open_database
from app.wrapping import unwrap, wrap
from tests.keyrings import ForgetfulKeyring, LockedKeyring, MemoryKeyring

PASSPHRASE = "a horse on a stapler"


@pytest.fixture(autouse=True)
def no_keyring() -> Iterator[None]:
    before = keyring.get_keyring()
    keyring.set_keyring(fail.Keyring())
    yield
    keyring.set_keyring(before)


@pytest.fixture
def memory() -> MemoryKeyring:
    made = MemoryKeyring()
    keyring.set_keyring(made)
    return made


@pytest.fixture
def key() -> LibraryKey:
    return LibraryKey.new()


@pytest.fixture
def folder(tmp_path: Path, key: LibraryKey) -> Path:
    """Of an encrypted database whose key nobody keeps."""
    folder = tmp_path / "library"
    folder.mkdir()
    open_database(folder, key=key).close()
    return folder


def test_a_key_does_not_show_itself(key: LibraryKey) -> None:
    for shown in (repr(key), str(key), f"{key}", repr([key]), repr(key_files.KeyFile.new(key, None))):
        for secret in (key.raw.hex(), key.code, repr(key.raw), repr(key.raw)[2:20]):
            assert secret not in shown
    assert pickle.loads(pickle.dumps(key)) == key


def test_what_is_made_of_a_key_is_not_the_key(key: LibraryKey) -> None:
    assert len({key.raw, key.check, key.pictures, key.raw[:16], LibraryKey.new().check}) == 5


def test_a_passphrase_opens_what_it_wrapped(key: LibraryKey) -> None:
    wrapped = wrap(key, "Zürich im Frühling", "library")
    assert unwrap(wrapped, "Zu\u0308rich im Fru\u0308hling", "library") == key, "whichever keyboard wrote it"
    assert unwrap(wrapped, "Zurich im Fruhling", "library") is None
    assert unwrap(wrapped, "Zürich im Frühling", "another library") is None
    assert key.raw not in wrapped.sealed
    assert wrap(key, "Zürich im Frühling", "library").sealed != wrapped.sealed


def test_a_short_passphrase_is_refused(key: LibraryKey) -> None:
    with pytest.raises(PassphraseTooShort, match="at least 8"):
        wrap(key, "secret!", "library")


def test_the_keyring_opens_a_library(folder: Path, key: LibraryKey, memory: MemoryKeyring) -> None:
    file = unlocking.keep(folder, key)
    assert list(memory.kept) == [("sietch", file.library)]
    assert unlocking.find(folder) == key


def test_without_its_keyring_a_library_is_locked(folder: Path, key: LibraryKey, memory: MemoryKeyring) -> None:
    unlocking.keep(folder, key)
    memory.kept.clear()
    with pytest.raises(LibraryLocked, match="not in this system's keyring"):
        unlocking.find(folder)
    keyring.set_keyring(fail.Keyring())
    with pytest.raises(LibraryLocked):
        unlocking.find(folder)
    assert unlocking.by_secret(folder, key.code.lower()) == key
    keyring.set_keyring(memory)
    unlocking.keep(folder, key)
    assert unlocking.find(folder) == key


def test_a_passphrase_is_asked_for(folder: Path, key: LibraryKey) -> None:
    unlocking.keep(folder, key, PASSPHRASE)
    with pytest.raises(LibraryLocked, match="passphrase") as locked:
        unlocking.find(folder)
    assert locked.value.has_passphrase
    assert unlocking.by_secret(folder, f"{PASSPHRASE}\n") == key
    assert unlocking.by_secret(folder, key.code) == key


@pytest.mark.parametrize(
    "wrong",
    ["another horse", "", LibraryKey.new().code],
    ids=["a passphrase", "nothing", "the code of another library"],
)
def test_what_is_wrong_is_refused_as_often_as_one_likes(folder: Path, key: LibraryKey, wrong: str) -> None:
    unlocking.keep(folder, key, PASSPHRASE)
    for _ in range(3):
        with pytest.raises(WrongSecret, match="try again"):
            unlocking.by_secret(folder, wrong)
    assert unlocking.by_secret(folder, PASSPHRASE) == key


def test_a_new_passphrase_takes_the_place_of_the_old(folder: Path, key: LibraryKey) -> None:
    first = unlocking.keep(folder, key, PASSPHRASE)
    assert unlocking.keep(folder, key, "another horse").library == first.library
    with pytest.raises(WrongSecret):
        unlocking.by_secret(folder, PASSPHRASE)
    assert unlocking.by_secret(folder, "another horse") == key


@pytest.mark.parametrize("backend", [fail.Keyring, null.Keyring, ForgetfulKeyring, LockedKeyring])
def test_a_keyring_that_keeps_nothing_is_not_trusted(
    folder: Path, key: LibraryKey, backend: type[KeyringBackend], caplog: pytest.LogCaptureFixture
) -> None:
    keyring.set_keyring(backend())
    caplog.set_level(logging.DEBUG)
    with pytest.raises(PassphraseNeeded) as needed:
        unlocking.keep(folder, key)
    assert not key_files.exists(folder)
    told = "".join(traceback.format_exception(needed.value)) + caplog.text
    assert key.code not in told


def test_a_keyring_that_keeps_secrets_in_readable_files_is_not_used() -> None:
    backend = type("PlaintextKeyring", (MemoryKeyring,), {"__module__": "keyrings.alt.file"})
    keyring.set_keyring(backend())
    assert not keyrings.available()
    keyring.set_keyring(MemoryKeyring())
    assert keyrings.available()


def test_the_key_file_has_a_copy(folder: Path, key: LibraryKey) -> None:
    unlocking.keep(folder, key, PASSPHRASE)
    (folder / "library.key").write_text("{")
    assert unlocking.by_secret(folder, PASSPHRASE) == key
    (folder / "library.key").unlink()
    assert unlocking.by_secret(folder, PASSPHRASE) == key


def test_without_any_key_file_the_code_opens_the_database_itself(folder: Path, key: LibraryKey) -> None:
    assert unlocking.by_secret(folder, key.code) == key
    with pytest.raises(WrongSecret):
        unlocking.by_secret(folder, LibraryKey.new().code)
    unlocking.keep(folder, key, PASSPHRASE)
    assert unlocking.by_secret(folder, PASSPHRASE) == key


def test_a_hostile_key_file_takes_no_memory(folder: Path, key: LibraryKey) -> None:
    unlocking.keep(folder, key, PASSPHRASE)
    for path in (folder / "library.key", folder / "backups" / "library.key"):
        found = json.loads(path.read_text())
        found["wrapped"]["kib"] = 2**31
        path.write_text(json.dumps(found))
    assert key_files.read(folder) is None


@pytest.mark.parametrize("text", ["", "[]", "null", '{"version": 1}', '{"version": 2}', "\xff"])
def test_a_damaged_key_file_is_none(folder: Path, text: str) -> None:
    (folder / "library.key").write_bytes(text.encode("latin-1"))
    assert key_files.read(folder) is None


def test_the_key_file_holds_no_secret(folder: Path, key: LibraryKey) -> None:
    unlocking.keep(folder, key, PASSPHRASE)
    text = (folder / "library.key").read_text()
    assert key.raw.hex() not in text and key.code not in text and PASSPHRASE not in text
    file = key_files.read(folder)
    assert file is not None
    key_files.write(folder, replace(file, unfinished=True))
    assert key_files.read(folder) == replace(file, unfinished=True)


def test_a_readable_library_needs_no_key(tmp_path: Path, key: LibraryKey) -> None:
    open_database(tmp_path).close()
    assert unlocking.find(tmp_path) is None
    unlocking.keep(tmp_path, key, PASSPHRASE)
    assert unlocking.find(tmp_path) is None, "the file of an encryption that never came to be"
    database_path(tmp_path).write_bytes(secrets.token_bytes(8192))
    with pytest.raises(LibraryLocked):
        unlocking.find(tmp_path)
