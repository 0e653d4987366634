"""Small libraries made up row by row, and what a query finds in them by a second, naive statement of every rule."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st
from sqlalchemy import Connection

from app.privacy import Viewer
from app.search.types import (
    Album,
    And,
    Anything,
    Column,
    In,
    Is,
    Kind,
    Mark,
    Not,
    OfKind,
    Only,
    Or,
    People,
    Person,
    Query,
    Stars,
    Taken,
    Unnamed,
    Words,
)

NAMES = ("Anna", "Änna Berg", "Ben", "Annabelle", "Lisbon")
TEXTS = ("anna at the beach", "Lisboa", "BEACH day", "two_words", "été", "Lisbon")
PROFILES = (1, 2, 3)


@dataclass
class PhotoRow:
    """A photo with all that hangs on it; persons are numbers of `Household.names`."""

    owner: int
    visibility: str
    locked: bool
    state: str
    taken: str
    rating: int | None
    title: str | None
    keywords: list[str]
    city: str | None
    camera: str | None
    kind: str
    faces: list[int | None]
    tags: set[int]
    favourite_of: set[int]
    shared_with: set[int]
    missing: bool
    albums: set[int]
    name: str = ""

    def said(self, column: str) -> Iterator[str]:
        """The texts of one kind."""
        parts: dict[str, list[str | None]] = {
            "title": [self.title],
            "keyword": list(self.keywords),
            "place": [self.city],
            "camera": [self.camera],
            "file": [self.name],
        }
        yield from (text for text in parts[column] if text)


@dataclass
class Household:
    """Some photos, people by their numbers (0 is the first), and who claims and hides whom."""

    photos: list[PhotoRow]
    names: list[str | None]
    hidden_by: dict[int, int]
    named_by: dict[int, int]
    albums: list[tuple[str, int, bool]] = field(default_factory=list)


people = st.integers(0, 4)
photos = st.builds(
    PhotoRow,
    owner=st.sampled_from(PROFILES[:2]),
    visibility=st.sampled_from(["private", "shared", "household", "household"]),
    locked=st.integers(0, 5).map(lambda number: number == 0),
    state=st.sampled_from(["indexed", "indexed", "indexed", "trashed"]),
    taken=st.sampled_from(["2018-12-31T23:59:59", "2019-01-01T00:00:00", "2019-07-14T12:00:00", "2020-02-29T08:00:00"]),
    rating=st.none() | st.integers(1, 5),
    title=st.none() | st.sampled_from(TEXTS),
    keywords=st.lists(st.sampled_from(TEXTS), max_size=2, unique=True),
    city=st.none() | st.sampled_from(TEXTS),
    camera=st.none() | st.sampled_from(["Canon EOS 5D", "NIKON D70"]),
    kind=st.sampled_from(["photo", "photo", "video", "raw", "live"]),
    faces=st.lists(st.none() | people, max_size=4),
    tags=st.sets(people, max_size=1),
    favourite_of=st.sets(st.sampled_from(PROFILES), max_size=2),
    shared_with=st.sets(st.sampled_from(PROFILES), max_size=1),
    missing=st.booleans(),
    albums=st.sets(st.integers(0, 1), max_size=2),
)
households = st.builds(
    Household,
    photos=st.lists(photos, min_size=1, max_size=8),
    names=st.lists(st.none() | st.sampled_from(NAMES), min_size=5, max_size=5),
    hidden_by=st.dictionaries(people, st.sampled_from(PROFILES), max_size=1),
    named_by=st.dictionaries(people, st.sampled_from(PROFILES), max_size=2),
    albums=st.lists(
        st.tuples(st.sampled_from(TEXTS), st.sampled_from(PROFILES), st.booleans()), min_size=2, max_size=2
    ),
)

words = st.builds(Words, st.sampled_from(["anna", "ANN", "berg", "lis", "Lisbon", "beach", "two", "ete", "zz", "b"]))
words |= st.builds(Words, st.sampled_from(["anna berg", "at the beach", "Lisboa", "an", "beach day"]), st.just(True))
ranges = st.tuples(st.integers(0, 4), st.integers(0, 4)).map(sorted)
dates = st.tuples(*[st.sampled_from(["", "2018", "2019", "2019-01", "2019-07-14", "2020-02-29"])] * 2).filter(
    lambda pair: any(pair) and (not all(pair) or pair[0][: len(pair[1])] <= pair[1])
)
leaves = st.one_of(
    st.builds(Anything, words),
    st.builds(Person, words),
    st.builds(Album, words),
    st.builds(Only, st.lists(words, min_size=1, max_size=2).map(tuple)),
    st.builds(
        In,
        st.sampled_from(Column),
        words | st.sampled_from([Words("Canon EOS", whole=True), Words("d70"), Words("photo_3")]),
    ),
    st.builds(OfKind, st.sampled_from(Kind)),
    st.builds(Is, st.sampled_from(Mark)),
    st.just(Unnamed()),
    ranges.map(lambda pair: People(*pair)),
    ranges.map(lambda pair: Stars(*pair)),
    dates.map(lambda pair: Taken(*pair)),
)
queries = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: And(tuple(parts))),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: Or(tuple(parts))),
        inner.map(Not),
    ),
    max_leaves=5,
)


def write(db: Connection, house: Household) -> None:
    """Makes the library this household, and nothing else. Ids are numbers and one more."""
    for table in ("photo", "image", "person", "album", "profile"):
        db.exec_driver_sql(f"DELETE FROM {table}")
    for profile in PROFILES:
        _add(db, "profile", profile_id=profile, name=f"profile {profile}", is_owner=int(profile == 1), created_at="")
    for number, name in enumerate(house.names, 1):
        _add(db, "person", person_id=number, name=name, created_at="", updated_at="")
    for person, profile in house.hidden_by.items():
        row = {"profile_id": profile, "person_id": person + 1, "state": "held", "is_hidden": 1, "made_at": ""}
        _add(db, "claim", **row)
    for person, profile in house.named_by.items():
        _add(db, "naming", person_id=person + 1, profile_id=profile)
    for number, (name, owner, is_private) in enumerate(house.albums, 1):
        row = {"album_id": number, "owner_id": owner, "kind": "personal", "name": name, "is_private": int(is_private)}
        _add(db, "album", position=number, created_at="", **row)
    for number, each in enumerate(house.photos, 1):
        each.name = f"Photo_{number}.jpg"
        _write_photo(db, number, each)


def _write_photo(db: Connection, number: int, each: PhotoRow) -> None:
    _add(db, "image", image_id=number, source=str(number), width=100, height=100)
    row = {"owner_id": each.owner, "visibility": each.visibility, "locked": int(each.locked), "state": each.state}
    row |= {"taken_at": each.taken, "rating": each.rating, "title": each.title, "city": each.city, "model": each.camera}
    row |= {"format": "RAW" if each.kind == "raw" else "JPEG", "image_id": number, "content_hash": str(number)}
    _add(db, "photo", photo_id=number, attempts=0, size=1, width=100, height=100, added_at="", **row)
    path = {"path": f"/pictures/anna/{each.name}".encode(), "missing_since": "2020" if each.missing else None}
    _add(db, "place", photo_id=number, size=1, modified_ns=1, **path)
    for position, word in enumerate(each.keywords):
        _add(db, "keyword", photo_id=number, word=word, position=position)
    if each.kind == "video":
        _add(db, "video", photo_id=number, seconds=1.0, poster=0.0)
    if each.kind == "live":
        _add(db, "motion", photo_id=number, offset=1, length=1)
    box = {"x": 0, "y": 0, "width": 1, "height": 1, "landmarks": "[]", "confidence": 1, "quality": 1, "detected_at": ""}
    for person in each.faces:
        _add(db, "face", image_id=number, person_id=None if person is None else person + 1, **box)
    for person in each.tags:
        _add(db, "tag", photo_id=number, person_id=person + 1, tagged_at="")
    for profile in each.favourite_of:
        _add(db, "favourite", photo_id=number, profile_id=profile)
    for profile in each.shared_with:
        _add(db, "photo_share", photo_id=number, profile_id=profile)
    for album in each.albums:
        _add(db, "album_photo", album_id=album + 1, photo_id=number, position=number, added_at="")


def _add(db: Connection, table: str, **row: Any) -> None:
    columns, values = ", ".join(row), ", ".join(f":{name}" for name in row)
    db.exec_driver_sql(f'INSERT INTO "{table}" ({columns}) VALUES ({values})', row)


def found(house: Household, viewer: Viewer, query: Query) -> list[int]:
    """Ids of the photos that a query finds for a viewer, newest first."""
    eye = _Eye(house, viewer)
    matching = [
        (each.taken, number)
        for number, each in enumerate(house.photos, 1)
        if each.state == "indexed" and eye.sees(each) and eye.holds(each, query)
    ]
    return [number for _, number in sorted(matching, reverse=True)]


class _Eye:
    """What one viewer sees of a household."""

    def __init__(self, house: Household, viewer: Viewer) -> None:
        self._house = house
        self._viewer = viewer
        self._me = viewer.profile_id

    def sees(self, photo: PhotoRow) -> bool:
        if photo.owner == self._me:
            return not photo.locked or self._viewer.unlocked
        if photo.locked or photo.state == "trashed" or photo.visibility == "private":
            return False
        return photo.visibility == "household" or self._me in photo.shared_with

    def holds(self, photo: PhotoRow, query: Query) -> bool:  # noqa: C901, PLR0911, PLR0912  (one line for each kind)
        faces = [face for face in photo.faces if face is None or not self._hides(face)]
        tags = {person for person in photo.tags if not self._hides(person)}
        there = {face for face in faces if face is not None} | tags
        match query:
            case And(parts):
                return all(self.holds(photo, part) for part in parts)
            case Or(parts):
                return any(self.holds(photo, part) for part in parts)
            case Not(part):
                return not self.holds(photo, part)
            case Anything(words):
                named, exactly = self._called(words)
                text = (column for column in ("title", "keyword", "place", "file"))
                return bool(named & there) or (not exactly and any(self._says(photo, each, words) for each in text))
            case Person(name):
                return bool(self._called(name)[0] & there)
            case Only(names):
                each = [self._called(name)[0] for name in names]
                return all(ids & there for ids in each) and None not in faces and there <= set().union(*each)
            case Unnamed():
                return any(face is None or self._house.names[face] is None for face in faces)
            case People(least, most):
                return least <= len(there) + faces.count(None) <= most
            case Stars(least, most):
                return least <= (photo.rating or 0) <= most
            case Taken(first, last):
                return photo.taken >= first and (not last or photo.taken[: len(last)] <= last)
            case In(column, words):
                return self._says(photo, column.value, words)
            case Album(name):
                return bool(self._albums(name) & photo.albums)
            case OfKind(Kind.PHOTO):
                return photo.kind != "video"
            case OfKind(kind):
                return photo.kind == kind.value
            case Is(Mark.FAVOURITE):
                return self._me in photo.favourite_of
            case Is(Mark.LOCKED):
                return photo.locked
            case Is(Mark.PRIVATE):
                return photo.visibility == "private"
            case Is(Mark.MISSING):
                return photo.missing
        raise AssertionError(query)

    def _says(self, photo: PhotoRow, column: str, words: Words) -> bool:
        return any(holds_words(text, words) for text in photo.said(column))

    def _hides(self, person: int) -> bool:
        return self._house.hidden_by.get(person, self._me) != self._me

    def _called(self, words: Words) -> tuple[set[int], bool]:
        seen = {each for each in range(len(self._house.names)) if self._knows(each)}
        names = {each: self._house.names[each] or "" for each in seen}
        whole = {each for each in seen if holds_words(names[each], Words(words.text, whole=True))}
        if whole or words.whole:
            return whole, bool(whole)
        return {each for each in seen if holds_words(names[each], words)}, False

    def _knows(self, person: int) -> bool:
        if self._hides(person):
            return False
        there = any(self.sees(photo) for photo in self._house.photos if person in {*photo.faces, *photo.tags})
        mine = self._me in (self._house.named_by.get(person), self._house.hidden_by.get(person))
        return there or mine

    def _albums(self, words: Words) -> set[int]:
        seen = {
            number: " ".join(tokens_of(name, keep="_"))
            for number, (name, owner, is_private) in enumerate(self._house.albums)
            if owner == self._me or not is_private
        }
        wanted = " ".join(tokens_of(words.text, keep="_"))
        named = {number for number, name in seen.items() if name == wanted}
        if named or words.whole:
            return named
        return {number for number, name in seen.items() if any(each.startswith(wanted) for each in name.split())}


def holds_words(text: str, words: Words) -> bool:
    """Whether the words follow one another in a text, the last one begun at least."""
    said, wanted = tokens_of(text), tokens_of(words.text)
    if not wanted:
        return False
    for first in range(len(said) - len(wanted) + 1):
        part = said[first : first + len(wanted)]
        if part[:-1] == wanted[:-1] and (part[-1] == wanted[-1] if words.whole else part[-1].startswith(wanted[-1])):
            return True
    return False


def tokens_of(text: str, keep: str = "") -> list[str]:
    """The words of a text without case and accents."""
    plain: Iterable[str] = unicodedata.normalize("NFD", text.lower())
    letters = "".join(each for each in plain if not unicodedata.combining(each))
    return re.findall(rf"[a-z0-9{keep}]+", letters)
