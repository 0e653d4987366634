"""Favourites are a profile's own."""

from __future__ import annotations

import pytest

from app.errors import NotFound
from app.library import Library
from tests import house


def test_each_profile_has_its_own(indexed: Library) -> None:
    first, anna = house.first(indexed), house.add_profile(indexed, "Anna")
    ids = list(first.photos.timeline().photo_ids)
    first.favourites.set(ids[:2])
    first.favourites.set(ids[1:3])
    anna.favourites.set(ids[:1])
    assert list(first.favourites.timeline().photo_ids) == ids[:3]
    assert list(anna.favourites.timeline().photo_ids) == ids[:1]
    assert first.favourites.of(ids[1:]) == {ids[1], ids[2]}
    assert first.photos.timeline().favourites == frozenset(ids[:3])
    assert first.search.photos("is:favourite").favourites == frozenset(ids[:3])
    first.favourites.set(ids[:2], on=False)
    assert first.favourites.of(ids) == {ids[2]}
    assert anna.favourites.of(ids) == {ids[0]}


def test_what_goes_out_of_sight_is_no_favourite_any_more(indexed: Library) -> None:
    first, anna = house.first(indexed), house.add_profile(indexed, "Anna")
    ids = list(first.photos.timeline().photo_ids)
    anna.favourites.set(ids[:2])
    house.own(indexed, first, ids[0])
    assert anna.favourites.of(ids) == {ids[1]}
    assert list(anna.favourites.timeline().photo_ids) == [ids[1]]
    with pytest.raises(NotFound):
        anna.favourites.set(ids[:2])
    first.trash.put([ids[1]])
    assert list(anna.favourites.timeline().photo_ids) == []
