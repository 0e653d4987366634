"""Statements that go to the driver as they are.

SQLAlchemy takes several times longer to make a statement, and the rows of its answer, than SQLite to carry it out. That
is of no account where a user asks, and most of the time where something is written for every photo: there
`exec_driver_sql` is used, which here leaves SQLAlchemy out altogether.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, MultipleResultsFound, NoResultFound
from sqlcipher3 import dbapi2

Parameters = Sequence[Any] | Mapping[str, Any]


class Scalars(list[Any]):
    """The first column of an answer."""

    def all(self) -> list[Any]:
        """All of it."""
        return self

    def first(self) -> Any | None:
        """Its first value, or None."""
        return self[0] if self else None


class Answer:
    """What came of a statement, with the methods of SQLAlchemy's results that are in use; it is read already.

    Attributes:
        rowcount: rows that were changed.
        lastrowid: of the row that was added.
    """

    __slots__ = ("_rows", "lastrowid", "rowcount")

    def __init__(self, rows: list[Any], rowcount: int, lastrowid: int) -> None:
        self._rows = rows
        self.rowcount = rowcount
        self.lastrowid = lastrowid

    def __iter__(self) -> Iterator[Any]:
        return iter(self._rows)

    def all(self) -> list[Any]:
        """Every row; its columns have names."""
        return self._rows

    def first(self) -> Any | None:
        """The first row, or None."""
        return self._rows[0] if self._rows else None

    def one(self) -> Any:
        """The only row.

        Raises:
            NoResultFound, MultipleResultsFound: there is none, or another one.
        """
        if not self._rows:
            raise NoResultFound
        if len(self._rows) > 1:
            raise MultipleResultsFound
        return self._rows[0]

    def mappings(self) -> list[dict[str, Any]]:
        """Every row by the names of its columns."""
        return [row._asdict() for row in self._rows]

    def scalar(self) -> Any | None:
        """The first value of the first row, or None."""
        return self._rows[0][0] if self._rows else None

    def scalar_one(self) -> Any:
        """The first value of the only row; raises as `one`."""
        return self.one()[0]

    def scalars(self) -> Scalars:
        """The first value of every row."""
        return Scalars(row[0] for row in self._rows)


class DriverConnection(Connection):
    """A connection whose `exec_driver_sql` asks the driver itself."""

    def exec_driver_sql(
        self,
        statement: str,
        parameters: Parameters | Sequence[Parameters] | None = None,
        execution_options: Any = None,
    ) -> Any:
        """Carries out a statement as it is, or for each of several sets of parameters; the `Answer`.

        Raises:
            DBAPIError: as SQLAlchemy raises it.
        """
        if statement.startswith("PRAGMA"):
            # SQLAlchemy's own question, when it looks at a schema; it wants its own kind of answer.
            return super().exec_driver_sql(statement, parameters, execution_options)
        cursor = self.connection.cursor()
        try:
            if isinstance(parameters, list):
                cursor.executemany(statement, parameters)
            else:
                cursor.execute(statement, parameters or ())
        except dbapi2.Error as error:
            raise DBAPIError.instance(statement, None, error, dbapi2.Error) from error
        rows: list[Any] = []
        if cursor.description:
            kind = _row_of(tuple([column[0] for column in cursor.description]))
            rows = [kind(*row) for row in cursor.fetchall()]
        answer = Answer(rows, cursor.rowcount, cursor.lastrowid)
        cursor.close()
        return answer


@lru_cache(maxsize=512)
def _row_of(columns: tuple[str, ...]) -> Any:
    return namedtuple("Row", columns, rename=True)
