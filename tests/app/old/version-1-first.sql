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
    created_at VARCHAR NOT NULL,
    updated_at VARCHAR NOT NULL
);
CREATE TABLE skipped (
    path BLOB NOT NULL,
    reason VARCHAR NOT NULL,
    refused_by VARCHAR,
    size INTEGER NOT NULL,
    modified_ns INTEGER NOT NULL,
    PRIMARY KEY (path)
);
CREATE TABLE import_request (
    request_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    path BLOB NOT NULL
);
CREATE TABLE setting (
    "key" VARCHAR NOT NULL,
    value VARCHAR NOT NULL,
    PRIMARY KEY ("key")
);
CREATE TABLE face (
    face_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    image_id INTEGER NOT NULL,
    person_id INTEGER,
    confirmed BOOLEAN NOT NULL,
    x FLOAT NOT NULL,
    y FLOAT NOT NULL,
    width FLOAT NOT NULL,
    height FLOAT NOT NULL,
    landmarks VARCHAR NOT NULL,
    confidence FLOAT NOT NULL,
    quality FLOAT NOT NULL,
    detected_at VARCHAR NOT NULL,
    FOREIGN KEY(image_id) REFERENCES image (image_id) ON DELETE CASCADE,
    FOREIGN KEY(person_id) REFERENCES person (person_id) ON DELETE SET NULL
);
CREATE TABLE photo (
    photo_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    content_hash VARCHAR NOT NULL,
    image_id INTEGER,
    state VARCHAR NOT NULL,
    reason VARCHAR,
    refused_by VARCHAR,
    size INTEGER NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    format VARCHAR NOT NULL,
    taken_at VARCHAR NOT NULL,
    added_at VARCHAR NOT NULL,
    indexed_at VARCHAR,
    UNIQUE (content_hash),
    UNIQUE (image_id),
    FOREIGN KEY(image_id) REFERENCES image (image_id) ON DELETE SET NULL
);
CREATE TABLE vector (
    vector_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    face_id INTEGER NOT NULL,
    model VARCHAR NOT NULL,
    dimension INTEGER NOT NULL,
    UNIQUE (face_id, model),
    FOREIGN KEY(face_id) REFERENCES face (face_id) ON DELETE CASCADE
);
CREATE TABLE place (
    place_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    photo_id INTEGER NOT NULL,
    path BLOB NOT NULL,
    size INTEGER NOT NULL,
    modified_ns INTEGER NOT NULL,
    FOREIGN KEY(photo_id) REFERENCES photo (photo_id) ON DELETE CASCADE,
    UNIQUE (path)
);
CREATE INDEX face_of_image ON face (image_id);
CREATE INDEX face_of_person ON face (person_id, quality);
CREATE INDEX photo_by_state ON photo (state, photo_id);
CREATE INDEX photo_by_time ON photo (state, taken_at, photo_id);
CREATE INDEX ix_place_photo_id ON place (photo_id);
CREATE VIRTUAL TABLE vector_8 USING vec0(vector_id INTEGER PRIMARY KEY, model TEXT PARTITION KEY, embedding FLOAT[8] DISTANCE_METRIC=cosine);
INSERT INTO image (image_id, source, width, height) VALUES (1, '1/hash1', 100, 80);
INSERT INTO image (image_id, source, width, height) VALUES (2, '2/hash2', 200, 80);
INSERT INTO image (image_id, source, width, height) VALUES (3, '3/hash3', 300, 80);
INSERT INTO person (person_id, name, created_at, updated_at) VALUES (1, 'Ada', '2026-11-20T10:00:00+00:00', '2026-11-20T10:00:00+00:00');
INSERT INTO person (person_id, name, created_at, updated_at) VALUES (2, NULL, '2026-11-20T10:00:00+00:00', '2026-11-20T10:00:00+00:00');
INSERT INTO skipped (path, reason, refused_by, size, modified_ns) VALUES (x'2f70686f746f732fff2e747874', 'This is no picture.', '0.1.0', 3, 4);
INSERT INTO import_request (request_id, path) VALUES (1, x'2f70686f746f73');
INSERT INTO setting (key, value) VALUES ('grouped_until', '3');
INSERT INTO face (face_id, image_id, person_id, confirmed, x, y, width, height, landmarks, confidence, quality, detected_at) VALUES (1, 1, 1, 0, 1.0, 2.0, 30.0, 40.0, '[[1,2],[3,4],[5,6],[7,8],[9,10]]', 0.9, 0.5, '2026-11-20T10:00:00+00:00');
INSERT INTO face (face_id, image_id, person_id, confirmed, x, y, width, height, landmarks, confidence, quality, detected_at) VALUES (2, 2, 1, 0, 1.0, 2.0, 30.0, 40.0, '[[1,2],[3,4],[5,6],[7,8],[9,10]]', 0.9, 0.5, '2026-11-20T10:00:00+00:00');
INSERT INTO face (face_id, image_id, person_id, confirmed, x, y, width, height, landmarks, confidence, quality, detected_at) VALUES (3, 3, 2, 0, 1.0, 2.0, 30.0, 40.0, '[[1,2],[3,4],[5,6],[7,8],[9,10]]', 0.9, 0.5, '2026-11-20T10:00:00+00:00');
INSERT INTO photo (photo_id, content_hash, image_id, state, reason, refused_by, size, width, height, format, taken_at, added_at, indexed_at) VALUES (1, 'hash1', 1, 'indexed', NULL, NULL, 1001, 100, 80, 'JPEG', '2020-05-01 12:00:00', '2026-11-20T10:00:00+00:00', '2026-11-20T10:00:00+00:00');
INSERT INTO photo (photo_id, content_hash, image_id, state, reason, refused_by, size, width, height, format, taken_at, added_at, indexed_at) VALUES (2, 'hash2', 2, 'indexed', NULL, NULL, 1002, 200, 80, 'JPEG', '2020-05-02 12:00:00', '2026-11-20T10:00:00+00:00', '2026-11-20T10:00:00+00:00');
INSERT INTO photo (photo_id, content_hash, image_id, state, reason, refused_by, size, width, height, format, taken_at, added_at, indexed_at) VALUES (3, 'hash3', 3, 'indexed', NULL, NULL, 1003, 300, 80, 'JPEG', '2020-05-03 12:00:00', '2026-11-20T10:00:00+00:00', '2026-11-20T10:00:00+00:00');
INSERT INTO photo (photo_id, content_hash, image_id, state, reason, refused_by, size, width, height, format, taken_at, added_at, indexed_at) VALUES (4, 'hash4', NULL, 'pending', NULL, NULL, 1004, 0, 0, 'JPEG', '2020-05-04 12:00:00', '2026-11-20T10:00:00+00:00', NULL);
INSERT INTO photo (photo_id, content_hash, image_id, state, reason, refused_by, size, width, height, format, taken_at, added_at, indexed_at) VALUES (5, 'hash5', NULL, 'unreadable', 'The file is empty.', '0.1.0', 1005, 0, 0, 'JPEG', '2020-05-05 12:00:00', '2026-11-20T10:00:00+00:00', NULL);
INSERT INTO photo (photo_id, content_hash, image_id, state, reason, refused_by, size, width, height, format, taken_at, added_at, indexed_at) VALUES (6, 'hash6', NULL, 'pending', NULL, NULL, 1006, 0, 0, 'JPEG', '2020-05-06 12:00:00', '2026-11-20T10:00:00+00:00', NULL);
INSERT INTO vector (vector_id, face_id, model, dimension) VALUES (1, 1, 'buffalo_s', 8);
INSERT INTO vector (vector_id, face_id, model, dimension) VALUES (2, 2, 'buffalo_s', 8);
INSERT INTO vector (vector_id, face_id, model, dimension) VALUES (3, 3, 'buffalo_s', 8);
INSERT INTO place (place_id, photo_id, path, size, modified_ns) VALUES (1, 1, x'2f70686f746f732f312e6a7067', 1001, 1);
INSERT INTO place (place_id, photo_id, path, size, modified_ns) VALUES (2, 2, x'2f70686f746f732f322e6a7067', 1002, 2);
INSERT INTO place (place_id, photo_id, path, size, modified_ns) VALUES (3, 3, x'2f70686f746f732f332e6a7067', 1003, 3);
INSERT INTO place (place_id, photo_id, path, size, modified_ns) VALUES (4, 4, x'2f70686f746f732f342e6a7067', 1004, 4);
INSERT INTO place (place_id, photo_id, path, size, modified_ns) VALUES (5, 5, x'2f70686f746f732f352e6a7067', 1005, 5);
INSERT INTO place (place_id, photo_id, path, size, modified_ns) VALUES (6, 6, x'2f70686f746f732f362e6a7067', 1006, 6);
INSERT INTO vector_8 (vector_id, model, embedding) VALUES (1, 'buffalo_s', x'000000000000803f000000000000000000000000000000000000000000000000');
INSERT INTO vector_8 (vector_id, model, embedding) VALUES (2, 'buffalo_s', x'00000000000000000000803f0000000000000000000000000000000000000000');
INSERT INTO vector_8 (vector_id, model, embedding) VALUES (3, 'buffalo_s', x'0000000000000000000000000000803f00000000000000000000000000000000');
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES ('image', 4);
INSERT INTO sqlite_sequence VALUES ('person', 2);
INSERT INTO sqlite_sequence VALUES ('face', 3);
INSERT INTO sqlite_sequence VALUES ('vector', 3);
INSERT INTO sqlite_sequence VALUES ('vector_8_rowids', 3);
INSERT INTO sqlite_sequence VALUES ('vector_8_chunks', 1);
INSERT INTO sqlite_sequence VALUES ('photo', 6);
INSERT INTO sqlite_sequence VALUES ('place', 6);
INSERT INTO sqlite_sequence VALUES ('import_request', 1);
PRAGMA user_version = 1;
