"""Words -> the people and albums in sight that are called so, and the form in which SQLite's full text looks for them.

Only whole words are names at first: "anna" is Anna and Anna Berg. Where nobody is called so, it is the beginning of a
word: "ann". In quotes it is the whole word in any case.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from sqlalchemy import Connection

from app.search.types import Words

MOST = 500
"""People or albums that a few letters can stand for."""

_PERSONS = """
    SELECT person_id FROM person
    WHERE person_id IN (SELECT rowid FROM main.person_words WHERE person_words MATCH :words) LIMIT :most
"""
"""Of those whose names hold the words, who is in sight: `person` is what the viewer sees of it."""

_ALBUMS = 'SELECT album_id, name, kind, "query" FROM album'


@dataclass(frozen=True, slots=True)
class Named:
    """Ids of who or what is called so; `exactly`: by whole words."""

    ids: tuple[int, ...]
    exactly: bool


@dataclass(frozen=True, slots=True)
class AlbumFound:
    """An album in sight; `query` is that of a smart one."""

    album_id: int
    query: str | None


def phrase(words: Words, whole: bool | None = None) -> str:
    """Words as SQLite's full text looks for them, one after the other, the last of them to its end if `whole`."""
    text = '"' + words.text.replace('"', '""') + '"'
    return text if (words.whole if whole is None else whole) else text + "*"


def people(db: Connection, words: Words) -> Named:
    """The people in sight who are called so."""
    found = _people(db, phrase(words, whole=True))
    if found or words.whole:
        return Named(found, exactly=True)
    return Named(_people(db, phrase(words)), exactly=False)


def albums(db: Connection, words: Words) -> list[AlbumFound]:
    """The albums in sight of that name; where there is none, those in whose names a word begins so."""
    wanted, rows = fold(words.text), db.exec_driver_sql(_ALBUMS).all()
    named = [row for row in rows if fold(row.name) == wanted]
    if not named and not words.whole:
        named = [row for row in rows if f" {wanted}" in f" {fold(row.name)}"]
    return [AlbumFound(row.album_id, row.query if row.kind == "smart" else None) for row in named[:MOST]]


def fold(text: str) -> str:
    """Text by its letters alone: without case, accents and surplus spaces."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(each for each in letters if not unicodedata.combining(each)).split())


def _people(db: Connection, match: str) -> tuple[int, ...]:
    rows = db.exec_driver_sql(_PERSONS, {"words": match, "most": MOST})
    return tuple(sorted(int(row) for row in rows.scalars()))
