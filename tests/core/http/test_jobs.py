"""Long work as a job: asked about, cancelled, bounded, and told to an address that the operator listed."""

from __future__ import annotations

import base64
import errno
import hashlib
import hmac
import json
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from core.errors import NotFound
from core.http.jobs import Jobs
from core.http.messages import Clusters, Done, JobState
from core.http.problems import Refused
from core.http.progress import Progress
from core.http.webhooks import Webhooks
from tests import samples
from tests.core.http.asking import ended, jpeg, ok, refused
from tests.core.http.conftest import serving

MANY = 12


class Receiver:
    """A server that keeps what is posted to it, and answers what it is told to; then 200."""

    def __init__(self) -> None:
        self.answers: list[int] = []
        self.got: list[tuple[str, dict[str, str], bytes]] = []
        self.new = threading.Event()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                receiver.got.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
                status = receiver.answers.pop(0) if receiver.answers else 200
                self.send_response(status)
                if status == 302:
                    self.send_header("location", "/elsewhere")
                self.send_header("content-length", "0")
                self.end_headers()
                receiver.new.set()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def wait(self) -> None:
        assert self.new.wait(60), "no webhook came"
        self.new.clear()


@contextmanager
def receiving() -> Iterator[Receiver]:
    receiver = Receiver()
    thread = threading.Thread(target=receiver.server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield receiver
    finally:
        receiver.server.shutdown()
        receiver.server.server_close()
        thread.join()


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    with receiving() as opened:
        yield opened


@pytest.fixture(scope="module")
def client(receiver: Receiver, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    settings = {
        "CORE_API_KEY": "secret",
        "MAX_JOBS": "2",
        "MAX_JOBS_KEPT": "5",
        "MAX_UPLOAD_MB": "1",
        "WEBHOOK_ORIGINS": f"https://hooks.example, {receiver.url}",
    }
    with (
        serving(tmp_path_factory.mktemp("jobs"), **settings) as address,
        httpx.Client(base_url=address, timeout=60, headers={"X-API-Key": "secret"}) as opened,
    ):
        yield opened


@pytest.fixture(scope="module")
def photo() -> bytes:
    return jpeg(samples.t1())


def nothing_found(_: Progress) -> Clusters:
    return Clusters(clusters=[], noise_face_ids=[], total_clusters=0, processing_time_ms=0)


def begin(client: httpx.Client, photos: list[bytes], **query: str) -> dict[str, Any]:
    answer = client.post(
        "/detect/batch", files=[("files", each) for each in photos], params={"background": "true"} | query
    )
    job = ok(answer, 202)
    assert answer.headers["location"] == f"/jobs/{job['id']}"
    return job


def test_a_job_does_what_the_request_would_have_done(client: httpx.Client, photo: bytes) -> None:
    job = begin(client, [photo, b"no image", b"\xff\xd8\xff" + bytes(1_100_000), b""])
    assert (job["kind"], job["total"], job["finished_at"], job["webhook"]) == ("detect_batch", 4, None, None)
    told = ended(client, job["id"])
    assert (told["state"], told["done"], told["problem"]) == ("succeeded", 4, None)
    assert told["created_at"] <= told["started_at"] <= told["finished_at"]
    result = told["result"]
    assert (result["successful"], result["failed"], result["total_faces_detected"]) == (1, 3, 6)
    assert [each["status"] for each in result["results"]] == [200, 415, 413, 415]
    face = result["results"][0]["faces"][0]
    assert ok(client.get(f"/faces/{face['face_id']}"))["bbox"] == face["bbox"]
    assert Path(result["results"][0]["image_path"]).read_bytes() == photo

    job = ok(client.post("/cluster", params={"background": "true"}, json={"min_samples": 1}), 202)
    told = ended(client, job["id"])
    assert (told["state"], told["done"], told["total"]) == ("succeeded", 1, 1)
    assert told["result"]["total_clusters"] == ok(client.get("/stats"))["total_persons"] == 6
    listed = client.get("/jobs").json()
    assert [each["kind"] for each in listed] == ["detect_batch", "cluster"]
    assert all("result" not in each for each in listed)


def test_a_job_that_fails_tells_why(client: httpx.Client) -> None:
    job = ok(client.post("/cluster", params={"background": "true"}, json={"face_ids": [9999]}), 202)
    told = ended(client, job["id"])
    assert (told["state"], told["result"]) == ("failed", None)
    assert (told["problem"]["status"], "no face 9999" in told["problem"]["detail"]) == (404, True)


def test_a_cancelled_job_keeps_what_was_done_and_does_no_more(client: httpx.Client, photo: bytes) -> None:
    running = begin(client, [photo] * MANY, auto_save="true")
    waiting = begin(client, [photo])
    last = begin(client, [photo])
    refused(client.post("/cluster", params={"background": "true"}, json={}), 429, "jobs")
    over = client.post("/detect/batch", files={"files": photo}, params={"background": "true"})
    refused(over, 429)
    assert int(over.headers["retry-after"]) > 0

    told = ok(client.post(f"/jobs/{waiting['id']}/cancel"))
    assert (told["state"], told["done"], told["started_at"]) == ("cancelled", 0, None)
    told = ok(client.post(f"/jobs/{running['id']}/cancel"))
    assert told["cancel_requested"]
    told = ended(client, running["id"])
    assert told["state"] == "cancelled"
    assert told["done"] == len(told["result"]["results"]) < MANY
    assert ended(client, last["id"])["state"] == "succeeded"
    refused(client.post(f"/jobs/{running['id']}/cancel"), 409, "cancelled already")


def test_only_so_many_jobs_are_kept(client: httpx.Client) -> None:
    first = ok(client.post("/cluster", params={"background": "true"}, json={"dry_run": True}), 202)
    ended(client, first["id"])
    for _ in range(6):
        job = ok(client.post("/cluster", params={"background": "true"}, json={"dry_run": True}), 202)
        ended(client, job["id"])
    assert len(client.get("/jobs").json()) == 5
    refused(client.get(f"/jobs/{first['id']}"), 404, "forgotten")
    refused(client.get("/jobs/never"), 404)
    refused(client.post("/jobs/never/cancel"), 404)


def test_the_end_of_a_job_is_told_with_a_signature(client: httpx.Client, receiver: Receiver, photo: bytes) -> None:
    receiver.answers, receiver.got = [503], []
    job = begin(client, [photo], webhook=f"{receiver.url}/done?for=me")
    receiver.wait()
    receiver.wait()
    (_, _, first), (path, headers, body) = receiver.got
    assert (path, first) == ("/done?for=me", body)
    assert json.loads(body) | {"webhook": None} == ended(client, job["id"]) | {"webhook": None}
    assert headers["webhook-id"] == job["id"]
    signed = f"{job['id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.digest(b"secret", signed, hashlib.sha256)).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"


@pytest.mark.parametrize("status", [302, 404])
def test_a_receiver_that_refuses_is_not_asked_again_and_no_redirect_is_followed(
    client: httpx.Client, receiver: Receiver, status: int
) -> None:
    receiver.answers, receiver.got = [status], []
    job = ok(client.post("/cluster", params={"webhook": receiver.url}, json={"dry_run": True}), 202)
    receiver.wait()
    for _ in range(100):
        if (delivery := ok(client.get(f"/jobs/{job['id']}"))["webhook"])["delivered"] is not None:
            break
    assert (delivery["delivered"], delivery["attempts"]) == (False, 1)
    assert str(status) in delivery["error"]
    assert [path for path, _, _ in receiver.got] == ["/"]


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:1/",
        "https://127.0.0.1:{port}/",
        "http://localhost:{port}/",
        "http://127.0.0.1/",
        "http://127.0.0.1:{port}@evil.example/",
        "http://evil.example\\@127.0.0.1:{port}/",
        "http://user@127.0.0.1:{port}/",
        "http://127.0.0.1:{port}/#part",
        "http://hooks.example/",
        "https://hooks.example:444/",
        "https://hooks.example.evil.example/",
        "file:///etc/passwd",
        "//127.0.0.1:{port}/",
        "http://127.0.0.1:{port}/\r\nx: y",
        "no address",
    ],
)
def test_no_other_address_is_called(client: httpx.Client, receiver: Receiver, photo: bytes, url: str) -> None:
    receiver.got = []
    webhook = url.format(port=receiver.url.rpartition(":")[2])
    body = refused(client.post("/cluster", params={"webhook": webhook}, json={}), 422, "webhook")
    assert body["errors"][0]["field"] == "webhook"
    refused(client.post("/detect/batch", files={"files": photo}, params={"webhook": webhook}), 422, "webhook")
    assert receiver.got == []


