"""What a library remembers by name, in its database."""

from __future__ import annotations

from sqlalchemy import Connection


def get(db: Connection, key: str) -> str | None:
    """The value that was kept last, or None."""
    value = db.exec_driver_sql("SELECT value FROM setting WHERE key = :key", {"key": key}).scalar()
    return None if value is None else str(value)


def put(db: Connection, key: str, value: str) -> None:
    """Keeps a value in place of the one before."""
    query = "INSERT OR REPLACE INTO setting (key, value) VALUES (:key, :value)"
    db.exec_driver_sql(query, {"key": key, "value": value})
