"""Searches follow indexes: on a library of 5,000 photos no statement that finds little reads all of them."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from app.opening import open_database
from app.privacy import View, Viewer
from app.search import Search, names, parse
from app.search.compiling import compiled
from core.database import Database

PHOTOS = 5000

SELECTIVE = (
    "anna",
    "anna AND ben NOT carl",
    "only:anna,ben",
    "person:anna people:2..4",
    "anna unnamed:",
    "date:2019-07..2019-09",
    "date:2019-07-14 people:2..",
    "place:lisbon",
    "album:summer",
    "camera:canon",
    "rating>=4",
    "type:video",
    "type:live",
    "keyword:beach",
    "is:favourite",
    "file:IMG_0012",
    "beach",
    "beach OR anna OR date:2019-07-14",
    "(anna OR ben) place:lisbon rating:5",
)

SCANS = re.compile(r"SCAN (main\.)?(photo|face|keyword|place|person|tag|album_photo|favourite)\b")

ALL = ("people:2..4", "unnamed:", "NOT anna", "type:photo", "is:private")
"""What finds a good part of the library walks through it in the order of time, by an index all the same."""


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> Iterator[View]:
    folder = tmp_path_factory.mktemp("many")
    database = open_database(folder)
    fill(database)
    made = View(database, Viewer(1))
    yield made
    made.close()
    database.close()


def fill(database: Database) -> None:
    """Photos of two owners with faces, words and marks, by arithmetic alone."""
    photos = [
        (
            *(number, number, str(number), f"{2000 + number % 24}-{number % 12 + 1:02}-{number % 28 + 1:02}T10:00:00"),
            *("Canon" if number % 50 == 0 else "Nikon", "Lisbon" if number % 70 == 0 else "Oslo"),
            *(number % 6 or None, 1 + number % 2, "private" if number % 3 == 0 else "household"),
        )
        for number in range(1, PHOTOS + 1)
    ]
    with database.write() as db:
        run = db.exec_driver_sql
        run("INSERT INTO profile (profile_id, name, is_owner, created_at) VALUES (2, 'Guest', 0, '')")
        run(
            "INSERT INTO image (image_id, source, width, height) VALUES (?, ?, 9, 9)",
            [(p[0], str(p[0])) for p in photos],
        )
        columns = "photo_id, image_id, content_hash, taken_at, make, city, rating, owner_id, visibility"
        rest = "state, attempts, size, width, height, format, added_at"
        values = "?, ?, ?, ?, ?, ?, ?, ?, ?, 'indexed', 0, 1, 9, 9, 'JPEG', ''"
        run(f"INSERT INTO photo ({columns}, {rest}) VALUES ({values})", photos)
        places = [(p[0], f"/p/IMG_{p[0]:04}.jpg".encode()) for p in photos]
        run("INSERT INTO place (photo_id, path, size, modified_ns) VALUES (?, ?, 1, 1)", places)
        run("INSERT INTO keyword (photo_id, word, position) VALUES (?, 'Beach', 0)", [(p[0],) for p in photos[::90]])
        run("INSERT INTO video (photo_id, seconds, poster) VALUES (?, 1, 0)", [(p[0],) for p in photos[::80]])
        run("INSERT INTO favourite (profile_id, photo_id) VALUES (1, ?)", [(p[0],) for p in photos[::60]])
        called = [(number, name) for number, name in enumerate(("Anna", "Ben", "Carl", *[None] * 97), 1)]
        run("INSERT INTO person (person_id, name, created_at, updated_at) VALUES (?, ?, '', '')", called)
        faces = [(number % PHOTOS + 1, number % 101 or None) for number in range(3 * PHOTOS)]
        face = (
            "INSERT INTO face (image_id, person_id, x, y, width, height, landmarks, confidence, quality, detected_at)"
        )
        run(f"{face} VALUES (?, ?, 0, 0, 1, 1, '[]', 1, 1, '')", faces)
        album = "INSERT INTO album (album_id, owner_id, kind, name, is_private, position, created_at)"
        run(f"{album} VALUES (1, 1, 'personal', 'Summer', 1, 1, '')")
        put = "INSERT INTO album_photo (album_id, photo_id, position, added_at) VALUES (1, ?, ?, '')"
        run(put, [(p[0], p[0]) for p in photos[::100]])


def plan(view: View, query: str) -> list[str]:
    with view.read() as db:
        statement = compiled(db, parse(query))
        rows = db.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement.sql}", statement.values).all()
    return [str(row[3]) for row in rows]


@pytest.mark.parametrize("query", SELECTIVE)
def test_what_finds_little_reads_little(view: View, query: str) -> None:
    steps = plan(view, query)
    assert [step for step in steps if SCANS.match(step)] == []
    assert not any("photo_by_time (state=?)" in step for step in steps), "all photos in the order of time"
    assert len(Search(view).photos(query).photo_ids) < PHOTOS / 3


@pytest.mark.parametrize("query", ALL)
def test_what_finds_much_follows_the_order_of_time(view: View, query: str) -> None:
    steps = plan(view, query)
    assert [step for step in steps if SCANS.match(step)] == []
    assert not any("TEMP B-TREE FOR ORDER BY" in step for step in steps)


def test_names_are_found_by_an_index(view: View) -> None:
    with view.read() as db:
        rows = db.exec_driver_sql(f"EXPLAIN QUERY PLAN {names._PERSONS}", {"words": "anna", "most": 9}).all()
    assert not any(str(row[3]).startswith("SCAN person") for row in rows)
