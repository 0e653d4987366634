"""Gives rows the state that a step says, where they are still as the step left them.

What differs is either a later step's, which has to be taken back first (`Blocked`), or the machine's: a photo that is
looked at anew, a file that went. The machine's stays, and the rest comes back. A row that would point at one that
is gone has become of what the schema says of such rows: it points at nothing, or is not there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection, UniqueConstraint
from sqlalchemy.exc import IntegrityError

from app import journal_rows, schema
from app.journal_rows import RECORDED, Key, Recording, Row, RowChange
from core.service import FaceCore

Touched = tuple[str, Key, frozenset[str] | None]
"""A row, and the columns of it that matter; None: all."""


class Blocked(Exception):
    """Later steps have to be taken back first: their ids."""

    def __init__(self, steps: frozenset[int]) -> None:
        self.steps = steps
        super().__init__(steps)


@dataclass(frozen=True, slots=True)
class Replayed:
    """What became of it: the rows that changed, and how many were left as they are."""

    rows: tuple[RowChange, ...]
    left_out: int


class Replay:
    """One replay, in the caller's transaction, which is to be taken back when it is `Blocked`."""

    def __init__(self, db: Connection, core: FaceCore, later: Callable[[Collection[Touched]], frozenset[int]]) -> None:
        """Composes it.

        Args:
            later: of rows: the later steps that are about them.
        """
        self._db = db
        self._core = core
        self._later = later
        self._left_out = 0

    def run(self, changes: Sequence[RowChange]) -> Replayed:
        """Takes every row from `before` to `after`.

        Raises:
            Blocked: by later steps.
        """
        wanted = self._with_parents(self._still_so(changes))
        self._db.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        recording = Recording(self._db)
        self._write([each for each in wanted if each.table != "aside"])
        self._set_aside([each for each in wanted if each.table == "aside"])
        done = recording.end()
        planned = {each.row for each in changes}
        self._ask((*each.row, None) for each in done if each.row not in planned)
        return Replayed(done, self._left_out)

    def _ask(self, touched: Iterable[Touched]) -> int:
        """Stops where later steps are about these rows; how many they are."""
        rows = list(touched)
        steps = self._later(rows) if rows else frozenset[int]()
        if steps:
            raise Blocked(steps)
        return len(rows)

    def _still_so(self, changes: Sequence[RowChange]) -> list[RowChange]:
        """The changes that can be made, without what is not as it was any more."""
        kept: list[RowChange] = []
        differing: list[Touched] = []
        gone = 0
        for table, some in _by_table(changes):
            found = journal_rows.present(self._db, table, [each.key for each in some])
            for each in some:
                change, touched, lost = _compared(each, found.get(each.key))
                kept += [change] if change else []
                differing += [touched] if touched else []
                gone += lost
        self._ask(differing)
        self._left_out += gone
        return kept

    def _with_parents(self, changes: Sequence[RowChange]) -> list[RowChange]:
        """The changes with what they point at; what is gone for good is left out, in its children, too."""
        while True:
            missing = self._missing(changes)
            if not missing:
                return list(changes)
            self._ask((table, key, None) for table, key in missing)
            kept = []
            for each in changes:
                orphan = _without_parents(each, missing)
                self._left_out += orphan != each
                kept += [orphan] if orphan else []
            changes = kept

    def _missing(self, changes: Sequence[RowChange]) -> set[tuple[str, Key]]:
        """The rows that changes would point at, and that are not there."""
        made = {each.row for each in changes if each.before is None}
        needed: defaultdict[str, set[Key]] = defaultdict(set)
        for each in changes:
            for _, parent in _parents(each):
                if parent not in made:
                    needed[parent[0]].add(parent[1])
        return {
            (table, key)
            for table, wanted in needed.items()
            for key in wanted - journal_rows.present(self._db, table, wanted).keys()
        }

    def _write(self, changes: Sequence[RowChange]) -> None:
        """New rows first and removed ones last, so that no row goes with one that it points at no more.

        What collides with a row that is to change is tried again after it.
        """
        written = [each for each in _ordered(changes) if each.after is not None]
        waiting = self._try(written)
        for _, removed in _by_table([each for each in reversed(_ordered(changes)) if each.after is None]):
            self._try(removed)
            waiting = self._try(waiting)
        while waiting:
            left = self._try(waiting)
            if len(left) == len(waiting):
                self._ask((*each, None) for change in left for each in self._colliding(change))
                self._left_out += len(left)
                return
            waiting = left

    def _try(self, changes: Sequence[RowChange]) -> list[RowChange]:
        """Those that collide with another row."""
        collided = []
        for each in changes:
            try:
                self._db.exec_driver_sql(*_statement(each))
            except IntegrityError:
                collided.append(each)
        return collided

    def _colliding(self, change: RowChange) -> set[tuple[str, Key]]:
        """The rows that have what a row is to have alone."""
        row = (journal_rows.present(self._db, change.table, [change.key]).get(change.key) or {}) | (change.after or {})
        names = ", ".join(journal_rows.keys(change.table))
        found = set[tuple[str, Key]]()
        for unique, where in _uniques(change.table):
            same = " AND ".join(f"{name} = :{name}" for name in unique)
            query = f"SELECT {names} FROM {change.table} WHERE {same} AND ({where})"
            rows = self._db.exec_driver_sql(query, {name: row[name] for name in unique}).all()
            found |= {(change.table, tuple(each)) for each in rows if tuple(each) != change.key}
        return found

    def _set_aside(self, changes: Sequence[RowChange]) -> None:
        """Pictures go out of sight and come back by Core's own hand, with their vectors."""
        for after, move in ((True, self._core.set_aside), (False, self._core.bring_back)):
            images = [int(str(each.key[0])) for each in changes if (each.after is not None) is after]
            if images:
                move(images, self._db)


