"""The app's tables, beside Core's in one database: profiles, photos, albums, claims, requests, settings.

A path is kept as the bytes that the file system uses: names need not be valid text. Beside these tables lie SQLite's
full-text tables (`WORD_TABLES`), which triggers keep; `app.search` alone reads them.
"""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
    text,
)

from app import migrations
from core.migrating import revisions
from core.schema import metadata as metadata

VERSION = 1 + sum(len(revisions(folder)) for folder in migrations.FOLDERS)
"""Of the schema, in the file's `user_version`; a library of a newer version is refused. It grows with every revision: a
program of before there were revisions looks at nothing else, and calls its own state 3."""

WORD_TABLES = ("photo_words", "person_words")
"""What a search finds photos and people by (revision 6): words without case and accents, and no text."""

profile = Table(
    "profile",
    metadata,
    Column("profile_id", Integer, primary_key=True),
    Column("name", String(collation="NOCASE"), nullable=False, unique=True, comment="empty: nobody introduced himself"),
    Column("email", String),
    Column("is_owner", Integer, nullable=False, comment="1: of the library, who may add and remove others"),
    Column("password", String, comment="Argon2id, in its own notation; none where nobody is asked"),
    Column("recovery", String, comment="likewise, of the recovery code"),
    Column("visibility", String, nullable=False, server_default="household", comment="of what this profile adds"),
    Column(
        "lock_minutes", Integer, nullable=False, server_default="15", comment="without use, then it is locked; 0: never"
    ),
    Column("muted", String, nullable=False, server_default="[]", comment="JSON: kinds of notifications that are off"),
    Column("failures", Integer, nullable=False, server_default="0", comment="wrong passwords since the last right one"),
    Column("failed_at", String, comment="UTC, ISO 8601"),
    Column("created_at", String, nullable=False, comment="UTC, ISO 8601"),
    Column(
        "image_id",
        ForeignKey("image.image_id", ondelete="SET NULL"),
        index=True,
        comment="Core's, of the face that it brought when no photo showed it yet",
    ),
    sqlite_autoincrement=True,
)

sign_in = Table(
    "sign_in",
    metadata,
    Column("token_hash", String, primary_key=True, comment="sha256 of the token in the system's keyring"),
    Column("profile_id", ForeignKey("profile.profile_id", ondelete="CASCADE"), nullable=False, index=True),
    Column("created_at", String, nullable=False, comment="UTC, ISO 8601"),
    Column("used_at", String, nullable=False),
    Column(
        "is_locked", Integer, nullable=False, server_default="0", comment="1: the password is asked for all the same"
    ),
)

photo = Table(
    "photo",
    metadata,
    Column("photo_id", Integer, primary_key=True),
    Column("content_hash", String, nullable=False, unique=True, comment="sha256 of the file, hexadecimal"),
    Column("image_id", ForeignKey("image.image_id", ondelete="SET NULL"), unique=True, comment="Core's, once indexed"),
    Column("state", String, nullable=False, comment="pending, indexed, unreadable, stacked or trashed"),
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
    Column("zone", Integer, comment="minutes by which that clock was ahead of UTC, if known"),
    Column("make", String, comment="of the camera, as model"),
    Column("model", String),
    Column("lens", String),
    Column("exposure_time", Float, comment="seconds"),
    Column("aperture", Float, comment="f-number"),
    Column("iso", Integer),
    Column("focal_length", Float, comment="millimetres"),
    Column("flash", Integer, comment="1 if it fired"),
    Column("latitude", Float, comment="degrees, north positive"),
    Column("longitude", Float, comment="degrees, east positive"),
    Column("country", String, comment="as somebody wrote it, or as the position tells; likewise province and city"),
    Column("province", String),
    Column("city", String),
    Column("rating", Integer, comment="1 to 5"),
    Column("title", String),
    Column("caption", String),
    Column("orientation", Integer, comment="EXIF's number by which the stored picture is turned"),
    Column("told", String, comment="JSON: rating, title, caption and keywords as the files told them last"),
    Column(
        "retell",
        Integer,
        nullable=False,
        server_default="1",
        comment="1 when the files are to be read anew for what they tell",
    ),
    Column("added_at", String, nullable=False, comment="UTC, ISO 8601"),
    Column("indexed_at", String),
    Column(
        "owner_id",
        ForeignKey("profile.profile_id", ondelete="RESTRICT"),
        index=True,
        comment="the profile that added it",
    ),
    Column("visibility", String, nullable=False, server_default="household", comment="private, shared or household"),
    Column(
        "locked", Integer, nullable=False, server_default="0", comment="1: seen by its owner alone, after the password"
    ),
    Index("photo_by_state", "state", "photo_id"),
    Index("photo_by_time", "state", "taken_at", "photo_id", "owner_id", "visibility", "locked", "image_id"),
    Index("photo_rated", "rating", sqlite_where=text("rating IS NOT NULL")),
    Index("photo_with_reason", "photo_id", sqlite_where=text("reason IS NOT NULL")),
    Index("photo_placeless", "photo_id", sqlite_where=text("last_path IS NOT NULL")),
    Index("photo_to_retell", "photo_id", sqlite_where=text("retell <> 0")),
    sqlite_autoincrement=True,
)

