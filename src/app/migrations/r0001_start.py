"""The app's tables as they were when migrations began: photos, places, looks, what is asked for and what was skipped.

An older database, of the time before there were migrations, is brought up to this state whatever it lacks.
"""

from __future__ import annotations

from alembic.operations import Operations

from core.migrating import chained
from core.tables import make

revision, down_revision = chained(__file__)

TABLES = """
CREATE TABLE import_request (
    request_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    path BLOB NOT NULL
);
CREATE TABLE setting (
    "key" VARCHAR NOT NULL,
    value VARCHAR NOT NULL,
    PRIMARY KEY ("key")
);
CREATE TABLE skipped (
    path BLOB NOT NULL,
    reason VARCHAR NOT NULL,
    refused_by VARCHAR,
    size INTEGER NOT NULL,
    modified_ns INTEGER NOT NULL,
    PRIMARY KEY (path)
);
CREATE TABLE photo (
    photo_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    content_hash VARCHAR NOT NULL,
    image_id INTEGER,
    state VARCHAR NOT NULL,
    reason VARCHAR,
    refused_by VARCHAR,
    attempts INTEGER NOT NULL,
    replaces INTEGER,
    last_path BLOB,
    size INTEGER NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    format VARCHAR NOT NULL,
    taken_at VARCHAR NOT NULL,
    added_at VARCHAR NOT NULL,
    indexed_at VARCHAR,
    UNIQUE (content_hash),
    UNIQUE (image_id),
    FOREIGN KEY(image_id) REFERENCES image (image_id) ON DELETE SET NULL,
    FOREIGN KEY(replaces) REFERENCES photo (photo_id) ON DELETE SET NULL
);
CREATE INDEX ix_photo_replaces ON photo (replaces);
CREATE INDEX photo_by_state ON photo (state, photo_id);
CREATE INDEX photo_by_time ON photo (state, taken_at, photo_id);
CREATE TABLE look (
    photo_id INTEGER NOT NULL,
    model VARCHAR NOT NULL,
    PRIMARY KEY (photo_id, model),
    FOREIGN KEY(photo_id) REFERENCES photo (photo_id) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE TABLE place (
    place_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    photo_id INTEGER NOT NULL,
    path BLOB NOT NULL,
    size INTEGER NOT NULL,
    modified_ns INTEGER NOT NULL,
    FOREIGN KEY(photo_id) REFERENCES photo (photo_id) ON DELETE CASCADE,
    UNIQUE (path)
);
CREATE INDEX ix_place_photo_id ON place (photo_id);
"""


def upgrade(op: Operations) -> None:
    """Makes the tables that are missing, and makes anew those that are older."""
    make(op.get_bind(), TABLES, {"photo": {"attempts": 0}})
