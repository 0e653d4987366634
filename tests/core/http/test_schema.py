"""schemathesis sends what the server's own description allows, and what it does not: no crash, no other answer.

`SCHEMA_EXAMPLES` and `SCHEMA_SEED` choose how many requests of each kind for each operation, and which; without a seed
every run sends others. A failure tells its seed.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import positive_data_acceptance

from tests import samples
from tests.core.http.conftest import serving

EXAMPLES = int(os.environ.get("SCHEMA_EXAMPLES", "12"))
SEED = int(os.environ.get("SCHEMA_SEED") or random.randrange(2**32))

FORMS = {"/detect", "/detect/batch", "/recognize", "/recognize/batch", "/search/image", "/search/image/batch"}

NOT_DESCRIBED = FORMS | {"/search"}
"""No schema can say what an image is, or which embedding is a direction."""


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


def sending(examples: int) -> settings:
    """Requests that are not the same in every run, and can be made again by their seed.

    A request that fails is not made smaller: it may have changed what the next one meets.
    """
    phases = (Phase.explicit, Phase.generate)
    return settings(
        max_examples=examples, database=None, phases=phases, deadline=None, suppress_health_check=list(HealthCheck)
    )


def check_each(document: Any, check_of: Callable[[Any], Callable[[], None]]) -> None:
    """Checks every operation; what fails says how to have it again."""
    failures: list[BaseException] = []
    for result in document.get_all_operations():
        operation = result.ok()
        try:
            seed(SEED)(check_of(operation))()
        except Unsatisfiable:
            # What takes nothing can be asked nothing wrong.
            continue
        except (Exception, FailureGroup) as error:
            error.add_note(f"{operation.label}: SCHEMA_SEED={SEED} SCHEMA_EXAMPLES={EXAMPLES}")
            failures.append(error)
    if failures:
        raise BaseExceptionGroup("operations that do not what they describe", failures)


def is_described(case: Any) -> bool:
    """Whether the server takes what its description allows: not which webhooks the operator lists, what a mode leaves
    no room for, that nobody is merged into himself, or which spaces a name is measured without."""
    body = case.body if isinstance(case.body, dict) else {}
    is_same = body.get("target_person_id") in body.get("source_person_ids", ())
    is_same |= len(case.path_parameters) == 2 and len(set(case.path_parameters.values())) == 1
    is_people = body.get("mode") == "people" and {"face_ids", "eps", "min_samples"} & body.keys()
    given = [each.get("name") for each in (body, *body.get("persons", ())) if isinstance(each, dict)]
    names = [name for name in (*given, body.get("keep_name")) if isinstance(name, str)]
    is_named = all(name.isprintable() and name.strip() and len(name) <= 200 for name in names)
    is_other = case.operation.path in NOT_DESCRIBED or case.query.get("webhook") or is_people or is_same
    return is_named and not is_other


def is_sent(case: Any) -> bool:
    """Whether what was made is what goes over the wire: a list of nothing is no field of a form."""
    return not (isinstance(case.body, dict) and case.operation.path in FORMS and [] in case.body.values())


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_the_server_does_what_it_describes(described: tuple[Any, str], mode: GenerationMode) -> None:
    document, key = described

    def check_of(operation: Any) -> Callable[[], None]:
        @given(case=operation.as_strategy(generation_mode=mode).filter(is_sent))
        @sending(EXAMPLES)
        def check(case: Any) -> None:
            # Among what should be refused, schemathesis sends valid requests too; which of those the server takes is
            # asked where all are valid.
            is_held = mode is GenerationMode.POSITIVE and is_described(case)
            excluded = [] if is_held else [positive_data_acceptance]
            case.call_and_validate(headers={"X-API-Key": key}, excluded_checks=excluded)

        return check

    check_each(document, check_of)


def test_without_the_key_every_operation_is_refused(described: tuple[Any, str]) -> None:
    document, key = described

    def check_of(operation: Any) -> Callable[[], None]:
        refuses = bool(key) and operation.path != "/health"

        @given(case=operation.as_strategy())
        @sending(min(EXAMPLES, 5))
        def check(case: Any) -> None:
            assert (case.call(headers={"X-API-Key": "wrong"}).status_code == 401) == refuses

        return check

    check_each(document, check_of)
