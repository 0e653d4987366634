"""Takes steps back, or does them again, in one transaction: first the later ones that build on them."""

from __future__ import annotations

import functools
import json
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, text

from app import journal_rows
from app.errors import NotFound
from app.journal_replay import Blocked, Replay, Touched
from app.journal_rows import Changes, Key, RowChange, packed, unpacked
from app.privacy import View, table_of
from core.service import FaceCore

NEXT_TURN = "(SELECT coalesce(max(turn), 0) + 1 FROM journal_step)"
"""The turn of what happens now, in SQL."""

_STEP = "SELECT * FROM journal_step WHERE step_id = :id AND profile_id = :me"

_LATER = "SELECT step_id, changes FROM journal_step WHERE turn > :turn AND (undone_at IS NULL OR :redo) ORDER BY turn"

_TAKE = f"UPDATE journal_step SET turn = {NEXT_TURN}, undone_at = :undone, changes = :changes WHERE step_id = :id"

_SHOWING = """
    SELECT photo_id FROM photo JOIN face USING (image_id) WHERE face_id IN (SELECT value FROM json_each(:faces))
    UNION SELECT photo_id FROM photo JOIN face USING (image_id) WHERE person_id IN (SELECT value FROM json_each(:named))
"""

_PHOTOS, _PERSONS = ("photo_id", "cover_id"), ("person_id",)
"""Columns that say which photos and persons a row is about."""


_SEEN_BY_FACES = frozenset({"require_persons", "require_say", "require_faces"})
"""Rights that a step may take away by itself: whose last face is taken away is out of sight. What makes photos and
albums seen is never a step's to give back: it has to be seen before."""


class Taking:
    """Steps that are taken back or done again in one transaction, those first that build on others."""

    def __init__(self, view: View, core: FaceCore, db: Connection) -> None:
        self._view = view
        self._core = core
        self._db = db
        self.taken: list[int] = []
        self.rows: list[RowChange] = []
        self.left_out = 0
        self.others = False

    def take(self, step_id: int) -> None:
        """One step, after the later ones that build on it; those of others are only noted."""
        while not self.others:
            self._db.exec_driver_sql("SAVEPOINT step")
            try:
                self._turn(step_id)
            except Blocked as blocked:
                self._db.exec_driver_sql("ROLLBACK TO step")
                self._first(blocked.steps)
            else:
                self.taken.append(step_id)
                return
            finally:
                self._db.exec_driver_sql("RELEASE step")

    def _first(self, step_ids: Collection[int]) -> None:
        """Takes what is in the way, the latest first."""
        own = [each for each in step_ids if step_row(self._db, each, self._view.viewer.profile_id)]
        self.others = self.others or len(own) < len(step_ids)
        for each in sorted(own, key=self._turn_of, reverse=True):
            if each not in self.taken:
                self.take(each)

    def _turn(self, step_id: int) -> None:
        row = step_row(self._db, step_id, self._view.viewer.profile_id)
        undo, changes = row.undone_at is None, unpacked(row.changes)
        missing = self._unmet(changes.rights)
        later = functools.partial(self._later, row.turn, not undo)
        # Also where a later one left the very value that this one had left: that value is the later one's.
        in_the_way = later([_touched(each) for each in changes.rows]) if undo else frozenset()
        if in_the_way:
            raise Blocked(in_the_way)
        wanted = [each.inverse if undo else each for each in changes.rows]
        done = Replay(self._db, self._core, later).run(wanted)
        for right, ids in missing.items():
            getattr(self._view, right)(self._db, self._there(right, ids))
        forwards = tuple(each.inverse if undo else each for each in done.rows)
        values = {
            "id": step_id,
            "undone": _now() if undo else None,
            "changes": packed(Changes(forwards, changes.rights)),
        }
        self._db.exec_driver_sql(_TAKE, values)
        self.rows += done.rows
        self.left_out += done.left_out

    def _unmet(self, rights: Mapping[str, list[int]]) -> dict[str, list[int]]:
        """Asks for rights on what is there, and returns those that are to be asked for afterwards.

        These are the rights on what is not there, and on what is out of sight by the very step that is taken back: a
        person whose last face was taken away.
        """
        missing: dict[str, list[int]] = {}
        for right, ids in rights.items():
            there = self._there(right, ids)
            missing[right] = [each for each in ids if each not in there]
            try:
                getattr(self._view, right)(self._db, there)
            except NotFound:
                if right not in _SEEN_BY_FACES:
                    raise
                missing[right] = ids
        return missing

    def _there(self, right: str, ids: Collection[int]) -> set[int]:
        """Those that a right is about and that are there."""
        table = table_of(right)
        query = f"SELECT {table}_id FROM {table} WHERE {table}_id IN (SELECT value FROM json_each(:ids))"
        return set(self._db.execute(text(query), {"ids": json.dumps(list(ids))}).scalars())

    def _later(self, turn: int, redo: bool, touched: Collection[Touched]) -> frozenset[int]:
        """The steps after a turn that are about these rows."""
        wanted: dict[tuple[str, Key], frozenset[str] | None] = {(table, key): names for table, key, names in touched}
        rows = self._db.exec_driver_sql(_LATER, {"turn": turn, "redo": redo}).all()
        return frozenset(
            row.step_id
            for row in rows
            if row.step_id not in self.taken
            and any(each.row in wanted and _meets(each, wanted[each.row]) for each in unpacked(row.changes).rows)
        )

    def _turn_of(self, step_id: int) -> int:
        query = "SELECT turn FROM journal_step WHERE step_id = ?"
        return int(self._db.exec_driver_sql(query, (step_id,)).scalar_one())


