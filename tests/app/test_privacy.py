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


def test_nothing_can_be_written_where_a_viewer_reads(indexed: Library) -> None:
    with house.first(indexed).view.read() as db, pytest.raises(Exception, match=r"readonly|cannot modify"):
        db.exec_driver_sql("DELETE FROM main.photo")
