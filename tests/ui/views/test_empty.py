"""What a screen shows when it has nothing."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from tests.qt import LeftButton, show
from ui.look import Look
from ui.views.empty import EmptyState

LEAD = "Drop a folder of photos anywhere on this window. They stay where they are, and nothing leaves this computer."


def test_it_holds_the_one_button_that_fills_it(look: Look, qtbot: QtBot) -> None:
    state = EmptyState(look, "users", "Nobody here yet", LEAD, "Add a folder…")
    pressed = QSignalSpy(state.pressed)
    show(qtbot, state, 680, 500)
    (button,) = state.findChildren(QPushButton)
    QTest.mouseClick(button, LeftButton)
    button.setFocus()
    QTest.keyClick(button, Qt.Key.Key_Space)
    assert pressed.count() == 2


def test_everything_has_room_in_the_smallest_window(look: Look, qtbot: QtBot) -> None:
    state = EmptyState(look, "users", "Nobody here yet", LEAD, "Add a folder…")
    show(qtbot, state, 680, 500)
    widgets = [*state.findChildren(QLabel), *state.findChildren(QPushButton)]
    areas = [each.geometry() for each in widgets]
    for number, area in enumerate(areas):
        assert state.rect().contains(area)
        assert not any(area.intersects(other) for other in areas[:number])
    for each in state.findChildren(QLabel):
        assert each.height() >= each.heightForWidth(each.width())


def test_without_a_button_it_only_tells(look: Look, qtbot: QtBot) -> None:
    state = EmptyState(look, "users", "Nobody here yet", LEAD)
    show(qtbot, state)
    assert state.findChildren(QPushButton) == []


def test_its_picture_follows_the_look(look: Look, qtbot: QtBot) -> None:
    state = EmptyState(look, "users", "Nobody here yet", LEAD)
    show(qtbot, state)
    before = state._picture.pixmap().toImage()
    look.choose("dark")
    assert state._picture.pixmap().toImage() != before
