"""No request costs more than it may, and what is asked for is done as it was asked or refused."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests import samples
from tests.core.http.asking import jpeg, ok, refused
from tests.core.http.conftest import serving

NO_FACE = 2**40


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("bounded")


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[httpx.Client]:
    limits = {"MAX_BATCH": "3", "MAX_IDS": "5"}
    with serving(folder, **limits) as address, httpx.Client(base_url=address, timeout=60) as opened:
        yield opened


@pytest.mark.parametrize("url", ["http://xn--/", "http://xn--a.example/", "http://[::1/", "http://\udcff.example/"])
def test_a_webhook_whose_host_cannot_be_read_is_refused(client: httpx.Client, url: str) -> None:
    query = {"webhook": url.encode("utf-8", "surrogateescape")}
    refused(client.post("/cluster", params=query, json={}), 422, "WEBHOOK_ORIGINS")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/cluster", {"face_ids": ["x"] * 300_000}),
        ("/faces/assign", {"face_ids": ["x" * 300] * 40_000}),
        ("/faces/delete", {"face_ids": [None] * 300_000}),
        ("/persons/delete", {"person_ids": [1.5] * 300_000}),
        ("/persons/batch", {"persons": [1] * 300_000}),
        ("/persons/merge", {"source_person_ids": [""] * 300_000, "target_person_id": 1}),
        ("/search", {"embedding": [""] * 500_000}),
        ("/search/batch", {"embeddings": [[""] * 500_000]}),
        ("/search/batch", {"embeddings": [""] * 500_000}),
        ("/search/batch", {"face_ids": [""] * 500_000}),
    ],
)
def test_a_list_of_what_is_wrong_holds_up_nobody(client: httpx.Client, path: str, body: dict[str, object]) -> None:
    content = json.dumps(body).encode()
    waits: list[float] = []
    ended = threading.Event()

    def ask() -> None:
        while not ended.is_set():
            start = time.perf_counter()
            ok(client.get("/health"))
            waits.append(time.perf_counter() - start)

    asking = threading.Thread(target=ask)
    asking.start()
    answer = client.post(path, content=content, headers={"content-type": "application/json"})
    ended.set()
    asking.join()
    told = refused(answer, 422)
    assert len(told["errors"]) <= 20
    assert len(answer.content) < 10_000
    assert max(waits) < 2


def test_what_is_wrong_with_many_fields_is_told_of_the_first(client: httpx.Client) -> None:
    told = refused(client.post("/search/batch", json={"embeddings": [[1.0] * 4097], "face_ids": [0]}), 422)
    assert {each["field"] for each in told["errors"]} == {"embeddings.0", "face_ids.0"}


@pytest.mark.parametrize("given", [{"face_ids": [1]}, {"eps": 0.4}, {"min_samples": 2}])
def test_people_are_not_asked_for_by_the_measures_of_dbscan(client: httpx.Client, given: dict[str, object]) -> None:
    told = refused(client.post("/cluster", json={"mode": "people", **given}), 422, "dbscan")
    assert [each["field"] for each in told["errors"]] == list(given)
    refused(client.post("/cluster?background=true", json={"mode": "people", **given}), 422)
    ok(client.post("/cluster", json={"mode": "people", "face_ids": None, "eps": None, "dry_run": True}))


@pytest.mark.parametrize(
    ("path", "extra", "most"),
    [
        ("/suggestions", {}, 3),
        ("/faces/delete", {}, 3),
        ("/faces/assign", {"person_id": 1}, 5),
        ("/persons/1/split", {}, 5),
        ("/persons/1/reject", {}, 5),
    ],
)
def test_lists_of_ids_are_bounded(client: httpx.Client, path: str, extra: dict[str, int], most: int) -> None:
    ids = [NO_FACE + number for number in range(most + 1)]
    refused(client.post(path, json={"face_ids": ids, **extra}), 413, str(most))
    assert client.post(path, json={"face_ids": ids[:-1], **extra}).status_code != 413


def test_the_persons_of_a_merge_are_bounded(client: httpx.Client) -> None:
    refused(client.post("/persons/merge", json={"source_person_ids": [2, 3, 4, 5, 6, 7], "target_person_id": 1}), 413)


@pytest.mark.parametrize("name", ["", "  ", "\x1c", "\u2003"])
def test_a_merge_leaves_the_person_who_was_merged_into(client: httpx.Client, name: str) -> None:
    first, second = (ok(client.post("/persons", json={}), 201)["id"] for _ in range(2))
    body = {"source_person_ids": [second], "target_person_id": first}
    refused(client.post("/persons/merge", json=body | {"keep_name": name}), 422, "keep_name")
    ok(client.get(f"/persons/{second}"))
    ok(client.post("/persons/merge", json=body))
    ok(client.get(f"/persons/{first}"))


def test_as_many_others_are_found_as_may_be_asked_for(client: httpx.Client) -> None:
    refused(client.get(f"/faces/{NO_FACE}/similar", params={"limit": 4096}), 422, "limit")
    refused(client.get(f"/faces/{NO_FACE}/similar", params={"limit": 4095}), 404)


def test_the_storage_that_is_used_is_the_database_and_the_files(client: httpx.Client, folder: Path) -> None:
    def used() -> float:
        return float(ok(client.get("/stats"))["storage_used_mb"])

    before, photo = used(), jpeg(samples.t1())
    assert before > 0
    saved = ok(client.post("/detect", files={"file": photo}))
    image = client.get("/images").json()[0]
    assert image["image_path"] == saved["image_path"]
    assert used() - before > len(photo) / 1e6 - 0.001
    with_image = used()
    ok(client.delete(f"/images/{image['id']}"))
    assert with_image - used() == pytest.approx(len(photo) / 1e6, abs=0.002)
    assert not list((folder / "uploads").glob("??/*"))