def test_a_server_that_is_stopped_cancels_its_jobs_and_leaves_no_file(tmp_path: Path, photo: bytes) -> None:
    with serving(tmp_path) as address, httpx.Client(base_url=address, timeout=60) as client:
        for _ in range(3):
            begin(client, [photo] * MANY, auto_save="true")
        # A job's files have no name, so that nothing of them is left whatever happens.
        assert not [path for path in (tmp_path / "uploads").iterdir() if path.is_file()]
    kept = [path for path in (tmp_path / "uploads").rglob("*") if path.is_file()]
    assert len(kept) <= 1
    with serving(tmp_path) as address, httpx.Client(base_url=address, timeout=60) as client:
        assert client.get("/jobs").json() == []
        assert len(client.get("/images").json()) == len(kept)


def test_results_are_forgotten_in_time_also_when_nobody_asks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.http.jobs._LOOKING_SECONDS", 0.05)
    jobs = Jobs(tmp_path, 5, 5, timedelta(seconds=0.2), Webhooks(frozenset(), ""))
    released = threading.Event()
    job = jobs.submit("cluster", 1, lambda _: Done(message="x"), release=released.set)
    assert released.wait(20)
    until = time.monotonic() + 20
    while jobs._jobs:
        assert time.monotonic() < until
        time.sleep(0.02)
    with pytest.raises(NotFound):
        jobs.get(job.id)
    jobs.close()
    with pytest.raises(Refused, match="stopped"):
        jobs.submit("cluster", 1, lambda _: Done(message="x"))


