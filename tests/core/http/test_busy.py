"""So many work at the same time, so many wait, and the next one is told to come again."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from core.http import looking
from core.http.batches import Sent
from core.http.busy import Busy
from core.http.context import Context
from core.http.problems import Refused
from core.http.settings import Settings
from core.service import FaceCore
from tests import samples
from tests.core.http.asking import jpeg, ok, refused
from tests.core.http.conftest import serving


def test_no_more_work_at_the_same_time_than_may() -> None:
    busy, now, most = Busy(2, 100), [0], [0]
    lock, both = threading.Lock(), threading.Event()

    def work(_: int) -> None:
        with busy.place(), busy.turn():
            with lock:
                now[0] += 1
                most[0] = max(most[0], now[0])
                if now[0] == 2:
                    both.set()
            assert both.wait(20)
            with lock:
                now[0] -= 1

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(40)))
    assert most == [2]


def test_a_place_is_given_back_when_work_fails() -> None:
    busy = Busy(1, 0)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), busy.place(), busy.turn():
            raise ZeroDivisionError
    with busy.place(), pytest.raises(Refused) as refusal, busy.place():
        pass
    assert (refusal.value.status, refusal.value.headers) == (429, {"Retry-After": "1"})


def test_an_image_that_waits_to_be_saved_keeps_its_turn(core: FaceCore, tmp_path: Path) -> None:
    settings = Settings(upload_dir=tmp_path / "uploads", max_working=1)
    context = Context.of(core, settings)
    photo = jpeg(samples.scenery())
    with ThreadPoolExecutor(1) as pool:
        with core.database.write():
            saved = pool.submit(looking.detect, context, Sent("a.jpg", lambda: photo), None, True)
            until = time.monotonic() + 20
            while not list(tmp_path.rglob("*.jpeg")):
                assert time.monotonic() < until
                time.sleep(0.02)
            # Its pixels are in memory still.
            assert not context.busy._working.acquire(blocking=False)
        assert saved.result(20) == ([], str(next(tmp_path.rglob("*.jpeg"))))
    with context.busy.turn():
        pass


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    with serving(tmp_path, MAX_WORKING="1", MAX_WAITING="1") as found:
        yield found


def test_who_finds_no_place_is_told_when_to_come_again(address: str) -> None:
    photo = jpeg(samples.t1())

    def ask(_: int) -> httpx.Response:
        return httpx.post(f"{address}/detect", files={"file": photo}, timeout=60)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, range(16)))
    rejected = [answer for answer in answers if answer.status_code == 429]
    assert 0 < len(rejected) < len(answers)
    for answer in rejected:
        refused(answer, 429)
        assert int(answer.headers["retry-after"]) > 0
    assert ok(httpx.get(f"{address}/stats"))["total_faces"] == 6


def test_more_requests_than_can_be_answered_are_refused_before_their_bodies_are_taken_in(address: str) -> None:
    parts = urlsplit(address)
    head = b"POST /persons HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n"
    with ExitStack() as stack:
        waiting = [
            stack.enter_context(socket.create_connection((parts.hostname, parts.port), timeout=20)) for _ in range(42)
        ]
        for connection in waiting:
            connection.sendall(head)
        until = time.monotonic() + 20
        while (answer := httpx.get(f"{address}/persons")).status_code == 200:
            assert time.monotonic() < until
        refused(answer, 429)
        assert int(answer.headers["retry-after"]) > 0
        # What needs no key is no way around it.
        refused(httpx.get(f"{address}/health"), 429)
        refused(httpx.get(f"{address}/docs"), 429)
        for connection in waiting:
            connection.sendall(b"{}")
            assert b" 201 " in connection.recv(65536).split(b"\r\n")[0]
    assert len(httpx.get(f"{address}/persons").json()) == 42


def test_clients_who_do_not_take_their_answers_hold_no_place_for_long(tmp_path: Path) -> None:
    # More than the system keeps for a client; the page's script is the longest answer that needs no key.
    asked = b"GET /docs/swagger-ui-bundle.js HTTP/1.1\r\nhost: localhost\r\n\r\n" * 40
    settings = {"MAX_WORKING": "1", "MAX_WAITING": "1", "CLIENT_TIMEOUT": "2", "CORE_API_KEY": "secret"}
    with serving(tmp_path, **settings) as address, ExitStack() as stack:
        parts = urlsplit(address)
        for _ in range(42):
            connection = stack.enter_context(socket.create_connection((parts.hostname, parts.port), timeout=20))
            connection.sendall(asked)

        def status() -> int:
            return httpx.get(f"{address}/persons", headers={"X-API-Key": "secret"}).status_code

        for awaited in (429, 200):
            until = time.monotonic() + 20
            while status() != awaited:
                assert time.monotonic() < until, awaited
                time.sleep(0.05)


def test_a_client_who_takes_an_answer_slowly_gets_all_of_it(tmp_path: Path) -> None:
    with serving(tmp_path, CLIENT_TIMEOUT="1") as address:
        parts = urlsplit(address)
        size = 10 * len(httpx.get(f"{address}/docs/swagger-ui-bundle.js").content)
        start = time.monotonic()
        with socket.create_connection((parts.hostname, parts.port), timeout=20) as connection:
            connection.sendall(b"GET /docs/swagger-ui-bundle.js HTTP/1.1\r\nhost: localhost\r\n\r\n" * 10)
            while size > 0:
                piece = connection.recv(100_000)
                assert piece, size
                size -= len(piece)
                time.sleep(0.02)
        assert time.monotonic() - start > 2
