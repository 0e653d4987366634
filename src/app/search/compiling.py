"""What a query says -> one SQL statement over what the viewer sees.

Each part becomes two things. A *condition* over a row of `photo`, exact, which asks only what the viewer sees: on the
connection that carries it out, `photo`, `face`, `album_photo` are what `app.privacy` leaves of them. And, where an
index leads there, *candidates*: ids of photos among which all that fulfil it are, quickly found in the tables
themselves. Of several parts the one with the fewest candidates leads, and the conditions of all are asked of those
photos alone. What is out of sight may be a candidate, and is not found: `photo` does not hold it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from app.search import conditions as sql
from app.search import names
from app.search.conditions import Part
from app.search.parsing import parse
from app.search.types import (
    Album,
    And,
    Anything,
    In,
    Is,
    Leaf,
    Not,
    OfKind,
    Only,
    Or,
    People,
    Person,
    Query,
    QueryError,
    Stars,
    Taken,
    Unnamed,
    Words,
)

ENOUGH = 20_000
"""So many candidates are counted to choose the part that leads."""

_ALL = """
    SELECT photo.photo_id, substr(photo.taken_at, 1, 7) FROM photo WHERE photo.state = 'indexed' AND {condition}
    ORDER BY photo.taken_at DESC, photo.photo_id DESC
"""

_AMONG = """
    SELECT photo.photo_id, substr(photo.taken_at, 1, 7) FROM photo
    WHERE photo.photo_id IN ({candidates}) AND +photo.state = 'indexed' AND {condition}
    ORDER BY photo.taken_at DESC, photo.photo_id DESC
"""
"""The plus keeps SQLite from walking through all photos by time instead."""


@dataclass(frozen=True, slots=True)
class Statement:
    """Ids and months of the photos that a query finds, newest first."""

    sql: str
    values: dict[str, object]


def compiled(db: Connection, query: Query) -> Statement:
    """The statement of a query.

    Args:
        db: the viewer's connection, on which it is carried out afterwards.
    """
    compiler = _Compiler(db)
    part = compiler.part(query)
    form = _ALL if part.candidates is None else _AMONG
    return Statement(form.format(condition=part.condition, candidates=part.candidates), compiler.values)


class _Compiler:
    """Makes the parts of one statement, whose values it gathers."""

    def __init__(self, db: Connection) -> None:
        self._db = db
        self._within: tuple[int, ...] = ()
        self.values: dict[str, object] = {}

    def part(self, query: Query) -> Part:
        match query:
            case And(parts):
                return self._all([self.part(each) for each in parts])
            case Or(parts):
                return self._any([self.part(each) for each in parts])
            case Not(inner):
                return Part(f"NOT {self.part(inner).condition}")
            case _:
                return self._leaf(query)

    def _leaf(self, leaf: Leaf) -> Part:  # noqa: C901, PLR0911  (one line for each kind)
        match leaf:
            case Anything(words):
                return self._anything(words)
            case Person(name):
                return sql.with_people(names.people(self._db, name).ids)
            case Only(wanted):
                return self._only(wanted)
            case Unnamed():
                return sql.UNNAMED
            case People(least, most):
                return sql.so_many(least, most)
            case Stars(least, most):
                return sql.rated(least, most)
            case Taken(first, last):
                return sql.taken(self._value(first), self._value(f"{last}~"), bool(first), bool(last))
            case In(column, words):
                return sql.saying(self._value(f"{sql.COLUMNS[column]} : {names.phrase(words)}"))
            case Album(name):
                return self._album(name)
            case OfKind(kind):
                return sql.KINDS[kind]
            case Is(mark):
                return sql.MARKS[mark]

    def _anything(self, words: Words) -> Part:
        named = names.people(self._db, words)
        people = sql.with_people(named.ids)
        if named.ids and named.exactly:
            return people
        text = sql.saying(self._value(f"{sql.ANYWHERE} : {names.phrase(words)}"))
        return self._any([text, people]) if named.ids else text

    def _only(self, wanted: Sequence[Words]) -> Part:
        each = [names.people(self._db, name).ids for name in wanted]
        allowed = sorted({person for ids in each for person in ids})
        return self._all([*(sql.with_people(ids) for ids in each), sql.nobody_but(allowed)])

    def _album(self, name: Words) -> Part:
        found = names.albums(self._db, name)
        listed = sql.in_albums([album.album_id for album in found if album.query is None])
        smart = [self._smart(album) for album in found if album.query is not None]
        return self._any([listed, *smart]) if smart else listed

    def _smart(self, album: names.AlbumFound) -> Part:
        """What a smart album finds for this viewer; nothing where it would be within itself."""
        if album.album_id in self._within:
            return sql.NOTHING
        before, self._within = self._within, (*self._within, album.album_id)
        try:
            return self.part(parse(album.query or ""))
        except QueryError:
            return sql.NOTHING
        finally:
            self._within = before

    def _all(self, parts: Sequence[Part]) -> Part:
        condition = _joined(" AND ", [part.condition for part in parts], "1")
        leading = [part for part in parts if part.candidates is not None]
        leader = min(leading, key=self._size) if len(leading) > 1 else next(iter(leading), None)
        return replace(leader, condition=condition) if leader else Part(condition)

    def _any(self, parts: Sequence[Part]) -> Part:
        condition = _joined(" OR ", [part.condition for part in parts], "0")
        candidates = [part.candidates for part in parts]
        if None in candidates:
            return Part(condition)
        return Part(condition, " UNION ".join(f"SELECT * FROM ({each})" for each in candidates))

    def _size(self, part: Part) -> int:
        """About how many candidates there are: of all that there is, which is told to nobody."""
        query = part.size or f"SELECT count(*) FROM (SELECT 1 FROM ({part.candidates}) LIMIT {ENOUGH})"
        return int(self._db.exec_driver_sql(query, self.values).scalar_one())

    def _value(self, value: str) -> str:
        """A value of the statement, by the name that stands for it there."""
        name = f"value_{len(self.values)}"
        self.values[name] = value
        return f":{name}"


def _joined(operator: str, conditions: Collection[str], empty: str) -> str:
    return f"({operator.join(conditions)})" if conditions else empty
