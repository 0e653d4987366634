"""Profiles and what they say: whose photos are, who may see them, albums, claims, tags, and the journal of all that."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic.operations import Operations

from core.migrating import chained
from core.tables import make

revision, down_revision = chained(__file__)

TABLES = """
CREATE TABLE profile (
    profile_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    name VARCHAR COLLATE "NOCASE" NOT NULL,
    email VARCHAR,
    is_owner INTEGER NOT NULL,
    password VARCHAR,
    recovery VARCHAR,
    visibility VARCHAR DEFAULT 'household' NOT NULL,
    lock_minutes INTEGER DEFAULT '15' NOT NULL,
    muted VARCHAR DEFAULT '[]' NOT NULL,
    failures INTEGER DEFAULT '0' NOT NULL,
    failed_at VARCHAR,
    created_at VARCHAR NOT NULL,
    image_id INTEGER,
    UNIQUE (name),
    FOREIGN KEY(image_id) REFERENCES image (image_id) ON DELETE SET NULL
);
CREATE INDEX ix_profile_image_id ON profile (image_id);
CREATE TABLE sign_in (
    token_hash VARCHAR NOT NULL,
    profile_id INTEGER NOT NULL,
    created_at VARCHAR NOT NULL,
    used_at VARCHAR NOT NULL,
    is_locked INTEGER DEFAULT '0' NOT NULL,
    PRIMARY KEY (token_hash),
    FOREIGN KEY(profile_id) REFERENCES profile (profile_id) ON DELETE CASCADE
);
CREATE INDEX ix_sign_in_profile_id ON sign_in (profile_id);
CREATE TABLE photo (
    photo_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    content_hash VARCHAR NOT NULL,
    image_id INTEGER,
    state VARCHAR NOT NULL,
    reason VARCHAR,
    refused_by VARCHAR,
    attempts INTEGER NOT NULL,
    replaces INTEGER,
    picture_hash VARCHAR,
    last_path BLOB,
    size INTEGER NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    format VARCHAR NOT NULL,
    taken_at VARCHAR NOT NULL,
    zone INTEGER,
    make VARCHAR,
    model VARCHAR,
    lens VARCHAR,
    exposure_time FLOAT,
    aperture FLOAT,
    iso INTEGER,
    focal_length FLOAT,
    flash INTEGER,
    latitude FLOAT,
    longitude FLOAT,
    country VARCHAR,
    province VARCHAR,
    city VARCHAR,
    rating INTEGER,
    title VARCHAR,
    caption VARCHAR,
    orientation INTEGER,
    told VARCHAR,
    retell INTEGER DEFAULT '1' NOT NULL,
    added_at VARCHAR NOT NULL,
    indexed_at VARCHAR,
    owner_id INTEGER,
    visibility VARCHAR DEFAULT 'household' NOT NULL,
    locked INTEGER DEFAULT '0' NOT NULL,
    UNIQUE (content_hash),
    UNIQUE (image_id),
    FOREIGN KEY(image_id) REFERENCES image (image_id) ON DELETE SET NULL,
    FOREIGN KEY(replaces) REFERENCES photo (photo_id) ON DELETE SET NULL,
    FOREIGN KEY(owner_id) REFERENCES profile (profile_id) ON DELETE RESTRICT
);
CREATE INDEX ix_photo_owner_id ON photo (owner_id);
CREATE INDEX ix_photo_picture_hash ON photo (picture_hash);
CREATE INDEX ix_photo_replaces ON photo (replaces);
CREATE INDEX photo_by_state ON photo (state, photo_id);
CREATE INDEX photo_by_time ON photo (state, taken_at, photo_id, owner_id, visibility, locked, image_id);
CREATE INDEX photo_rated ON photo (rating) WHERE rating IS NOT NULL;
CREATE INDEX photo_placeless ON photo (photo_id) WHERE last_path IS NOT NULL;
CREATE INDEX photo_with_reason ON photo (photo_id) WHERE reason IS NOT NULL;
CREATE INDEX photo_to_retell ON photo (photo_id) WHERE retell <> 0;
CREATE TABLE folder (
    folder_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    path BLOB NOT NULL,
    volume_id INTEGER,
    added_at VARCHAR NOT NULL,
    vanished INTEGER NOT NULL,
    owner_id INTEGER,
    visibility VARCHAR,
    UNIQUE (path),
    FOREIGN KEY(volume_id) REFERENCES volume (volume_id) ON DELETE SET NULL,
    FOREIGN KEY(owner_id) REFERENCES profile (profile_id) ON DELETE RESTRICT
);
CREATE TABLE skipped (
    path BLOB NOT NULL,
    reason VARCHAR NOT NULL,
    refused_by VARCHAR,
    size INTEGER NOT NULL,
    modified_ns INTEGER NOT NULL,
    owner_id INTEGER,
    PRIMARY KEY (path),
    FOREIGN KEY(owner_id) REFERENCES profile (profile_id) ON DELETE RESTRICT
);
CREATE TABLE import_request (
    request_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    path BLOB NOT NULL,
    owner_id INTEGER,
    album_id INTEGER,
    FOREIGN KEY(owner_id) REFERENCES profile (profile_id) ON DELETE RESTRICT,
    FOREIGN KEY(album_id) REFERENCES album (album_id) ON DELETE SET NULL
);
CREATE INDEX ix_import_request_album_id ON import_request (album_id);
CREATE TABLE photo_share (
    photo_id INTEGER NOT NULL,
    profile_id INTEGER NOT NULL,
    PRIMARY KEY (photo_id, profile_id),
    FOREIGN KEY(photo_id) REFERENCES photo (photo_id) ON DELETE CASCADE,
    FOREIGN KEY(profile_id) REFERENCES profile (profile_id) ON DELETE CASCADE
)
 WITHOUT ROWID;
