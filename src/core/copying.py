"""A copy of a database while it is in use, by SQLite's online backup: whole and verified, or not there at all."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2

from core.database import BUSY_SECONDS, explained, load_vectors
from core.encryption import unlock
from core.errors import DatabaseDamaged, DatabaseError

PART = ".part"
"""How the name of a copy ends that is not whole yet."""

_PAGES = 2000
"""Copied between two looks at whether to go on."""


class Stopped(Exception):
    """The copy was given up, as its caller wished."""


def copy(source: Path, target: Path, stopped: Callable[[], bool] = lambda: False, *, key: bytes | None = None) -> None:
    """Copies one state of a database; whoever writes into it meanwhile need not wait.

    The copy is one file, without a journal beside it. It gets its name when it is whole, verified and on the disk.

    Args:
        source: the database.
        target: replaced, if it is there.
        stopped: asked now and then.
        key: of the source, if it is encrypted, and then of the copy as well.

    Raises:
        Stopped: as `stopped` wished.
        DatabaseDamaged: the source is no database, or the copy is not sound: what was in `target` is still there.
        DatabaseError: the source cannot be read, or the copy not written.
    """
    part = target.with_name(f".{target.name}{PART}")
    try:
        remove(part)
        with explained(source):
            _copied(source, part, stopped, key)
        found = problems(part, key)
        if found:
            raise DatabaseDamaged(f"{source} is damaged: {found[0]}.")
        settle(part, target)
    except OSError as error:
        raise DatabaseError(f"{target} cannot be written: {error.strerror or error}.") from error
    finally:
        with contextlib.suppress(OSError):
            remove(part)


def settle(part: Path, target: Path) -> None:
    """Gives a file that is written its name: after a power cut the old one is there, or the new one, whole."""
    with part.open("rb+") as file:
        os.fsync(file.fileno())
    os.replace(part, target)
    sync_folder(target.parent)


def sync_folder(folder: Path) -> None:
    """Writes the names in a folder to the disk, where the system knows how."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def problems(path: Path, key: bytes | None = None) -> list[str]:
    """What SQLite's own check finds in a database that nobody uses; empty when it is sound.

    Raises:
        DatabaseError: it cannot be read.
    """
    try:
        with explained(path), opened(path, key=key) as connection:
            rows = connection.execute("PRAGMA integrity_check").fetchall()
    except DatabaseDamaged as error:
        return [str(error)]
    return [str(row[0]) for row in rows if row[0] != "ok"]


@contextlib.contextmanager
def opened(path: Path, writing: bool = False, *, key: bytes | None = None) -> Iterator[Any]:
    """The driver's own connection to a database that is there, with vectors.

    Raises:
        dbapi2.Error: as the driver raises it; see `core.database.explained`.
    """
    uri = f"{path.absolute().as_uri()}?mode={'rw' if writing else 'ro'}"
    connection = dbapi2.connect(uri, uri=True, isolation_level=None, timeout=BUSY_SECONDS, check_same_thread=False)
    try:
        unlock(connection, key)
        load_vectors(connection)
        yield connection
    finally:
        connection.close()


def _copied(source: Path, part: Path, stopped: Callable[[], bool], key: bytes | None) -> None:
    def step(*_progress: int) -> None:
        if stopped():
            raise Stopped

    part.touch(mode=0o600)
    with opened(source, key=key) as of, opened(part, writing=True, key=key) as to:
        # One transaction around all steps: a step would begin anew with every change of another connection.
        of.execute("BEGIN")
        of.execute("SELECT 1 FROM sqlite_master").fetchone()
        of.backup(to, pages=_PAGES, progress=step, sleep=0)
        to.execute("PRAGMA journal_mode = DELETE")


def remove(part: Path) -> None:
    """Removes a copy that is not whole, with its journals."""
    for name in (part.name, f"{part.name}-journal", f"{part.name}-wal", f"{part.name}-shm"):
        part.with_name(name).unlink(missing_ok=True)
