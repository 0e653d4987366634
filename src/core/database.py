"""One SQLite database: connections with sqlite-vec, many readers, one writer at a time.

The driver is `sqlcipher3`: unlike the standard module it can load extensions on every platform. WAL lets readers work
beside the writer; a process killed at any moment leaves the last committed state. An application that embeds Core adds
its own tables to `metadata` and writes through the same object, so that its rows and Core's commit together.

What is done for every photo goes to the driver as it is (`exec_driver_sql`, `add_row`): SQLAlchemy takes several times
longer to make such a statement than SQLite to carry it out.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import sqlite_vec
from sqlalchemy import URL, Connection, MetaData, create_engine, event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlalchemy.schema import CreateColumn
from sqlcipher3 import dbapi2

from core.errors import DatabaseError, DiskFull

BUSY_SECONDS = 20.0
"""How long a statement waits for another process that is writing, and a thread for a connection."""

CONNECTIONS = 15
"""As many as SQLAlchemy opens by itself; a program with more threads that read at the same time says how many."""

_KEPT = 5
"""Connections that stay open between uses, as SQLAlchemy keeps them: each may hold its cache of 32 MiB."""


class Database:
    """A database file; made when it is not there yet.

    Raises (from every method):
        DatabaseError: the file is no database, is locked or asked by too many for too long, or the disk is full.
    """

    def __init__(self, path: Path, metadata: MetaData, version: int, connections: int = CONNECTIONS) -> None:
        """Opens the file and creates the tables of `metadata` that are missing.

        Args:
            path: its folder exists.
            metadata: every table of the application.
            version: of the schema; a file of a newer one is refused.
            connections: most at the same time, one for each thread that reads or writes.
        """
        self.path = path
        self._writing = threading.RLock()
        self._engine = create_engine(
            # Made of parts: a folder's name may hold anything that means something in an address.
            URL.create("sqlite", database=str(path)),
            module=dbapi2,
            connect_args={"timeout": BUSY_SECONDS},
            pool_size=min(_KEPT, connections),
            max_overflow=max(0, connections - _KEPT),
            pool_timeout=BUSY_SECONDS,
            # The last connection first: it still has in its cache what it wrote.
            pool_use_lifo=True,
        )
        event.listen(self._engine, "connect", _set_up)
        try:
            with self.write() as connection:
                found = int(connection.execute(text("PRAGMA user_version")).scalar_one())
                if found > version:
                    raise DatabaseError(f"{path} was made by a newer version of Sietch. Update Sietch to open it.")
                _add_missing_columns(connection, metadata)
                metadata.create_all(connection)
                connection.execute(text(f"PRAGMA user_version = {version:d}"))
        except BaseException:
            self._engine.dispose()
            raise

    @contextlib.contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees one unchanging state of the database."""
        with _explained(self.path), self._engine.connect() as connection, connection.begin():
            connection.exec_driver_sql("BEGIN")
            yield connection

    @contextlib.contextmanager
    def write(self) -> Iterator[Connection]:
        """The connection that writes: commits at the end, or leaves everything as it was when an error passes."""
        with self._writing, _explained(self.path), self._engine.connect() as connection, connection.begin():
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            yield connection

    def check(self) -> None:
        """Looks into the file, which costs the same however much is in it."""
        with self.read() as connection:
            connection.execute(text("SELECT 1 FROM sqlite_master LIMIT 1"))

    def problems(self) -> list[str]:
        """What SQLite's own integrity check finds; empty when the file is sound."""
        with self.read() as connection:
            rows = [str(row) for row in connection.execute(text("PRAGMA integrity_check")).scalars()]
            orphans = connection.execute(text("PRAGMA foreign_key_check")).all()
        return [row for row in rows if row != "ok"] + [f"a row of {row[0]} points at nothing" for row in orphans]

    def close(self) -> None:
        """Gives back every connection."""
        self._engine.dispose()


def add_row(connection: Connection, table: str, row: Mapping[str, object]) -> int:
    """Adds a row, whose names are columns; its id."""
    names = ", ".join(row)
    values = ", ".join(f":{name}" for name in row)
    return int(connection.exec_driver_sql(f"INSERT INTO {table} ({names}) VALUES ({values})", dict(row)).lastrowid)


def _add_missing_columns(connection: Connection, metadata: MetaData) -> None:
    """Brings the tables of an older version up to date: columns are added, or dropped where nothing uses them."""
    existing = set(connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars())
    for table in metadata.sorted_tables:
        if table.name not in existing:
            continue
        found = set(connection.execute(text(f"SELECT name FROM pragma_table_info('{table.name}')")).scalars())
        for column in table.columns:
            if column.name not in found:
                connection.execute(text(f"ALTER TABLE {table.name} ADD COLUMN {CreateColumn(column)}"))
        for name in sorted(found - set(table.columns.keys())):
            connection.execute(text(f"ALTER TABLE {table.name} DROP COLUMN {name}"))


def _set_up(connection: Any, _record: object) -> None:
    # Transactions are begun by `read` and `write` alone, not by the driver's own guess.
    connection.isolation_level = None
    connection.enable_load_extension(True)
    sqlite_vec.load(connection)
    connection.enable_load_extension(False)
    for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON", "cache_size = -32768"):
        connection.execute(f"PRAGMA {pragma}")


@contextlib.contextmanager
def _explained(path: Path) -> Iterator[None]:
    """What disk, file and other programs do to a database as sentences for the user; bugs pass unchanged."""
    try:
        yield
    except NoConnection as error:
        raise DatabaseError(_TOO_MANY) from error
    except (DBAPIError, dbapi2.Error) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        code = getattr(cause, "sqlite_errorcode", _EXTENDED) % _EXTENDED
        if code not in _SENTENCES:
            raise
        kind = DiskFull if code == dbapi2.SQLITE_FULL else DatabaseError
        raise kind(_SENTENCES[code].format(path=path, cause=cause)) from error


_EXTENDED = 256
"""SQLite's extended result codes hold the primary code in the lowest eight bits."""

_IN_USE = "The library is in use by another program. Try again in a moment."
_TOO_MANY = "Too much is asked of the database at the same time. Try again in a moment."
_NOT_WRITABLE = "{path} cannot be opened for writing. Check the folder's permissions."
_DAMAGED = "{path} is not a Sietch database, or it is damaged."

_SENTENCES = {
    dbapi2.SQLITE_FULL: "The disk is full. Make room and try again; nothing was lost.",
    dbapi2.SQLITE_BUSY: _IN_USE,
    dbapi2.SQLITE_LOCKED: _IN_USE,
    dbapi2.SQLITE_NOTADB: _DAMAGED,
    dbapi2.SQLITE_CORRUPT: _DAMAGED,
    dbapi2.SQLITE_READONLY: _NOT_WRITABLE,
    dbapi2.SQLITE_PERM: _NOT_WRITABLE,
    dbapi2.SQLITE_CANTOPEN: _NOT_WRITABLE,
    dbapi2.SQLITE_IOERR: "The disk of {path} does not answer as it should: {cause}.",
    dbapi2.SQLITE_NOMEM: "There is not enough memory for the database {path}.",
}
