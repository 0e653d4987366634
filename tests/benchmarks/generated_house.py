"""A library of a household, made of rows: as many photos, faces and people as are asked for, and who may see them.

No picture stands behind a photo and no vector behind a face: what is measured on it asks for neither.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from numpy.random import Generator, default_rng

from app.library import Library

PROFILES = 4
PEOPLE = 400
"""With a name; of the others there is one for every hundred faces."""

_PLACES = (("Lisbon", "Portugal"), ("Porto", "Portugal"), ("Bergen", "Norway"), ("Kyoto", "Japan"), ("Graz", "Austria"))
_WORDS = ("beach", "birthday", "snow", "garden", "school", "boat", "cake", "dog", "train", "harbour")
_CAMERAS = (("Canon", "Canon EOS 5D"), ("FUJIFILM", "X-T3"), ("Apple", "iPhone 12"), ("SONY", "ILCE-7M3"))

_NAMES = ("Ada", "Ben", "Carl", "Dora", "Emil", "Frida", "Gustav", "Hanna", "Ivan", "Jana")
"""Made into as many names as there are people by a number."""


def fill(library: Library, photos: int, faces: int) -> None:
    """Fills an empty library.

    A third of the photos belongs to the first profile, the rest to three others; a tenth is private, a twentieth shared
    with one profile, one in a hundred locked. Half of the faces are of the hundred people who are in most photos.
    """
    random = default_rng(5)
    with library.database.write() as db:
        for number in range(2, PROFILES + 1):
            _many(db, "profile", "profile_id, name, is_owner, created_at", [(number, f"Profile {number}", 0, _NOW)])
        _many(db, "folder", "folder_id, path, added_at, vanished, owner_id", [(1, b"/photos", _NOW, 0, 1)])
        _many(db, "image", "image_id, source, width, height", ((n, str(n), 4000, 3000) for n in _ids(photos)))
        _many(db, "photo", _PHOTO, _photos(random, photos))
        _many(db, "place", "photo_id, path, size, modified_ns", ((n, _path(n), 1000 + n, n) for n in _ids(photos)))
        _many(db, "look", "photo_id, model", ((n, library.core.pack.name) for n in _ids(photos)))
        _many(db, "person", "person_id, name, created_at, updated_at", _people(faces))
        _many(db, "naming", "person_id, profile_id", ((n, n % PROFILES + 1) for n in range(1, PEOPLE + 1)))
        _many(db, "face", _FACE, _faces(random, photos, faces))
        _many(db, "keyword", "photo_id, word, position", _keywords(random, photos))
        _many(db, "favourite", "profile_id, photo_id", ((n % PROFILES + 1, n) for n in range(1, photos + 1, 50)))
        _many(db, "photo_share", "photo_id, profile_id", ((n, n % PROFILES + 1) for n in range(3, photos + 1, 20)))
        _many(db, "claim", _CLAIM, ((n, n, "held", int(n == 2), _NOW) for n in range(1, PROFILES + 1)))
        _many(db, "album", _ALBUM, _albums())
        _many(db, "album_photo", "album_id, photo_id, position, added_by, added_at", _in_albums(photos))
        db.exec_driver_sql("ANALYZE")


_NOW = "2024-01-01T00:00:00+00:00"
_PHOTO = (
    "photo_id, content_hash, image_id, state, size, width, height, format, taken_at, make, model, country, city, "
    "rating, caption, added_at, indexed_at, attempts, retell, owner_id, visibility, locked"
)
_FACE = "image_id, person_id, x, y, width, height, landmarks, confidence, quality, detected_at"
_CLAIM = "profile_id, person_id, state, is_hidden, made_at"
_ALBUM = "album_id, owner_id, kind, name, is_private, position, created_at, person_id"


def _ids(count: int) -> range:
    return range(1, count + 1)


def _path(number: int) -> bytes:
    return b"/photos/%03d/IMG_%06d.jpg" % (number // 1000, number)


def _many(db: Any, table: str, columns: str, rows: Any) -> None:
    marks = ", ".join("?" * (columns.count(",") + 1))
    db.connection.cursor().executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)


def _photos(random: Generator, count: int) -> Iterator[tuple[Any, ...]]:
    start = datetime(2004, 1, 1)
    for number in _ids(count):
        city, country = _PLACES[number % len(_PLACES)]
        make, model = _CAMERAS[number // 500 % len(_CAMERAS)]
        taken = start + timedelta(minutes=number * (10_000_000 // count) + int(random.integers(0, 50)))
        visibility = "private" if number % 10 == 0 else "shared" if number % 20 == 3 else "household"
        rating = int(random.integers(1, 6)) if number % 4 == 0 else None
        caption = f"The {_WORDS[number % 10]} of {number % 97}" if number % 8 == 0 else None
        owner = 1 if number % 3 == 0 else number % (PROFILES - 1) + 2
        yield (
            *(number, f"{number:064x}", number, "indexed", 1000 + number, 4000, 3000, "JPEG", taken.isoformat()),
            *(make, model, country, city, rating, caption, _NOW, _NOW, 0, 0, owner, visibility, int(number % 100 == 7)),
        )


def _people(faces: int) -> Iterator[tuple[Any, ...]]:
    for number in range(1, PEOPLE + faces // 100 + 1):
        name = f"{_NAMES[number % len(_NAMES)]} {number}" if number <= PEOPLE else None
        yield number, name, _NOW, _NOW


def _faces(random: Generator, photos: int, faces: int) -> Iterator[tuple[Any, ...]]:
    images = random.integers(1, photos + 1, faces)
    landmarks = json.dumps([[10.0, 10.0]] * 5)
    for number, image in enumerate(images.tolist()):
        kind = number % 20
        if kind < 10:
            person: int | None = int(random.integers(1, 101))
        elif kind < 14:
            person = int(random.integers(101, PEOPLE + 1))
        else:
            person = int(random.integers(PEOPLE + 1, PEOPLE + faces // 100 + 1)) if kind < 18 else None
        box = (float(random.integers(0, 3000)), float(random.integers(0, 2000)), 200.0, 220.0)
        yield image, person, *box, landmarks, 0.9, float(random.random()), _NOW


def _keywords(random: Generator, photos: int) -> Iterator[tuple[Any, ...]]:
    for number in range(1, photos + 1, 3):
        yield number, _WORDS[int(random.integers(0, len(_WORDS)))], 0


def _albums() -> Iterator[tuple[Any, ...]]:
    for number in range(1, 101):
        kind = "auto_faces" if number <= PROFILES else "shared" if number % 5 == 0 else "personal"
        person = number if number <= PROFILES else None
        yield number, number % PROFILES + 1, kind, f"Album {number}", int(number % 2), number, _NOW, person


def _in_albums(photos: int) -> Iterator[tuple[Any, ...]]:
    for number in range(1, photos + 1, 2):
        album = number // 2 % 100 + 1
        yield album, number, number, album % PROFILES + 1, _NOW
