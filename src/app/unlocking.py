"""From an encrypted library to its key: by the system's keyring, a passphrase, or the recovery code."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from pathlib import Path

from app import key_files, keyrings
from app.errors import LibraryLocked, PassphraseNeeded, WrongSecret
from app.key_files import KeyFile
from app.keys import LibraryKey
from app.opening import database_path
from app.wrapping import unwrap
from core import copying
from core.database import explained
from core.encryption import is_encrypted
from core.errors import DatabaseDamaged


def is_locked_up(folder: Path) -> bool:
    """Whether the library in a folder needs a key: it is encrypted, or was before its database was lost."""
    path = database_path(folder)
    gone = not path.is_file() or path.stat().st_size == 0
    return (gone or is_encrypted(path)) and key_files.read(folder) is not None


def find(folder: Path) -> LibraryKey | None:
    """The key of the library in a folder, without asking anybody; None if it needs none.

    Raises:
        LibraryLocked: somebody has to be asked.
    """
    file = key_files.read(folder) if is_locked_up(folder) else None
    if file is None:
        return None
    key = None if file.wrapped else keyrings.stored(file.library)
    if key is None or key.check != file.check:
        raise LibraryLocked(folder, has_passphrase=file.wrapped is not None)
    return key


def by_secret(folder: Path, secret: str) -> LibraryKey:
    """The key that a passphrase opens or a recovery code is; nothing is kept, and no try is one too many.

    Raises:
        WrongSecret: it is neither.
    """
    secret = secret.strip()
    key, file = LibraryKey.of_code(secret), key_files.read(folder)
    if file is None:
        if key is not None and _opens(folder, key):
            return key
        raise WrongSecret(has_passphrase=False)
    if key is not None and key.check == file.check:
        return key
    if file.wrapped is not None:
        key = unwrap(file.wrapped, secret, file.library)
        if key is not None and key.check == file.check:
            return key
    raise WrongSecret(has_passphrase=file.wrapped is not None)


def unlock(folder: Path, secret: str) -> LibraryKey:
    """As `by_secret`; the recovery code also gives the key back to the keyring, if that had it and can keep it.

    Raises:
        WrongSecret: as `by_secret`.
        LibraryError: the disk does not let the key file be written.
    """
    key = by_secret(folder, secret)
    if not by_passphrase(folder):
        with contextlib.suppress(PassphraseNeeded):
            keep(folder, key)
    return key


def keep(folder: Path, key: LibraryKey, passphrase: str | None = None) -> KeyFile:
    """From now on the library opens by the keyring, or by a passphrase; the key is the right one.

    Args:
        passphrase: None is for the keyring.

    Raises:
        PassphraseNeeded: there is no keyring that keeps the key. Nothing was changed.
        PassphraseTooShort: nothing was changed, either.
        LibraryError: the disk does not let it.
    """
    before = key_files.read(folder)
    file = KeyFile.new(key, passphrase, before.library if before else None)
    if passphrase is None and not keyrings.store(file.library, key):
        raise PassphraseNeeded
    file = replace(file, unfinished=before is not None and before.unfinished)
    key_files.write(folder, file)
    if passphrase is not None:
        keyrings.forget(file.library)
    return file


def mark(folder: Path, unfinished: bool) -> None:
    """Remembers whether something is still readable that is to be encrypted.

    Raises:
        LibraryError: the disk does not let it.
    """
    file = key_files.read(folder)
    if file is not None and file.unfinished != unfinished:
        key_files.write(folder, replace(file, unfinished=unfinished))


def is_unfinished(folder: Path) -> bool:
    """Whether something is."""
    file = key_files.read(folder)
    return file is not None and file.unfinished


def by_passphrase(folder: Path) -> bool:
    """Whether a passphrase opens the library; otherwise the keyring does."""
    file = key_files.read(folder)
    return file is not None and file.wrapped is not None


def _opens(folder: Path, key: LibraryKey) -> bool:
    path = database_path(folder)
    try:
        with explained(path), copying.opened(path, key=key.raw) as db:
            db.execute("SELECT 1 FROM sqlite_master").fetchone()
    except DatabaseDamaged:
        return False
    return True
