"""`sietch folders` as it is typed."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.library import Library
from app.vanishing import MANY
from tests import samples
from tests.app.conftest import scan
from tests.app.test_importing import indexed_photos, picture
from tests.e2e.test_commands import Sietch, sietch

__all__ = ["sietch"]


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """The folder of the library that the commands use by default."""
    return tmp_path / "empty library"


def filled(folder: Path, photos: Path, count: int) -> list[Path]:
    """A library with a folder of photos that are taken for indexed."""
    with Library.open(folder, resume=False) as library:
        paths = indexed_photos(library, photos, count)
        library.folders.remember([photos])
    return paths


def test_a_folder_is_added_listed_and_removed(sietch: Sietch, tmp_path: Path) -> None:
    samples.save(samples.portrait(0), tmp_path / "photos" / "a.jpg")
    added = sietch("folders", "add", tmp_path / "photos", "--json")
    expected = {"path": str(tmp_path / "photos"), "state": "watched", "photos": 1, "missing": 0, "vanished": 0}
    assert (added.code, added.json[0] | expected) == (0, added.json[0])
    assert sietch("folders", "list", "--json").json == added.json
    assert str(tmp_path / "photos") in sietch("folders", "list").out
    assert sietch("stats", "--json").json["photos"] == 1
    removed = sietch("folders", "remove", tmp_path / "photos", "--json")
    assert removed.json == {"path": str(tmp_path / "photos"), "forgotten_photos": 0}
    assert sietch("stats", "--json").json["photos"] == 1
    assert "No folder was added" in sietch("folders", "list").out


def test_a_folder_is_removed_with_its_photos(sietch: Sietch, library: Path, tmp_path: Path) -> None:
    paths = filled(library, tmp_path / "photos", 3)
    removed = sietch("folders", "remove", tmp_path / "photos", "--forget-photos")
    assert "3 photos were forgotten" in removed.out
    assert sietch("stats", "--json").json["photos"] == 0
    assert all(path.exists() for path in paths)


def test_the_folders_are_looked_through(sietch: Sietch, tmp_path: Path) -> None:
    samples.save(samples.portrait(0), tmp_path / "photos" / "a.jpg")
    sietch("folders", "add", tmp_path / "photos")
    samples.save(samples.portrait(1), tmp_path / "photos" / "b.jpg")
    assert sietch("folders", "scan", "--json").json[0]["photos"] == 2


def test_the_user_is_asked_when_many_files_went(sietch: Sietch, library: Path, tmp_path: Path) -> None:
    for path in filled(library, tmp_path / "photos", MANY + 3)[: MANY + 1]:
        path.unlink()
    told = sietch("folders", "scan")
    assert "21 files that were in" in told.out and "sietch folders confirm PATH" in told.out
    assert sietch("folders", "list", "--json").json[0]["missing"] == 0
    flaws = sietch("verify", "--json").json
    assert any(flaw["kind"] == "vanished" and flaw["count"] == MANY + 1 for flaw in flaws)
    (confirmed,) = sietch("folders", "confirm", tmp_path / "photos", "--json").json
    assert (confirmed["missing"], confirmed["vanished"], confirmed["photos"]) == (MANY + 1, 0, MANY + 3)


@pytest.mark.parametrize("command", ["add", "remove", "confirm"])
def test_what_is_no_folder_is_told(sietch: Sietch, tmp_path: Path, command: str) -> None:
    result = sietch("folders", command, tmp_path / "nowhere")
    assert (result.code, result.out, result.err.count("\n")) == (1, "", 1)


def test_folders_are_listed_while_the_library_is_open(sietch: Sietch, library: Path, tmp_path: Path) -> None:
    with Library.open(library, resume=False) as opened:
        picture(tmp_path / "photos" / "a.jpg")
        scan(opened, tmp_path / "photos")
        opened.folders.remember([tmp_path / "photos"])
        assert len(sietch("folders", "list", "--json").json) == 1
