"""Core's tables: image, person, face, vector, what is set aside of them, what humans decided, and who is left alone.

`core.aside` tells of what is set aside, `core.decisions` of what humans decided, `core.exclusion` of who is not to be
recognised.

They hold no key of any other application's tables; an embedding application may point at them. The vectors themselves
lie in sqlite-vec's virtual tables, one for each dimension (see `core.vectors`); `vector` says which model made each.
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
    MetaData,
    String,
    Table,
    UniqueConstraint,
    text,
)

metadata = MetaData()

image = Table(
    "image",
    metadata,
    Column("image_id", Integer, primary_key=True),
    Column("source", String, nullable=False, unique=True, comment="what the caller calls the image: a path, a key"),
    Column("width", Integer, nullable=False, comment="pixels of the upright original"),
    Column("height", Integer, nullable=False),
    sqlite_autoincrement=True,
)

person = Table(
    "person",
    metadata,
    Column("person_id", Integer, primary_key=True),
    Column("name", String),
    Column("metadata", String, nullable=False, server_default="{}", comment="JSON object of the caller's"),
    Column("created_at", String, nullable=False, comment="UTC, ISO 8601"),
    Column("updated_at", String, nullable=False),
    sqlite_autoincrement=True,
)

face = Table(
    "face",
    metadata,
    Column("face_id", Integer, primary_key=True),
    Column("image_id", ForeignKey("image.image_id", ondelete="CASCADE"), nullable=False),
    Column("person_id", ForeignKey("person.person_id", ondelete="SET NULL")),
    Column("x", Float, nullable=False, comment="pixels of the upright original, as y, width, height"),
    Column("y", Float, nullable=False),
    Column("width", Float, nullable=False),
    Column("height", Float, nullable=False),
    Column("landmarks", String, nullable=False, comment="JSON, five [x, y]"),
    Column("confidence", Float, nullable=False),
    Column("quality", Float, nullable=False),
    Column("metadata", String, nullable=False, server_default="{}", comment="JSON object of the caller's"),
    Column("detected_at", String, nullable=False, comment="UTC, ISO 8601"),
    Index("face_of_image", "image_id", "person_id"),
    Index("face_of_person", "person_id", "quality"),
    sqlite_autoincrement=True,
)

vector = Table(
    "vector",
    metadata,
    Column("vector_id", Integer, primary_key=True),
    Column("face_id", ForeignKey("face.face_id", ondelete="CASCADE"), nullable=False),
    Column("model", String, nullable=False),
    Column("dimension", Integer, nullable=False),
    UniqueConstraint("face_id", "model"),
    sqlite_autoincrement=True,
)

aside = Table(
    "aside",
    metadata,
    Column("image_id", ForeignKey("image.image_id", ondelete="CASCADE"), primary_key=True),
)

aside_vector = Table(
    "aside_vector",
    metadata,
    Column(
        "aside_id", Integer, primary_key=True, comment="counts up: with the rows that are left it tells how many went"
    ),
    Column("vector_id", Integer, nullable=False, comment="as it was, and will be, in `vector`"),
    Column("face_id", ForeignKey("face.face_id", ondelete="CASCADE"), nullable=False, index=True),
    Column("model", String, nullable=False),
    Column("dimension", Integer, nullable=False),
    Column("embedding", LargeBinary, nullable=False, comment="float32, as in sqlite-vec's table"),
    sqlite_autoincrement=True,
)

decision = Table(
    "decision",
    metadata,
    Column("decision_id", Integer, primary_key=True),
    Column("kind", String, nullable=False),
    Column("image_id", ForeignKey("image.image_id", ondelete="CASCADE"), nullable=False),
    Column("face_id", ForeignKey("face.face_id", ondelete="SET NULL"), comment="empty while no face is at the place"),
    Column("person_id", ForeignKey("person.person_id", ondelete="CASCADE"), nullable=False),
    Column("x", Float, nullable=False, comment="the face's place, as in `face`: it outlives the face"),
    Column("y", Float, nullable=False),
    Column("width", Float, nullable=False),
    Column("height", Float, nullable=False),
    Column("decided_at", String, nullable=False, comment="UTC, ISO 8601"),
    CheckConstraint("kind IN ('confirmed', 'rejected')"),
    UniqueConstraint("face_id", "person_id"),
    Index("decision_confirms_one", "face_id", unique=True, sqlite_where=text("kind = 'confirmed'")),
    Index("decision_of_image", "image_id"),
    Index("decision_of_person", "person_id"),
    sqlite_autoincrement=True,
)

not_same = Table(
    "not_same",
    metadata,
    Column("person_id", ForeignKey("person.person_id", ondelete="CASCADE"), primary_key=True),
    Column("other_id", ForeignKey("person.person_id", ondelete="CASCADE"), primary_key=True),
    Column("decided_at", String, nullable=False, comment="UTC, ISO 8601"),
    CheckConstraint("person_id < other_id"),
    Index("not_same_other", "other_id"),
)

exclusion = Table(
    "exclusion",
    metadata,
    Column("exclusion_id", Integer, primary_key=True),
    Column("guarded", Integer, nullable=False, comment="1: a guard is kept of each model that sees these faces"),
    Column("made_at", String, nullable=False, comment="UTC, ISO 8601"),
    sqlite_autoincrement=True,
)

excluded = Table(
    "excluded",
    metadata,
    Column("excluded_id", Integer, primary_key=True),
    Column("exclusion_id", ForeignKey("exclusion.exclusion_id", ondelete="CASCADE"), nullable=False, index=True),
    Column("image_id", ForeignKey("image.image_id", ondelete="CASCADE"), nullable=False, index=True),
    Column("face_id", ForeignKey("face.face_id", ondelete="SET NULL"), comment="empty while no face is at the place"),
    Column("x", Float, nullable=False, comment="the face's place, as in `face`: it outlives the face"),
    Column("y", Float, nullable=False),
    Column("width", Float, nullable=False),
    Column("height", Float, nullable=False),
    Column("by_guard", Integer, nullable=False, comment="1: the machine took it for that person, no human"),
    Index("excluded_face", "face_id", unique=True),
    sqlite_autoincrement=True,
)

guard = Table(
    "guard",
    metadata,
    Column("exclusion_id", ForeignKey("exclusion.exclusion_id", ondelete="CASCADE"), primary_key=True),
    Column("model", String, primary_key=True),
    Column("faces", Integer, nullable=False, comment="of how many it is the mean"),
    Column("embedding", LargeBinary, nullable=False, comment="float32; the only one that is kept, searched by nothing"),
    sqlite_with_rowid=False,
)
