"""The language: what a text says, how it is written again, and where an error points."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.search import parse, written
from app.search.fields import FIELDS
from app.search.types import (
    LARGEST,
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
    QueryError,
    Stars,
    Taken,
    Unnamed,
    Words,
)

ANNA, BEN, CARL = (Anything(Words(name)) for name in ("anna", "ben", "carl"))

SAID = {
    "": And(()),
    "anna": ANNA,
    "anna AND ben NOT carl": And((ANNA, BEN, Not(CARL))),
    "anna ben": And((ANNA, BEN)),
    "anna and not ben": And((ANNA, Not(BEN))),
    "anna & ben": And((ANNA, BEN)),
    "anna OR ben carl": Or((ANNA, And((BEN, CARL)))),
    "(anna OR ben) carl": And((Or((ANNA, BEN)), CARL)),
    "NOT (anna ben)": Not(And((ANNA, BEN))),
    "NOT NOT anna": ANNA,
    '"New York"': Anything(Words("New York", whole=True)),
    "“New York”": Anything(Words("New York", whole=True)),
    '"and"': Anything(Words("and", whole=True)),
    r'"the \"Bee\""': Anything(Words('the "Bee"', whole=True)),
    "only:anna,ben": Only((Words("anna"), Words("ben"))),
    'only:"Anna Berg",ben': Only((Words("Anna Berg", whole=True), Words("ben"))),
    "person:anna": Person(Words("anna")),
    "people:2": People(2, 2),
    "people:2..4": People(2, 4),
    "people:2..": People(2, LARGEST),
    "people:..4": People(0, 4),
    "people>2": People(3, LARGEST),
    "people<=2": People(0, 2),
    "unnamed:": Unnamed(),
    "unnamed: anna": And((Unnamed(), ANNA)),
    "date:2019": Taken("2019", "2019"),
    "date:2019-07..2019-09": Taken("2019-07", "2019-09"),
    "date:2019-07..2019": Taken("2019-07", "2019"),
    "date:..2019": Taken("", "2019"),
    "date:2019-07-14..": Taken("2019-07-14", ""),
    "date>=2019": Taken("2019", ""),
    "date>2019": Taken("2020", ""),
    "date<2019-01": Taken("", "2018-12"),
    "date>2019-12": Taken("2020-01", ""),
    "date<2020-03-01": Taken("", "2020-02-29"),
    "rating:4": Stars(4, 4),
    "rating=4": Stars(4, 4),
    "rating>=4": Stars(4, 5),
    "rating>3": Stars(4, 5),
    "rating<2": Stars(0, 1),
    "rating:3..5": Stars(3, 5),
    "place:Lisbon": In(Column.PLACE, Words("Lisbon")),
    'album:"Summer 2019"': Album(Words("Summer 2019", whole=True)),
    "CAMERA:canon": In(Column.CAMERA, Words("canon")),
    "keyword:beach": In(Column.KEYWORD, Words("beach")),
    "file:IMG_1234": In(Column.FILE, Words("IMG_1234")),
    "type:video": OfKind(Kind.VIDEO),
    "is:favourite": Is(Mark.FAVOURITE),
    "is:favorite": Is(Mark.FAVOURITE),
}


@pytest.mark.parametrize("text", SAID)
def test_what_a_text_says(text: str) -> None:
    assert parse(text) == SAID[text]


POINTED = {
    "anna (ben": "(",
    "anna) ben": ")",
    "anna OR": "OR",
    "AND anna": "AND",
    "anna AND OR ben": "AND",
    "anna NOT": "NOT",
    'anna "ben': '"ben',
    'anna ""': '""',
    "anna ()": "()",
    "anna colour:red": "colour:",
    "date:2019-13": "2019-13",
    "date:2019-02-30": "2019-02-30",
    "date:2020..2019": "2020..2019",
    "date:..": "..",
    "date:": "date:",
    "date<0001": "0001",
    "rating:6": "6",
    "rating>5": "5",
    "rating:3..2": "3..2",
    "rating:many": "many",
    "people:\u0664": "\u0664",
    "type:film": "film",
    "is:nice": "nice",
    "only:anna,": ",",
    "only:,anna": "only:,anna",
    "unnamed:anna": "unnamed:anna",
    "place>Lisbon": "place>Lisbon",
    "NOT " * 60 + "anna": "NOT",
    "(" * 60 + "anna": "(",
    "anna " * 60: "anna",
    "a" * 2001: "a",
}


@pytest.mark.parametrize("text", POINTED)
def test_an_error_points_at_what_is_wrong(text: str) -> None:
    with pytest.raises(QueryError) as error:
        parse(text)
    assert text[error.value.start : error.value.end] == POINTED[text]
    assert error.value.message[0].isupper() or error.value.message[0] == "“"
    assert error.value.message.endswith(".")


pieces = st.sampled_from(
    [
        *(f"{field}{operator}" for field in sorted(FIELDS) for operator in (":", ">=", "<", "=")),
        *("AND", "OR", "NOT", "and", "(", ")", '"', "“", "”", ",", "..", "2019-07", "2019", "3", "5", "video"),
        *(" ", "\\", "anna", "Ä", "\x00", "\ud800", "favourite", ":", "-", "٤"),
    ]
)


@given(st.text() | st.lists(pieces, max_size=12).map("".join))
def test_any_text_says_something_or_tells_where_it_does_not(text: str) -> None:
    query, error = read(text)
    if query is None:
        assert error is not None and error.message
        assert 0 <= error.start <= error.end <= len(text)
    else:
        assert parse(written(query)) == query


def read(text: str) -> tuple[Query | None, QueryError | None]:
    try:
        return parse(text), None
    except QueryError as error:
        return None, error


plain = st.text("abcÄø7_'-.é", min_size=1, max_size=6).filter(lambda text: any(map(str.isalnum, text)))
words = st.builds(Words, plain.filter(lambda text: text.upper() not in ("AND", "OR", "NOT"))) | st.builds(
    Words,
    st.text(st.characters(exclude_categories=("C", "Z")) | st.just(" "), min_size=1).filter(str.strip),
    st.just(True),
)
years = st.integers(1, 9999).map("{:04d}".format)
dates = st.tuples(years, years).map(sorted).map(tuple)
leaves: st.SearchStrategy[Query] = st.one_of(
    st.builds(Anything, words),
    st.builds(Person, words),
    st.builds(Album, words),
    st.builds(Only, st.lists(words, min_size=1, max_size=3).map(tuple)),
    st.builds(In, st.sampled_from(Column), words),
    st.builds(OfKind, st.sampled_from(Kind)),
    st.builds(Is, st.sampled_from(Mark)),
    st.just(Unnamed()),
    st.tuples(st.integers(0, 9), st.integers(0, 9)).map(sorted).map(lambda pair: People(*pair)),
    st.tuples(st.integers(0, 5), st.integers(0, 5)).map(sorted).map(lambda pair: Stars(*pair)),
    dates.map(lambda pair: Taken(*pair)),
    years.map(lambda year: Taken(year, "")),
    years.map(lambda year: Taken("", f"{year}-12-31")),
)


def _and(parts: list[Query]) -> Query:
    return And(tuple(inner for part in parts for inner in (part.parts if isinstance(part, And) else (part,))))


def _or(parts: list[Query]) -> Query:
    return Or(tuple(inner for part in parts for inner in (part.parts if isinstance(part, Or) else (part,))))


queries = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(_and),
        st.lists(inner, min_size=2, max_size=3).map(_or),
        inner.filter(lambda query: not isinstance(query, Not)).map(Not),
    ),
    max_leaves=12,
)


@given(queries)
def test_what_is_written_says_the_same_when_it_is_read(query: Query) -> None:
    assert parse(written(query)) == query
