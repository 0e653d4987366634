"""Many at once: for each its result or its error, in order, and one that fails harms none of the others."""

from __future__ import annotations

import json
from collections.abc import Iterator

import httpx
import pytest

from tests import samples
from tests.core.http.asking import ended, jpeg, ok, refused


@pytest.fixture(scope="module")
def client(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, timeout=60) as opened:
        ok(opened.post("/detect", files={"file": jpeg(samples.t1())}))
        yield opened


def test_many_images_are_recognised(client: httpx.Client) -> None:
    x, y, width, height = samples.FACES_IN_T1[2]
    files = [("files", ("a.jpg", jpeg(samples.t1()))), ("files", ("b", b"no")), ("files", ("c", jpeg(samples.t1())))]
    boxes = json.dumps([[{"x": x, "y": y, "width": width, "height": height}], None, None])
    done = ok(client.post("/recognize/batch", files=files, data={"boxes": boxes}))
    assert (done["successful"], done["failed"]) == (2, 1)
    assert [(each["filename"], each["status"], len(each["embeddings"] or ())) for each in done["results"]] == [
        ("a.jpg", 200, 1),
        ("b", 415, 0),
        ("c", 200, 6),
    ]
    crops = [("files", jpeg(samples.portrait(2))), ("files", jpeg(samples.scenery()))]
    done = ok(client.post("/recognize/batch", files=crops, data={"crop": "true"}))
    assert [each["status"] for each in done["results"]] == [200, 422]
    for wrong in ("[]", "{}", "[1, 2]", '[[{"x": NaN, "y": 1, "width": 2, "height": 3}], null]', "[[[", "[[3], null]"):
        refused(client.post("/recognize/batch", files=crops, data={"boxes": wrong}), 422, "boxes")


def test_many_embeddings_and_faces_are_searched_for(client: httpx.Client) -> None:
    crop = ok(client.post("/recognize", files={"file": jpeg(samples.portrait(2))}, data={"crop": "true"}))
    (embedding,) = crop["embeddings"]
    body = {"embeddings": [embedding, [1.0] * 3, embedding], "face_ids": [1, 9999], "threshold": 0.6, "limit": 2}
    done = ok(client.post("/search/batch", json=body))
    assert [each["status"] for each in done["results"]] == [200, 422, 200, 200, 404]
    assert [each["face_id"] for each in done["results"]] == [None, None, None, 1, 9999]
    assert (done["successful"], done["failed"]) == (3, 2)
    assert done["results"][0]["matches"] == done["results"][2]["matches"] != []
    # Not a number is what JSON has no word for, and Python's reads all the same.
    content = json.dumps({"embeddings": [[float("nan")] * 512, embedding]})
    headers = {"content-type": "application/json"}
    done = ok(client.post("/search/batch", content=content, headers=headers))
    assert [each["status"] for each in done["results"]] == [422, 200]
    refused(client.post("/search/batch", json={"face_ids": [1, 1]}), 422, "face_ids")
    refused(client.post("/search/batch", json={"face_ids": list(range(1, 102))}), 413)
    assert ok(client.post("/search/batch", json={}))["results"] == []


def test_faces_like_a_stored_one_and_like_those_of_a_picture(client: httpx.Client) -> None:
    near = ok(client.get("/faces/1/similar", params={"threshold": -1, "limit": 3}))
    assert len(near["matches"]) == 3
    assert 1 not in [each["face_id"] for each in near["matches"]]
    assert near["query_embedding_size"] == 512
    refused(client.get("/faces/9999/similar"), 404)
    refused(client.get("/faces/1/similar", params={"threshold": "nan"}), 422, "threshold")
    refused(client.get("/faces/1/similar", params={"limit": 0}), 422, "limit")

    before = ok(client.get("/stats"))["total_faces"]
    found = ok(client.post("/search/image", files={"file": jpeg(samples.portrait(2))}, data={"limit": "1"}))
    (face,) = found["faces"]
    assert len(face["matches"]) == 1
    assert face["matches"][0]["similarity"] > 0.6
    files = [("files", jpeg(samples.portrait(0))), ("files", b"no")]
    done = ok(client.post("/search/image/batch", files=files))
    assert [(each["status"], len(each["faces"] or ())) for each in done["results"]] == [(200, 1), (415, 0)]
    refused(client.post("/search/image", files={"file": b""}), 415, "empty")
    assert ok(client.get("/stats"))["total_faces"] == before


