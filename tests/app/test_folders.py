"""The folders that were added: remembered, listed, removed with or without their photos."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from app.errors import NotFound
from app.library import Library
from app.types import FolderState, LibraryChanged
from tests.app.conftest import Opener, Witness, index, scan
from tests.app.test_importing import picture, places


@pytest.fixture
def quiet(open_library: Opener) -> Library:
    """An empty library whose Indexer rests."""
    return open_library(resume=False)


def paths(library: Library) -> list[Path]:
    return [folder.path for folder in library.folders.list()]


def test_what_is_added_is_remembered_files_are_not(library: Library, tmp_path: Path) -> None:
    picture(tmp_path / "photos" / "a.jpg")
    index(library, tmp_path / "photos", picture(tmp_path / "single.jpg", 50), tmp_path / "nowhere")
    (folder,) = library.folders.list()
    assert (folder.path, folder.state, folder.photos) == (tmp_path / "photos", FolderState.WATCHED, 1)
    assert (folder.missing, folder.vanished) == (0, 0)


def test_a_folder_in_another_one_belongs_to_it(quiet: Library, tmp_path: Path) -> None:
    for name in ("photos/a", "photos/b", "photos-2"):
        (tmp_path / name).mkdir(parents=True)
    quiet.folders.remember([tmp_path / "photos" / "a", tmp_path / "photos" / "b", tmp_path / "photos-2"])
    assert len(paths(quiet)) == 3
    quiet.folders.remember([tmp_path / "photos"])
    assert paths(quiet) == [tmp_path / "photos", tmp_path / "photos-2"]
    quiet.folders.remember([tmp_path / "photos" / "a"])
    assert paths(quiet) == [tmp_path / "photos", tmp_path / "photos-2"]


def test_it_is_told_when_one_is_added(quiet: Library, tmp_path: Path) -> None:
    witness = Witness(quiet)
    quiet.folders.remember([tmp_path])
    assert witness.changes == [LibraryChanged(folders=True)]


def test_a_folder_that_is_not_there_is_told(quiet: Library, tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    quiet.folders.remember([tmp_path / "photos"])
    (tmp_path / "photos").rmdir()
    assert quiet.folders.list()[0].state is FolderState.GONE


def test_a_folder_is_found_by_its_path(quiet: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "photos").mkdir()
    quiet.folders.remember([tmp_path / "photos"])
    monkeypatch.chdir(tmp_path)
    assert quiet.folders.get(Path("photos")) == quiet.folders.list()[0]
    with pytest.raises(NotFound, match="none of the folders"):
        quiet.folders.get(tmp_path)


def test_a_removed_folder_leaves_its_photos(quiet: Library, tmp_path: Path) -> None:
    picture(tmp_path / "photos" / "a.jpg")
    scan(quiet, tmp_path / "photos")
    quiet.folders.remember([tmp_path / "photos"])
    before = places(quiet)
    assert quiet.folders.remove(quiet.folders.list()[0].folder_id, forget_photos=False) == 0
    assert (paths(quiet), places(quiet)) == ([], before)
    with pytest.raises(NotFound):
        quiet.folders.remove(1, forget_photos=False)


def test_a_removed_folder_takes_the_photos_that_are_only_there(indexed: Library, album: Path, tmp_path: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in album.rglob("*")}
    (folder,) = indexed.folders.list()
    kept = Path(shutil.copy2(album / "space" / "astronaut.jpg", tmp_path / "kept.jpg"))
    scan(indexed, kept)
    photo_id = places(indexed)[os.fsencode(kept)]
    named = next(person for person in indexed.session.people.list() if person.photo_count)
    indexed.session.people.rename(named.person_id, "Ada")
    pictures = indexed.folder / "cache" / "photos"
    witness = Witness(indexed)
    assert indexed.folders.remove(folder.folder_id, forget_photos=True) == folder.photos - 1
    assert places(indexed) == {os.fsencode(kept): photo_id}
    assert indexed.session.counts().photos == 1
    assert len(list(pictures.rglob("*.jpg"))) == 1
    assert "Ada" in {person.name for person in indexed.session.people.list()}
    assert indexed.database.problems() == []
    assert any(change.photo_ids for change in witness.changes)
    assert {path: path.stat().st_mtime_ns for path in album.rglob("*")} == before


def test_many_photos_are_forgotten_in_steps(quiet: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.folders.AT_ONCE", 2)
    for number in range(5):
        picture(tmp_path / "photos" / f"{number}.jpg", number * 9)
    (tmp_path / "photos" / "broken.jpg").write_text("x")
    scan(quiet, tmp_path / "photos")
    quiet.folders.remember([tmp_path / "photos"])
    assert quiet.folders.remove(1, forget_photos=True) == 5
    assert (places(quiet), quiet.session.counts().pending, quiet.session.counts().skipped) == ({}, 0, 0)
