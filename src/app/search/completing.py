"""How a query can go on: people, albums, keywords, places, cameras and fields that begin as what is being typed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from app.details import camera_name
from app.search import names
from app.search.fields import FIELDS, KINDS, MARKS
from app.search.lexing import QUOTES
from app.search.types import Column, Completion, Words, quoted

MOST = 8
"""Completions that are offered at once."""

_LOOKED_AT = 2000
"""Rows among which the most frequent keywords, places and cameras are found."""

_PART = re.compile(rf"""(?:^|(?<=[\s(,:])) (?P<text> [{QUOTES}][^{QUOTES}]* | [^\s(){QUOTES},:]* )\Z""", re.VERBOSE)
"""What is being typed: the last word, or what follows a quotation mark."""

_FIELD = re.compile(r"(?:^|[\s(])([^\W\d_]+):\S*\Z")

_PERSONS = """
    SELECT person.name, (
        SELECT best.face_id FROM face AS best JOIN photo AS shown USING (image_id)
        WHERE best.person_id = person.person_id AND shown.state <> 'trashed'
        ORDER BY best.quality DESC, best.face_id LIMIT 1
    ) AS face_id FROM person
    WHERE person.person_id IN (SELECT rowid FROM main.person_words WHERE person_words MATCH :words) LIMIT :most
"""

_FOUND = "IN (SELECT rowid FROM main.photo_words WHERE photo_words MATCH :words)"

_KEYWORDS = "SELECT word FROM keyword WHERE {where} ORDER BY photo_id DESC LIMIT :most"
_PLACES = "SELECT city, province, country FROM photo WHERE {where} ORDER BY photo_id DESC LIMIT :most"
_CAMERAS = "SELECT make, model, lens FROM photo WHERE {where} ORDER BY photo_id DESC LIMIT :most"


@dataclass(frozen=True, slots=True)
class _Typed:
    """The field before the cursor, if any, and the part of its value, or of a word, that is there."""

    field: str
    text: str
    start: int
    end: int


def completions(db: Connection, text: str, cursor: int) -> list[Completion]:
    """What can stand in the place of what is being typed.

    Args:
        db: the viewer's connection: only what is in sight is offered.
        text: the query.
        cursor: the place in it behind which nothing is looked at.
    """
    typed = _typed(text[:cursor])
    if typed is None:
        return []
    offer = _OFFERS.get(typed.field)
    if offer is not None:
        return [_whole(typed, word, "") for word in offer(db, typed.text)[:MOST]]
    if typed.field in ("person", "only"):
        return _persons(db, typed)[:MOST]
    return [] if typed.field or not typed.text else _anything(db, typed)


def _typed(before: str) -> _Typed | None:
    found = _PART.search(before)
    if found is None:
        return None
    text, start = found["text"], found.start("text")
    opened = text[:1] in QUOTES and bool(text)
    field = _FIELD.search(before[:start] if opened or before[:start].endswith((":", ",")) else before)
    name = field[1].lower() if field else ""
    return _Typed(name if name in FIELDS else "", text[1:] if opened else text, start, len(before))


def _anything(db: Connection, typed: _Typed) -> list[Completion]:
    """Where no field says what it is to be."""
    found = _persons(db, typed)[: MOST // 2]
    wanted = typed.text.lower()
    found += [_plain(typed, f"{name}:", "field") for name in sorted(FIELDS) if name.startswith(wanted)]
    for name in ("album", Column.KEYWORD, Column.PLACE):
        offered = _OFFERS[name](db, typed.text)[: MOST // 2]
        found += [_whole(typed, word, name) for word in offered]
    return found[:MOST]


def _persons(db: Connection, typed: _Typed) -> list[Completion]:
    words = names.phrase(Words(typed.text))
    rows = db.exec_driver_sql(_PERSONS, {"words": words, "most": names.MOST}).all() if typed.text.strip() else []
    wanted, called = names.fold(typed.text), {row.name: row.face_id for row in rows}
    ordered = sorted(called, key=lambda name: (not names.fold(name).startswith(wanted), names.fold(name)))
    return [Completion(typed.start, typed.end, _safe(name), name, face_id=called[name]) for name in ordered]


def _whole(typed: _Typed, word: str, field: str) -> Completion:
    before = f"{field}:" if field else ""
    return Completion(typed.start, typed.end, before + _safe(word), word, field)


def _plain(typed: _Typed, text: str, detail: str) -> Completion:
    return Completion(typed.start, typed.end, text, text, detail)


def _safe(text: str) -> str:
    """A name as it is written in a query: in quotes where it would be read as something else."""
    plain = text.isalnum() and text.upper() not in ("AND", "OR", "NOT")
    return text if plain else quoted(text)


def _albums(db: Connection, text: str) -> list[str]:
    wanted = names.fold(text)
    rows = db.exec_driver_sql("SELECT name FROM album").scalars()
    return sorted({name for name in rows if f" {wanted}" in f" {names.fold(name)}"}, key=names.fold)


def _frequent(
    query: str, column: Column, words_of: Callable[[Sequence[str | None]], Iterable[str | None]]
) -> Callable[[Connection, str], list[str]]:
    """What is said most often of the newest photos of which something that begins so is said."""

    def offer(db: Connection, text: str) -> list[str]:
        column_name = "keywords" if column is Column.KEYWORD else column.value
        match = f"{column_name} : {names.phrase(Words(text))}"
        where = f"photo_id {_FOUND}" if text.strip() else "1"
        rows = db.exec_driver_sql(query.format(where=where), {"words": match, "most": _LOOKED_AT})
        wanted = names.fold(text)
        told = Counter(word for row in rows for word in words_of(tuple(row)) if word)
        fitting = [(word, count) for word, count in told.items() if f" {wanted}" in f" {names.fold(word)}"]
        return [word for word, _ in sorted(fitting, key=lambda pair: (-pair[1], names.fold(pair[0])))]

    return offer


def _choices(among: Iterable[str]) -> Callable[[Connection, str], list[str]]:
    listed = sorted(among)
    return lambda _db, text: [word for word in listed if word.startswith(text.lower())]


_OFFERS: dict[str, Callable[[Connection, str], list[str]]] = {
    "album": _albums,
    Column.KEYWORD: _frequent(_KEYWORDS, Column.KEYWORD, lambda row: row),
    Column.PLACE: _frequent(_PLACES, Column.PLACE, lambda row: row),
    Column.CAMERA: _frequent(_CAMERAS, Column.CAMERA, lambda row: (camera_name(row[0] or "", row[1] or ""), row[2])),
    "type": _choices(KINDS),
    "is": _choices(name for name in MARKS if name != "favorite"),
}
"""By field: what can stand behind its colon."""
