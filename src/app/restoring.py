"""A backup becomes the library again. What was there before is kept, so that this can be taken back as well."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app import unlocking
from app.backups import Backup, Backups, Kind, check
from app.errors import BackupLocked, LibraryError, LibraryInUse
from app.keys import LibraryKey, raw
from app.locking import LibraryLock
from app.opening import RESTORED, database_path
from core import copying
from core.converting import convert
from core.database import explained
from core.encryption import is_encrypted
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


def restore(
    folder: Path,
    source: Path,
    key: LibraryKey | None = None,
    source_key: LibraryKey | None = None,
    passphrase: str | None = None,
) -> Restored:
    """Puts a backup in the place of the database of the library in a folder; nobody may have it open.

    At every moment there is either the old database or the new one. A library that is encrypted stays so, and one that
    is not becomes so by an encrypted backup.

    Args:
        key: of the library, if it was asked for.
        source_key: of the backup, if that is not the library's.
        passphrase: opens a library that becomes encrypted by this; without one the keyring has to.

    Raises:
        LibraryLocked: the library's key has to be asked for.
        BackupLocked: the backup's has to, or is another one.
        PassphraseNeeded: the library becomes encrypted, and there is no keyring.
        LibraryInUse: another process has the library open.
        NoLibrary, DatabaseNewer, DatabaseDamaged: the file cannot be the library; nothing was changed.
        CoreError: the state before cannot be saved, or the backup not be copied; nothing was changed.
    """
    key = key or unlocking.find(folder)
    used = (source_key or key) if is_encrypted(source) else None
    _checked(source, used)
    lock, path, fresh = LibraryLock(folder), database_path(folder), folder / RESTORED
    with _made(folder):
        lock.acquire(alone=True)
    try:
        saved = Backups(folder, key=key).save(Kind.RESTORE) if path.is_file() else None
        target = key or used
        if used == target:
            copying.copy(source, fresh, key=raw(used))
        else:
            convert(source, fresh, raw(used), raw(target))
        if target and not key:
            unlocking.keep(folder, target, passphrase)
            # The backups and small pictures of the library that was here are readable.
            unlocking.mark(folder, unfinished=True)
        replace(fresh, path, key)
    finally:
        with contextlib.suppress(OSError):
            # It is there still if that failed, and may be as large as the disk has room.
            fresh.unlink(missing_ok=True)
        lock.release()
    return Restored(source, saved)


def replace(fresh: Path, path: Path, key: LibraryKey | None) -> None:
    """Puts a database that is whole in the place of another one, whose key is given; nobody may have it open.

    Raises:
        LibraryError, DatabaseError: the disk does not let it; the old one is there.
    """
    _emptied_journal(path, key)
    with _made(path.parent):
        for end in ("-wal", "-shm"):
            path.with_name(path.name + end).unlink(missing_ok=True)
        os.replace(fresh, path)
    copying.sync_folder(path.parent)


def _checked(source: Path, key: LibraryKey | None) -> None:
    if not is_encrypted(source):
        check(source)
        return
    try:
        if key is None:
            raise BackupLocked(source)
        check(source, key)
    except DatabaseDamaged as error:
        raise BackupLocked(source) from error


def _emptied_journal(path: Path, key: LibraryKey | None) -> None:
    """Writes the journal of a sound database into it: without one it is whole, should the next step not come."""
    with contextlib.suppress(DatabaseDamaged):
        if path.is_file():
            with explained(path), copying.opened(path, writing=True, key=raw(key)) as db:
                busy = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
                if busy:
                    # Somebody has been reading for as long as a statement waits; what they see is in the journal.
                    raise LibraryInUse(path.parent)


@contextlib.contextmanager
def _made(folder: Path) -> Iterator[None]:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        yield
    except OSError as error:
        raise LibraryError(f"The library {folder} cannot be restored: {error.strerror or error}.") from error
