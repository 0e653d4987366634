"""The shape of a database, so that two can be compared; and databases as earlier versions of the program made them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, MetaData, create_engine, text
from sqlcipher3 import dbapi2

from core.database import load_vectors

SPECIAL = ("vector_", "photo_words", "person_words")
"""How the names of virtual tables begin, and of what SQLite keeps them in."""

Shape = dict[str, dict[str, object]]


def shape(connection: Connection) -> Shape:
    """Of every table but Alembic's and the special ones: columns, keys, indexes, checks, and how it gives ids."""
    query = "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    tables = connection.execute(text(query)).all()
    return {
        name: _table(connection, name, sql)
        for name, sql in tables
        if name != "alembic_version" and not name.startswith(SPECIAL)
    }


def differences(one: Shape, other: Shape) -> list[str]:
    """What is not the same, in words."""
    found = [f"only one has the table {name}" for name in one.keys() ^ other.keys()]
    for name in one.keys() & other.keys():
        found += [
            f"{name}: {one[name][key]} or {other[name][key]}" for key in one[name] if one[name][key] != other[name][key]
        ]
    return found


def triggers(connection: Connection) -> dict[str, str]:
    """Every trigger by its name, and every virtual table for words."""
    query = (
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' OR name LIKE '%!_words' ESCAPE '!' ORDER BY name"
    )
    return {row.name: row.sql for row in connection.execute(text(query))}


def declared(metadata: MetaData) -> Shape:
    """The shape that a schema in Python declares."""
    engine = create_engine("sqlite://", module=dbapi2)
    with engine.begin() as connection:
        metadata.create_all(connection)
        found = shape(connection)
    engine.dispose()
    return found


def make_old(path: Path, script: Path) -> None:
    """Makes a database by the SQL that an earlier version left of one."""
    connection = dbapi2.connect(str(path))
    load_vectors(connection)
    connection.executescript(script.read_text(encoding="utf-8"))
    connection.execute("PRAGMA journal_mode = WAL")
    connection.close()


@contextmanager
def raw(path: Path) -> Iterator[Any]:
    """The driver's own connection, in one transaction."""
    connection = dbapi2.connect(str(path))
    try:
        with connection:
            yield connection
    finally:
        connection.close()


def _table(connection: Connection, name: str, sql: str) -> dict[str, object]:
    def rows(pragma: str, of: str = name) -> list[tuple[object, ...]]:
        return [tuple(row) for row in connection.execute(text(f"SELECT * FROM pragma_{pragma}('{of}')"))]

    indexes = rows("index_list")
    return {
        "columns": sorted(row[1:6] for row in rows("table_xinfo")),
        "keys": sorted(row[2:8] for row in rows("foreign_key_list")),
        "indexes": sorted(
            (_name(row[1]), row[2], tuple(x[2] for x in rows("index_info", str(row[1])))) for row in indexes
        ),
        "checks": sorted(re.findall(r"CHECK \((.*)\)", sql)),
        "autoincrement": "AUTOINCREMENT" in sql,
        "without rowid": "WITHOUT ROWID" in sql,
    }


def _name(index: object) -> str:
    # SQLite numbers those that it makes for UNIQUE in the order in which they stand.
    return re.sub(r"_\d+$", "", str(index)) if str(index).startswith("sqlite_autoindex") else str(index)