def test_many_persons_are_created_and_deleted(client: httpx.Client) -> None:
    body = {"persons": [{"name": "Ada"}, {"name": "x" * 201}, {"metadata": {"a": 1}}]}
    done = ok(client.post("/persons/batch", json=body))
    assert [each["status"] for each in done["results"]] == [201, 422, 201]
    made = [each["person"]["id"] for each in done["results"] if each["person"]]
    done = ok(client.post("/persons/delete", json={"person_ids": [made[0], 9999, made[1]]}))
    assert [(each["id"], each["status"]) for each in done["results"]] == [(made[0], 200), (9999, 404), (made[1], 200)]
    assert client.get("/persons").json() == []
    refused(client.post("/persons/delete", json={"person_ids": [1, 1]}), 422, "person_ids")
    refused(client.post("/persons/delete", json={"person_ids": []}), 422, "person_ids")


def test_a_merge_with_a_name_that_cannot_be_changes_nothing(client: httpx.Client) -> None:
    first, second = (ok(client.post("/persons", json={"name": name}), 201)["id"] for name in ("Ada", "Ben"))
    body = {"source_person_ids": [second], "target_person_id": first, "keep_name": "x" * 201}
    refused(client.post("/persons/merge", json=body), 422, "200 characters")
    assert [each["name"] for each in client.get("/persons").json()] == ["Ada", "Ben"]
    ok(client.post("/persons/merge", json=body | {"keep_name": "Eve"}))
    assert [each["name"] for each in client.get("/persons").json()] == ["Eve"]
    ok(client.delete(f"/persons/{first}"))


def test_who_a_free_face_may_be_is_suggested(client: httpx.Client) -> None:
    ids = [each["id"] for each in client.get("/faces").json()]
    assert ok(client.post("/suggestions", json={"face_ids": ids})) == []
    ok(client.post("/faces/assign", json={"face_ids": [ids[0]]}))
    other = ok(client.post("/detect", files={"file": jpeg(samples.mirrored(samples.t1()))}))
    taken = next(each for each in other["faces"] if each["person_id"] is not None)
    ok(client.post(f"/persons/{taken['person_id']}/reject", json={"face_ids": [taken["face_id"]]}))
    told = ok(client.post("/suggestions", json={"face_ids": [taken["face_id"]]}))
    assert told == []
    refused(client.post("/suggestions", json={"face_ids": [9999]}), 404)
    refused(client.post("/suggestions", json={"face_ids": [1, 1]}), 422)


def test_many_faces_are_deleted_and_persons_and_images_go_with_their_last(client: httpx.Client) -> None:
    for image in client.get("/images").json():
        faces = [each["id"] for each in client.get("/faces").json() if each["image_path"] == image["image_path"]]
        person = ok(client.post("/faces/assign", json={"face_ids": [faces[0]]}))["id"]
        done = ok(client.post("/faces/delete", json={"face_ids": [*faces, 9999]}))
        assert [each["status"] for each in done["results"]] == [200] * len(faces) + [404]
        refused(client.get(f"/persons/{person}"), 404)
        refused(client.get(f"/images/{image['id']}"), 404)
    assert ok(client.get("/stats"))["total_faces"] == 0
    refused(client.post("/faces/delete", json={"face_ids": [1, 1]}), 422, "face_ids")


@pytest.mark.parametrize("background", ["false", "true"])
def test_a_file_may_be_called_anything(client: httpx.Client, background: str) -> None:
    head = b'--x\r\ncontent-disposition: form-data; name="files"; filename="a\\ud800b"\r\n\r\n'
    answer = client.post(
        "/detect/batch",
        content=head + jpeg(samples.scenery()) + b"\r\n--x--\r\n",
        headers={"content-type": "multipart/form-data; boundary=x; charset=unicode_escape"},
        params={"background": background},
    )
    done = ended(client, ok(answer, 202)["id"])["result"] if background == "true" else ok(answer)
    assert [(each["filename"], each["status"]) for each in done["results"]] == [("a?b", 200)]
