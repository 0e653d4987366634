"""From an older database to today's, by revisions: numbered modules that Alembic carries out.

Core's tables and those of an application that embeds it have a history each, a folder of modules `r0001_start`,
`r0002_...`. The number in the name of the file is a revision's place; two that were made side by side and got the same
number need no more than that one file is renamed. A database remembers how far it is in `alembic_version`, with a row
for each history. Core alone runs its own history on its own file; an application runs Core's and then its own.

Every database is made by the revisions, a new one too: what a new user gets is what everybody else is brought to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from core.errors import DatabaseError, DatabaseNewer
from core.tables import highest_ids, keep_highest_ids

_NAME = re.compile(r"r(\d{4})_\w+\.py")


def chained(file: str) -> tuple[str, str | None]:
    """What a revision is called, and the one before it: `("app_0002", "app_0001")` for `app/migrations/r0002_x.py`."""
    path = Path(file)
    name = _NAME.fullmatch(path.name)
    assert name is not None, f"{path.name} is no name of a revision"
    history, number = path.parent.parent.name, int(name[1])
    return f"{history}_{number:04d}", f"{history}_{number - 1:04d}" if number > 1 else None


def revisions(folder: Path) -> list[str]:
    """The revisions of one history, the oldest first."""
    return sorted(chained(str(path))[0] for path in folder.glob("r*.py") if _NAME.fullmatch(path.name))


def is_current(connection: Connection, folders: Sequence[Path]) -> bool:
    """Whether a database has been through every revision.

    Raises:
        DatabaseNewer: it has been through one that is not known here.
    """
    passed = _passed(connection)
    if unknown := passed - {revision for folder in folders for revision in revisions(folder)}:
        raise DatabaseNewer(f"revision {min(unknown)}")
    return passed >= {revisions(folder)[-1] for folder in folders}


def upgrade(connection: Connection, folders: Sequence[Path]) -> None:
    """Carries out every revision that a database has not been through.

    Args:
        connection: in a transaction that writes, with foreign keys switched off.
        folders: the histories, in their order.

    Raises:
        DatabaseError: rows would point at nothing afterwards; the caller takes everything back.
    """
    # Opening a database that is up to date is not to wait for Alembic.
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory(str(folders[0]), version_locations=[str(folder) for folder in folders])

    def steps(passed: Any, _context: MigrationContext) -> Iterator[Any]:
        for folder in folders:
            target = revisions(folder)[-1]
            # As Alembic's own commands do it; it has no other name for "what is to be done".
            ours = tuple(each for each in passed if each.rsplit("_", 1)[0] == target.rsplit("_", 1)[0])
            yield from scripts._upgrade_revs(target, ours)  # type: ignore[arg-type]  # noqa: SLF001

    orphans, ids = _orphans(connection), highest_ids(connection)
    context = MigrationContext.configure(connection, opts={"fn": steps})
    _run(context)
    keep_highest_ids(connection, ids)
    if more := _orphans(connection) - orphans:
        raise DatabaseError(
            f"The library cannot be brought up to date: {more} rows would point at nothing. Nothing was changed."
        )


def _run(context: Any) -> None:
    from alembic.operations import Operations

    context.run_migrations(op=Operations(context))


def _passed(connection: Connection) -> set[str]:
    if not connection.execute(text("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'")).first():
        return set()
    return set(connection.execute(text("SELECT version_num FROM alembic_version")).scalars())


def _orphans(connection: Connection) -> int:
    return len(connection.execute(text("PRAGMA foreign_key_check")).all())
