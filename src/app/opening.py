"""The database of the library in a folder: where it is, and how it is opened."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from app import migrations, schema
from app.keys import LibraryKey, raw
from core.database import Database

CONVERTED, RESTORED = "library.converted", "library.restored"
"""Names of databases that are to take the place of the library's own when they are whole."""


def database_path(folder: Path) -> Path:
    """Where the database of a library is."""
    return folder / "library.sqlite"


def clear(folder: Path) -> None:
    """Removes databases that a process that was killed did not finish. The caller holds the lock."""
    for name in (CONVERTED, RESTORED):
        for leftover in (*folder.glob(f"{name}*"), *folder.glob(f".{name}*")):
            leftover.unlink(missing_ok=True)


def open_database(
    folder: Path,
    reading: bool = False,
    before: Callable[[], object] = lambda: None,
    key: LibraryKey | None = None,
) -> Database:
    """Opens the database, and makes it or brings it up to date where that is needed.

    Args:
        folder: of the library; it exists.
        reading: nothing is written, made or brought up to date.
        before: called before an older database is changed.
        key: of a library that is encrypted, see `app.unlocking`.

    Raises:
        DatabaseError: it cannot be used; also `DatabaseNewer` and `DatabaseDamaged`.
    """
    return Database(
        database_path(folder),
        schema.metadata,
        schema.VERSION,
        revisions=migrations.FOLDERS,
        before=before,
        reading=reading,
        key=raw(key),
    )
