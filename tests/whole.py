"""Everything that a database holds, to be compared with what it held before."""

from __future__ import annotations

from sqlalchemy import text

from core.database import Database

Contents = dict[str, list[tuple[object, ...]]]


def contents(database: Database) -> Contents:
    """The rows of every table, sqlite-vec's vectors among them, but not the counters of SQLite's own, nor the journal.

    The tables in which sqlite-vec keeps its vectors are left out: where in them a vector lies means nothing.
    """
    tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
    with database.read() as db:
        names = [name for name in db.execute(text(tables)).scalars() if name != "journal_step" and not _is_inside(name)]
        return {
            name: sorted((tuple(row) for row in db.execute(text(f"SELECT * FROM {name}"))), key=repr) for name in names
        }


def _is_inside(name: str) -> bool:
    """Whether it is one of the tables that make a virtual one."""
    return name.startswith("vector_") and not name.removeprefix("vector_").isdecimal()
