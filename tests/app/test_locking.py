"""One process writes into a library; others may look at it; nothing is left behind by one that was killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app import locking
from app.errors import LibraryError, LibraryInUse
from app.library import Library
from core.errors import DatabaseError
from tests import samples

_HOLDER = """
import sys
from pathlib import Path
from app.library import Library
with Library.open(Path(sys.argv[1]), resume=False) as library:
    print("open", flush=True)
    sys.stdin.read()
"""


@contextmanager
def held(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that has the library open."""
    command = [sys.executable, "-c", _HOLDER, str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stdin is not None
        assert process.stdout.readline() == "open\n"
        yield process
        if process.poll() is None:
            process.stdin.close()
            process.wait(30)


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locking, "_WAIT", 0.1)


def test_a_second_process_gets_a_clear_message(tmp_path: Path) -> None:
    with held(tmp_path):
        with pytest.raises(LibraryInUse, match="open in another Sietch"):
            Library.open(tmp_path)
        with pytest.raises(LibraryInUse):
            Library.open(tmp_path, resume=False)
    Library.open(tmp_path, resume=False).close()


def test_it_may_look_at_the_library_meanwhile(indexed: Library, album: Path) -> None:
    indexed.close()
    with held(indexed.folder), Library.open(indexed.folder, reading=True) as library:
        assert library.session.counts().photos == samples.ALBUM_PHOTOS
        assert len(library.session.people.list()) == samples.ALBUM_PEOPLE
        assert len(library.session.photos.all_faces()) == samples.ALBUM_FACES
        assert library.session.people.similar(album / "group.jpg", 3)
        with pytest.raises(DatabaseError, match="reading only"):
            library.session.people.rename(library.session.people.list()[0].person_id, "Ada")


def test_a_process_that_was_killed_leaves_no_lock(tmp_path: Path) -> None:
    with held(tmp_path) as process:
        os.kill(process.pid, signal.SIGKILL)
        process.wait(30)
        Library.open(tmp_path, resume=False).close()


def test_a_command_that_ends_in_a_moment_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locking, "_WAIT", 30.0)
    with held(tmp_path) as process:
        assert process.stdin is not None
        process.stdin.close()
        Library.open(tmp_path, resume=False).close()


def test_reading_makes_the_library_that_is_not_there(tmp_path: Path) -> None:
    with Library.open(tmp_path / "new", reading=True) as library:
        assert library.session.people.list() == []


def test_within_a_process_a_library_may_be_open_twice(tmp_path: Path) -> None:
    first = Library.open(tmp_path, resume=False)
    Library.open(tmp_path, resume=False).close()
    assert subprocess.run([sys.executable, "-c", _TRY, str(tmp_path)], check=False).returncode == 3
    first.close()
    first.close()
    assert subprocess.run([sys.executable, "-c", _TRY, str(tmp_path)], check=False).returncode == 0


_TRY = """
import sys
from pathlib import Path
from app import locking
from app.errors import LibraryInUse
from app.library import Library
locking._WAIT = 0.1
try:
    Library.open(Path(sys.argv[1]), resume=False).close()
except LibraryInUse:
    sys.exit(3)
"""


def test_a_lock_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "library.lock").mkdir()
    with pytest.raises(LibraryError, match="cannot be written to"):
        Library.open(tmp_path)
