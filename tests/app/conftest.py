"""Libraries over a small album of real photographs, indexed once with the real models."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.library import Library
from app.types import Event, IndexProgress, LibraryChanged
from tests import samples

TIMEOUT = 60.0
"""Seconds; far above what any of these libraries needs, so that a hang fails instead of blocking."""

Opener = Callable[..., Library]


class Witness:
    """Remembers every event of a library."""

    def __init__(self, library: Library) -> None:
        self.events: list[Event] = []
        self.unsubscribe = library.events.subscribe(self.events.append)

    @property
    def changes(self) -> list[LibraryChanged]:
        return [event for event in self.events if isinstance(event, LibraryChanged)]

    @property
    def progress(self) -> list[IndexProgress]:
        return [event for event in self.events if isinstance(event, IndexProgress)]


def index(library: Library, *paths: Path) -> None:
    """Adds paths and waits for the end of the work, which has to be without error."""
    library.indexer.add(paths)
    assert library.indexer.wait(TIMEOUT)
    assert library.indexer.progress.error is None


@pytest.fixture(scope="session")
def album(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The photos of `samples.write_album`; not to be changed."""
    return samples.write_album(tmp_path_factory.mktemp("album"))


@pytest.fixture(scope="session")
def indexed_folder(tmp_path_factory: pytest.TempPathFactory, album: Path) -> Path:
    """A closed library of the album; not to be changed."""
    folder = tmp_path_factory.mktemp("indexed") / "library"
    with Library.open(folder) as library:
        index(library, album)
    return folder


@pytest.fixture
def open_library(tmp_path: Path) -> Iterator[Opener]:
    """Opens libraries, by default an empty one, and closes them after the test."""
    opened: list[Library] = []

    def opener(folder: Path | None = None, resume: bool = True) -> Library:
        opened.append(Library.open(folder or tmp_path / "library", resume))
        return opened[-1]

    yield opener
    for library in opened:
        library.close()


@pytest.fixture
def library(open_library: Opener) -> Library:
    """An empty library, its Indexer at work."""
    return open_library()


@pytest.fixture
def indexed(open_library: Opener, indexed_folder: Path, tmp_path: Path) -> Library:
    """A library of the album of its own for each test, without the Indexer's threads."""
    folder = tmp_path / "indexed"
    shutil.copytree(indexed_folder, folder)
    return open_library(folder, resume=False)
