"""What a viewer may not see does not exist for them: the rules, table by table."""

from __future__ import annotations

import pytest

from app import schema
from app.album_types import MemberRole
from app.errors import NotAllowed, NotFound
from app.library import Library
from app.ownership import Visibility
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


def test_taking_back_gives_nobody_what_is_somebody_elses_by_now(indexed: Library) -> None:
    anna, first = house.add_profile(indexed, "Anna"), house.first(indexed)
    photo_id = int(first.photos.timeline().photo_ids[0])
    first.sharing.hand_over([photo_id], anna.viewer.profile_id)
    anna.sharing.show_to([photo_id], Visibility.PRIVATE)
    with pytest.raises(NotFound):
        first.journal.undo()
    assert anna.sharing.of(photo_id).visibility is Visibility.PRIVATE


def test_who_may_only_look_by_now_puts_nothing_back(indexed: Library) -> None:
    anna, first = house.add_profile(indexed, "Anna"), house.first(indexed)
    photo_id = int(first.photos.timeline().photo_ids[0])
    house.own(indexed, anna, photo_id)
    album_id = first.albums.create("Trip")
    first.albums.members.invite(album_id, anna.viewer.profile_id, MemberRole.ADD)
    anna.albums.members.accept(album_id)
    anna.albums.add(album_id, [photo_id])
    told = anna.sharing.of(photo_id)
    assert (told.visibility, told.in_albums) == (Visibility.PRIVATE, True), "and the members of the album"
    anna.albums.remove(album_id, [photo_id])
    assert not anna.sharing.of(photo_id).in_albums
    first.albums.members.change_role(album_id, anna.viewer.profile_id, MemberRole.VIEW)
    with pytest.raises(NotAllowed):
        anna.journal.undo()
    with pytest.raises(NotFound):
        first.photos.get(photo_id)


def test_what_changes_hands_is_shown_to_nobody_new(indexed: Library) -> None:
    first, anna, ben = house.first(indexed), house.add_profile(indexed, "Anna"), house.add_profile(indexed, "Ben")
    photo_id = int(first.photos.timeline().photo_ids[0])
    first.sharing.show_to([photo_id], Visibility.SHARED, [anna.viewer.profile_id])
    album_id = anna.albums.create("Trip", [photo_id])
    anna.albums.members.invite(album_id, ben.viewer.profile_id, MemberRole.VIEW)
    ben.albums.members.accept(album_id)
    with pytest.raises(NotFound):
        ben.photos.get(photo_id)
    first.sharing.hand_over([photo_id], anna.viewer.profile_id)
    with pytest.raises(NotFound):
        ben.photos.get(photo_id)


def test_what_the_owner_decided_is_not_said_again(indexed: Library) -> None:
    first, anna, ben = house.first(indexed), house.add_profile(indexed, "Anna"), house.add_profile(indexed, "Ben")
    person_id = first.people.list()[0].person_id
    anna.claims.claim(person_id)
    mine = ben.claims.claim(person_id)
    first.claims.decide(mine.claim_id, None)
    for session in (anna, ben):
        with pytest.raises(NotAllowed):
            session.claims.claim(person_id)
