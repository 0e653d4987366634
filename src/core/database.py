"""One SQLite database: connections with sqlite-vec, many readers, one writer at a time.

The driver is `sqlcipher3`: unlike the standard module it can load extensions on every platform. WAL lets readers work
beside the writer; a process killed at any moment leaves the last committed state. An application that embeds Core adds
its own tables to `metadata` and writes through the same object, so that its rows and Core's commit together.
`core.migrating` tells how an older file becomes one of today.

What is done for every photo goes to the driver as it is (`exec_driver_sql`, `add_row`; see `core.statements`).
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import sqlite_vec
from sqlalchemy import URL, Connection, Engine, MetaData, create_engine, event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlcipher3 import dbapi2

from core import migrating, migrations
from core.encryption import unlock
from core.errors import DatabaseDamaged, DatabaseError, DatabaseNewer, DatabaseOutdated, DiskFull
from core.statements import DriverConnection

BUSY_SECONDS = 20.0
"""How long a statement waits for another process that is writing, and a thread for a connection."""

CONNECTIONS = 15
"""As many as SQLAlchemy opens by itself; a program with more threads that read at the same time says how many."""

_PRAGMAS = (
    "journal_mode = WAL",
    "synchronous = NORMAL",
    "foreign_keys = ON",
    "cache_size = -32768",
    # A row that another one replaces is deleted for triggers, too, so that an application can follow every change.
    "recursive_triggers = ON",
)

_KEPT = 5
"""Connections that stay open between uses, as SQLAlchemy keeps them: each may hold its cache of 32 MiB."""


class Database:
    """A database file; made when it is not there yet.

    Attributes:
        path: of the file.
        reading: nothing is ever written.

    Raises (from every method):
        DatabaseError: the file is no database, is locked or asked by too many for too long, or the disk is full.
    """

    def __init__(  # noqa: PLR0913  (all but three can be left out)
        self,
        path: Path,
        metadata: MetaData,
        version: int,
        connections: int = CONNECTIONS,
        *,
        revisions: Sequence[Path] | None = None,
        before: Callable[[], object] = lambda: None,
        reading: bool = False,
        key: bytes | None = None,
    ) -> None:
        """Opens the file, makes it where there is none, and brings an older one up to date.

        Args:
            path: its folder exists.
            metadata: every table of the application.
            version: of the schema; a file of a newer one is refused.
            connections: most at the same time, one for each thread that reads or writes.
            revisions: the folders of the histories that the tables have, Core's first. Without them Core's tables
                follow their history, and other tables of `metadata` that are missing are made as they are.
            before: called before an older file is changed; an error that it raises leaves the file as it is.
            reading: nothing is ever written, and a file that is not there or not of today is refused.
            key: 32 bytes, of a file that is encrypted, or is to be when it is made.

        Raises:
            DatabaseNewer: a newer version of the program made the file.
            DatabaseDamaged: the file is no database, it is damaged, or encrypted with another key.
            DatabaseOutdated: the file is not there or of an older version, and it is only to be read.
        """
        self.path = path
        self.reading = reading
        self._writing = threading.RLock()

        def connect(reads: bool, statements: Sequence[str] = ()) -> Engine:
            # Enclosed here, the key is in no attribute that could be printed.
            return _connections(path, connections, key, reads, statements)

        self._connect = connect
        self._engine = connect(reading)
        folders = [migrations.FOLDER] if revisions is None else list(revisions)
        try:
            if not self._is_current(version, folders):
                self._bring_up(metadata if revisions is None else None, version, folders, before)
        except BaseException:
            self._engine.dispose()
            raise

    def _is_current(self, version: int, folders: Sequence[Path]) -> bool:
        if self.reading and not self.path.is_file():
            raise DatabaseOutdated(f"{self.path} is not there.")
        newer = f"{self.path} was made by a newer version of Sietch. Update Sietch to open it."
        with self.read() if self.reading else self.write() as connection:
            found = int(connection.execute(text("PRAGMA user_version")).scalar_one())
            try:
                current = migrating.is_current(connection, folders)
            except DatabaseNewer as error:
                raise DatabaseNewer(newer) from error
        if found > version:
            raise DatabaseNewer(newer)
        return current and found == version

    def _bring_up(
        self, metadata: MetaData | None, version: int, folders: Sequence[Path], before: Callable[[], object]
    ) -> None:
        if self.reading:
            raise DatabaseOutdated(f"{self.path} is of an older version of Sietch. Open it once with this one.")
        with self.read() as connection:
            empty = connection.execute(text("SELECT 1 FROM sqlite_master")).first() is None
        if not empty:
            before()
        with self._migrating() as connection:
            migrating.upgrade(connection, folders)
            if metadata is not None:
                metadata.create_all(connection)
            connection.execute(text(f"PRAGMA user_version = {version:d}"))

    @contextlib.contextmanager
    def _migrating(self) -> Iterator[Connection]:
        """As `write`, but that a table can be dropped and made anew without the rows that point at it."""
        with self._writing, explained(self.path), self._engine.connect() as connection:
            try:
                with connection.begin():
                    connection.execute(text("PRAGMA foreign_keys = OFF"))
                    connection.execute(text("BEGIN IMMEDIATE"))
                    yield connection
            finally:
                # The connection ends here: none without foreign keys is to be used for anything else.
                connection.invalidate()

    @contextlib.contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees one unchanging state of the database."""
        with _reading(self.path, self._engine) as connection:
            yield connection

    @contextlib.contextmanager
    def write(self) -> Iterator[Connection]:
        """The connection that writes: commits at the end, or leaves everything as it was when an error passes."""
        if self.reading:
            raise DatabaseError("The library was opened for reading only.")
        with self._writing, explained(self.path), DriverConnection(self._engine) as connection, connection.begin():
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            yield connection

    def scrub(self) -> None:
        """Empties the write-ahead log, which holds what was removed for a while; not what older states are read of."""
        with self._writing, explained(self.path), self._engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").all()

    def reader(self, statements: Sequence[str]) -> Reader:
        """Connections of their own that only read, on each of which some statements are carried out first.

        They may hide the file's tables behind temporary views of the same names, for who may not see all rows.
        """
        return Reader(self.path, self._connect(True, statements))

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


