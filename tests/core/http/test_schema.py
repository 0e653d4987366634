"""schemathesis sends what the server's own description allows, and what it does not: no crash, no other answer."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from core import schema
from core.database import Database
from core.http.app import create_app
from core.http.settings import Settings
from core.models import find_pack
from core.service import FaceCore
from tests.core.faces import face, person, seen


@pytest.fixture(scope="module", params=["", "secret"], ids=["open", "with a key"])
def described(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    folder = tmp_path_factory.mktemp("described")
    database = Database(folder / "core.sqlite", schema.metadata, 1)
    core = FaceCore(database, find_pack())
    for number in range(6):
        core.add_image(f"{number}.jpg", 100, 100, [face(seen(person(number // 2), seed=number))])
    core.cluster()
    chosen = Settings(
        database_url=f"sqlite:///{folder / 'core.sqlite'}",
        upload_dir=folder / "uploads",
        core_api_key=request.param or None,
    )
    headers = {"X-API-Key": request.param}
    document = schemathesis.openapi.from_asgi("/openapi.json", create_app(core, chosen), headers=headers)
    yield document, request.param
    database.close()


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_the_server_does_what_it_describes(described: tuple[Any, str], mode: GenerationMode) -> None:
    document, key = described
    for result in document.get_all_operations():
        operation = result.ok()

        @given(case=operation.as_strategy(generation_mode=mode))
        @settings(max_examples=8, database=None, suppress_health_check=list(HealthCheck))
        def check(case: Any) -> None:
            # No schema can say what an image is, or which embedding is a direction.
            case.call_and_validate(headers={"X-API-Key": key}, excluded_checks=[positive_data_acceptance])

        # What takes nothing can be asked nothing wrong.
        with contextlib.suppress(*([Unsatisfiable] if mode is GenerationMode.NEGATIVE else [])):
            check()


def test_without_the_key_every_operation_is_refused(described: tuple[Any, str]) -> None:
    document, key = described
    for result in document.get_all_operations():
        operation = result.ok()
        refuses = bool(key) and operation.path != "/health"

        @given(case=operation.as_strategy())
        @settings(max_examples=2, database=None, suppress_health_check=list(HealthCheck))
        def check(case: Any) -> None:
            assert (case.call(headers={"X-API-Key": "wrong"}).status_code == 401) == refuses  # noqa: B023

        check()
