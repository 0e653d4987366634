"""The fields of the language: `date:2019`, `rating>=4`, and what each of them takes."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from app.search.lexing import Token, Value
from app.search.types import (
    LARGEST,
    Album,
    Column,
    In,
    Is,
    Kind,
    Leaf,
    Mark,
    OfKind,
    Only,
    People,
    Person,
    QueryError,
    Stars,
    Taken,
    Unnamed,
)

MOST_STARS = 5

_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")

_SAME_MARK = {"favorite": Mark.FAVOURITE}
"""As it is written elsewhere."""


def field_of(token: Token) -> Leaf:
    """What a field with its value says.

    Raises:
        QueryError: it does not take that.
    """
    return _FIELDS[token.field](token)


def _texts(make: Callable[[Value], Leaf]) -> Callable[[Token], Leaf]:
    def read(token: Token) -> Leaf:
        _only_colon(token)
        return make(_one(token))

    return read


def _only(token: Token) -> Leaf:
    _only_colon(token)
    _one(token)
    if any(not each.words.text.strip() for each in token.values):
        raise QueryError("A name is missing here.", token.start, token.end)
    return Only(tuple(each.words for each in token.values))


def _unnamed(token: Token) -> Leaf:
    _only_colon(token)
    if token.values:
        raise QueryError("Nothing follows “unnamed:”; leave a space before the next word.", token.start, token.end)
    return Unnamed()


def _people(token: Token) -> Leaf:
    return People(*_numbers(token, LARGEST, "2, 3.. or 2..4"))


def _stars(token: Token) -> Leaf:
    return Stars(*_numbers(token, MOST_STARS, "4, 4.. or 3..5"))


def _numbers(token: Token, most: int, example: str) -> tuple[int, int]:
    value = _one(token)
    first, last = _bounds(token, value)
    if not all(each == "" or (each.isascii() and each.isdecimal() and len(each) <= 3) for each in (first, last)):
        raise QueryError(f"“{token.field}:” takes a number, such as {example}.", value.start, value.end)
    low, high = int(first or 0), int(last or most)
    low, high = {">": (low + 1, most), "<": (0, high - 1)}.get(token.operator, (low, high))
    if high < low or low > most:
        raise QueryError(f"No number is in that; “{token.field}:” takes {example}.", value.start, value.end)
    return low, min(high, most)


def _date(token: Token) -> Leaf:
    value = _one(token)
    first, last = (_checked(each, value) for each in _bounds(token, value))
    if token.operator in ("<", ">"):
        return _beside(token, first or last, value)
    if first and last and first[: len(last)] > last:
        raise QueryError("The first date comes after the last one.", value.start, value.end)
    return Taken(first, last)


def _beside(token: Token, day: str, value: Value) -> Leaf:
    """Before or after a date, without it."""
    step = 1 if token.operator == ">" else -1
    year, month, number = (int(part) for part in [*day.split("-"), "1", "1"][:3])
    try:
        if len(day) == 4:
            other = date(year + step, 1, 1).isoformat()[:4]
        elif len(day) == 7:
            other = date(year + (month + step - 1) // 12, (month + step - 1) % 12 + 1, 1).isoformat()[:7]
        else:
            other = date.fromordinal(date(year, month, number).toordinal() + step).isoformat()
    except (ValueError, OverflowError):
        raise QueryError("There is no time on that side.", value.start, value.end) from None
    return Taken(other, "") if step > 0 else Taken("", other)


def _checked(text: str, value: Value) -> str:
    """A year, a month or a day that there is."""
    if not text:
        return ""
    found = _DATE.fullmatch(text) if text.isascii() else None
    try:
        if found is None:
            raise ValueError
        date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
    except ValueError:
        example = "2019, 2019-07, 2019-07-14 or 2019-07..2019-09"
        raise QueryError(f"“date:” takes {example}.", value.start, value.end) from None
    return text


def _bounds(token: Token, value: Value) -> tuple[str, str]:
    """The first and the last of a range; empty where it is open."""
    text = value.words.text
    if token.operator in (":", "="):
        first, dots, last = text.partition("..")
        if dots and not (first or last):
            raise QueryError("A range needs at least one end.", value.start, value.end)
        return (first, last) if dots else (text, text)
    if not text or ".." in text:
        raise QueryError(f"One value follows “{token.operator}”.", value.start, value.end)
    return ("", text) if token.operator.startswith("<") else (text, "")


def _chosen(kinds: dict[str, Leaf]) -> Callable[[Token], Leaf]:
    def read(token: Token) -> Leaf:
        _only_colon(token)
        value = _one(token)
        found = kinds.get(value.words.text.lower())
        if found is None:
            names = ", ".join(sorted(name for name in kinds if name not in _SAME_MARK))
            raise QueryError(f"“{token.field}:” takes one of: {names}.", value.start, value.end)
        return found

    return read


def _one(token: Token) -> Value:
    if not token.values or not token.values[0].words.text.strip():
        raise QueryError(f"Something is missing after “{token.field}{token.operator}”.", token.start, token.end)
    return token.values[0]


def _only_colon(token: Token) -> None:
    if token.operator != ":":
        raise QueryError(f"After “{token.field}” comes a colon and nothing else.", token.start, token.end)


def _in(column: Column) -> Callable[[Token], Leaf]:
    return _texts(lambda value: In(column, value.words))


KINDS: dict[str, Leaf] = {kind.value: OfKind(kind) for kind in Kind}
MARKS: dict[str, Leaf] = {
    mark: Is(kind) for mark, kind in [*((each.value, each) for each in Mark), *_SAME_MARK.items()]
}

_FIELDS: dict[str, Callable[[Token], Leaf]] = {
    "person": _texts(lambda value: Person(value.words)),
    "only": _only,
    "people": _people,
    "unnamed": _unnamed,
    "date": _date,
    "album": _texts(lambda value: Album(value.words)),
    "rating": _stars,
    "type": _chosen(KINDS),
    "is": _chosen(MARKS),
    **{column.value: _in(column) for column in Column},
}

FIELDS = frozenset(_FIELDS)
"""The names of the fields."""
