"""Tables made by hand, for revisions: SQLite can add a column to a table, but not change one.

What is made anew keeps its rows, its ids and the highest id that it ever gave.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from sqlalchemy import Connection, text

_TABLE = re.compile(r"CREATE TABLE (\w+) \(")

Values = Mapping[str, Mapping[str, object]]
"""By table and column: what a row gets in a column that its table did not have."""


def make(connection: Connection, statements: str, values: Values | None = None) -> None:
    """Makes tables and indexes; a table that has other columns is made anew, and keeps what it has in those it shares.

    Foreign keys have to be switched off, as they are in a migration: a table that is dropped would take others along.

    Args:
        connection: in a transaction.
        statements: `CREATE TABLE` and `CREATE INDEX`, each ended by a semicolon; the indexes of a table follow it.
        values: for columns that are new, may not be empty and have no default.
    """
    fresh = True
    for statement in filter(None, map(str.strip, statements.split(";"))):
        table = _TABLE.match(statement)
        if table is None:
            if not fresh:
                name = statement.split()[2]
                connection.execute(text(f"DROP INDEX IF EXISTS {name}"))
            connection.execute(text(statement))
            continue
        fresh = _make_table(connection, table[1], statement, (values or {}).get(table[1], {}))


def _make_table(connection: Connection, name: str, statement: str, values: Mapping[str, object]) -> bool:
    """Makes one table; whether its indexes are gone, or never were."""
    before = _columns(connection, name)
    if not before:
        connection.execute(text(statement))
        return True
    connection.execute(text(statement.replace(f"CREATE TABLE {name} (", f"CREATE TABLE new_{name} (", 1)))
    after = _columns(connection, f"new_{name}")
    if after == before:
        connection.execute(text(f"DROP TABLE new_{name}"))
        return False
    kept = [f'"{column}"' for column in after if column in before]
    new = {column: value for column, value in values.items() if column not in before}
    into, of = ", ".join([*kept, *new]), ", ".join([*kept, *(f":{column}" for column in new)])
    connection.execute(text(f"INSERT INTO new_{name} ({into}) SELECT {of} FROM {name}"), new)
    highest = {each: id_ for each, id_ in highest_ids(connection).items() if each == name}
    connection.execute(text(f"DROP TABLE {name}"))
    connection.execute(text(f"ALTER TABLE new_{name} RENAME TO {name}"))
    keep_highest_ids(connection, highest)
    return True


def highest_ids(connection: Connection) -> dict[str, int]:
    """The highest id that each table ever gave, where a table remembers that."""
    if not _columns(connection, "sqlite_sequence"):
        return {}
    return {
        str(name): int(highest) for name, highest in connection.execute(text("SELECT name, seq FROM sqlite_sequence"))
    }


def keep_highest_ids(connection: Connection, before: Mapping[str, int]) -> None:
    """No table gives an id again that it gave before it was made anew."""
    now = highest_ids(connection)
    for name, highest in before.items():
        if now.get(name, -1) >= highest or not _remembers(connection, name):
            continue
        statement = "UPDATE sqlite_sequence SET seq = :seq WHERE name = :name"
        if name not in now:
            statement = "INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :seq)"
        connection.execute(text(statement), {"name": name, "seq": highest})


def _remembers(connection: Connection, name: str) -> bool:
    query = text("SELECT sql LIKE '%AUTOINCREMENT%' FROM sqlite_master WHERE type = 'table' AND name = :name")
    return bool(connection.execute(query, {"name": name}).scalar())


def _columns(connection: Connection, table: str) -> dict[str, tuple[object, ...]]:
    """By name: type, whether it may not be empty, default, place in the primary key, and what it points at.

    Empty if there is no table.
    """
    query = f"""
        SELECT name, type, "notnull", dflt_value, pk, (
            SELECT group_concat(other."table" || other."to" || on_delete)
            FROM pragma_foreign_key_list('{table}') AS other WHERE other."from" = name
        ) FROM pragma_table_xinfo('{table}')
    """
    return {str(row[0]): tuple(row[1:]) for row in connection.execute(text(query))}
