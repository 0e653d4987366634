"""What the journal must not remember: nobody finds in it, or brings back by it, what was to be forgotten."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection

from app.journal_rows import Changes, RowChange, packed, unpacked
from app.journal_taking import ids_of

_COLUMNS = {
    "photo_ids": ("photo_id", "cover_id"),
    "image_ids": ("image_id",),
    "face_ids": ("face_id",),
    "person_ids": ("person_id",),
}


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What rows are about that are to be forgotten. Images are Core's."""

    photo_ids: frozenset[int] = frozenset()
    image_ids: frozenset[int] = frozenset()
    face_ids: frozenset[int] = frozenset()
    person_ids: frozenset[int] = frozenset()


def forget(db: Connection, gone: Forgotten, whole: bool = False) -> None:
    """Takes out of the steps of all profiles what is about these; a step of which nothing is left goes with its words.

    Undoing the rest of a step is then as if it had never been about them.

    Args:
        whole: a step that is about any of these goes with everything else that it did.
    """
    for step_id, stored in db.exec_driver_sql("SELECT step_id, changes FROM journal_step").all():
        changes = unpacked(stored)
        kept = tuple(each for each in changes.rows if not _is_about(each, gone))
        if not kept or (whole and len(kept) < len(changes.rows)):
            db.exec_driver_sql("DELETE FROM journal_step WHERE step_id = ?", (step_id,))
        elif len(kept) < len(changes.rows):
            left = packed(Changes(kept, changes.rights))
            db.exec_driver_sql("UPDATE journal_step SET changes = ? WHERE step_id = ?", (left, step_id))


def _is_about(change: RowChange, gone: Forgotten) -> bool:
    every: list[tuple[Collection[str], frozenset[int]]] = [
        (columns, getattr(gone, kind)) for kind, columns in _COLUMNS.items()
    ]
    if change.table in ("not_same", "not_duplicate"):
        every.append((("other_id",), gone.person_ids if change.table == "not_same" else gone.photo_ids))
    return any(not wanted.isdisjoint(ids_of(change, columns)) for columns, wanted in every)
