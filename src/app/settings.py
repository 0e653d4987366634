"""What a library remembers by name, in its database."""

from __future__ import annotations

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert as upsert

from app import schema


def get(db: Connection, key: str) -> str | None:
    """The value that was kept last, or None."""
    value = db.execute(select(schema.setting.c.value).where(schema.setting.c.key == key)).scalar()
    return None if value is None else str(value)


def put(db: Connection, key: str, value: str) -> None:
    """Keeps a value in place of the one before."""
    row = {"key": key, "value": value}
    statement = upsert(schema.setting).values(row)
    db.execute(statement.on_conflict_do_update(index_elements=[schema.setting.c.key], set_=row))
