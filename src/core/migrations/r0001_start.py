"""Core's tables as they were when migrations began: images, faces, vectors, persons and what humans decided.

An older database, of the time before there were migrations, is brought up to this state whatever it lacks.
"""

from __future__ import annotations

from alembic.operations import Operations

from core.migrating import chained
from core.tables import make

revision, down_revision = chained(__file__)

TABLES = """
CREATE TABLE image (
    image_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    source VARCHAR NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    UNIQUE (source)
);
CREATE TABLE person (
    person_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    name VARCHAR,
    metadata VARCHAR DEFAULT '{}' NOT NULL,
    created_at VARCHAR NOT NULL,
    updated_at VARCHAR NOT NULL
);
CREATE TABLE face (
    face_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    image_id INTEGER NOT NULL,
    person_id INTEGER,
    x FLOAT NOT NULL,
    y FLOAT NOT NULL,
    width FLOAT NOT NULL,
    height FLOAT NOT NULL,
    landmarks VARCHAR NOT NULL,
    confidence FLOAT NOT NULL,
    quality FLOAT NOT NULL,
    metadata VARCHAR DEFAULT '{}' NOT NULL,
    detected_at VARCHAR NOT NULL,
    FOREIGN KEY(image_id) REFERENCES image (image_id) ON DELETE CASCADE,
    FOREIGN KEY(person_id) REFERENCES person (person_id) ON DELETE SET NULL
);
CREATE INDEX face_of_image ON face (image_id);
CREATE INDEX face_of_person ON face (person_id, quality);
CREATE TABLE not_same (
    person_id INTEGER NOT NULL,
    other_id INTEGER NOT NULL,
    decided_at VARCHAR NOT NULL,
    PRIMARY KEY (person_id, other_id),
    CHECK (person_id < other_id),
    FOREIGN KEY(person_id) REFERENCES person (person_id) ON DELETE CASCADE,
    FOREIGN KEY(other_id) REFERENCES person (person_id) ON DELETE CASCADE
);
CREATE INDEX not_same_other ON not_same (other_id);
CREATE TABLE decision (
    decision_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    kind VARCHAR NOT NULL,
    image_id INTEGER NOT NULL,
    face_id INTEGER,
    person_id INTEGER NOT NULL,
    x FLOAT NOT NULL,
    y FLOAT NOT NULL,
    width FLOAT NOT NULL,
    height FLOAT NOT NULL,
    decided_at VARCHAR NOT NULL,
    CHECK (kind IN ('confirmed', 'rejected')),
    UNIQUE (face_id, person_id),
    FOREIGN KEY(image_id) REFERENCES image (image_id) ON DELETE CASCADE,
    FOREIGN KEY(face_id) REFERENCES face (face_id) ON DELETE SET NULL,
    FOREIGN KEY(person_id) REFERENCES person (person_id) ON DELETE CASCADE
);
CREATE INDEX decision_of_image ON decision (image_id);
CREATE INDEX decision_of_person ON decision (person_id);
CREATE TABLE vector (
    vector_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    face_id INTEGER NOT NULL,
    model VARCHAR NOT NULL,
    dimension INTEGER NOT NULL,
    UNIQUE (face_id, model),
    FOREIGN KEY(face_id) REFERENCES face (face_id) ON DELETE CASCADE
);
"""


def upgrade(op: Operations) -> None:
    """Makes the tables that are missing, and makes anew those that are older."""
    make(op.get_bind(), TABLES)
