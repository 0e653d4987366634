"""A query's text -> tokens, each with its place in the text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from app.search.types import QueryError, Words

LONGEST = 2000
"""Characters of a query."""

QUOTES = '"\u201c\u201d\u201e'
"""What opens and closes a name; keyboards and phones write curved ones by themselves."""

_FIELD = re.compile(r"([^\W\d_]+)(:|>=|<=|>|<|=)")

_OPERATORS = ("AND", "OR", "NOT")


class Sort(StrEnum):
    """What a token is."""

    WORDS = "words"
    FIELD = "field"
    AND = "AND"
    OR = "OR"
    NOT = "NOT"
    OPEN = "("
    CLOSE = ")"
    END = "end"


@dataclass(frozen=True, slots=True)
class Value:
    """A text, and its place."""

    words: Words
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Token:
    """One piece of a query.

    Attributes:
        field: the name before an operator, in small letters; of words without one it is empty.
        operator: ":", ">=" and so on.
        values: what follows; several with commas between them.
    """

    sort: Sort
    start: int
    end: int
    field: str = ""
    operator: str = ""
    values: tuple[Value, ...] = ()


def tokens(text: str, fields: frozenset[str]) -> Iterator[Token]:
    """The pieces of a query, the last of which is its end.

    Args:
        text: the query.
        fields: the names that mean something before a colon or a comparison.

    Raises:
        QueryError: a quotation mark is not closed, a field is not known, or the query is too long.
    """
    if len(text) > LONGEST:
        raise QueryError(f"A search may have at most {LONGEST:,} characters.", LONGEST, len(text))
    place = 0
    while True:
        while place < len(text) and _is_space(text[place]):
            place += 1
        if place == len(text):
            yield Token(Sort.END, place, place)
            return
        token = _token(text, place, fields)
        place = token.end
        # "anna & ben": what holds no letter and no digit, and is not in quotes, is no more than a space.
        if (
            token.sort is not Sort.WORDS
            or token.values[0].words.whole
            or any(map(str.isalnum, text[token.start : place]))
        ):
            yield token


def _token(text: str, start: int, fields: frozenset[str]) -> Token:
    if text[start] in "()":
        return Token(Sort(text[start]), start, start + 1)
    found = _FIELD.match(text, start)
    if found and (found[1].lower() in fields or found[2] == ":"):
        name = found[1].lower()
        if name not in fields:
            raise QueryError(_unknown(found[1], fields), start, found.end())
        values = _values(text, found.end(), lists=name == "only")
        return Token(Sort.FIELD, start, values[-1].end if values else found.end(), name, found[2], values)
    value = _value(text, start, "")
    operator = value.words.text.upper()
    if operator in _OPERATORS and not value.words.whole:
        return Token(Sort(operator), start, value.end)
    return Token(Sort.WORDS, start, value.end, values=(value,))


def _values(text: str, start: int, lists: bool) -> tuple[Value, ...]:
    found: list[Value] = []
    while start < len(text) and not _ends(text[start]):
        value = _value(text, start, "," if lists else "")
        found.append(value)
        start = value.end
        if not lists or start == len(text) or text[start] != ",":
            break
        start += 1
        if start == len(text) or _ends(text[start]):
            raise QueryError("A name is missing after the comma.", start - 1, start)
    return tuple(found)


def _value(text: str, start: int, stops: str) -> Value:
    """A text in quotes, or up to the next space, bracket, quotation mark or stop."""
    if text[start] in QUOTES:
        return _quoted(text, start)
    end = start
    while end < len(text) and not _ends(text[end]) and text[end] not in QUOTES + stops:
        end += 1
    return Value(Words(text[start:end]), start, end)


def _quoted(text: str, start: int) -> Value:
    letters: list[str] = []
    place = start + 1
    while place < len(text):
        letter = text[place]
        if letter in QUOTES:
            return Value(Words("".join(letters), whole=True), start, place + 1)
        if letter == "\\" and place + 1 < len(text):
            place += 1
            letter = text[place]
        letters.append(" " if _is_space(letter) else letter)
        place += 1
    raise QueryError("This quotation mark is not closed.", start, len(text))


def _is_space(letter: str) -> bool:
    """What parts words; a character that no text can hold does so, too."""
    return letter.isspace() or unicodedata.category(letter) in ("Cc", "Cs")


def _ends(letter: str) -> bool:
    return letter in "()" or _is_space(letter)


def _unknown(name: str, fields: frozenset[str]) -> str:
    known = ", ".join(f"{each}:" for each in sorted(fields))
    return f"There is no “{name}:”. There are {known}; a text with a colon in it goes in quotes."
