"""Nobody is at the window."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.qt import show
from ui.idle import Idle


def test_it_passes_when_nobody_stirs_and_begins_anew_when_somebody_does(qtbot: QtBot) -> None:
    widget, owner = QWidget(), QObject()
    show(qtbot, widget)
    idle = Idle(owner)
    idle.watch(10)
    before = idle._timer.timerId()
    with qtbot.waitSignal(idle.stirred):
        QTest.keyClick(widget, Qt.Key.Key_A)
    assert idle._timer.isActive() and idle._timer.timerId() != before, "the time begins anew"
    with qtbot.waitSignal(idle.passed):
        idle.watch(0.0005)
    idle.watch(0)
    assert not idle._timer.isActive()
    idle.stop()
    with qtbot.assertNotEmitted(idle.stirred, wait=50):
        idle._rest.stop()
        QTest.keyClick(widget, Qt.Key.Key_A)
