"""The app's tables, beside Core's in one database.

They are photo, look, volume, folder, place, passed, skipped, import_request, setting.

A path is kept as the bytes that the file system uses: names need not be valid text.
"""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table, text

from app import migrations
from core.migrating import revisions
from core.schema import metadata as metadata

VERSION = 1 + sum(len(revisions(folder)) for folder in migrations.FOLDERS)
"""Of the schema, in the file's `user_version`; a library of a newer version is refused. It grows with every revision: a
program of before there were revisions looks at nothing else, and calls its own state 3."""

photo = Table(
    "photo",
    metadata,
    Column("photo_id", Integer, primary_key=True),
    Column("content_hash", String, nullable=False, unique=True, comment="sha256 of the file, hexadecimal"),
    Column("image_id", ForeignKey("image.image_id", ondelete="SET NULL"), unique=True, comment="Core's, once indexed"),
    Column("state", String, nullable=False, comment="pending, indexed or unreadable"),
    Column("reason", String, comment="why it is unreadable, or could not be read yet"),
    Column("refused_by", String, comment="the version that found it unreadable"),
    Column("attempts", Integer, nullable=False, default=0, comment="how often analysing it came to no end"),
    Column(
        "replaces",
        ForeignKey("photo.photo_id", ondelete="SET NULL"),
        index=True,
        comment="the photo that it may be an edit of, until the scan that met it is at its end",
    ),
    Column("picture_hash", String, index=True, comment="of the picture in the file without what is told of it"),
    Column("last_path", LargeBinary, comment="the place that another photo took last, for when it has no other"),
    Column("size", Integer, nullable=False, comment="bytes"),
    Column("width", Integer, nullable=False, default=0, comment="pixels of the upright picture"),
    Column("height", Integer, nullable=False, default=0),
    Column("format", String, nullable=False, default=""),
    Column("taken_at", String, nullable=False, comment="the camera's own time, ISO 8601 without zone"),
    Column("added_at", String, nullable=False, comment="UTC, ISO 8601"),
    Column("indexed_at", String),
    Index("photo_by_state", "state", "photo_id"),
    Index("photo_by_time", "state", "taken_at", "photo_id"),
    sqlite_autoincrement=True,
)

look = Table(
    "look",
    metadata,
    Column("photo_id", ForeignKey("photo.photo_id", ondelete="CASCADE"), primary_key=True),
    Column("model", String, primary_key=True, comment="that has looked at the photo as it is"),
    sqlite_with_rowid=False,
)

volume = Table(
    "volume",
    metadata,
    Column("volume_id", Integer, primary_key=True),
    Column("keys", String, nullable=False, comment="JSON: what it is known by, the surest first"),
    Column(
        "mount_point", LargeBinary, nullable=False, comment="where it was last; the paths of its places are below it"
    ),
    Column("label", String, nullable=False, comment="how the user is told of it"),
    Column("connected", Integer, nullable=False, default=1, server_default="1"),
    sqlite_autoincrement=True,
)

folder = Table(
    "folder",
    metadata,
    Column("folder_id", Integer, primary_key=True),
    Column("path", LargeBinary, nullable=False, unique=True),
    Column("volume_id", ForeignKey("volume.volume_id", ondelete="SET NULL"), comment="on which it is"),
    Column("added_at", String, nullable=False, comment="UTC, ISO 8601"),
    Column(
        "vanished", Integer, nullable=False, default=0, comment="photos that are gone all at once: the user is asked"
    ),
    sqlite_autoincrement=True,
)

place = Table(
    "place",
    metadata,
    Column("place_id", Integer, primary_key=True),
    Column("photo_id", ForeignKey("photo.photo_id", ondelete="CASCADE"), nullable=False, index=True),
    Column("path", LargeBinary, nullable=False, unique=True),
    Column("size", Integer, nullable=False),
    Column("modified_ns", Integer, nullable=False),
    Column("volume_id", ForeignKey("volume.volume_id", ondelete="SET NULL"), index=True, comment="on which it is"),
    Column("missing_since", String, comment="UTC, ISO 8601: a scan did not find the file, though its volume was there"),
    Index("place_missing", "missing_since", sqlite_where=text("missing_since IS NOT NULL")),
    sqlite_autoincrement=True,
)

passed = Table(
    "passed",
    metadata,
    Column("path", LargeBinary, primary_key=True),
    Column("size", Integer, nullable=False),
    Column("modified_ns", Integer, nullable=False),
    Column(
        "passed_by", String, nullable=False, comment="the version that found that nobody would look for a photo in it"
    ),
)

skipped = Table(
    "skipped",
    metadata,
    Column("path", LargeBinary, primary_key=True),
    Column("reason", String, nullable=False),
    Column("refused_by", String, comment="the version that found it no picture; none for a passing fault"),
    Column("size", Integer, nullable=False),
    Column("modified_ns", Integer, nullable=False),
)

import_request = Table(
    "import_request",
    metadata,
    Column("request_id", Integer, primary_key=True),
    Column("path", LargeBinary, nullable=False),
    sqlite_autoincrement=True,
)

setting = Table(
    "setting",
    metadata,
    Column("key", String, primary_key=True),
    Column("value", String, nullable=False),
)
