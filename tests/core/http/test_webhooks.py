"""Which addresses may be called, and that no receiver holds anybody up."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from core.errors import InvalidInput
from core.http.messages import Delivery
from core.http.webhooks import Webhooks, origins


def test_origins_are_scheme_host_and_port() -> None:
    assert origins("") == frozenset()
    assert origins("https://Hooks.example, http://[::1]:9000/") == {
        ("https", "hooks.example", 443),
        ("http", "::1", 9000),
    }
    for wrong in ("hooks.example", "https://hooks.example/path", "ftp://hooks.example", "https://", "*"):
        with pytest.raises(InvalidInput, match="WEBHOOK_ORIGINS"):
            origins(wrong)


@contextmanager
def dripping() -> Iterator[str]:
    """The address of a receiver that answers byte after byte and never comes to an end."""
    ending = threading.Event()

    def answer(listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                with connection, contextlib.suppress(OSError):
                    connection.sendall(b"HTTP/1.1 200 OK\r\nx: ")
                    while not ending.wait(0.02):
                        connection.sendall(b"x")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=answer, args=(listener,))
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        ending.set()
        listener.shutdown(socket.SHUT_RDWR)
    thread.join()


def test_a_receiver_that_never_ends_its_answer_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.http.webhooks._SECONDS", 0.5)
    webhooks = Webhooks(frozenset(), "", pauses=(0.1,))
    with dripping() as url:
        delivery, until = Delivery(url=url), time.monotonic() + 20
        webhooks.send("1", delivery, lambda: b"{}")
        while delivery.delivered is None:
            assert time.monotonic() < until
            time.sleep(0.02)
        webhooks.close()
    assert (delivery.delivered, delivery.attempts) == (False, 2)
    assert "0.5 seconds" in str(delivery.error)


def test_a_server_that_is_stopped_does_not_wait_for_a_receiver_that_never_ends_its_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("core.http.webhooks._SECONDS", 1.0)
    webhooks = Webhooks(frozenset(), "")
    with dripping() as url:
        sent = [Delivery(url=url) for _ in range(4)]
        for number, delivery in enumerate(sent):
            webhooks.send(str(number), delivery, lambda: b"{}")
        while not sent[0].attempts:
            time.sleep(0.02)
        start = time.monotonic()
        webhooks.close()
        assert time.monotonic() - start < 5
    assert [each.attempts for each in sent[2:]] == [0, 0]