keyword = Table(
    "keyword",
    metadata,
    Column("photo_id", ForeignKey("photo.photo_id", ondelete="CASCADE"), primary_key=True),
    Column("word", String, primary_key=True),
    Column("position", Integer, nullable=False, comment="in the order in which they were written"),
    Index("keyword_by_word", "word"),
    sqlite_with_rowid=False,
)

region = Table(
    "region",
    metadata,
    Column("region_id", Integer, primary_key=True),
    Column("photo_id", ForeignKey("photo.photo_id", ondelete="CASCADE"), nullable=False, index=True),
    Column("name", String, nullable=False, comment="of the person, as the files tell it"),
    Column("x", Float, nullable=False, comment="parts of the sides of the upright picture, as y, width, height"),
    Column("y", Float, nullable=False),
    Column("width", Float, nullable=False),
    Column("height", Float, nullable=False),
    Column("source", String, nullable=False, comment="mwg, microsoft or picasa"),
    Column("automatic", Integer, nullable=False, comment="1: the machine had recognised the person, not a human"),
    Column("face_id", ForeignKey("face.face_id", ondelete="SET NULL"), index=True, comment="Core's, at that place"),
    Column("settled", String, comment="the name that was seen to: what is said in Sietch after that counts"),
    Column("decision_id", Integer, comment="Core's, which was made of it"),
    Column("person_id", ForeignKey("person.person_id", ondelete="SET NULL"), comment="whom that decision named"),
    Index("region_by_name", "name"),
    sqlite_autoincrement=True,
)

sidecar = Table(
    "sidecar",
    metadata,
    Column("path", LargeBinary, primary_key=True),
    Column("size", Integer, nullable=False),
    Column("modified_ns", Integer, nullable=False),
)

look = Table(
    "look",
    metadata,
    Column("photo_id", ForeignKey("photo.photo_id", ondelete="CASCADE"), primary_key=True),
    Column("model", String, primary_key=True, comment="that has looked at the photo as it is"),
    sqlite_with_rowid=False,
)

trash = Table(
    "trash",
    metadata,
    Column("photo_id", ForeignKey("photo.photo_id", ondelete="CASCADE"), primary_key=True),
    Column("state", String, nullable=False, comment="the photo's own, which it gets back"),
    Column("trashed_at", String, nullable=False, comment="UTC, ISO 8601"),
    Column("reason", String, comment="why it could not be removed for ever"),
    Column("leaving", LargeBinary, comment="the file that is being handed to the system's trash"),
    Column("device", String, comment="of that file's folder: without its drive nobody can tell whether it went"),
    Index("trash_by_time", "trashed_at", "photo_id"),
)

fingerprint = Table(
    "fingerprint",
    metadata,
    Column("photo_id", ForeignKey("photo.photo_id", ondelete="CASCADE"), primary_key=True),
    Column("content_hash", String, nullable=False, comment="of the photo's file then: an edited one gets another"),
    Column("bits", LargeBinary, comment="256, of `core.likeness`; none where the picture shows nothing"),
    Column("sharpness", Float, nullable=False),
)

