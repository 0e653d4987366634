"""A screen is brought up to date by one query at a time, and always by a last one."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QObject
from PySide6.QtTest import QSignalSpy
from pytestqt.qtbot import QtBot

from tests.qt import settle, until
from ui.refresh import Refresher
from ui.tasks import Tasks

pytestmark = pytest.mark.usefixtures("application")


@pytest.fixture
def tasks() -> Iterator[Tasks]:
    made = Tasks()
    yield made
    made.close()


class Screen(QObject):
    """Shows how many queries there have been."""

    def __init__(self, tasks: Tasks, failed: Callable[[Exception], None] | None = None) -> None:
        super().__init__()
        self.gate = threading.Event()
        self.gate.set()
        self.seconds = 0.0
        self.broken = False
        self.begun = 0
        self.shown: list[int] = []
        self.refresher = Refresher(self, tasks, self._query, self.shown.append, failed)

    def _query(self) -> int:
        self.begun += 1
        assert self.gate.wait(30)
        time.sleep(self.seconds)
        if self.broken:
            raise RuntimeError("the drive is gone")
        return self.begun


def test_a_question_is_answered(tasks: Tasks, qtbot: QtBot) -> None:
    screen = Screen(tasks)
    screen.refresher.ask()
    settle(qtbot, tasks)
    assert screen.shown == [1]


def test_whatever_is_asked_meanwhile_is_one_more_query(tasks: Tasks, qtbot: QtBot) -> None:
    screen = Screen(tasks)
    screen.gate.clear()
    for _ in range(50):
        screen.refresher.ask()
    screen.gate.set()
    until(qtbot, lambda: len(screen.shown) == 2)
    qtbot.wait(50)
    assert screen.shown == [1, 2], "the last one shows what came during the first"


def test_a_slow_query_leaves_the_computer_time_for_other_things(tasks: Tasks, qtbot: QtBot) -> None:
    screen = Screen(tasks)
    screen.seconds = 0.1
    end = time.monotonic() + 1
    while time.monotonic() < end:
        screen.refresher.ask()
        qtbot.wait(10)
    assert 2 <= screen.begun <= 4
    until(qtbot, lambda: screen.shown and screen.shown[-1] == screen.begun)


def test_after_an_error_it_goes_on(tasks: Tasks, qtbot: QtBot) -> None:
    errors = QSignalSpy(tasks.failed)
    screen = Screen(tasks)
    screen.broken = True
    screen.refresher.ask()
    screen.refresher.ask()
    until(qtbot, lambda: errors.count() == 2)
    screen.broken = False
    screen.refresher.ask()
    until(qtbot, lambda: screen.shown == [3])


def test_a_screen_may_handle_its_errors_itself(tasks: Tasks, qtbot: QtBot) -> None:
    errors: list[Exception] = []
    screen = Screen(tasks, errors.append)
    screen.broken = True
    screen.refresher.ask()
    settle(qtbot, tasks)
    assert [str(error) for error in errors] == ["the drive is gone"]


def test_a_screen_that_cannot_show_what_came_asks_again_all_the_same(tasks: Tasks, qtbot: QtBot) -> None:
    """The exception goes to the exception hook; the next question is asked as ever."""
    screen = Screen(tasks)
    shown: list[int] = []

    def show(number: int) -> None:
        if number == 1:
            raise ValueError("a bug")
        shown.append(number)

    screen.refresher._show = show
    with qtbot.captureExceptions() as raised:
        screen.refresher.ask()
        settle(qtbot, tasks)
    assert [str(each[1]) for each in raised] == ["a bug"]
    screen.refresher.ask()
    until(qtbot, lambda: shown == [2])
