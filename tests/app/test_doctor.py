"""The doctor on sound and on damaged libraries."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlcipher3 import dbapi2

from app.doctor import Finding, examine
from app.library import Library


def findings(folder: Path) -> dict[str, Finding]:
    return {finding.subject: finding for finding in examine(folder)}


def test_a_sound_library_is_sound_and_stays_as_it_is(indexed: Library) -> None:
    counts = indexed.session.counts()
    found = findings(indexed.folder)
    assert list(found) == ["environment", "face model", "database", "backups", "disk"]
    assert all(finding.sound for finding in found.values())
    assert "non-commercial" in found["face model"].detail
    assert "onnxruntime" in found["environment"].detail
    assert indexed.session.counts() == counts


def test_a_place_without_a_library_is_examined_too(tmp_path: Path) -> None:
    assert all(finding.sound for finding in findings(tmp_path / "new").values())


def test_a_file_that_is_no_database_is_found(tmp_path: Path) -> None:
    (tmp_path / "library.sqlite").write_bytes(b"no database " * 1000)
    found = findings(tmp_path)
    assert not found["database"].sound
    assert "not a Sietch database" in found["database"].detail
    assert found["face model"].sound, "one problem does not hide what is in order"


def test_damaged_pages_are_found(indexed: Library) -> None:
    indexed.close()
    path = indexed.folder / "library.sqlite"
    data = bytearray(path.read_bytes())
    # The header stays: the file opens, and the damage is in the middle of what it holds.
    data[len(data) // 4 : len(data) * 3 // 4] = bytes(len(data) * 3 // 4 - len(data) // 4)
    path.write_bytes(data)
    found = findings(indexed.folder)["database"]
    assert not found.sound
    assert "\n" not in found.detail


def test_rows_that_point_at_nothing_are_found(indexed: Library) -> None:
    # A connection of its own, which does not watch over keys.
    connection = dbapi2.connect(str(indexed.folder / "library.sqlite"), isolation_level=None)
    connection.execute("DELETE FROM person")
    connection.close()
    found = findings(indexed.folder)["database"]
    assert not found.sound
    assert "points at nothing" in found.detail


def test_a_folder_that_cannot_be_made_is_found(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    found = findings(tmp_path / "file" / "library")
    assert not found["database"].sound
    assert not found["disk"].sound


def test_a_missing_model_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    # The one place where the operating system is asked for the package that carries the models.
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    found = findings(tmp_path / "library")
    assert not found["face model"].sound
    assert "not installed" in found["face model"].detail
