"""What a query finds, held against a naive evaluation of the same query over made-up households, as several viewers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings

from app.opening import open_database
from app.privacy import View, Viewer
from app.search import Search, written
from app.search.types import Query
from core.database import Database
from tests.app.search import households
from tests.app.search.households import Household

VIEWERS = (Viewer(1), Viewer(1, unlocked=True), Viewer(2), Viewer(3))


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    opened = open_database(tmp_path_factory.mktemp("household"))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def views(database: Database) -> Iterator[list[View]]:
    made = [View(database, viewer) for viewer in VIEWERS]
    yield made
    for view in made:
        view.close()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=100)
@given(household=households.households, query=households.queries)
def test_a_query_finds_what_it_says_in_what_the_viewer_sees(
    database: Database, views: list[View], household: Household, query: Query
) -> None:
    with database.write() as db:
        households.write(db, household)
    for view in views:
        photos = Search(view).photos(written(query))
        assert list(photos.photo_ids) == households.found(household, view.viewer, query), (view.viewer, written(query))