not_duplicate = Table(
    "not_duplicate",
    metadata,
    Column("photo_id", ForeignKey("photo.photo_id", ondelete="CASCADE"), primary_key=True),
    Column("other_id", ForeignKey("photo.photo_id", ondelete="CASCADE"), primary_key=True),
    Column("decided_at", String, nullable=False, comment="UTC, ISO 8601"),
    CheckConstraint("photo_id < other_id"),
    Index("not_duplicate_other", "other_id"),
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
    Column("owner_id", ForeignKey("profile.profile_id", ondelete="RESTRICT"), comment="the profile that added it"),
    Column("visibility", String, comment="of the photos in it; by default that of its owner"),
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
    Column("owner_id", ForeignKey("profile.profile_id", ondelete="RESTRICT"), comment="the profile that asked for it"),
)

import_request = Table(
    "import_request",
    metadata,
    Column("request_id", Integer, primary_key=True),
    Column("path", LargeBinary, nullable=False),
    Column("owner_id", ForeignKey("profile.profile_id", ondelete="RESTRICT"), comment="the profile that asked for it"),
    Column(
        "album_id",
        ForeignKey("album.album_id", ondelete="SET NULL"),
        index=True,
        comment="into which everything goes that is found there",
    ),
    sqlite_autoincrement=True,
)

setting = Table(
    "setting",
    metadata,
    Column("key", String, primary_key=True),
    Column("value", String, nullable=False),
)

photo_share = Table(
    "photo_share",
    metadata,
    Column("photo_id", ForeignKey("photo.photo_id", ondelete="CASCADE"), primary_key=True),
    Column("profile_id", ForeignKey("profile.profile_id", ondelete="CASCADE"), primary_key=True),
    Index("photo_share_with", "profile_id"),
    sqlite_with_rowid=False,
)

favourite = Table(
    "favourite",
    metadata,
    Column("profile_id", ForeignKey("profile.profile_id", ondelete="CASCADE"), primary_key=True),
    Column("photo_id", ForeignKey("photo.photo_id", ondelete="CASCADE"), primary_key=True),
    Index("favourite_photo", "photo_id"),
    sqlite_with_rowid=False,
)

tag = Table(
    "tag",
    metadata,
    Column("tag_id", Integer, primary_key=True),
    Column("photo_id", ForeignKey("photo.photo_id", ondelete="CASCADE"), nullable=False),
    Column("person_id", ForeignKey("person.person_id", ondelete="CASCADE"), nullable=False, index=True),
    Column("x", Float, comment="parts of the sides of the upright picture, as y, width, height; none without a box"),
    Column("y", Float),
    Column("width", Float),
    Column("height", Float),
    Column("tagged_by", ForeignKey("profile.profile_id", ondelete="SET NULL")),
    Column("tagged_at", String, nullable=False, comment="UTC, ISO 8601"),
    UniqueConstraint("photo_id", "person_id"),
    sqlite_autoincrement=True,
)

naming = Table(
    "naming",
    metadata,
    Column("person_id", ForeignKey("person.person_id", ondelete="CASCADE"), primary_key=True),
    Column("profile_id", ForeignKey("profile.profile_id", ondelete="CASCADE"), nullable=False, index=True),
)

claim = Table(
    "claim",
    metadata,
    Column("claim_id", Integer, primary_key=True),
    Column("profile_id", ForeignKey("profile.profile_id", ondelete="CASCADE"), nullable=False),
    Column("person_id", ForeignKey("person.person_id", ondelete="CASCADE"), nullable=False, index=True),
    Column("state", String, nullable=False, comment="held, refused or disputed"),
    Column("is_hidden", Integer, nullable=False, server_default="0", comment="1: others are not shown this person"),
    Column("no_album", Integer, nullable=False, server_default="0", comment="1: no album follows this person"),
    Column("is_decided", Integer, nullable=False, server_default="0", comment="1: the library's owner said so"),
    Column("made_at", String, nullable=False, comment="UTC, ISO 8601"),
    UniqueConstraint("profile_id", "person_id"),
    CheckConstraint("state IN ('held', 'refused', 'disputed')"),
    Index("claim_held", "person_id", unique=True, sqlite_where=text("state = 'held'")),
    sqlite_autoincrement=True,
)