def _compared(change: RowChange, now: Row | None) -> tuple[RowChange | None, Touched | None, int]:
    """What can be made of a change, about which row later steps are to be asked, and whether something is left out."""
    whole = (*change.row, None)
    if change.before is None:
        return (change, None, 0) if now is None else (None, whole, int(now != change.after))
    if now is None:
        return None, whole, int(change.after is not None)
    differing = frozenset(name for name, value in change.before.items() if name in now and now[name] != value)
    if not differing:
        return change, None, 0
    if change.after is None:
        # It is there by this step alone: it goes, whatever the machine noted in it since.
        return change, whole, 0
    same = {name: value for name, value in change.after.items() if name not in differing}
    kept = replace(change, before={name: change.before[name] for name in same}, after=same) if same else None
    return kept, (*change.row, differing), 1


def _by_table(changes: Iterable[RowChange]) -> Iterator[tuple[str, list[RowChange]]]:
    found: dict[str, list[RowChange]] = {}
    for each in changes:
        found.setdefault(each.table, []).append(each)
    yield from found.items()


def _ordered(changes: Iterable[RowChange]) -> list[RowChange]:
    """Rows before those that point at them."""
    return sorted(changes, key=lambda each: RECORDED.index(each.table))


def _parents(change: RowChange) -> Iterator[tuple[str, tuple[str, Key]]]:
    """The columns of a row that is to be written which point at another row, and at which one."""
    for name, value in (change.after or {}).items():
        for foreign in schema.metadata.tables[change.table].columns[name].foreign_keys:
            if value is not None:
                yield name, (foreign.column.table.name, (value,))


def _without_parents(change: RowChange, missing: Collection[tuple[str, Key]]) -> RowChange | None:
    """What the schema makes of a row whose parents went."""
    row = dict(change.after or {})
    for name, parent in _parents(change):
        if parent not in missing:
            continue
        (foreign,) = schema.metadata.tables[change.table].columns[name].foreign_keys
        if foreign.ondelete != "SET NULL":
            return None
        row[name] = None
    return replace(change, after=row) if change.after is not None else change


def _statement(change: RowChange) -> tuple[str, dict[str, object]]:
    names = journal_rows.keys(change.table)
    key = {f"key_{number}": value for number, value in enumerate(change.key)}
    where = " AND ".join(f"{name} = :key_{number}" for number, name in enumerate(names))
    if change.after is None:
        return f"DELETE FROM {change.table} WHERE {where}", {**key}
    if change.before is None:
        values = ", ".join(f":{name}" for name in change.after)
        into = ", ".join(f'"{name}"' for name in change.after)
        return f"INSERT INTO {change.table} ({into}) VALUES ({values})", {**change.after}
    values = ", ".join(f'"{name}" = :{name}' for name in change.after)
    return f"UPDATE {change.table} SET {values} WHERE {where}", {**change.after, **key}


def _uniques(table: str) -> list[tuple[list[str], str]]:
    """What rows of a table have alone: columns, and among which rows."""
    found = schema.metadata.tables[table]
    rules = [each.columns for each in found.constraints if isinstance(each, UniqueConstraint)]
    indexes = [each for each in found.indexes if each.unique]
    return [([column.name for column in columns], "1") for columns in rules] + [
        ([column.name for column in each.columns], str(each.dialect_options["sqlite"]["where"])) for each in indexes
    ]