CREATE INDEX photo_share_with ON photo_share (profile_id);
CREATE TABLE favourite (
    profile_id INTEGER NOT NULL,
    photo_id INTEGER NOT NULL,
    PRIMARY KEY (profile_id, photo_id),
    FOREIGN KEY(profile_id) REFERENCES profile (profile_id) ON DELETE CASCADE,
    FOREIGN KEY(photo_id) REFERENCES photo (photo_id) ON DELETE CASCADE
)
 WITHOUT ROWID;
CREATE INDEX favourite_photo ON favourite (photo_id);
CREATE TABLE tag (
    tag_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    photo_id INTEGER NOT NULL,
    person_id INTEGER NOT NULL,
    x FLOAT,
    y FLOAT,
    width FLOAT,
    height FLOAT,
    tagged_by INTEGER,
    tagged_at VARCHAR NOT NULL,
    UNIQUE (photo_id, person_id),
    FOREIGN KEY(photo_id) REFERENCES photo (photo_id) ON DELETE CASCADE,
    FOREIGN KEY(person_id) REFERENCES person (person_id) ON DELETE CASCADE,
    FOREIGN KEY(tagged_by) REFERENCES profile (profile_id) ON DELETE SET NULL
);
CREATE INDEX ix_tag_person_id ON tag (person_id);
CREATE TABLE naming (
    person_id INTEGER NOT NULL,
    profile_id INTEGER NOT NULL,
    PRIMARY KEY (person_id),
    FOREIGN KEY(person_id) REFERENCES person (person_id) ON DELETE CASCADE,
    FOREIGN KEY(profile_id) REFERENCES profile (profile_id) ON DELETE CASCADE
);
CREATE INDEX ix_naming_profile_id ON naming (profile_id);
CREATE TABLE claim (
    claim_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    profile_id INTEGER NOT NULL,
    person_id INTEGER NOT NULL,
    state VARCHAR NOT NULL,
    is_hidden INTEGER DEFAULT '0' NOT NULL,
    no_album INTEGER DEFAULT '0' NOT NULL,
    is_decided INTEGER DEFAULT '0' NOT NULL,
    made_at VARCHAR NOT NULL,
    UNIQUE (profile_id, person_id),
    CHECK (state IN ('held', 'refused', 'disputed')),
    FOREIGN KEY(profile_id) REFERENCES profile (profile_id) ON DELETE CASCADE,
    FOREIGN KEY(person_id) REFERENCES person (person_id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX claim_held ON claim (person_id) WHERE state = 'held';
CREATE INDEX ix_claim_person_id ON claim (person_id);
CREATE TABLE album (
    album_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    owner_id INTEGER NOT NULL,
    kind VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    description VARCHAR DEFAULT '' NOT NULL,
    is_private INTEGER NOT NULL,
    cover_id INTEGER,
    person_id INTEGER,
    "query" VARCHAR,
    position INTEGER NOT NULL,
    created_at VARCHAR NOT NULL,
    CHECK (kind IN ('personal', 'auto_faces', 'shared', 'smart')),
    FOREIGN KEY(owner_id) REFERENCES profile (profile_id) ON DELETE CASCADE,
    FOREIGN KEY(cover_id) REFERENCES photo (photo_id) ON DELETE SET NULL,
    FOREIGN KEY(person_id) REFERENCES person (person_id) ON DELETE SET NULL
);
CREATE INDEX ix_album_cover_id ON album (cover_id);
CREATE INDEX ix_album_owner_id ON album (owner_id);
CREATE INDEX ix_album_person_id ON album (person_id);
CREATE TABLE album_photo (
    album_id INTEGER NOT NULL,
    photo_id INTEGER NOT NULL,
    position INTEGER NOT NULL,
    added_by INTEGER,
    added_at VARCHAR NOT NULL,
    is_auto_added INTEGER DEFAULT '0' NOT NULL,
    PRIMARY KEY (album_id, photo_id),
    FOREIGN KEY(album_id) REFERENCES album (album_id) ON DELETE CASCADE,
    FOREIGN KEY(photo_id) REFERENCES photo (photo_id) ON DELETE CASCADE,
    FOREIGN KEY(added_by) REFERENCES profile (profile_id) ON DELETE SET NULL
)
 WITHOUT ROWID;
CREATE INDEX album_photo_order ON album_photo (album_id, position);
CREATE INDEX album_photo_photo ON album_photo (photo_id);
CREATE TABLE album_left_out (
    album_id INTEGER NOT NULL,
    photo_id INTEGER NOT NULL,
    PRIMARY KEY (album_id, photo_id),
    FOREIGN KEY(album_id) REFERENCES album (album_id) ON DELETE CASCADE,
    FOREIGN KEY(photo_id) REFERENCES photo (photo_id) ON DELETE CASCADE
)
 WITHOUT ROWID;
CREATE INDEX album_left_out_photo ON album_left_out (photo_id);
CREATE TABLE album_member (
    album_id INTEGER NOT NULL,
    profile_id INTEGER NOT NULL,
    role VARCHAR NOT NULL,
    state VARCHAR NOT NULL,
    invited_at VARCHAR NOT NULL,
    PRIMARY KEY (album_id, profile_id),
    CHECK (role IN ('view', 'add') AND state IN ('invited', 'accepted', 'declined')),
    FOREIGN KEY(album_id) REFERENCES album (album_id) ON DELETE CASCADE,
    FOREIGN KEY(profile_id) REFERENCES profile (profile_id) ON DELETE CASCADE
)
 WITHOUT ROWID;
CREATE INDEX album_member_profile ON album_member (profile_id, state);
CREATE TABLE notification (
    notification_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    profile_id INTEGER NOT NULL,
    kind VARCHAR NOT NULL,
    subject VARCHAR NOT NULL,
    made_at VARCHAR NOT NULL,
    read_at VARCHAR,
    FOREIGN KEY(profile_id) REFERENCES profile (profile_id) ON DELETE CASCADE
);
CREATE INDEX notification_of ON notification (profile_id, notification_id);
CREATE TABLE journal_step (
    step_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    profile_id INTEGER NOT NULL,
    turn INTEGER NOT NULL UNIQUE,
    kind VARCHAR NOT NULL,
    subject VARCHAR NOT NULL,
    done_at VARCHAR NOT NULL,
    undone_at VARCHAR,
    changes BLOB NOT NULL,
    FOREIGN KEY(profile_id) REFERENCES profile (profile_id) ON DELETE CASCADE
);
CREATE INDEX journal_of ON journal_step (profile_id, turn);
"""

WORDS = (
    """
    CREATE VIRTUAL TABLE photo_words USING fts5(
        title, caption, keywords, place, file, camera,
        content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 2'
    )
    """,
    """
    CREATE VIRTUAL TABLE person_words USING fts5(
        name, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 2'
    )
    """,
)
"""What a search finds photos and people by: the words alone, without case and accents, kept by triggers. It holds no
text: what is found is read in the tables themselves, by whoever may see it."""

_SAID = """
    SELECT photo_id, title, caption,
           (SELECT group_concat(word, ' \ue000 ') FROM keyword WHERE keyword.photo_id = photo.photo_id),
           concat_ws(' \ue000 ', city, province, country),
           (SELECT group_concat(substr(path, length(rtrim(path, replace(replace(path, '/', ''), char(92), ''))) + 1),
                                ' \ue000 ')
            FROM (SELECT CAST(path AS TEXT) AS path FROM place WHERE place.photo_id = photo.photo_id)),
           concat_ws(' \ue000 ', concat_ws(' ', make, model), lens)
    FROM photo
"""
"""The words of photos. A letter that no text holds stands between two keywords, so that no phrase reaches over it."""

_SAY_ANEW = f"""
    DELETE FROM photo_words WHERE rowid = {{photo}};
    INSERT INTO photo_words (rowid, title, caption, keywords, place, file, camera) {_SAID} WHERE photo_id = {{photo}};
"""

_ABOUT = ("title", "caption", "city", "province", "country", "make", "model", "lens")
_CHANGED = " OR ".join(f"NEW.{column} IS NOT OLD.{column}" for column in _ABOUT)
_NEW, _OLD = _SAY_ANEW.format(photo="NEW.photo_id"), _SAY_ANEW.format(photo="OLD.photo_id")

TRIGGERS = (
    f"CREATE TRIGGER photo_words_photo_new AFTER INSERT ON photo BEGIN {_NEW} END",
    f"""
    CREATE TRIGGER photo_words_photo AFTER UPDATE OF {", ".join(_ABOUT)} ON photo WHEN {_CHANGED} BEGIN {_NEW} END
    """,
    """
    CREATE TRIGGER photo_words_photo_gone AFTER DELETE ON photo BEGIN
        DELETE FROM photo_words WHERE rowid = OLD.photo_id;
    END
    """,
    f"CREATE TRIGGER photo_words_keyword_new AFTER INSERT ON keyword BEGIN {_NEW} END",
    f"CREATE TRIGGER photo_words_keyword AFTER UPDATE ON keyword BEGIN {_NEW} END",
    f"CREATE TRIGGER photo_words_keyword_gone AFTER DELETE ON keyword BEGIN {_OLD} END",
    f"CREATE TRIGGER photo_words_place_new AFTER INSERT ON place BEGIN {_NEW} END",
    f"CREATE TRIGGER photo_words_place AFTER UPDATE OF photo_id, path ON place BEGIN {_NEW} {_OLD} END",
    f"CREATE TRIGGER photo_words_place_gone AFTER DELETE ON place BEGIN {_OLD} END",
    """
    CREATE TRIGGER person_words_new AFTER INSERT ON person WHEN NEW.name IS NOT NULL BEGIN
        INSERT INTO person_words (rowid, name) VALUES (NEW.person_id, NEW.name);
    END
    """,
    """
    CREATE TRIGGER person_words_named AFTER UPDATE OF name ON person WHEN NEW.name IS NOT OLD.name BEGIN
        DELETE FROM person_words WHERE rowid = OLD.person_id;
        INSERT INTO person_words (rowid, name) SELECT NEW.person_id, NEW.name WHERE NEW.name IS NOT NULL;
    END
    """,
    """
    CREATE TRIGGER person_words_gone AFTER DELETE ON person WHEN OLD.name IS NOT NULL BEGIN
        DELETE FROM person_words WHERE rowid = OLD.person_id;
    END
    """,
)
"""They go with their tables: a revision that makes one of those anew makes its triggers anew."""

_FILL = (
    f"INSERT INTO photo_words (rowid, title, caption, keywords, place, file, camera) {_SAID}",
    "INSERT INTO person_words (rowid, name) SELECT person_id, name FROM person WHERE name IS NOT NULL",
)

_FIRST = "INSERT INTO profile (profile_id, name, is_owner, created_at) VALUES (1, '', 1, :now)"

_NAMED = "INSERT INTO naming (person_id, profile_id) SELECT person_id, 1 FROM person WHERE name IS NOT NULL"

_OWNED = ("photo", "folder", "skipped", "import_request")


def upgrade(op: Operations) -> None:
    """Makes the tables. What is there belongs to the first profile, who has said nothing of himself yet."""
    db = op.get_bind()
    make(db, TABLES, {table: {"owner_id": 1} for table in _OWNED})
    db.execute(sa.text(_NAMED))
    db.execute(sa.text(_FIRST), {"now": datetime.now(UTC).isoformat(timespec="seconds")})
    for statement in (*WORDS, *_FILL, *TRIGGERS):
        # As it is for the driver: to SQLAlchemy a colon would be the beginning of a value's name.
        db.exec_driver_sql(statement)