def _touched(change: RowChange) -> Touched:
    is_whole = change.before is None or change.after is None
    return change.table, change.key, None if is_whole else frozenset(change.before or {})


def _meets(change: RowChange, names: frozenset[str] | None) -> bool:
    """Whether a change is about one of the columns; None: all of the row."""
    whole = change.before is None or change.after is None
    return names is None or whole or bool(names & (change.before or {}).keys())


def step_row(db: Connection, step_id: int, profile_id: int) -> Any:
    """A step of a profile, or None."""
    return db.execute(text(_STEP), {"id": step_id, "me": profile_id}).first()


def moved(rows: Collection[RowChange]) -> tuple[frozenset[int], frozenset[int]]:
    """The photos that are not in the trash any more, and those that are there now."""
    rows = [each for each in rows if each.table == "trash"]
    back, away = ([each for each in rows if (each.after is None) is gone] for gone in (True, False))
    return _photos(back), _photos(away)


def _photos(rows: Collection[RowChange]) -> frozenset[int]:
    return frozenset(number for each in rows for number in ids_of(each, _PHOTOS))


def concerned(db: Connection, rows: Collection[RowChange]) -> tuple[frozenset[int], frozenset[int]]:
    """The photos and the persons that show what was changed."""
    photos = {number for each in rows for number in ids_of(each, _PHOTOS)}
    persons = {number for each in rows for number in ids_of(each, _PERSONS)}
    for each in rows:
        others = ids_of(each, ("other_id",))
        photos |= others if each.table == "not_duplicate" else set()
        persons |= others if each.table == "not_same" else set()
    faces = {number for each in rows for number in ids_of(each, ("face_id",))}
    named = {number for each in rows if each.table == "person" for number in ids_of(each, _PERSONS)}
    values = {"faces": json.dumps(sorted(faces)), "named": json.dumps(sorted(named))}
    photos |= set(db.execute(text(_SHOWING), values).scalars())
    return frozenset(photos), frozenset(persons)


def ids_of(change: RowChange, names: Collection[str]) -> set[int]:
    """What a row has, or had, in some columns."""
    key = dict(zip(journal_rows.keys(change.table), change.key, strict=True))
    values = [(row or {}).get(name) for row in (key, change.before, change.after) for name in names]
    return {each for each in values if isinstance(each, int)}


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
