"""The file `library.key` of an encrypted library: which library it is, and its key under a passphrase, if there is one.

It holds no secret. A copy lies with the backups, so that they can be used when the folder around them is lost.
"""

from __future__ import annotations

import json
import os
import uuid
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from app.errors import LibraryError
from app.keys import LibraryKey
from app.wrapping import Wrapped, wrap
from core import copying

_NAME = "library.key"
_VERSION = 1
_BYTES = frozenset({"salt", "nonce", "sealed"})


@dataclass(frozen=True, slots=True)
class KeyFile:
    """What is known of an encrypted library without its key.

    Attributes:
        library: its id, under which the keyring keeps the key.
        check: tells the right key from a wrong one.
        wrapped: the key under a passphrase; None if the keyring keeps it.
        unfinished: something that the encryption replaces may still be readable.
    """

    library: str
    check: bytes
    wrapped: Wrapped | None = None
    unfinished: bool = False

    @classmethod
    def new(cls, key: LibraryKey, passphrase: str | None, library: str | None = None) -> KeyFile:
        """The file of a key that a passphrase opens, or the keyring keeps.

        Raises:
            PassphraseTooShort: as `wrap`.
        """
        library = library or str(uuid.uuid4())
        return cls(library, key.check, None if passphrase is None else wrap(key, passphrase, library))


def read(folder: Path) -> KeyFile | None:
    """The file of the library in a folder, or its copy; None where neither is there and whole."""
    return next((found for path in _paths(folder) if (found := _read(path))), None)


def write(folder: Path, file: KeyFile) -> None:
    """Writes the file and its copy, each whole or not at all.

    Raises:
        LibraryError: the disk does not let it.
    """
    text = json.dumps({"version": _VERSION, **_plain(asdict(file))}, indent=2)
    for path in reversed(_paths(folder)):
        try:
            path.parent.mkdir(mode=0o700, exist_ok=True)
            part = path.with_name(f".{path.name}{copying.PART}")
            part.write_text(text + "\n", encoding="utf-8")
            copying.settle(part, path)
        except OSError as error:
            raise LibraryError(f"{path} cannot be written: {error.strerror or error}.") from error


def remove(folder: Path) -> None:
    """Removes the file and its copy; nothing is encrypted any more.

    Raises:
        LibraryError: the disk does not let it.
    """
    for path in _paths(folder):
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise LibraryError(f"{path} cannot be removed: {error.strerror or error}.") from error


def _paths(folder: Path) -> tuple[Path, Path]:
    return folder / _NAME, folder / "backups" / _NAME


def _read(path: Path) -> KeyFile | None:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        if found["version"] != _VERSION:
            return None
        wrapped = found["wrapped"] and Wrapped(**_with_bytes(found["wrapped"]))
        file = KeyFile(str(found["library"]), bytes.fromhex(found["check"]), wrapped, bool(found["unfinished"]))
        return file if wrapped is None or wrapped.sound else None
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _with_bytes(found: dict[str, Any]) -> dict[str, Any]:
    return {name: bytes.fromhex(value) if name in _BYTES else int(value) for name, value in found.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    return value.hex() if isinstance(value, bytes) else value


def exists(folder: Path) -> bool:
    """Whether there is a file or a copy, whole or not."""
    return any(os.path.lexists(path) for path in _paths(folder))
