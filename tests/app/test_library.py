"""Opening, closing and counting libraries."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.errors import LibraryError
from app.library import Library, default_folder
from app.types import IndexPhase, LibraryCounts
from core.errors import DatabaseError
from tests import samples
from tests.app.conftest import Opener, index


def test_a_new_library_is_made_where_there_is_none(open_library: Opener, tmp_path: Path) -> None:
    folder = tmp_path / "not" / "there" / "yet"
    library = open_library(folder)
    assert library.folder == folder
    assert (folder / "library.sqlite").is_file()
    assert library.session.counts() == LibraryCounts(0, 0, 0, 0, 0)
    assert library.indexer.progress.phase is IndexPhase.IDLE
    assert library.session.people.list() == []
    assert len(library.session.photos.timeline().photo_ids) == 0


def test_the_default_is_in_the_users_data_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert default_folder().name == "Library"
    assert "sietch" in str(default_folder())
    with Library.open(resume=False) as library:
        assert library.folder == default_folder()


def test_a_file_in_the_way_is_told(tmp_path: Path) -> None:
    obstacle = tmp_path / "file"
    obstacle.write_text("")
    with pytest.raises(LibraryError, match="cannot be made"):
        Library.open(obstacle)


def test_a_file_that_is_no_database_is_told_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "library.sqlite").write_bytes(b"these are not the pages you are looking for" * 100)
    with pytest.raises(DatabaseError, match="not a Sietch database"):
        Library.open(tmp_path)
    assert (tmp_path / "library.sqlite").read_bytes().startswith(b"these are not")


def test_a_library_of_a_newer_version_is_refused(open_library: Opener, tmp_path: Path) -> None:
    library = open_library(tmp_path / "newer")
    with library.database.write() as db:
        db.exec_driver_sql("PRAGMA user_version = 1000")
    library.close()
    with pytest.raises(DatabaseError, match="newer version"):
        Library.open(tmp_path / "newer")


def test_the_counts_of_an_album(indexed: Library) -> None:
    assert indexed.session.counts() == LibraryCounts(
        photos=samples.ALBUM_PHOTOS, people=samples.ALBUM_PEOPLE, faces=samples.ALBUM_FACES, pending=0, skipped=0
    )


def test_everything_is_there_again_after_closing(open_library: Opener, indexed: Library) -> None:
    people, timeline = indexed.session.people.list(), indexed.session.photos.timeline()
    indexed.close()
    again = open_library(indexed.folder)
    assert again.indexer.wait(5)
    assert again.session.people.list() == people
    assert again.session.photos.timeline() == timeline


def test_closing_in_the_middle_of_work_is_quick_and_the_work_goes_on_at_the_next_opening(
    open_library: Opener, tmp_path: Path
) -> None:
    folder = tmp_path / "library"
    photos = samples.write_many(tmp_path / "photos", 12)
    first = open_library(folder)
    first.indexer.add([photos])
    assert not first.indexer.wait(0.2)
    first.close()
    again = open_library(folder)
    assert again.indexer.wait(60)
    assert again.session.counts().photos == 12
    assert again.session.counts().pending == 0


def test_two_libraries_know_nothing_of_each_other(open_library: Opener, album: Path, tmp_path: Path) -> None:
    one, other = open_library(tmp_path / "one"), open_library(tmp_path / "other")
    index(one, album / "space" / "astronaut.jpg")
    assert one.session.counts().photos == 1
    assert other.session.counts().photos == 0
