"""The app's tables, beside Core's in one database: photo, look, video, moment, companion, motion, place, ...

A path is kept as the bytes that the file system uses: names need not be valid text.
"""

from __future__ import annotations

from sqlalchemy import Column, Float, ForeignKey, Index, Integer, LargeBinary, String, Table

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
    Column("state", String, nullable=False, comment="pending, indexed, unreadable or stacked"),
    Column("reason", String, comment="why it is unreadable, or could not be read yet"),
    Column("refused_by", String, comment="the version that found it unreadable"),
    Column("attempts", Integer, nullable=False, default=0, comment="how often analysing it came to no end"),
    Column(
        "replaces",
        ForeignKey("photo.photo_id", ondelete="SET NULL"),
        index=True,
        comment="the photo that it may be an edit of, until the scan that met it is at its end",
    ),
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

video = Table(
    "video",
    metadata,
    Column("photo_id", ForeignKey("photo.photo_id", ondelete="CASCADE"), primary_key=True),
    Column("seconds", Float, nullable=False, comment="how long it is; 0 where it does not tell"),
    Column("poster", Float, nullable=False, comment="the second that stands for it"),
)

moment = Table(
    "moment",
    metadata,
    Column("face_id", ForeignKey("face.face_id", ondelete="CASCADE"), primary_key=True),
    Column("seconds", Float, nullable=False, comment="when in its video the face was seen"),
)

companion = Table(
    "companion",
    metadata,
    Column("photo_id", ForeignKey("photo.photo_id", ondelete="CASCADE"), primary_key=True),
    Column("of_id", ForeignKey("photo.photo_id", ondelete="CASCADE"), nullable=False, index=True),
    Column("role", String, nullable=False, comment="raw or live: what it is to the photo that it stands behind"),
)

motion = Table(
    "motion",
    metadata,
    Column("photo_id", ForeignKey("photo.photo_id", ondelete="CASCADE"), primary_key=True),
    Column("offset", Integer, nullable=False, comment="where in the file its video begins"),
    Column("length", Integer, nullable=False, comment="bytes"),
)

place = Table(
    "place",
    metadata,
    Column("place_id", Integer, primary_key=True),
    Column("photo_id", ForeignKey("photo.photo_id", ondelete="CASCADE"), nullable=False, index=True),
    Column("path", LargeBinary, nullable=False, unique=True),
    Column("size", Integer, nullable=False),
    Column("modified_ns", Integer, nullable=False),
    sqlite_autoincrement=True,
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
