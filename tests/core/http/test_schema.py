"""schemathesis sends what the server's own description allows, and what it does not: no crash, no other answer."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from tests import samples
from tests.core.http.conftest import serving


@pytest.fixture(scope="module", params=["", "secret"], ids=["open", "with a key"])
def described(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The description of a server of its own, which holds the faces of one photo, and the key."""
    folder = tmp_path_factory.mktemp("described")
    headers = {"X-API-Key": request.param}
    photo = samples.save(samples.t1(), folder / "t1.jpg").read_bytes()
    with serving(folder, CORE_API_KEY=request.param) as address:
        for path, name in (("detect", "file"), ("detect/batch", "files")):
            sent = httpx.post(f"{address}/{path}", files={name: photo}, headers=headers, timeout=60)
            assert sent.is_success
        yield schemathesis.openapi.from_url(f"{address}/openapi.json", headers=headers), request.param


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_the_server_does_what_it_describes(described: tuple[Any, str], mode: GenerationMode) -> None:
    document, key = described
    for result in document.get_all_operations():
        operation = result.ok()

        @given(case=operation.as_strategy(generation_mode=mode))
        @settings(max_examples=8, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
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
        @settings(max_examples=2, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
        def check(case: Any) -> None:
            assert (case.call(headers={"X-API-Key": "wrong"}).status_code == 401) == refuses  # noqa: B023

        check()
