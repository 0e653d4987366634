"""A client that knows nothing but the list of endpoints and fields drives all of them over a socket."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests import samples
from tests.core.http.asking import jpeg, ok, refused
from tests.core.http.conftest import serving

BOX = {"x", "y", "width", "height"}
PERSON = {"id", "name", "metadata", "face_count", "created_at", "updated_at"}
FACE = {"id", "person_id", "image_path", "bbox", "confidence", "detected_at", "metadata"}


@pytest.fixture(scope="module")
def client(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, timeout=60) as opened:
        yield opened


def test_every_endpoint(client: httpx.Client) -> None:
    assert ok(client.get("/health")).keys() >= {"status", "version", "database", "models_loaded", "model"}
    group = jpeg(samples.t1())
    found = ok(client.post("/detect", files={"file": ("../../t1.jpg", group)}, data={"min_confidence": "0.5"}))
    assert found.keys() >= {"faces", "image_path", "processing_time_ms"}
    faces = found["faces"]
    assert len(faces) == 6
    for face in faces:
        assert face["bbox"].keys() == BOX
        assert len(face["embedding"]) == 512
        assert math.isclose(sum(value**2 for value in face["embedding"]), 1, rel_tol=1e-4)
        assert face["face_id"] > 0
        assert face["person_id"] is None
    assert Path(str(found["image_path"])).read_bytes() == group

    unsaved = ok(client.post("/detect", files={"file": group}, data={"auto_save": "false"}))
    assert [face["face_id"] for face in unsaved["faces"]] == [None] * 6

    mirrored, pilot = jpeg(samples.mirrored(samples.t1())), jpeg(samples.astronaut())
    files = [("files", ("a.jpg", mirrored)), ("files", ("b.jpg", pilot)), ("files", ("c.txt", b"no image"))]
    batch = ok(client.post("/detect/batch", files=files))
    assert (batch["successful"], batch["failed"], batch["total_faces_detected"]) == (2, 1, 7)
    assert [bool(each["error"]) for each in batch["results"]] == [False, False, True]

    boxes = json.dumps([faces[0]["bbox"], {"x": 0, "y": 0, "width": 5, "height": 5}])
    seen = ok(client.post("/recognize", files={"file": group}, data={"boxes": boxes}))
    assert [each is None for each in seen["embeddings"]] == [False, True]
    crop = ok(client.post("/recognize", files={"file": jpeg(samples.portrait(2))}, data={"crop": "true"}))
    (embedding,) = crop["embeddings"]

    search = ok(client.post("/search", json={"embedding": embedding, "threshold": 0.6, "limit": 10}))
    assert search["query_embedding_size"] == 512
    matches = search["matches"]
    assert len(matches) == 2
    assert matches[0].keys() >= {"face_id", "person_id", "similarity", "image_path", "bbox", "confidence"}

    clusters = ok(client.post("/cluster", json={"eps": 0.4, "min_samples": 2}))
    assert clusters.keys() >= {"clusters", "noise_face_ids", "total_clusters", "processing_time_ms"}
    assert clusters["total_clusters"] == 6
    for each in clusters["clusters"]:
        assert each.keys() >= {
            "cluster_id", "person_id", "face_ids", "face_count", "avg_similarity", "representative_face_id"
        }  # fmt: skip
    assert len(clusters["noise_face_ids"]) == 1
    again = ok(client.post("/cluster", json={"face_ids": None}))
    assert [each["person_id"] for each in again["clusters"]] == [each["person_id"] for each in clusters["clusters"]]

    persons = client.get("/persons", params={"skip": 1, "limit": 3}).json()
    assert [each.keys() >= PERSON for each in persons] == [True] * 3
    first, second = persons[0]["id"], persons[1]["id"]
    made = ok(client.post("/persons", json={"name": "Ada", "metadata": {"born": 1815}}), 201)
    assert (made["name"], made["metadata"], made["face_count"]) == ("Ada", {"born": 1815}, 0)
    told = ok(client.get(f"/persons/{first}"))
    assert told["person"].keys() >= PERSON
    assert all(face.keys() >= FACE for face in told["faces"])
    assert client.get(f"/persons/{first}/faces").json() == told["faces"]
    renamed = ok(client.put(f"/persons/{first}", json={"name": "Ben"}))
    assert (renamed["name"], renamed["metadata"]) == ("Ben", {})

    request = {"source_person_ids": [second], "target_person_id": first, "keep_name": True}
    merged = ok(client.post("/persons/merge", json=request))
    assert (merged["merged_person_id"], merged["faces_transferred"], merged["deleted_person_ids"]) == (
        first, 2, [second]
    )  # fmt: skip
    assert isinstance(merged["message"], str)
    refused(client.get(f"/persons/{second}"), 404, "no person")

    listed = client.get("/faces", params={"person_id": first, "limit": 3, "skip": 1}).json()
    assert len(listed) == 3
    face_id = listed[0]["id"]
    assert ok(client.get(f"/faces/{face_id}")).keys() >= FACE
    new = ok(client.post(f"/persons/{first}/split", json={"face_ids": [face_id]}), 201)
    assert ok(client.get(f"/faces/{face_id}/why"))["verdict"] == "confirmed"
    ok(client.post("/faces/assign", json={"face_ids": [face_id], "person_id": first}))
    ok(client.post(f"/persons/{first}/reject", json={"face_ids": [face_id]}))
    assert ok(client.get(f"/faces/{face_id}"))["person_id"] is None
    ok(client.post(f"/persons/{first}/not-same/{made['id']}"))
    stats = ok(client.get("/stats"))
    assert stats.keys() >= {
        "total_persons", "total_faces", "total_unclustered_faces", "avg_faces_per_person", "largest_person_id",
        "largest_person_face_count", "storage_used_mb",
    }  # fmt: skip
    assert (stats["total_faces"], stats["largest_person_id"], stats["largest_person_face_count"]) == (13, first, 3)
    ok(client.delete(f"/faces/{face_id}"))
    refused(client.get(f"/faces/{face_id}"), 404, "no face")
    ok(client.delete(f"/persons/{first}"))
    refused(client.delete(f"/persons/{first}"), 404)
    assert new["id"] != first
    ok(client.post("/cluster", json={"mode": "people"}))


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "says"),
    [
        ("GET", "/nowhere", None, 404, ""),
        ("PATCH", "/persons", None, 405, ""),
        ("GET", "/persons/0", None, 422, "person_id"),
        ("GET", f"/persons/{2**70}", None, 422, "person_id"),
        ("GET", "/persons?limit=0", None, 422, "limit"),
        ("GET", "/faces?person_id=999999", None, 404, "no person"),
        ("POST", "/search", {"embedding": [0.5] * 511}, 422, "embedding"),
        ("POST", "/search", {"embedding": [0.0] * 512}, 422, "direction"),
        ("POST", "/search", {"embedding": [1.0] * 512, "limit": 0}, 422, "limit"),
        ("POST", "/search", {"embedding": "x"}, 422, "embedding"),
        ("POST", "/cluster", {"eps": 0}, 422, "eps"),
        ("POST", "/cluster", {"face_ids": [999999]}, 404, "no face"),
        ("POST", "/cluster", {"min_samples": 0}, 422, "min_samples"),
        ("POST", "/persons", {"name": "x" * 201}, 422, "200 characters"),
        ("POST", "/persons", {"name": 5}, 422, "name"),
        ("POST", "/persons/merge", {"source_person_ids": [1, 1], "target_person_id": 2}, 422, "once"),
        ("POST", "/persons/merge", {"source_person_ids": [], "target_person_id": 2}, 422, "source_person_ids"),
        ("POST", "/persons/merge", {"source_person_ids": [9999], "target_person_id": 9998}, 404, "no person"),
        ("POST", "/detect", None, 422, "file"),
    ],
)
def test_what_cannot_be_is_a_problem_document(
    client: httpx.Client, method: str, path: str, body: object, status: int, says: str
) -> None:
    refused(client.request(method, path, json=body), status, says)


def test_numbers_that_are_not_finite_are_refused(client: httpx.Client) -> None:
    values = ",".join(["NaN"] * 512)
    response = client.post(
        "/search", content=f'{{"embedding": [{values}]}}', headers={"content-type": "application/json"}
    )
    refused(response, 422, "embedding")


@pytest.mark.parametrize(
    ("content", "status"), [(b"", 415), (b"hello", 415), (b"\xff\xd8\xff\xe0 not a jpeg", 415), (b"GIF89a", 415)]
)
def test_what_is_no_image_is_refused_and_leaves_nothing(client: httpx.Client, content: bytes, status: int) -> None:
    before = ok(client.get("/stats"))["total_faces"]
    refused(client.post("/detect", files={"file": content}), status)
    refused(client.post("/recognize", files={"file": content}), status)
    assert ok(client.get("/stats"))["total_faces"] == before


def test_another_name_of_this_computer_is_refused_without_a_key(client: httpx.Client) -> None:
    refused(client.get("/persons", headers={"host": "evil.example"}), 400)


def test_a_key_is_asked_for(tmp_path: Path) -> None:
    with serving(tmp_path, CORE_API_KEY="secret", MAX_UPLOAD_MB="1") as address:
        unknown = httpx.get(f"{address}/persons")
        refused(unknown, 401)
        assert unknown.headers["www-authenticate"] == "Bearer"
        # Nobody without a key learns which addresses there are, or makes the server read a body.
        refused(httpx.get(f"{address}/nowhere"), 401)
        refused(httpx.post(f"{address}/detect", content=b"x" * 3_000_000), 401)
        refused(httpx.get(f"{address}/persons", headers={"X-API-Key": "wrong"}), 401)
        assert httpx.get(f"{address}/persons", headers={"X-API-Key": "secret"}).json() == []
        assert httpx.get(f"{address}/persons", headers={"Authorization": "Bearer secret"}).json() == []
        # No page of another site knows the key: one that does may be anywhere.
        elsewhere = {"X-API-Key": "secret", "Origin": "https://photos.example", "Sec-Fetch-Site": "cross-site"}
        assert httpx.post(f"{address}/persons", json={}, headers=elsewhere).status_code == 201
        large = {"file": b"\xff\xd8\xff" + bytes(1_100_000)}
        refused(httpx.post(f"{address}/detect", files=large, headers={"X-API-Key": "secret"}), 413)


def test_a_key_may_hold_any_letters(tmp_path: Path) -> None:
    with serving(tmp_path, CORE_API_KEY="schlüssel") as address:
        assert httpx.get(f"{address}/persons", headers={"X-API-Key": "schlüssel".encode()}).json() == []
        refused(httpx.get(f"{address}/persons", headers={"X-API-Key": "schlüssel".encode("latin-1")}), 401)


@pytest.mark.parametrize(("written", "saved"), [("true", True), ("True", True), ("false", False), ("False", False)])
def test_true_and_false_are_read_as_languages_write_them(client: httpx.Client, written: str, saved: bool) -> None:
    found = ok(client.post("/detect", files={"file": jpeg(samples.scenery())}, data={"auto_save": written}))
    assert (found["image_path"] is not None) == saved


@pytest.mark.parametrize("written", ["1", "0", "yes", "on", "x", ""])
def test_what_is_no_boolean_is_refused(client: httpx.Client, written: str) -> None:
    refused(client.post("/detect", files={"file": b""}, data={"auto_save": written}), 422, "auto_save")
    refused(client.post("/cluster", json={}, params={"background": written}), 422, "background")


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/cluster", {"eps": "0.4"}, "eps"),
        ("/cluster", {"dry_run": 1}, "dry_run"),
        ("/cluster", {"face_ids": ["1"]}, "face_ids"),
        ("/search", {"embedding": ["0.5"] * 512}, "embedding"),
        ("/search", {"embedding": [True] * 512}, "embedding"),
        ("/faces/delete", {"face_ids": [1], "keep_person": "yes"}, "keep_person"),
    ],
)
def test_a_value_of_another_type_is_refused(
    client: httpx.Client, path: str, body: dict[str, object], field: str
) -> None:
    told = refused(client.post(path, json=body), 422, field)
    assert str(told["errors"][0]["field"]).startswith(field)


def test_a_value_that_is_given_twice_is_refused(client: httpx.Client) -> None:
    refused(client.get("/faces?limit=1&limit=2"), 422, "limit")
    photo = jpeg(samples.scenery())
    refused(client.post("/detect", files=[("file", photo), ("file", photo)]), 422, "file")
    refused(client.post("/detect", files={"file": photo}, data={"auto_save": ["false", "true"]}), 422, "auto_save")
