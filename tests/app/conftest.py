"""Libraries over a small album of real photographs, indexed once with the real models."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from app.importing import Imported, Importer
from app.library import Library
from app.mounts import Mount
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


def scan(library: Library, *paths: Path) -> int:
    """Imports paths without indexing them; the number of photos that wait by it."""
    told: list[Imported] = []
    importer = Importer(library.database, library.folder, library.volumes)
    for path in paths:
        importer.run(os.fsencode(path), lambda: False, told.append)
    return sum(imported.waiting for imported in told)


def until(condition: Callable[[], bool]) -> None:
    """Waits for a condition; fails when it never comes."""
    deadline = time.monotonic() + TIMEOUT
    while not condition():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.01)


class Drives:
    """The volumes of an imagined computer: `/`, and drives that are put in and taken out.

    The files of a drive lie in a folder that is moved to and from its mount point.
    """

    def __init__(self, folder: Path) -> None:
        self._away = folder / "away"
        self._at: dict[str, tuple[Path, bool]] = {}
        folder.mkdir(parents=True, exist_ok=True)

    def mounts(self) -> list[Mount]:
        """What is mounted now."""
        drives = [
            Mount(os.fsencode(point), (f"uuid:{name}",) if keyed else (), name)
            for name, (point, keyed) in self._at.items()
        ]
        return [Mount(b"/", ("uuid:root",), "/"), *drives]

    def put_in(self, name: str, point: Path, keyed: bool = True) -> Path:
        """Mounts a drive, empty when it is new; its mount point."""
        assert name not in self._at
        away = self._away / name
        away.mkdir(parents=True, exist_ok=True)
        point.parent.mkdir(parents=True, exist_ok=True)
        if point.exists():
            point.rmdir()
        away.rename(point)
        self._at[name] = point, keyed
        return point

    def take_out(self, name: str) -> None:
        """Unmounts a drive: its mount point is an empty folder."""
        point, _ = self._at.pop(name)
        point.rename(self._away / name)
        point.mkdir()


class Pipe:
    """A photo that can be opened but never read to its end: a pipe that nobody writes into."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        os.mkfifo(path)
        self.path = path

    def wait_for_reader(self) -> None:
        """Waits until a worker is stuck in it."""
        until(self._is_read)
        # The worker told its pool that it began; the pool is to have heard it.
        time.sleep(0.3)

    def _is_read(self) -> bool:
        try:
            # Stays open to the end of the test run: without a writer the reader would find the end of the file.
            os.open(self.path, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:
            return False
        return True


@pytest.fixture
def drives(tmp_path: Path) -> Drives:
    """A computer with no drive in it."""
    return Drives(tmp_path / "drives")


@pytest.fixture
def processes() -> Callable[[], list[psutil.Process]]:
    """The worker processes that the test itself started."""

    def is_worker(child: psutil.Process) -> bool:
        try:
            return "spawn_main" in " ".join(child.cmdline())
        except psutil.Error:  # it ended meanwhile
            return False

    def running() -> list[psutil.Process]:
        return [child for child in psutil.Process().children() if child.pid not in before and is_worker(child)]

    before: set[int] = set()
    before = {child.pid for child in running()}
    return running


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

    def opener(folder: Path | None = None, resume: bool = True, model: str | None = None, **options: Any) -> Library:
        opened.append(Library.open(folder or tmp_path / "library", resume, model, **options))
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


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 4 MB, where this may be made."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(place)], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("no file system can be mounted here")
    yield place
    subprocess.run(["umount", str(place)], check=True)
