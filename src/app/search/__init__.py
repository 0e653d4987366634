"""The language in which photos are looked for: one for the window, for smart albums and for `sietch find`.

    anna AND ben NOT carl       people and words; AND may be left out, brackets and "quotes" hold together
    only:anna,ben  people:2..4  unnamed:  person:anna
    date:2019-07..2019-09  place:Lisbon  album:"New York"  camera:canon  keyword:beach  file:IMG_1234
    rating>=4  type:video  is:favourite

How a query walks:

    text        -> lexing      tokens, each with its place in the text
                -> parsing     what the query says (`types`); `fields` knows what each field takes
                -> compiling   one SQL statement over what the viewer sees; `names` finds people and albums,
                               `conditions` holds the SQL
                -> photos      ids, newest first

Words are found without regard to case and accents. A bare word that is a word of somebody's name is that person;
every other is looked for at the beginnings of words in titles, captions, keywords, places, file names and names. In
quotes, words are found whole and one after the other. `only:` wants each of those that it names, and no other face in
the photo: a stranger counts as another, too. SQLite's full text (`photo_words`, `person_words`; revision 6) says where
words are, and holds no text; triggers keep it, in the transaction of every change. What is out of sight is not found,
not counted, not offered, and nobody there has a name: every statement ends in what `app.privacy` leaves of `photo`.
"""

from __future__ import annotations

from app.marks import marked
from app.photos import timeline_of
from app.privacy import View
from app.search.compiling import compiled
from app.search.completing import completions
from app.search.parsing import parse
from app.search.types import Completion, QueryError, written
from app.types import Timeline

__all__ = ["Completion", "QueryError", "Search", "parse", "written"]


class Search:
    """Looks for photos, as a viewer sees the library."""

    def __init__(self, view: View) -> None:
        self._view = view

    def photos(self, query: str) -> Timeline:
        """What a query finds, newest first; nothing in it: every photo.

        Raises:
            QueryError: it cannot be understood.
        """
        wanted = parse(query)
        with self._view.read() as db:
            statement = compiled(db, wanted)
            return marked(db, timeline_of(db.exec_driver_sql(statement.sql, statement.values)))

    def check(self, query: str) -> None:
        """Whether a query can be understood.

        Raises:
            QueryError: it cannot; the message says why, `start` and `end` say where.
        """
        parse(query)

    def complete(self, text: str, cursor: int) -> list[Completion]:
        """How a query can go on where the cursor is: people, albums, keywords, places, cameras, fields."""
        with self._view.read() as db:
            return completions(db, text, cursor)
