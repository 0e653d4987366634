"""What has to be right before a library is open: nobody else writes, nothing is damaged, everything is of today."""

from __future__ import annotations

import contextlib
from pathlib import Path

from app import unlocking
from app.backups import Backup, Backups, Kind
from app.errors import LibraryDamaged, LibraryInUse
from app.keys import LibraryKey
from app.locking import LibraryLock
from app.opening import clear, database_path, open_database
from core.database import Database
from core.errors import DatabaseDamaged, DatabaseOutdated


def opened(
    folder: Path, lock: LibraryLock, reading: bool, key: LibraryKey | None = None
) -> tuple[Database, Backup | None]:
    """The database of a library, and the backup of before if it had to be brought up to date.

    Args:
        folder: it exists.
        lock: taken, unless the library is only read.
        reading: do without the lock, if the database is there and of today.
        key: of a library that is encrypted.

    Raises:
        LibraryInUse: another process holds the lock.
        LibraryDamaged: the database is damaged or gone.
        DatabaseError: it cannot be used.
    """
    try:
        if reading:
            try:
                return open_database(folder, reading=True, key=key), None
            except DatabaseOutdated:
                pass
        lock.acquire()
        try:
            return _opened_to_write(folder, key)
        except BaseException:
            lock.release()
            raise
    except DatabaseDamaged as error:
        if key is None and unlocking.is_locked_up(folder):
            # It was encrypted just now, between the question for its key and this.
            raise LibraryInUse(folder) from error
        raise damaged(folder, str(error), key) from error


def damaged(folder: Path, reason: str, key: LibraryKey | None = None) -> LibraryDamaged:
    """The error that tells what can be done about a damaged database."""
    backup = Backups(folder, key=key).newest_good()
    return LibraryDamaged(reason, backup.path, backup.made_at) if backup else LibraryDamaged(reason)


def _opened_to_write(folder: Path, key: LibraryKey | None) -> tuple[Database, Backup | None]:
    backups, path = Backups(folder, key=key), database_path(folder)
    # SQLite would make a new library of it, and nobody would learn that there was another.
    if (not path.exists() or path.stat().st_size == 0) and backups.list():
        raise DatabaseDamaged(f"The database {path} is gone or empty.")
    with contextlib.suppress(OSError):
        clear(folder)
    made: list[Backup] = []
    database = open_database(folder, before=lambda: made.append(backups.make(Kind.UPGRADE)), key=key)
    return database, made[-1] if made else None