album = Table(
    "album",
    metadata,
    Column("album_id", Integer, primary_key=True),
    Column("owner_id", ForeignKey("profile.profile_id", ondelete="CASCADE"), nullable=False, index=True),
    Column("kind", String, nullable=False, comment="personal, auto_faces, shared or smart"),
    Column("name", String, nullable=False),
    Column("description", String, nullable=False, server_default=""),
    Column("is_private", Integer, nullable=False, comment="1: for its owner and its members; 0: for the household"),
    Column("cover_id", ForeignKey("photo.photo_id", ondelete="SET NULL"), index=True, comment="chosen by hand"),
    Column("person_id", ForeignKey("person.person_id", ondelete="SET NULL"), index=True, comment="of auto_faces"),
    Column("query", String, comment="of a smart album, in the language of `app.search`"),
    Column("position", Integer, nullable=False, comment="among the albums of its owner"),
    Column("created_at", String, nullable=False, comment="UTC, ISO 8601"),
    CheckConstraint("kind IN ('personal', 'auto_faces', 'shared', 'smart')"),
    sqlite_autoincrement=True,
)

album_photo = Table(
    "album_photo",
    metadata,
    Column("album_id", ForeignKey("album.album_id", ondelete="CASCADE"), primary_key=True),
    Column("photo_id", ForeignKey("photo.photo_id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, nullable=False, comment="ascending; gaps do not matter"),
    Column("added_by", ForeignKey("profile.profile_id", ondelete="SET NULL")),
    Column("added_at", String, nullable=False, comment="UTC, ISO 8601"),
    Column("is_auto_added", Integer, nullable=False, server_default="0", comment="1: by the album itself"),
    Index("album_photo_photo", "photo_id"),
    Index("album_photo_order", "album_id", "position"),
    sqlite_with_rowid=False,
)

album_left_out = Table(
    "album_left_out",
    metadata,
    Column("album_id", ForeignKey("album.album_id", ondelete="CASCADE"), primary_key=True),
    Column("photo_id", ForeignKey("photo.photo_id", ondelete="CASCADE"), primary_key=True),
    Index("album_left_out_photo", "photo_id"),
    sqlite_with_rowid=False,
)

album_member = Table(
    "album_member",
    metadata,
    Column("album_id", ForeignKey("album.album_id", ondelete="CASCADE"), primary_key=True),
    Column("profile_id", ForeignKey("profile.profile_id", ondelete="CASCADE"), primary_key=True),
    Column("role", String, nullable=False, comment="view or add"),
    Column("state", String, nullable=False, comment="invited, accepted or declined"),
    Column("invited_at", String, nullable=False, comment="UTC, ISO 8601"),
    CheckConstraint("role IN ('view', 'add') AND state IN ('invited', 'accepted', 'declined')"),
    Index("album_member_profile", "profile_id", "state"),
    sqlite_with_rowid=False,
)

notification = Table(
    "notification",
    metadata,
    Column("notification_id", Integer, primary_key=True),
    Column("profile_id", ForeignKey("profile.profile_id", ondelete="CASCADE"), nullable=False),
    Column("kind", String, nullable=False, comment="as `app.types.NotificationKind`"),
    Column("subject", String, nullable=False, comment="JSON: ids by what they are of; names are looked up when shown"),
    Column("made_at", String, nullable=False, comment="UTC, ISO 8601"),
    Column("read_at", String),
    Index("notification_of", "profile_id", "notification_id"),
    sqlite_autoincrement=True,
)

journal_step = Table(
    "journal_step",
    metadata,
    Column("step_id", Integer, primary_key=True),
    Column("profile_id", ForeignKey("profile.profile_id", ondelete="CASCADE"), nullable=False),
    Column("turn", Integer, nullable=False, unique=True, comment="counts up each time a step is done, undone, redone"),
    Column("kind", String, nullable=False, comment="as `app.journal.Action`"),
    Column("subject", String, nullable=False, comment="JSON: what the sentence about it tells"),
    Column("done_at", String, nullable=False, comment="UTC, ISO 8601"),
    Column("undone_at", String),
    Column("changes", LargeBinary, nullable=False, comment="rows before and after, see `app.journal_rows`"),
    Index("journal_of", "profile_id", "turn"),
    sqlite_autoincrement=True,
)
