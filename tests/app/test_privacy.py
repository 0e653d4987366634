"""What a viewer may not see does not exist for them: the rules, table by table."""

from __future__ import annotations

import pytest

from app import schema
from app.errors import NotFound
from app.library import Library
from app.privacy import RULES
from tests import house


def test_every_table_has_a_rule() -> None:
    assert set(RULES) == set(schema.metadata.tables)


def test_a_private_photo_is_its_owners_alone(indexed: Library) -> None:
    anna = house.add_profile(indexed, "Anna")
    first = house.first(indexed)
    every = list(first.photos.timeline().photo_ids)
    assert list(anna.photos.timeline().photo_ids) == every
    house.own(indexed, first, every[0])
    assert list(anna.photos.timeline().photo_ids) == every[1:]
    assert list(first.photos.timeline().photo_ids) == every
    assert anna.counts().photos == len(every) - 1
    for ask in (anna.photos.get, anna.details.of, anna.thumbnails.photo, anna.photos.image):
        with pytest.raises(NotFound):
            ask(every[0])
    assert anna.photos.faces(every[0]) == []


def test_who_has_an_album_sees_no_other_one_by_that(indexed: Library) -> None:
    anna, first = house.add_profile(indexed, "Anna"), house.first(indexed)
    first.albums.create("Secret")
    own = anna.albums.create("Own")
    assert [each.album_id for each in anna.albums.list()] == [own]


def test_no_rule_asks_for_a_row_by_itself() -> None:
    """A subquery that calls a table by the name of the one that it is about asks every row whether it is itself."""
    for table, rule in RULES.items():
        assert f"AS {table} " not in rule or table in ("photo",), table


def test_nothing_can_be_written_where_a_viewer_reads(indexed: Library) -> None:
    with house.first(indexed).view.read() as db, pytest.raises(Exception, match=r"readonly|cannot modify"):
        db.exec_driver_sql("DELETE FROM main.photo")
