"""A database under a key: made, read, copied and converted; without the key it shows nothing."""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest
from sqlalchemy import text

from core import copying, schema
from core.converting import convert, differences
from core.database import Database
from core.encryption import is_encrypted
from core.errors import DatabaseDamaged

KEY = secrets.token_bytes(32)


def make(path: Path, key: bytes | None = KEY) -> None:
    database = Database(path, schema.metadata, 1, key=key)
    with database.write() as db:
        for name in ("Ada Lovelace", "gone", "Grace"):
            db.execute(text("INSERT INTO image (source, width, height) VALUES (:name, 1, 1)"), {"name": name})
        db.execute(text("DELETE FROM image WHERE source = 'gone'"))
    database.close()


def sources(path: Path, key: bytes | None) -> list[str]:
    database = Database(path, schema.metadata, 1, key=key, reading=True)
    with database.read() as db:
        found = [str(source) for source in db.execute(text("SELECT source FROM image ORDER BY image_id")).scalars()]
    database.close()
    return found


def test_what_is_written_cannot_be_read_without_the_key(tmp_path: Path) -> None:
    path = tmp_path / "core.sqlite"
    make(path)
    assert is_encrypted(path)
    assert b"Lovelace" not in path.read_bytes()
    assert sources(path, KEY) == ["Ada Lovelace", "Grace"]


@pytest.mark.parametrize("key", [None, secrets.token_bytes(32)], ids=["no key", "another key"])
def test_another_key_is_refused_and_nothing_is_printed(
    tmp_path: Path, key: bytes | None, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "core.sqlite"
    make(path)
    before = path.read_bytes()
    with pytest.raises(DatabaseDamaged, match="is not a Sietch database"):
        Database(path, schema.metadata, 1, key=key)
    assert path.read_bytes() == before
    assert capfd.readouterr() == ("", "")


def test_the_journal_is_encrypted_as_well(tmp_path: Path) -> None:
    database = Database(tmp_path / "core.sqlite", schema.metadata, 1, key=KEY)
    with database.write() as db:
        db.execute(text("INSERT INTO image (source, width, height) VALUES ('Ada Lovelace', 1, 1)"))
    journal = (tmp_path / "core.sqlite-wal").read_bytes()
    assert len(journal) > 4096
    assert b"Lovelace" not in journal
    database.close()


def test_a_key_of_another_length_is_a_bug(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Database(tmp_path / "core.sqlite", schema.metadata, 1, key=b"short")


def test_a_copy_has_the_same_key(tmp_path: Path) -> None:
    path, copy = tmp_path / "core.sqlite", tmp_path / "copy.sqlite"
    make(path)
    copying.copy(path, copy, key=KEY)
    assert is_encrypted(copy)
    assert sources(copy, KEY) == ["Ada Lovelace", "Grace"]
    assert differences(path, copy, KEY, KEY) == []


@pytest.mark.parametrize(
    ("key", "new_key"),
    [(None, KEY), (KEY, None), (KEY, secrets.token_bytes(32))],
    ids=["encrypted", "readable", "another key"],
)
def test_converting_keeps_everything(tmp_path: Path, key: bytes | None, new_key: bytes | None) -> None:
    path, fresh = tmp_path / "core.sqlite", tmp_path / "fresh.sqlite"
    make(path, key)
    before = path.read_bytes()
    convert(path, fresh, key, new_key)
    assert is_encrypted(fresh) == (new_key is not None)
    assert sources(fresh, new_key) == sources(path, key) == ["Ada Lovelace", "Grace"]
    assert path.read_bytes() == before
    assert sorted(file.name for file in tmp_path.iterdir() if not file.name.endswith(("-wal", "-shm"))) == [
        "core.sqlite",
        "fresh.sqlite",
    ]


def test_a_difference_is_seen(tmp_path: Path) -> None:
    path, other = tmp_path / "core.sqlite", tmp_path / "other.sqlite"
    make(path)
    convert(path, other, KEY, None)
    with copying.opened(other, writing=True) as db:
        db.execute("UPDATE image SET source = 'Eve' WHERE source = 'Grace'")
    assert differences(path, other, KEY, None) == ["a row of image is not the same"]


def test_row_numbers_by_which_something_is_found_are_kept(tmp_path: Path) -> None:
    path, fresh = tmp_path / "core.sqlite", tmp_path / "fresh.sqlite"
    make(path, None)
    with copying.opened(path, writing=True) as db:
        db.execute("CREATE TABLE keyed (number PRIMARY KEY, word)")
        db.execute("CREATE TABLE loose (word)")
        db.execute("CREATE TABLE without (word PRIMARY KEY) WITHOUT ROWID")
        for table, columns in (("keyed", "number, word"), ("loose", "word"), ("without", "word")):
            for number in range(4):
                values = (number, str(number)) if table == "keyed" else (str(number),)
                db.execute(f"INSERT INTO {table} ({columns}) VALUES ({', '.join('?' * len(values))})", values)
            db.execute(f"DELETE FROM {table} WHERE word = '1'")
    convert(path, fresh, None, KEY)
    with copying.opened(fresh, key=KEY) as db:
        assert db.execute("SELECT _rowid_, number FROM keyed").fetchall() == [(1, 0), (3, 2), (4, 3)]
        assert db.execute("SELECT word FROM loose").fetchall() == [("0",), ("2",), ("3",)]


def test_what_is_no_database_is_not_converted(tmp_path: Path) -> None:
    path, fresh = tmp_path / "core.sqlite", tmp_path / "fresh.sqlite"
    path.write_bytes(secrets.token_bytes(8192))
    with pytest.raises(DatabaseDamaged):
        convert(path, fresh, None, KEY)
    assert not fresh.exists()


def test_what_is_encrypted(tmp_path: Path) -> None:
    assert not is_encrypted(tmp_path / "none")
    (tmp_path / "empty").touch()
    assert not is_encrypted(tmp_path / "empty")
    make(tmp_path / "plain", None)
    assert not is_encrypted(tmp_path / "plain")
