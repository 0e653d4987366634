"""How a query can go on, and that nobody is offered who is out of sight."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.library import Library
from app.search import Completion
from app.session import Session
from core.types import UNCHANGED
from tests import house

Complete = Callable[[str], list[Completion]]


@pytest.fixture
def session(indexed: Library) -> Session:
    made = house.first(indexed)
    photo_ids = list(made.photos.timeline().photo_ids)
    for person, name in zip(made.people.list(), ("Anna Berg", "Ben", "Zoë"), strict=False):
        made.people.rename(person.person_id, name)
    for photo_id, keywords in zip(photo_ids, (["Beach", "bear"], ["beach"], ["Beach"]), strict=False):
        made.details.describe(photo_id, UNCHANGED, UNCHANGED, keywords)
    with indexed.database.write() as db:
        row = "UPDATE photo SET city = 'Lisboa', country = 'Portugal', make = 'Canon', model = 'Canon EOS 5D'"
        db.exec_driver_sql(f"{row} WHERE photo_id = ?", (photo_ids[0],))
        album = "INSERT INTO album (owner_id, kind, name, is_private, position, created_at)"
        db.exec_driver_sql(f"{album} VALUES (1, 'personal', 'Beach days', 1, 1, '')")
    return made


@pytest.fixture
def complete(session: Session) -> Complete:
    return lambda text: session.search.complete(text, len(text))


OFFERED = {
    "an": ['"Anna Berg"'],
    "ber": ['"Anna Berg"'],
    "zoe": ["Zoë"],
    "anna (be": ["Ben", '"Anna Berg"', 'album:"Beach days"', "keyword:Beach", "keyword:beach", "keyword:bear"],
    "be": ["Ben", '"Anna Berg"', 'album:"Beach days"', "keyword:Beach", "keyword:beach", "keyword:bear"],
    '"anna b': ['"Anna Berg"'],
    "only:an": ['"Anna Berg"'],
    "only:ben,an": ['"Anna Berg"'],
    "person:b": ["Ben", '"Anna Berg"'],
    "album:": ['"Beach days"'],
    "album:da": ['"Beach days"'],
    "keyword:": ["Beach", "beach", "bear"],
    "keyword:bea": ["Beach", "beach", "bear"],
    "place:LIS": ["Lisboa"],
    "place:": ["Lisboa", "Portugal"],
    "camera:eos": ['"Canon EOS 5D"'],
    "type:v": ["video"],
    "is:": ["favourite", "locked", "missing", "private"],
    "da": ["date:", 'album:"Beach days"'],
    "": [],
    "anna ": [],
    "date:2019": [],
    "rating>": [],
    'album:"be': ['"Beach days"'],
}


@pytest.mark.parametrize("text", OFFERED)
def test_what_is_offered(complete: Complete, text: str) -> None:
    assert [each.text for each in complete(text)] == OFFERED[text]


@pytest.mark.parametrize("text", [text for text in OFFERED if OFFERED[text]])
def test_what_is_offered_can_be_taken(complete: Complete, session: Session, text: str) -> None:
    for each in complete(text):
        taken = text[: each.start] + each.text + text[each.end :]
        if "(" in taken:
            taken += ")"
        if not taken.endswith(":"):
            session.search.check(taken)


def test_people_are_shown_by_a_face(complete: Complete, session: Session) -> None:
    [anna] = complete("anna")
    assert (anna.label, anna.detail) == ("Anna Berg", "")
    assert session.photos.face(anna.face_id or 0).name == "Anna Berg"


def test_what_is_out_of_sight_is_not_offered_and_not_found(indexed: Library, session: Session) -> None:
    ben = house.add_profile(indexed, "Guest")
    house.own(indexed, session, *session.photos.timeline().photo_ids)
    for text, offered in OFFERED.items():
        own = [each for each in offered if text.startswith(("type:", "is:")) or each == "date:"]
        assert [each.text for each in ben.search.complete(text, len(text))] == own, text
    for query in ("", "anna", "keyword:beach", "lisboa", "NOT anna", "people:0..", "file:group", "album:beach"):
        assert list(ben.search.photos(query).photo_ids) == [], query


def test_a_person_that_somebody_hides_has_no_name(indexed: Library, session: Session) -> None:
    guest = house.add_profile(indexed, "Guest")
    anna = next(each.person_id for each in session.people.list() if each.name == "Anna Berg")
    assert guest.search.photos("anna").photo_ids
    with indexed.database.write() as db:
        row = "INSERT INTO claim (profile_id, person_id, state, is_hidden, made_at) VALUES (1, ?, 'held', 1, '')"
        db.exec_driver_sql(row, (anna,))
    assert list(guest.search.photos("anna").photo_ids) == []
    assert guest.search.complete("anna", 4) == []
    assert list(guest.search.photos("only:ben").photo_ids) != list(session.search.photos("only:ben").photo_ids)
    assert session.search.photos("anna").photo_ids
