"""News are gathered until they have come to rest, and become looks at folders."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from app.changes import MOST, PATIENCE, Changes
from app.scanning import Scan


class Clock:
    """A clock that the test turns."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    def rest(self, changes: Changes) -> list[Scan]:
        """Lets time go by without news, until something is due."""
        for _ in range(5):
            self.now += 1.1
            if due := changes.due():
                return due
        return []


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def root(tmp_path: Path) -> bytes:
    (tmp_path / "photos").mkdir()
    return os.fsencode(tmp_path / "photos")


@pytest.fixture
def heard(root: bytes, clock: Clock) -> Changes:
    return Changes(root, [root + b"/library"], 1.0, clock)


def flat(path: bytes) -> Scan:
    return Scan(path, named=False, deep=False)


def deep(path: bytes) -> Scan:
    return Scan(path, named=False)


def test_a_file_is_taken_when_it_was_still_twice(heard: Changes, clock: Clock, root: bytes) -> None:
    path = root + b"/a.jpg"
    heard.note(path, False)
    assert heard.due() == []
    clock.now += 1.1
    assert heard.due() == []
    clock.now += 1.1
    assert heard.due() == [flat(root)]
    assert clock.rest(heard) == []


def test_a_file_that_grows_without_news_is_waited_for(heard: Changes, clock: Clock, root: bytes) -> None:
    path = Path(os.fsdecode(root)) / "a.jpg"
    heard.note(os.fsencode(path), False)
    for size in range(1, 4):
        path.write_bytes(bytes(size))
        clock.now += 1.1
        assert heard.due() == []
    clock.now += 1.1
    assert heard.due() == [flat(root)]


def test_all_of_it_waits_for_the_last(heard: Changes, clock: Clock, root: bytes) -> None:
    heard.note(root + b"/old/a.jpg", False)
    clock.now += 1.9
    heard.due()
    heard.note(root + b"/new/a.jpg", False)
    clock.now += 0.9
    assert heard.due() == []
    assert clock.rest(heard) == [flat(root + b"/new"), flat(root + b"/old")]


def test_what_is_still_does_not_wait_for_ever(heard: Changes, clock: Clock, root: bytes) -> None:
    heard.note(root + b"/a/done.jpg", False)
    heard.note(root + b"/new", True)
    due: list[Scan] = []
    began = clock.now
    while not due and clock.now < began + 2 * PATIENCE:
        heard.note(root + b"/new/growing.jpg", False)
        clock.now += 0.5
        due = heard.due()
    assert due == [flat(root + b"/a")]
    assert clock.now - began >= PATIENCE
    assert clock.rest(heard) == [deep(root + b"/new")]


def test_looks_that_others_hold_are_left_out(heard: Changes, clock: Clock, root: bytes) -> None:
    for path, is_folder in ((b"/a", True), (b"/a/b", True), (b"/a/c/1.jpg", False), (b"/d/1.jpg", False)):
        heard.note(root + path, is_folder)
    assert clock.rest(heard) == [deep(root + b"/a"), flat(root + b"/d")]


def test_very_much_is_one_look_at_everything(heard: Changes, clock: Clock, root: bytes) -> None:
    for number in range(MOST + 1):
        heard.note(root + b"/%d/a.jpg" % number, False)
    assert clock.rest(heard) == [deep(root)]


@pytest.mark.parametrize("path", [b"/.trash/a.jpg", b"/a/.hidden/b/c.jpg", b"/library/library.sqlite-wal", b"/._a.jpg"])
def test_what_no_scan_takes_is_no_news(heard: Changes, clock: Clock, root: bytes, path: bytes) -> None:
    heard.note(root + path, False)
    assert clock.rest(heard) == []
