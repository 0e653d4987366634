"""The bus between the app and whoever listens."""

from __future__ import annotations

import threading

import pytest

from app.events import Events
from app.types import Event, LibraryChanged

CHANGE = LibraryChanged(frozenset({1}))


def test_every_listener_hears_every_event_in_order() -> None:
    events, one, other = Events(), list[Event](), list[Event]()
    events.subscribe(one.append)
    events.subscribe(other.append)
    changes = [LibraryChanged(frozenset({number})) for number in range(5)]
    for change in changes:
        events.publish(change)
    assert one == other == changes


def test_who_unsubscribed_hears_nothing_more() -> None:
    events, heard = Events(), list[Event]()
    unsubscribe = events.subscribe(heard.append)
    events.publish(CHANGE)
    unsubscribe()
    unsubscribe()
    events.publish(CHANGE)
    assert heard == [CHANGE]


def test_a_listener_that_fails_is_logged_and_the_others_hear(caplog: pytest.LogCaptureFixture) -> None:
    events, heard = Events(), list[Event]()

    def fail(_event: Event) -> None:
        raise RuntimeError("its own trouble")

    events.subscribe(fail)
    events.subscribe(heard.append)
    events.publish(CHANGE)
    assert heard == [CHANGE]
    assert "its own trouble" in caplog.text


def test_a_listener_may_unsubscribe_while_it_is_told() -> None:
    events, heard = Events(), list[Event]()

    def once(event: Event) -> None:
        heard.append(event)
        unsubscribe()

    unsubscribe = events.subscribe(once)
    events.publish(CHANGE)
    events.publish(CHANGE)
    assert heard == [CHANGE]


def test_threads_may_come_and_go_while_events_are_told() -> None:
    events = Events()

    def come_and_go() -> None:
        for _ in range(200):
            events.subscribe(lambda _event: None)()

    threads = [threading.Thread(target=come_and_go) for _ in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(200):
        events.publish(CHANGE)
    for thread in threads:
        thread.join()
    heard: list[Event] = []
    events.subscribe(heard.append)
    events.publish(CHANGE)
    assert heard == [CHANGE]
