"""Everything that a database holds, to be compared with what it held before."""

from __future__ import annotations

from sqlalchemy import Connection, text

from core.database import Database

Contents = dict[str, list[tuple[object, ...]]]


def contents(database: Database) -> Contents:
    """The rows of every table, sqlite-vec's vectors among them, but not the counters of SQLite's own, nor the journal.

    The tables in which sqlite-vec keeps its vectors, and SQLite its words, are left out: where in them something lies
    means nothing. Which words are where does.
    """
    tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
    with database.read() as db:
        names = [name for name in db.execute(text(tables)).scalars() if name != "journal_step" and not _is_inside(name)]
        return {name: sorted((tuple(row) for row in db.execute(text(_asked(db, name)))), key=repr) for name in names}


def _is_inside(name: str) -> bool:
    """Whether it is one of the tables that make a virtual one."""
    if "_words_" in name:
        return True
    return name.startswith("vector_") and not name.removeprefix("vector_").isdecimal()


def _asked(db: Connection, name: str) -> str:
    """The query for what a table holds; of one of words, which word is where."""
    if not name.endswith("_words"):
        return f"SELECT * FROM {name}"
    db.execute(text(f"CREATE VIRTUAL TABLE IF NOT EXISTS temp.{name}_said USING fts5vocab(main, {name}, instance)"))
    return f"SELECT * FROM temp.{name}_said"
