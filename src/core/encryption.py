"""The encryption of a database file by sqlcipher: AES-256 and a checksum for each page, with a key of random bytes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

KEY_BYTES = 32

_PLAIN = b"SQLite format 3\0"
"""How every database begins that is not encrypted; an encrypted one begins with random bytes."""


def is_encrypted(path: Path) -> bool:
    """Whether a file is not readable as it is; an empty one, or none, is.

    A damaged file whose first bytes are lost looks the same.
    """
    try:
        with path.open("rb") as file:
            begin = file.read(len(_PLAIN))
    except FileNotFoundError:
        return False
    return bool(begin) and begin != _PLAIN


def unlock(connection: Any, key: bytes | None) -> None:
    """Gives a new connection of the driver its key, before anything else is done with it."""
    if key is None:
        return
    # It would print what it thinks of a damaged file or a wrong key; the error that follows says as much.
    connection.execute("PRAGMA cipher_log_level = NONE")
    connection.execute(f'PRAGMA key = "{as_sql(key)}"')


def as_sql(key: bytes) -> str:
    """How sqlcipher wants a key that is one already, and no passphrase to make one of."""
    if len(key) != KEY_BYTES:
        raise ValueError(f"A key has {KEY_BYTES} bytes.")
    return f"x'{key.hex()}'"
