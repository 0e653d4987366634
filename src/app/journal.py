"""What was done, and its exact inverse: every action of a profile on people, photos, albums and tags is a step.

`step` is the transaction in which an action writes. All rows that it changes are recorded (`app.journal_rows`) and
kept with it, so that no action has to know its inverse. `undo` gives these rows the state of before
(`app.journal_taking`, `app.journal_replay`) and keeps what this changed in truth, of which `redo` is the exact inverse
again. Steps may be undone in any order: what a later one changed since names that one, and the later ones go first.

Each time that a step is done, undone or redone it takes a new `turn`: the order in which things happened. Whoever
takes a step back needs the rights that the step itself had asked for.
"""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, text

from app import privacy
from app.errors import DependsOnLater, NotFound, NothingToUndo
from app.events import Events
from app.journal_rows import Changes, Recording, RowChange, packed
from app.journal_taking import NEXT_TURN, Taking, concerned, moved, step_row
from app.privacy import View
from app.types import LibraryChanged
from core.service import FaceCore

LIMIT = 1000
"""Steps that are kept of each profile."""


class Action(StrEnum):
    """What a step did; the sentence about it is made where it is shown."""

    RENAME_PERSON = "rename person"
    MERGE_PERSONS = "merge persons"
    SPLIT_PERSON = "split person"
    ASSIGN_FACES = "assign faces"
    REJECT_FACES = "reject faces"
    SEPARATE_PERSONS = "separate persons"
    RATE = "rate"
    DESCRIBE = "describe"
    TRASH = "trash"
    RESTORE = "restore"
    RESOLVE_DUPLICATES = "resolve duplicates"
    TAG = "tag"
    UNTAG = "untag"
    FAVOURITE = "favourite"
    UNFAVOURITE = "unfavourite"
    SET_APART = "set apart"
    CLAIM = "claim"
    REFUSE_CLAIM = "refuse claim"
    WITHDRAW_CLAIM = "withdraw claim"
    HIDE_PERSON = "hide person"
    NO_ALBUM = "no album"
    CREATE_ALBUM = "create album"
    RENAME_ALBUM = "rename album"
    DESCRIBE_ALBUM = "describe album"
    CHOOSE_COVER = "choose cover"
    ADD_TO_ALBUM = "add to album"
    REMOVE_FROM_ALBUM = "remove from album"
    ORDER_ALBUM = "order album"
    ORDER_ALBUMS = "order albums"
    DELETE_ALBUM = "delete album"
    OPEN_ALBUM = "open album"
    CLOSE_ALBUM = "close album"
    CHANGE_SEARCH = "change search"
    INVITE = "invite"
    CHANGE_ROLE = "change role"
    SHOW_TO = "show to"
    SHOW_NEW_TO = "show new to"
    LOCK = "lock"
    UNLOCK = "unlock"
    HAND_OVER = "hand over"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was done.

    Attributes:
        subject: what the sentence about it tells.
        done_at: with a zone.
    """

    step_id: int
    action: Action
    subject: Mapping[str, Any]
    done_at: datetime
    undone: bool


@dataclass(frozen=True, slots=True)
class Taken:
    """What was undone or redone: the steps in their order, and how many rows were left as they had become since."""

    steps: tuple[Step, ...]
    left_out: int


@dataclass(frozen=True, slots=True)
class Concerned:
    """What undoing and redoing was about.

    Attributes:
        back: photos that came back from the trash.
        away: photos that went there again.
        waits: a photo waits to be looked at by that.
    """

    photo_ids: frozenset[int]
    person_ids: frozenset[int]
    back: frozenset[int] = frozenset()
    away: frozenset[int] = frozenset()
    waits: bool = False


Follower = Callable[[Connection, Concerned], Concerned]
"""Brings what follows photos and persons up to date; what there is to be told of then."""


_COLUMNS = "step_id, profile_id, turn, kind, subject, done_at, undone_at"

_LIST = f"SELECT {_COLUMNS} FROM journal_step WHERE profile_id = :me ORDER BY step_id DESC LIMIT :limit"

_LATEST = f"""
    SELECT {_COLUMNS} FROM journal_step WHERE profile_id = :me AND (undone_at IS NOT NULL) = :undone
    ORDER BY turn DESC LIMIT 1
"""

_ADD = f"""
    INSERT INTO journal_step (profile_id, turn, kind, subject, done_at, changes)
    VALUES (:me, {NEXT_TURN}, :kind, :subject, :now, :changes)
