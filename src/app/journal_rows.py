"""What a transaction changes, row by row: temporary triggers note every row before and after, also in cascades.

Several changes of one row become one, and a row that is as it was in the end is none. Of an updated row only the
columns that changed are kept. Values are kept as SQLite has them, so that a row comes back to the last digit.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from app import schema

RECORDED = (
    "person",
    "face",
    "aside",
    "decision",
    "not_same",
    "photo",
    "keyword",
    "region",
    "trash",
    "not_duplicate",
    "folder",
    "photo_share",
    "favourite",
    "tag",
    "naming",
    "claim",
    "album",
    "album_photo",
    "album_left_out",
    "album_member",
)
"""Tables of what users say and arrange, those that others point at first."""

LEFT_ALONE = frozenset(
    {
        # Made of photos by the machine, or of other rows; vectors follow `aside`.
        *("image", "vector", "aside_vector", "look", "fingerprint", "video", "moment", "companion", "motion"),
        # Who is not to be recognised, which nothing takes back.
        *("exclusion", "excluded", "guard"),
        # Where files are, and what is known of them.
        *("volume", "place", "passed", "skipped", "sidecar", "import_request"),
        # Of profiles and the program, for which there is no way back.
        *("profile", "sign_in", "setting", "notification", "journal_step"),
    }
)
"""The other tables. A test holds that no table is in neither."""

Value = int | float | str | bytes | None
Key = tuple[Value, ...]
Row = dict[str, Value]


@dataclass(frozen=True, slots=True)
class RowChange:
    """One row before and after; None where there is none. Of an updated row: the columns that changed."""

    table: str
    key: Key
    before: Row | None
    after: Row | None

    @property
    def row(self) -> tuple[str, Key]:
        """Which row it is."""
        return self.table, self.key

    @property
    def inverse(self) -> RowChange:
        """What takes it back."""
        return RowChange(self.table, self.key, self.after, self.before)


@dataclass(frozen=True, slots=True)
class Changes:
    """What a step changed, and which rights were asked for: method of `View` -> ids."""

    rows: tuple[RowChange, ...] = ()
    rights: dict[str, list[int]] = field(default_factory=dict)


def columns(table: str) -> list[str]:
    """The columns of a table."""
    return [column.name for column in schema.metadata.tables[table].columns]


def keys(table: str) -> list[str]:
    """The columns of its primary key."""
    return [column.name for column in schema.metadata.tables[table].primary_key.columns]


_WIDTH = max(len(columns(table)) for table in RECORDED)

_LOG = (
    f"CREATE TEMP TABLE journal_log (number INTEGER PRIMARY KEY, of_table, had, has, "
    f"{', '.join(f'b{number}' for number in range(_WIDTH))}, {', '.join(f'a{number}' for number in range(_WIDTH))})"
)
"""Columns without a type, which keep values as they are."""


def _trigger(table: str, event: str) -> str:
    had, has = int(event != "INSERT"), int(event != "DELETE")
    names = columns(table)
    into = ["of_table", "had", "has"]
    values = [f"'{table}'", str(had), str(has)]
    for letter, row, there in (("b", "OLD", had), ("a", "NEW", has)):
        if there:
            into += [f"{letter}{number}" for number in range(len(names))]
            values += [f'{row}."{name}"' for name in names]
    return (
        f"CREATE TEMP TRIGGER {_name(table, event)} AFTER {event} ON main.{table} BEGIN "
        f"INSERT INTO journal_log ({', '.join(into)}) VALUES ({', '.join(values)}); END"
    )


def _name(table: str, event: str) -> str:
    return f"journal_{table}_{event.lower()}"


_EVENTS = ("INSERT", "UPDATE", "DELETE")

_START = (_LOG, *(_trigger(table, event) for table in RECORDED for event in _EVENTS))

_END = (
    *(f"DROP TRIGGER temp.{_name(table, event)}" for table in RECORDED for event in _EVENTS),
    "DROP TABLE journal_log",
)


class Recording:
    """Records from when it is made until `end`; a transaction that is taken back takes it along."""

    def __init__(self, db: Connection) -> None:
        self._db = db
        for statement in _START:
            db.exec_driver_sql(statement)

    def end(self) -> tuple[RowChange, ...]:
        """What changed on the whole."""
        rows = self._db.exec_driver_sql("SELECT * FROM journal_log ORDER BY number").all()
        for statement in _END:
            self._db.exec_driver_sql(statement)
        return _net(rows)


def _net(rows: Iterable[Sequence[Any]]) -> tuple[RowChange, ...]:
    ends: dict[str, dict[Key, list[Row | None]]] = {}
    for _, table, had, has, *values in rows:
        names = columns(table)
        before = dict(zip(names, values, strict=False)) if had else None
        after = dict(zip(names, values[_WIDTH:], strict=False)) if has else None
        found = ends.setdefault(table, {})
        if before is not None:
            found.setdefault(_key(table, before), [before, None])[1] = None
        if after is not None:
            found.setdefault(_key(table, after), [None, None])[1] = after
    changes = (
        _change(table, key, before, after)
        for table in RECORDED
        for key, (before, after) in ends.get(table, {}).items()
        if before != after
    )
    return tuple(changes)


def _key(table: str, row: Row) -> Key:
    return tuple(row[name] for name in keys(table))


def _change(table: str, key: Key, before: Row | None, after: Row | None) -> RowChange:
    if before is not None and after is not None:
        changed = [name for name in before if before[name] != after[name]]
        before, after = ({name: row[name] for name in changed} for row in (before, after))
    return RowChange(table, key, before, after)


def packed(changes: Changes) -> bytes:
    """As `journal_step.changes` holds them."""
    tables: dict[str, list[Any]] = {}
    for each in changes.rows:
        tables.setdefault(each.table, []).append([each.key, each.before, each.after])
    return zlib.compress(json.dumps({"rights": changes.rights, "rows": tables}, default=_hexadecimal).encode())


def unpacked(stored: bytes) -> Changes:
    """The same, read."""
    found = json.loads(zlib.decompress(stored), object_hook=_of_hexadecimal)
    rows = tuple(
        RowChange(table, tuple(key), before, after)
        for table, each in found["rows"].items()
        for key, before, after in each
    )
    return Changes(rows, found["rights"])


_BYTES = "\0bytes"
"""No column is called so."""


def _hexadecimal(value: bytes) -> dict[str, str]:
    return {_BYTES: value.hex()}


def _of_hexadecimal(found: dict[str, Any]) -> Any:
    return bytes.fromhex(found[_BYTES]) if _BYTES in found else found


def present(db: Connection, table: str, wanted: Collection[Key]) -> dict[Key, Row]:
    """Those of the rows that are there."""
    names = keys(table)
    same = " AND ".join(f"{name} = json_extract(wanted.value, '$[{number}]')" for number, name in enumerate(names))
    query = f"SELECT {table}.* FROM json_each(:keys) AS wanted CROSS JOIN {table} ON {same}"
    rows = db.exec_driver_sql(query, {"keys": json.dumps(list(wanted))}).mappings()
    return {_key(table, found): found for found in map(dict, rows)}
