"""Wrong passwords: they are counted in the database, and after five of them each further try has to wait.

A try is counted before it is looked at, in a transaction of its own: who tries many passwords at once, ends the program
or takes another one wins nothing by it. Waiting is the caller's: nothing here sleeps.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row

from app import passwords
from app.errors import AppError, NotFound
from app.passwords import WrongPassword
from core.database import Database

FREE_TRIES = 5
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(hours=1)
"""After the fifth wrong password, doubled with each further one; nobody is shut out for longer than an hour."""

Clock = Callable[[], datetime]

_ROW = "SELECT password, failures, failed_at FROM profile WHERE profile_id = :id"
_COUNT = "UPDATE profile SET failures = failures + 1, failed_at = :now WHERE profile_id = :id"
_FORGET = "UPDATE profile SET failures = 0, failed_at = NULL WHERE profile_id = :id"


class TooManyTries(AppError):
    """Too many wrong passwords; `seconds`: until the next may be tried."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        super().__init__(f"Too many wrong passwords. Try again in {_told(seconds)}, or use the recovery code.")


def system_clock() -> datetime:
    """The computer's own clock."""
    return datetime.now(UTC)


class Tries:
    """Looks at passwords.

    Args:
        database: of the library.
        writable: opens the same one for writing, for a library that is only read.
        clock: tells the time.
    """

    def __init__(self, database: Database, writable: Callable[[], Database], clock: Clock) -> None:
        self._database = database
        self._writable = writable
        self._clock = clock

    def check(self, profile_id: int, password: str) -> None:
        """Lets the right password pass. Takes a good part of a second, whether it is right or not.

        Raises:
            WrongPassword: it is not.
            TooManyTries: it was not even looked at.
            NotFound: there is no such profile.
        """
        with self._writing() as db:
            kept = self._counted(db, profile_id)
        if not passwords.matches(kept, password):
            raise WrongPassword("That is not the password.")
        with self._writing() as db:
            db.exec_driver_sql(_FORGET, {"id": profile_id})

    def waiting(self, profile_id: int) -> int:
        """For how many seconds no password may be tried."""
        with self._database.read() as db:
            return math.ceil(self._left(_row(db, profile_id)).total_seconds())

    def _counted(self, db: Connection, profile_id: int) -> str | None:
        """What is kept of the password; the try counts as wrong until it is known to be right."""
        row = _row(db, profile_id)
        left = self._left(row)
        if left > timedelta():
            raise TooManyTries(math.ceil(left.total_seconds()))
        db.exec_driver_sql(_COUNT, {"id": profile_id, "now": self._clock().isoformat()})
        return None if row.password is None else str(row.password)

    def _left(self, row: Row[Any]) -> timedelta:
        if row.failures < FREE_TRIES or row.failed_at is None:
            return timedelta()
        # 2 to the power of 7 is more than the longest wait already.
        wait = min(LONGEST_WAIT, FIRST_WAIT * (1 << min(int(row.failures) - FREE_TRIES, 7)))
        since = self._clock() - datetime.fromisoformat(row.failed_at)
        # A clock that was wrong then and is set back is not to shut anybody out.
        return timedelta() if since < -wait else max(timedelta(), min(wait, wait - since))

    @contextlib.contextmanager
    def _writing(self) -> Iterator[Connection]:
        """Wrong passwords are counted by a command that only reads, too."""
        if not self._database.reading:
            with self._database.write() as db:
                yield db
            return
        database = self._writable()
        try:
            with database.write() as db:
                yield db
        finally:
            database.close()


def _row(db: Connection, profile_id: int) -> Row[Any]:
    row = db.exec_driver_sql(_ROW, {"id": profile_id}).first()
    if row is None:
        raise NotFound("There is nobody of that name here.")
    return row


def _told(seconds: int) -> str:
    if seconds < 60:
        return f"{seconds} seconds"
    minutes = math.ceil(seconds / 60)
    return "a minute" if minutes == 1 else f"{minutes} minutes"
