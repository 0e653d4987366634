"""A library becomes encrypted, or readable again; killed at any moment it is the one or the other, and opens.

The database is written anew under the other key, compared with the old one and put in its place by a renaming. What
lies around it follows in an order that never leaves something encrypted beside a readable database, for which nobody
would keep the key: to encrypt, the database comes first, then backups and small pictures; to decrypt, it comes last.
What a kill left readable is remembered in the key file and encrypted at the next opening.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from app import key_files, keyrings, sealing, unlocking
from app.backups import Backups, Kind
from app.errors import LibraryError, NoLibrary
from app.keys import LibraryKey, raw
from app.locking import LibraryLock
from app.opening import CONVERTED, clear, database_path
from app.restoring import replace
from app.thumbnail_files import ThumbnailFiles
from core.converting import convert
from core.encryption import is_encrypted
from core.errors import CoreError

_log = logging.getLogger(__name__)

Told = Callable[[int, int], object]
"""How far it is: small pictures done, and of how many."""


@dataclass(frozen=True, slots=True)
class Converted:
    """What was done.

    Attributes:
        backups: that were converted.
        pictures: small pictures that were.
        left: files that could not be, because they are damaged: they are as they were.
    """

    backups: int
    pictures: int
    left: tuple[Path, ...]


def encrypt(
    folder: Path, key: LibraryKey, passphrase: str | None = None, told: Told = lambda _n, _m: None
) -> Converted:
    """Encrypts the library in a folder with everything that belongs to it, after a backup; nobody may have it open.

    Args:
        key: a new one, whose recovery code the user has kept.
        passphrase: opens the library from now on; without one the system's keyring has to.
        told: called now and then.

    Raises:
        NoLibrary: there is none.
        LibraryInUse: another process has it open.
        LibraryError: it is encrypted already.
        PassphraseNeeded, PassphraseTooShort: nothing was changed.
        CoreError: the backup cannot be made, or the database not be converted; nothing was changed.
    """
    lock, path = _alone(folder), database_path(folder)
    try:
        require_readable(folder)
        Backups(folder).make(Kind.ENCRYPTION)
        unlocking.keep(folder, key, passphrase)
        unlocking.mark(folder, unfinished=True)
        _put_in_place(path, None, key)
        return _finished(folder, key, told)
    except BaseException:
        if not is_encrypted(path):
            _forget(folder)
        raise
    finally:
        lock.release()


def decrypt(folder: Path, key: LibraryKey | None = None, told: Told = lambda _n, _m: None) -> Converted:
    """Makes the library in a folder readable again with everything that belongs to it; nobody may have it open.

    Args:
        key: the right one, if it was asked for.
        told: called now and then.

    Raises:
        NoLibrary, LibraryInUse: as `encrypt`.
        LibraryLocked: the key has to be asked for.
        LibraryError: it is not encrypted.
        CoreError: the backup cannot be made, or the database not be converted; it is encrypted still.
    """
    lock, path = _alone(folder), database_path(folder)
    try:
        require_encrypted(folder)
        key = key or unlocking.find(folder)
        if key is None:
            raise LibraryError("The file library.key is lost. The recovery code makes it anew: sietch unlock.")
        Backups(folder, key=key).make(Kind.ENCRYPTION)
        # Should it be killed, it is an encrypted library of which something is readable.
        unlocking.mark(folder, unfinished=True)
        converted, left = _backups(folder, key, None)
        pictures = _pictures(folder, key, None, told)
        _put_in_place(path, key, None)
        _forget(folder)
        return Converted(converted, pictures, tuple(left))
    finally:
        lock.release()


def require_readable(folder: Path) -> None:
    """Looks whether there is something to encrypt, before anybody is asked.

    Raises:
        NoLibrary, LibraryError: as `encrypt`.
    """
    _require(folder)
    if is_encrypted(database_path(folder)):
        raise LibraryError(f"The library {folder} is encrypted already.")


def require_encrypted(folder: Path) -> None:
    """Looks whether there is something to decrypt.

    Raises:
        NoLibrary, LibraryError: as `decrypt`.
    """
    _require(folder)
    if not is_encrypted(database_path(folder)):
        raise LibraryError(f"The library {folder} is not encrypted.")


def finish(folder: Path, key: LibraryKey | None) -> None:
    """Ends what a process that was killed began, as well as the disk lets it. The caller holds the lock.

    What is readable of an encrypted library is encrypted; what was prepared for one that is not is forgotten.
    """
    try:
        if not is_encrypted(database_path(folder)):
            if key is None and key_files.exists(folder):
                _forget(folder)
        elif key is not None and unlocking.is_unfinished(folder):
            _finished(folder, key, lambda _number, _of: None)
    except (CoreError, OSError) as error:
        # The library opens all the same, `verify` tells what is readable, and the next opening tries again.
        _log.warning("something of the encrypted library is still readable: %s", error)


def readable(folder: Path) -> list[Path]:
    """What of an encrypted library is readable and should not be: backups, files of a damaged database, pictures."""
    kept = [path for path in (folder / "backups").glob("**/*.sqlite*") if path.is_file() and not is_encrypted(path)]
    return kept + [path for path in ThumbnailFiles(folder / "cache").every() if not sealing.is_sealed(_begin(path))]


def _alone(folder: Path) -> LibraryLock:
    _require(folder)
    lock = LibraryLock(folder)
    lock.acquire(alone=True)
    return lock


def _require(folder: Path) -> None:
    path = database_path(folder)
    if not path.is_file() or path.stat().st_size == 0:
        raise NoLibrary(f"There is no library in {folder}.")


def _put_in_place(path: Path, key: LibraryKey | None, new_key: LibraryKey | None) -> None:
    fresh = path.with_name(CONVERTED)
    try:
        convert(path, fresh, raw(key), raw(new_key))
        replace(fresh, path, key)
    finally:
        fresh.unlink(missing_ok=True)


def _finished(folder: Path, key: LibraryKey, told: Told) -> Converted:
    converted, left = _backups(folder, None, key)
    pictures = _pictures(folder, None, key, told)
    Backups(folder).tidy()
    clear(folder)
    unlocking.mark(folder, unfinished=False)
    return Converted(converted, pictures, tuple(left))


def _backups(folder: Path, key: LibraryKey | None, new_key: LibraryKey | None) -> tuple[int, list[Path]]:
    """Converts the backups; how many, and the files that cannot be."""
    done, left = 0, [path for path in (folder / "backups").glob("*-damaged/*") if path.is_file()]
    for backup in Backups(folder).list():
        if is_encrypted(backup.path) != (key is not None):
            continue
        try:
            Backups(folder).rewrite(backup, key, new_key)
            done += 1
        except CoreError as error:
            _log.warning("the backup %s stays as it is: %s", backup.path, error)
            left.append(backup.path)
    return done, left


def _pictures(folder: Path, key: LibraryKey | None, new_key: LibraryKey | None, told: Told) -> int:
    """Converts the small pictures; those that cannot be read go, they are made again."""
    of, to = ThumbnailFiles(folder / "cache", key), ThumbnailFiles(folder / "cache", new_key)
    every, done = list(of.every()), 0
    for number, path in enumerate(every):
        told(number, len(every))
        done += _rewritten(path, of, to)
    told(len(every), len(every))
    return done


def _rewritten(path: Path, of: ThumbnailFiles, to: ThumbnailFiles) -> bool:
    """One picture; whether it had to be and could."""
    data = of.read(path) if path.suffix == ".jpg" else None
    try:
        if data is not None:
            to.keep(path, data)
            return True
        if to.read(path) is None:
            path.unlink(missing_ok=True)
    except OSError as error:
        _log.warning("the small picture %s is removed: %s", path, error)
        path.unlink(missing_ok=True)
    return False


def _forget(folder: Path) -> None:
    file = key_files.read(folder)
    key_files.remove(folder)
    if file is not None:
        keyrings.forget(file.library)


def _begin(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(16)
    except OSError:
        return b""