def state(jobs: Jobs, job_id: str) -> JobState:
    until = time.monotonic() + 20
    while (told := jobs.get(job_id)).state in (JobState.WAITING, JobState.RUNNING):
        assert time.monotonic() < until
        time.sleep(0.02)
    return told.state


def test_uploads_that_cannot_be_released_stop_no_other_job(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> None:
        raise OSError(errno.EIO, "the disk is gone")

    jobs = Jobs(tmp_path, 5, 5, timedelta(hours=1), Webhooks(frozenset(), ""))
    first = jobs.submit("cluster", 1, nothing_found, release=fail)
    second = jobs.submit("cluster", 1, nothing_found)
    assert [state(jobs, each.id) for each in (first, second)] == [JobState.SUCCEEDED] * 2
    assert "the disk is gone" in caplog.text
    jobs.close()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no disk that is always full")
def test_a_result_for_which_there_is_no_room_fails_its_job_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs = Jobs(tmp_path, 5, 5, timedelta(hours=1), Webhooks(frozenset(), ""))
    with monkeypatch.context() as patch:
        patch.setattr("core.http.jobs._IN_MEMORY", 1)
        patch.setattr(tempfile, "TemporaryFile", lambda **_: Path("/dev/full").open("w+b"))  # noqa: SIM115
        first = jobs.submit("cluster", 1, nothing_found)
        assert state(jobs, first.id) is JobState.FAILED
    told = jobs.get(first.id).problem
    assert told is not None
    assert (told.status, "what was done stays" in told.detail) == (507, True)
    assert state(jobs, jobs.submit("cluster", 1, nothing_found).id) is JobState.SUCCEEDED
    jobs.close()