"""

_FORGET = (
    "DELETE FROM journal_step WHERE profile_id = :me AND undone_at IS NOT NULL",
    """
    DELETE FROM journal_step WHERE profile_id = :me AND turn <=
        (SELECT turn FROM journal_step WHERE profile_id = :me ORDER BY turn DESC LIMIT 1 OFFSET :limit)
    """,
)


class Journal:
    """The steps of one viewer. All methods may be called from any thread.

    Attributes:
        moving: held while photos go to the trash or come back; nothing comes back while its file is on its way out.
    """

    def __init__(self, view: View, core: FaceCore, events: Events, waiting: Callable[[], None]) -> None:
        """Composes it.

        Args:
            waiting: told when a photo came back that waits to be looked at.
        """
        self.moving = threading.RLock()
        self._view = view
        self._core = core
        self._events = events
        self._waiting = waiting
        self._here = _Here()
        self._followers: list[Follower] = []

    def follow(self, follower: Follower) -> None:
        """Has the machine do its part after undoing and redoing, in the same transaction, but in no step."""
        self._followers.append(follower)

    @contextlib.contextmanager
    def step(self, _action: Action, **_subject: object) -> Iterator[Connection]:
        """One transaction that is remembered as one step; within another step it is a part of that one.

        Args:
            _action: what it does.
            _subject: what the sentence about it tells, as JSON can hold it: `photos=3`, `name="Anna"`.
        """
        if self._here.db is not None:
            yield self._here.db
            return
        with self._view.write() as db:
            if not self._view.viewer.profile_id:
                # Nobody: the program itself.
                yield db
                return
            with privacy.rights(db) as asked:
                self._here.db, self._here.recording, self._here.rows = db, Recording(db), ()
                try:
                    yield db
                    self.leave_out(db)
                finally:
                    self._here.db = None
            rights = {right: sorted(ids) for right, ids in asked.items()}
            step_id = self._add(db, _action, _subject, Changes(self._here.rows, rights))
        self._here.last = step_id

    def leave_out(self, db: Connection) -> None:
        """What is done in the rest of the transaction is the machine's doing, and no part of the step."""
        if self._here.db is db and self._here.recording is not None:
            self._here.rows, self._here.recording = self._here.recording.end(), None

    @property
    def last(self) -> int | None:
        """The step that this thread did last; None if it changed nothing."""
        return self._here.last

    def list(self, limit: int = LIMIT) -> list[Step]:
        """What was done, the latest first."""
        with self._view.read() as db:
            rows = db.execute(text(_LIST), {"me": self._view.viewer.profile_id, "limit": limit}).all()
        return [_step(row) for row in rows]

    def next(self) -> tuple[Step | None, Step | None]:
        """What `undo` and `redo` would take if they are not told which."""
        with self._view.read() as db:
            rows = [self._latest(db, undone) for undone in (False, True)]
        undo, redo = (_step(row) if row else None for row in rows)
        return undo, redo

    def undo(self, step_id: int | None = None, with_later: bool = False) -> Taken:
        """Takes a step back; by default the latest.

        Args:
            with_later: undo, too, what was done later and builds on it.

        Raises:
            NothingToUndo: there is no step, or it is undone already.
            NotFound: there is no such step.
            DependsOnLater: something later builds on it; then nothing was changed.
            NotAllowed, NotFound: what it is about is somebody else's by now; likewise.
        """
        return self._take(step_id, True, with_later)

    def redo(self, step_id: int | None = None, with_later: bool = False) -> Taken:
        """Does again what was undone; by default what was undone last. Arguments and errors are those of `undo`."""
        return self._take(step_id, False, with_later)

    def _take(self, step_id: int | None, undo: bool, with_later: bool) -> Taken:
        with self.moving, self._view.write() as db:
            first = self._asked_for(db, step_id, undo)
            taking = Taking(self._view, self._core, db)
            taking.take(first)
            before = [each for each in taking.taken if each != first]
            if taking.others or (before and not with_later):
                raise DependsOnLater(before, taking.others, undo)
            about = Concerned(*concerned(db, taking.rows), *moved(taking.rows))
            for follower in self._followers:
                about = follower(db, about)
            steps = tuple(_step(self._row(db, each)) for each in taking.taken)
            tables = {each.table for each in taking.rows}
        self._tell(about, tables)
        return Taken(steps, taking.left_out)

    def _tell(self, about: Concerned, tables: Collection[str]) -> None:
        # What went to the trash, or came back, may be a file that could not be read.
        skipped, albums = "trash" in tables, any(each.startswith("album") for each in tables)
        self._events.publish(LibraryChanged(about.photo_ids, about.person_ids, skipped=skipped, albums=albums))
        if about.waits:
            self._waiting()

    def _asked_for(self, db: Connection, step_id: int | None, undo: bool) -> int:
        row = self._latest(db, not undo) if step_id is None else self._row(db, step_id)
        if row is None:
            raise NothingToUndo("There is nothing to undo." if undo else "There is nothing to redo.")
        if (row.undone_at is None) is not undo:
            raise NothingToUndo(f"Step {row.step_id} is undone already." if undo else f"Step {row.step_id} is done.")
        return int(row.step_id)

    def _latest(self, db: Connection, undone: bool) -> Any:
        return db.execute(text(_LATEST), {"me": self._view.viewer.profile_id, "undone": undone}).first()

    def _row(self, db: Connection, step_id: int) -> Any:
        row = step_row(db, step_id, self._view.viewer.profile_id)
        if row is None:
            raise NotFound(f"There is no step {step_id}.")
        return row

    def _add(self, db: Connection, action: Action, subject: Mapping[str, object], changes: Changes) -> int | None:
        if not changes.rows:
            return None
        values = {"me": self._view.viewer.profile_id, "limit": LIMIT, "kind": action, "now": _now()}
        db.execute(text(_FORGET[0]), values)
        added = {"subject": json.dumps(subject), "changes": packed(changes)}
        step_id = int(db.exec_driver_sql(_ADD, values | added).lastrowid)
        db.execute(text(_FORGET[1]), values)
        return step_id


class _Here(threading.local):
    """Of each thread: the step that is being made, and the one that was made last."""

    db: Connection | None = None
    recording: Recording | None = None
    rows: tuple[RowChange, ...] = ()
    last: int | None = None


def _step(row: Any) -> Step:
    done_at, subject = datetime.fromisoformat(row.done_at), json.loads(row.subject)
    return Step(row.step_id, Action(row.kind), subject, done_at, row.undone_at is not None)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
