"""A backup becomes the library again. What was there before is kept, so that this can be taken back as well."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app.backups import Backup, Backups, Kind, check
from app.errors import LibraryError
from app.locking import LibraryLock
from app.opening import database_path
from core import copying
from core.database import explained
from core.errors import DatabaseDamaged


@dataclass(frozen=True, slots=True)
class Restored:
    """What was done.

    Attributes:
        source: the file that is the library now.
        saved: the state before, as a backup; or the folder with its files, where they were damaged; None if there were
            none.
    """

    source: Path
    saved: Backup | Path | None


def restore(folder: Path, source: Path) -> Restored:
    """Puts a backup in the place of the database of the library in a folder; nobody may have it open.

    At every moment there is either the old database or the new one.

    Raises:
        LibraryInUse: another process has the library open.
        NoLibrary, DatabaseNewer, DatabaseDamaged: the file cannot be the library; nothing was changed.
        CoreError: the state before cannot be saved, or the backup not be copied; nothing was changed.
    """
    check(source)
    lock, path = LibraryLock(folder), database_path(folder)
    with _made(folder):
        lock.acquire(alone=True)
    try:
        saved = Backups(folder).save(Kind.RESTORE) if path.is_file() else None
        fresh = path.with_name("library.restored")
        copying.copy(source, fresh)
        _emptied_journal(path)
        with _made(folder):
            for end in ("-wal", "-shm"):
                path.with_name(path.name + end).unlink(missing_ok=True)
            os.replace(fresh, path)
        copying.sync_folder(folder)
    finally:
        lock.release()
    return Restored(source, saved)


def _emptied_journal(path: Path) -> None:
    """Writes the journal of a sound database into it: without one it is whole, should the next step not come."""
    with contextlib.suppress(DatabaseDamaged):
        if path.is_file():
            with explained(path), copying.opened(path, writing=True) as db:
                db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@contextlib.contextmanager
def _made(folder: Path) -> Iterator[None]:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        yield
    except OSError as error:
        raise LibraryError(f"The library {folder} cannot be restored: {error.strerror or error}.") from error
