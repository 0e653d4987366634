"""What a search says, as values; how it is written (`written`) and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.errors import AppError

LARGEST = 999
"""Above every number of people that a query can name."""


class QueryError(AppError):
    """A query cannot be understood; `start` and `end` are where in its text the trouble is."""

    def __init__(self, message: str, start: int, end: int) -> None:
        super().__init__(message)
        self.message = message
        self.start = start
        self.end = end


class Column(StrEnum):
    """What words can be looked for in, alone."""

    PLACE = "place"
    CAMERA = "camera"
    KEYWORD = "keyword"
    FILE = "file"


class Kind(StrEnum):
    """What kind of photo."""

    PHOTO = "photo"
    VIDEO = "video"
    RAW = "raw"
    LIVE = "live"


class Mark(StrEnum):
    """What a photo can be besides."""

    FAVOURITE = "favourite"
    LOCKED = "locked"
    PRIVATE = "private"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Words:
    """Words that follow one another. `whole`: they were in quotes, and the last is no beginning of a longer one."""

    text: str
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Anything:
    """Somebody of that name, or the words anywhere."""

    words: Words


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of that name is in the photo."""

    name: Words


@dataclass(frozen=True, slots=True)
class Only:
    """Each of these is in the photo, and no other face is, known or not."""

    names: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class Unnamed:
    """There is a face without a name."""


@dataclass(frozen=True, slots=True)
class People:
    """So many people are in the photo, known or not."""

    least: int
    most: int = LARGEST


@dataclass(frozen=True, slots=True)
class Stars:
    """The rating lies between these, both of them included; without a rating it counts as 0."""

    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Taken:
    """Taken between these, both of them included: beginnings of an ISO date, or empty where it is open."""

    first: str
    last: str


@dataclass(frozen=True, slots=True)
class In:
    """The words stand in one of the texts of a photo."""

    column: Column
    words: Words


@dataclass(frozen=True, slots=True)
class Album:
    """The photo is in an album of that name."""

    name: Words


@dataclass(frozen=True, slots=True)
class OfKind:
    """The photo is of that kind."""

    kind: Kind


@dataclass(frozen=True, slots=True)
class Is:
    """The photo is marked so."""

    mark: Mark


@dataclass(frozen=True, slots=True)
class And:
    """All of these; of none of them: every photo."""

    parts: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one of these."""

    parts: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The contrary."""

    part: Query


Leaf = Anything | Person | Only | Unnamed | People | Stars | Taken | In | Album | OfKind | Is
Query = Leaf | And | Or | Not

EVERYTHING = And(())
"""What a query without a word finds."""


@dataclass(frozen=True, slots=True)
class Completion:
    """How a query can go on: its characters from `start` to `end` become `text`.

    Attributes:
        label: what is offered, in words.
        face_id: of somebody, the face that shows who it is.
        detail: what kind of thing it is; empty for people.
    """

    start: int
    end: int
    text: str
    label: str
    detail: str = ""
    face_id: int | None = None


def written(query: Query) -> str:
    """A query as text, which means the same when it is read again."""
    match query:
        case And(parts):
            return " ".join(_inside(each, Or) for each in parts)
        case Or(parts):
            return " OR ".join(_inside(each, Or) for each in parts)
        case Not(part):
            return f"NOT {_inside(part, And, Or)}"
        case _:
            return _leaf(query)


def quoted(text: str) -> str:
    """A text in quotes."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _inside(query: Query, *bracketed: type) -> str:
    """A part of a query; in brackets where it would be read otherwise."""
    return f"({written(query)})" if isinstance(query, bracketed) else written(query)


def _leaf(query: Leaf) -> str:  # noqa: C901, PLR0911  (one line for each kind)
    match query:
        case Anything(words):
            return _words(words)
        case Person(name):
            return f"person:{_words(name)}"
        case Only(names):
            return f"only:{','.join(map(_words, names))}"
        case Unnamed():
            return "unnamed:"
        case People(least, most):
            return f"people:{_range(least, '' if most == LARGEST else most)}"
        case Stars(least, most):
            return f"rating:{_range(least, most)}"
        case Taken(first, last):
            return f"date:{_range(first, last)}"
        case In(column, words):
            return f"{column}:{_words(words)}"
        case Album(name):
            return f"album:{_words(name)}"
        case OfKind(kind):
            return f"type:{kind}"
        case Is(mark):
            return f"is:{mark}"


def _words(words: Words) -> str:
    return quoted(words.text) if words.whole else words.text


def _range(first: object, last: object) -> str:
    return str(first) if first == last else f"{first}..{last}"
