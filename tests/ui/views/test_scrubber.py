"""The strip of years follows a scroll bar and moves it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QScrollBar, QWidget
from pytestqt.qtbot import QtBot

from tests.qt import LeftButton, drag, show
from ui.look import Look
from ui.views.scrubber import Scrubber


class Stage:
    """A strip of 400 pixels beside a view, and its scroll bar of 0 to 10,000."""

    def __init__(self, look: Look, qtbot: QtBot) -> None:
        self.view = QWidget()
        self.bar = QScrollBar(Qt.Orientation.Vertical, self.view)
        self.bar.hide()
        self.bar.setRange(0, 10_000)
        self.strip = Scrubber(look, self.bar, lambda: f"at {self.bar.value()}", self.view)
        self.strip.move(200, 0)
        self.strip.resize(self.strip.width(), 400)
        show(qtbot, self.view, 260, 400)

    def ink(self, top: int, bottom: int) -> bool:
        """Whether anything is painted between two heights."""
        image = self.strip.grab().toImage()
        ground = image.pixelColor(0, 0)
        return any(image.pixelColor(x, y) != ground for x in range(image.width()) for y in range(top, bottom))


@pytest.fixture
def stage(look: Look, qtbot: QtBot) -> Stage:
    return Stage(look, qtbot)


def test_a_press_goes_there_and_a_drag_takes_it_along(stage: Stage) -> None:
    QTest.mousePress(stage.strip, LeftButton, pos=QPoint(20, 200))
    assert stage.bar.value() == 5000
    assert stage.strip._bubble.isVisible()
    assert stage.strip._bubble.text() == "at 5000"
    drag(stage.strip, QPoint(20, 399))
    assert stage.bar.value() == 10_000
    drag(stage.strip, QPoint(20, -500))
    assert stage.bar.value() == 0
    assert stage.strip._bubble.geometry().top() >= 0
    QTest.mouseRelease(stage.strip, LeftButton, pos=QPoint(20, 0))
    assert not stage.strip._bubble.isVisible()


def test_the_bubble_stays_in_the_view(stage: Stage) -> None:
    QTest.mousePress(stage.strip, LeftButton, pos=QPoint(20, 399))
    bubble = stage.strip._bubble.geometry()
    assert bubble.bottom() <= 400
    assert bubble.right() < stage.strip.x()
    QTest.mouseRelease(stage.strip, LeftButton, pos=QPoint(20, 399))


def test_a_pointer_that_passes_moves_nothing(stage: Stage) -> None:
    QTest.mouseMove(stage.strip, QPoint(20, 300))
    assert stage.bar.value() == 0


def test_the_handle_follows_the_bar(stage: Stage) -> None:
    assert stage.ink(2, 30)
    assert not stage.ink(370, 398)
    stage.bar.setValue(10_000)
    assert not stage.ink(2, 30)
    assert stage.ink(370, 398)


def test_years_are_written_where_they_begin_and_never_over_one_another(stage: Stage) -> None:
    stage.bar.setValue(10_000)
    stage.strip.set_marks([("2022", 0.0)])
    assert stage.ink(4, 24)
    assert not stage.ink(30, 350)
    alone = stage.strip.grab().toImage()
    stage.strip.set_marks([("2022", 0.0), ("2021", 0.001), ("2020", 0.002)])
    assert stage.strip.grab().toImage() == alone


def test_there_is_nothing_to_show_when_everything_is_in_sight(stage: Stage) -> None:
    stage.strip.set_marks([("2022", 0.0)])
    stage.bar.setRange(0, 0)
    assert not stage.ink(0, 400)
    QTest.mouseClick(stage.strip, LeftButton, pos=QPoint(20, 200))
    assert stage.bar.value() == 0
