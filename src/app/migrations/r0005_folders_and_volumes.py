"""Folders that are watched, the volumes on which places are, what is missing, and the picture's own hash."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.operations import Operations

from core.migrating import chained
from core.tables import make

revision, down_revision = chained(__file__)

TABLES = """
CREATE TABLE volume (
    volume_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    keys VARCHAR NOT NULL,
    mount_point BLOB NOT NULL,
    label VARCHAR NOT NULL,
    connected INTEGER DEFAULT '1' NOT NULL
);
CREATE TABLE folder (
    folder_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    path BLOB NOT NULL,
    volume_id INTEGER,
    added_at VARCHAR NOT NULL,
    vanished INTEGER NOT NULL,
    UNIQUE (path),
    FOREIGN KEY(volume_id) REFERENCES volume (volume_id) ON DELETE SET NULL
);
CREATE TABLE passed (
    path BLOB NOT NULL,
    size INTEGER NOT NULL,
    modified_ns INTEGER NOT NULL,
    passed_by VARCHAR NOT NULL,
    PRIMARY KEY (path)
);
CREATE TABLE place (
    place_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    photo_id INTEGER NOT NULL,
    path BLOB NOT NULL,
    size INTEGER NOT NULL,
    modified_ns INTEGER NOT NULL,
    volume_id INTEGER,
    missing_since VARCHAR,
    FOREIGN KEY(photo_id) REFERENCES photo (photo_id) ON DELETE CASCADE,
    UNIQUE (path),
    FOREIGN KEY(volume_id) REFERENCES volume (volume_id) ON DELETE SET NULL
);
CREATE INDEX ix_place_photo_id ON place (photo_id);
CREATE INDEX ix_place_volume_id ON place (volume_id);
CREATE INDEX place_missing ON place (missing_since) WHERE missing_since IS NOT NULL;
"""


def upgrade(op: Operations) -> None:
    """Makes the tables, and adds to those of photos and places; the next scan fills what is empty."""
    make(op.get_bind(), TABLES)
    op.add_column("photo", sa.Column("picture_hash", sa.String(), nullable=True))
    op.create_index("ix_photo_picture_hash", "photo", ["picture_hash"])