class Reader:
    """Reads a database. Safe to use from several threads."""

    def __init__(self, path: Path, engine: Engine) -> None:
        self._path = path
        self._engine = engine

    @contextlib.contextmanager
    def read(self) -> Iterator[Connection]:
        """As `Database.read`."""
        with _reading(self._path, self._engine) as connection:
            yield connection

    def close(self) -> None:
        """Gives back every connection; one that is in use is closed when it comes back."""
        self._engine.dispose()


def load_vectors(connection: Any) -> None:
    """Teaches a connection of the driver what vectors are."""
    connection.enable_load_extension(True)
    sqlite_vec.load(connection)
    connection.enable_load_extension(False)


def add_row(connection: Connection, table: str, row: Mapping[str, object]) -> int:
    """Adds a row, whose names are columns; its id."""
    names = ", ".join(row)
    values = ", ".join(f":{name}" for name in row)
    return int(connection.exec_driver_sql(f"INSERT INTO {table} ({names}) VALUES ({values})", dict(row)).lastrowid)


@contextlib.contextmanager
def _reading(path: Path, engine: Engine) -> Iterator[Connection]:
    with explained(path), DriverConnection(engine) as connection, connection.begin():
        connection.exec_driver_sql("BEGIN")
        yield connection


def _connections(path: Path, number: int, key: bytes | None, reading: bool, statements: Sequence[str] = ()) -> Engine:
    engine = create_engine(
        # Made of parts: a folder's name may hold anything that means something in an address.
        URL.create("sqlite", database=str(path)),
        module=dbapi2,
        connect_args={"timeout": BUSY_SECONDS},
        pool_size=min(_KEPT, number),
        max_overflow=max(0, number - _KEPT),
        pool_timeout=BUSY_SECONDS,
        # The last connection first: it still has in its cache what it wrote.
        pool_use_lifo=True,
    )

    def set_up(connection: Any, _record: object) -> None:
        _set_up(connection, reading, key, statements)

    event.listen(engine, "connect", set_up)
    return engine


def _set_up(connection: Any, reading: bool, key: bytes | None, statements: Sequence[str]) -> None:
    unlock(connection, key)
    # Transactions are begun by `read` and `write` alone, not by the driver's own guess.
    connection.isolation_level = None
    load_vectors(connection)
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    for statement in statements:
        connection.execute(statement)
    if reading:
        connection.execute("PRAGMA query_only = ON")


@contextlib.contextmanager
def explained(path: Path) -> Iterator[None]:
    """What disk, file and other programs do to a database as sentences for the user; bugs pass unchanged."""
    try:
        yield
    except NoConnection as error:
        raise DatabaseError(_TOO_MANY) from error
    except (DBAPIError, dbapi2.Error) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        code = _BY_TEXT.get(str(cause), getattr(cause, "sqlite_errorcode", _EXTENDED)) % _EXTENDED
        if code not in _SENTENCES:
            raise
        kind = _KINDS.get(code, DatabaseError)
        raise kind(_SENTENCES[code].format(path=path, cause=cause)) from error


_EXTENDED = 256
"""SQLite's extended result codes hold the primary code in the lowest eight bits."""

_BY_TEXT = {
    "database or disk is full": dbapi2.SQLITE_FULL,
    "disk I/O error": dbapi2.SQLITE_IOERR,
    "database is locked": dbapi2.SQLITE_BUSY,
    "file is not a database": dbapi2.SQLITE_NOTADB,
    "database disk image is malformed": dbapi2.SQLITE_CORRUPT,
    "attempt to write a readonly database": dbapi2.SQLITE_READONLY,
}
"""The driver gives no code with the errors of a backup, and sqlcipher none that tells with those of an export."""

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

_KINDS = {
    dbapi2.SQLITE_FULL: DiskFull,
    dbapi2.SQLITE_NOTADB: DatabaseDamaged,
    dbapi2.SQLITE_CORRUPT: DatabaseDamaged,
}
"""Faults that have an error of their own."""
