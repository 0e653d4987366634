"""Writes the revision of what was changed in `schema.py`: `make revision NAME=photos_have_a_rating`.

What Alembic sees by itself is written down; read it before you commit it. SQLite cannot change a column in its place:
`batch_alter_table` makes the table anew, and has to be told of AUTOINCREMENT by `table_kwargs`.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Set as AbstractSet
from pathlib import Path

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection

from core import schema as core_schema
from core.migrating import revisions

CORES_TABLES = frozenset(core_schema.metadata.tables)

from app import migrations as of_app  # noqa: E402  (its tables join Core's)
from app.opening import open_database  # noqa: E402

MODULE = '''"""{title}."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.operations import Operations

from core.migrating import chained

revision, down_revision = chained(__file__)


def upgrade(op: Operations) -> None:
    """{title}."""
    {body}
'''


def main(name: str) -> None:
    """Writes a module for each history whose tables were changed."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        sys.exit("usage: make revision NAME=what_changes (small letters, digits and _)")
    with tempfile.TemporaryDirectory() as temporary:
        database = open_database(Path(temporary))
        with database.read() as connection:
            every = frozenset(core_schema.metadata.tables)
            bodies = {
                folder: changes(connection, tables)
                for folder, tables in zip(of_app.FOLDERS, (CORES_TABLES, every - CORES_TABLES), strict=True)
            }
        database.close()
    for folder, body in bodies.items():
        if body:
            write(folder, name, body)
    if not any(bodies.values()):
        sys.exit("schema.py says what the revisions make: there is nothing to write.")


def changes(connection: Connection, tables: AbstractSet[str]) -> str:
    """The body of `upgrade` that brings these tables to what the schema says; empty when they are there."""

    def is_ours(thing: object, label: str | None, kind: str, _reflected: bool, _compared: object) -> bool:
        table = label if kind == "table" else getattr(thing, "table").name  # noqa: B009
        return table in tables

    options = {"include_object": is_ours, "compare_server_default": True}
    context = MigrationContext.configure(connection, opts=options)
    operations = produce_migrations(context, core_schema.metadata).upgrade_ops
    if operations is None or operations.is_empty():
        return ""
    return re.sub(r"\n?\s*# (###|end).*", "", render_python_code(operations, render_as_batch=True)).strip()


def write(folder: Path, name: str, body: str) -> None:
    """Writes one module, under the next number."""
    title = name.replace("_", " ").capitalize()
    path = folder / f"r{len(revisions(folder)) + 1:04d}_{name}.py"
    path.write_text(MODULE.format(title=title, body=body), encoding="utf-8")
    print(f"{path}: read it, then run: make test PYTEST_ADDOPTS='-k migrations'")  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "")
