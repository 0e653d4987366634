"""Every list and search of a household of 100,000 photos and 300,000 faces, with the plan of each query.

`python -m tests.benchmarks household [--photos 100000] [--faces 300000] [--rounds 5] [--plans]`

Each is asked as a profile that may not see everything, and beside it, by turns, as the program itself that sees all:
the ratio is what privacy costs. A plan that reads a whole table that grows with the photos is told of.
"""

from __future__ import annotations

import argparse
import re
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine

from app import auto_albums
from app.library import Library
from app.privacy import Everything, Viewer
from app.session import Session
from core.statements import DriverConnection
from tests.benchmarks.generated_house import fill

_GROWING = re.compile(
    r"SCAN (photo|face|image|place|keyword|album_photo|favourite|look|photo_share|region)\b"
    r"(?! USING INDEX (photo_placeless|photo_with_reason|place_missing))"
)
"""A line of a plan that reads a whole table: the more photos, the longer. The indexes named hold the few rows that are
meant."""

_WHO = 3

Question = Callable[[Session], object]

QUESTIONS: dict[str, Question] = {
    "counts": lambda session: session.counts(),
    "timeline": lambda session: session.photos.timeline(),
    "one photo": lambda session: session.photos.get(50_001),
    "faces of a photo": lambda session: session.photos.faces(50_001),
    "details of a photo": lambda session: session.details.of(50_001),
    "people": lambda session: session.people.list(),
    "one person": lambda session: session.people.get(1),
    "photos of a person": lambda session: session.people.timeline(1),
    "faces of a person": lambda session: session.people.faces(1),
    "not readable": lambda session: session.photos.skipped(),
    "trash": lambda session: session.trash.timeline(),
    "duplicates": lambda session: session.duplicates.list(),
    "albums": lambda session: session.albums.list(),
    "an album": lambda session: session.albums.timeline(6),
    "an album that fills itself": lambda session: session.albums.timeline(2),
    "favourites": lambda session: session.favourites.timeline(),
    "news": lambda session: session.notifications.list(),
    "what was done": lambda session: session.journal.list(),
    "folders": lambda session: session.folders.list(),
    **{
        f"find {query}": lambda session, query=query: session.search.photos(query)  # type: ignore[misc]
        for query in (
            *('"Ada 10" AND "Ben 1" NOT "Carl 2"', 'only:"Ada 10","Ben 1"', "people:7..9", "unnamed:", "place:Lisbon"),
            *("date:2019-07..2019-09", 'album:"Album 2"', "camera:iphone", "rating>=5", "type:video", "keyword:snow"),
            *("is:favourite", "birthday 12", "IMG_050001"),
        )
    },
    "complete a name": lambda session: session.search.complete("gus", 3),
}
"""What a window asks; by what it is."""


def main(arguments: Sequence[str]) -> None:
    """Makes the library and asks."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks household")
    parser.add_argument("--photos", type=int, default=100_000)
    parser.add_argument("--faces", type=int, default=300_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--plans", action="store_true", help="print every plan, not only those that read whole tables")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as temporary, Library.open(Path(temporary), resume=False) as library:
        fill(library, options.photos, options.faces)
        print(f"{options.photos:,} photos, {options.faces:,} faces; median of {options.rounds}, as a profile : as all")
        everything = Session(library, Everything(library.database))
        session = library.session_of(Viewer(_WHO))
        for name, question in QUESTIONS.items():
            _measure(name, question, session, everything, options.rounds)
            _tell_plans(question, session, options.plans)
        everything.close()
        _membership(library, options.rounds)


def _membership(library: Library, rounds: int) -> None:
    """What an album that follows somebody costs for each photo that is indexed."""
    times = []
    for number in range(50_000, 50_000 + 20 * rounds):
        with library.database.write() as db:
            started = time.perf_counter()
            auto_albums.follow(db, [number])
            times.append(time.perf_counter() - started)
    print(f"  {'albums after one photo':28} {statistics.median(times) * 1000:8.2f} ms")


def _measure(name: str, question: Question, session: Session, everything: Session, rounds: int) -> None:
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds + 1):
        for each, who in zip(times, (session, everything), strict=True):
            started = time.perf_counter()
            question(who)
            each.append(time.perf_counter() - started)
    seen, all_ = (statistics.median(each[1:]) * 1000 for each in times)
    print(f"  {name:28} {seen:8.1f} ms : {all_:8.1f} ms = {seen / all_:5.2f}")


def _tell_plans(question: Question, session: Session, everything_: bool) -> None:
    with _statements() as asked:
        question(session)
    for statement, values in asked:
        with session.view.read() as db:
            plan = [str(row.detail) for row in db.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)]
        whole = [line for line in plan if _GROWING.search(line)]
        if everything_:
            print(f"      {' '.join(statement.split())[:110]}")
        for line in plan if everything_ else whole:
            print(f"      {'WHOLE TABLE ' if line in whole else ''}{line}")


@contextmanager
def _statements() -> Iterator[list[tuple[str, Any]]]:
    """What is asked of any database meanwhile."""
    asked: list[tuple[str, Any]] = []

    def hear(_connection: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        if statement.lstrip().startswith(("SELECT", "WITH")):
            asked.append((statement, values))

    to_driver = DriverConnection.exec_driver_sql

    def heard(connection: Any, statement: str, values: Any = (), *rest: Any) -> Any:
        hear(None, None, statement, values)
        return to_driver(connection, statement, values, *rest)

    event.listen(Engine, "before_cursor_execute", hear)
    DriverConnection.exec_driver_sql = heard  # type: ignore[method-assign]
    try:
        yield asked
    finally:
        event.remove(Engine, "before_cursor_execute", hear)
        DriverConnection.exec_driver_sql = to_driver  # type: ignore[method-assign]
