"""From a readable database to an encrypted one and back: a new file, compared row by row with the old one."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any

from core import copying
from core.database import explained
from core.encryption import as_sql
from core.errors import DatabaseDamaged, DatabaseError


def convert(source: Path, target: Path, key: bytes | None, new_key: bytes | None) -> None:
    """Writes what is in a database into a new file under another key; None is for a readable file.

    The file gets its name when it is whole, verified, compared with its source and on the disk. What was in `target` is
    replaced.

    Raises:
        DatabaseDamaged: the source is no database under that key, or the copy is not sound.
        DatabaseError: the source cannot be read, or the copy not written.
    """
    part = target.with_name(f".{target.name}{copying.PART}")
    try:
        copying.remove(part)
        with explained(source):
            _exported(source, part, key, new_key)
        found = copying.problems(part, new_key) or differences(source, part, key, new_key)
        if found:
            raise DatabaseDamaged(f"{source} cannot be copied as it is: {found[0]}.")
        copying.settle(part, target)
    except OSError as error:
        raise DatabaseError(f"{target} cannot be written: {error.strerror or error}.") from error
    finally:
        with contextlib.suppress(OSError):
            copying.remove(part)


def differences(one: Path, other: Path, key: bytes | None, other_key: bytes | None) -> list[str]:
    """What is not the same in two databases, whatever their keys; the first difference of each table.

    Raises:
        DatabaseError: one of them cannot be read.
    """
    with (
        explained(one),
        copying.opened(one, key=key) as first,
        copying.opened(other, key=other_key) as second,
    ):
        tables = _tables(first)
        if tables != _tables(second) or _version(first) != _version(second):
            return ["the tables are not the same"]
        return [f"a row of {name} is not the same" for name, sql in tables if not _equal(first, second, name, sql)]


def _exported(source: Path, part: Path, key: bytes | None, new_key: bytes | None) -> None:
    part.touch(mode=0o600)
    with copying.opened(source, key=key) as db:
        # Bound, not written into the statement: no trace or message of the driver holds it.
        db.execute("ATTACH DATABASE ? AS fresh KEY ?", (str(part), as_sql(new_key) if new_key else ""))
        db.execute("SELECT sqlcipher_export('fresh')")
        db.execute(f"PRAGMA fresh.user_version = {_version(db):d}")
        db.execute("DETACH DATABASE fresh")


def _tables(db: Any) -> list[tuple[str, str]]:
    # Those of the vectors show what others hold; what holds it is compared.
    query = "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND rootpage > 0 ORDER BY name"
    return [(str(name), str(sql)) for name, sql in db.execute(query)]


def _version(db: Any) -> int:
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def _equal(first: Any, second: Any, name: str, sql: str) -> bool:
    both = zip_longest(_rows(first, name, sql), _rows(second, name, sql))
    return all(one == other for one, other in both)


def _rows(db: Any, name: str, sql: str) -> Iterator[tuple[Any, ...]]:
    if "WITHOUT ROWID" in sql.upper():
        query = f'SELECT * FROM "{name}"'
    else:
        # The vectors are found by numbers of rows that no column shows. Those of a table without any index are not
        # kept, and nothing can be found by them.
        number = "_rowid_, " if db.execute(_INDEX, (name,)).fetchone() else ""
        query = f'SELECT {number}* FROM "{name}" ORDER BY _rowid_'
    yield from db.execute(query)


_INDEX = "SELECT 1 FROM sqlite_master WHERE type = 'index' AND tbl_name = ?"
