"""A query's text -> what it says. Each rule of the grammar is a method.

any   = all { OR all }
all   = one { [AND] one }
one   = NOT one | ( any ) | field | words
"""

from __future__ import annotations

from app.search.fields import FIELDS, field_of
from app.search.lexing import Sort, Token, tokens
from app.search.types import EVERYTHING, And, Anything, Not, Or, Query, QueryError

MAX_TERMS = 50
"""Things in one query, and brackets within one another: SQLite's statements are bounded."""

_NEEDS = "Something to look for is missing here. To look for the word itself, put it in quotes."


def parse(text: str) -> Query:
    """What a query says; nothing in it: everything.

    Raises:
        QueryError: it cannot be understood.
    """
    parser = _Parser(list(tokens(text, FIELDS)))
    return parser.query()


class _Parser:
    def __init__(self, found: list[Token]) -> None:
        self._tokens = found
        self._place = 0
        self._depth = 0
        many = [token for token in found if token.sort in (Sort.WORDS, Sort.FIELD, Sort.NOT)]
        if len(many) > MAX_TERMS:
            where = many[MAX_TERMS]
            raise QueryError(f"A search may look for at most {MAX_TERMS} things.", where.start, where.end)

    def query(self) -> Query:
        if self._next.sort is Sort.END:
            return EVERYTHING
        found, left = self._any(), self._next
        if left.sort is not Sort.END:
            raise QueryError("There is no bracket that this one closes.", left.start, left.end)
        return found

    @property
    def _next(self) -> Token:
        return self._tokens[self._place]

    def _take(self) -> Token:
        token = self._next
        self._place += 1
        return token

    def _any(self) -> Query:
        parts = [self._all()]
        while self._next.sort is Sort.OR:
            self._operand(self._take())
            parts.append(self._all())
        return parts[0] if len(parts) == 1 else Or(tuple(_flat(parts, Or)))

    def _all(self) -> Query:
        parts = [self._one()]
        while self._next.sort not in (Sort.OR, Sort.CLOSE, Sort.END):
            if self._next.sort is Sort.AND:
                self._operand(self._take())
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else And(tuple(_flat(parts, And)))

    def _one(self) -> Query:
        token = self._take()
        if token.sort is Sort.NOT:
            self._operand(token)
            part = self._one()
            return part.part if isinstance(part, Not) else Not(part)
        if token.sort is Sort.OPEN:
            return self._bracket(token)
        if token.sort is Sort.FIELD:
            return field_of(token)
        if token.sort is Sort.WORDS:
            words = token.values[0].words
            if not words.text.strip():
                raise QueryError("There is nothing between these quotation marks.", token.start, token.end)
            return Anything(words)
        raise QueryError(_NEEDS, token.start, token.end)

    def _bracket(self, opening: Token) -> Query:
        self._depth += 1
        if self._depth > MAX_TERMS:
            raise QueryError("There are too many brackets within one another.", opening.start, opening.end)
        if self._next.sort in (Sort.CLOSE, Sort.END):
            raise QueryError("There is nothing in this bracket.", opening.start, self._next.end)
        found = self._any()
        closing = self._take()
        if closing.sort is not Sort.CLOSE:
            raise QueryError("This bracket is not closed.", opening.start, opening.end)
        self._depth -= 1
        return found

    def _operand(self, operator: Token) -> None:
        """Something has to follow."""
        if self._next.sort in (Sort.AND, Sort.OR, Sort.CLOSE, Sort.END):
            raise QueryError(
                f"Something to look for is missing after {operator.sort}. To look for the word itself, "
                "put it in quotes.",
                operator.start,
                operator.end,
            )


def _flat(parts: list[Query], kind: type[And] | type[Or]) -> list[Query]:
    """Brackets that change nothing are left out."""
    return [inner for part in parts for inner in (part.parts if isinstance(part, kind) else (part,))]
