"""What was done, and its exact inverse: every action of a profile on people, photos, albums and tags is a step."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from enum import StrEnum

from sqlalchemy import Connection

from app.privacy import View


class Action(StrEnum):
    """What a step did; the sentence about it is made where it is shown."""

    RENAME_PERSON = "rename person"
    RATE = "rate"
    DESCRIBE = "describe"
    TRASH = "trash"
    RESTORE = "restore"
    SET_APART = "set apart"
    PUT_TOGETHER = "put together"
    SHOW_TO = "show to"
    SHOW_NEW_TO = "show new to"
    LOCK = "lock"
    UNLOCK = "unlock"
    HAND_OVER = "hand over"


class Journal:
    """The steps of one viewer."""

    def __init__(self, view: View) -> None:
        self._view = view

    @contextlib.contextmanager
    def step(self, _action: Action, **_subject: object) -> Iterator[Connection]:
        """One transaction that is remembered as one step.

        Args:
            _action: what it does.
            _subject: what the sentence about it tells, as JSON can hold it: `photos=3`, `name="Anna"`.
        """
        with self._view.write() as db:
            yield db
