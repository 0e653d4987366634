"""Typing a name at a face, while the library takes its time."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.qt import settle, show, until
from ui.context import Context
from ui.views.name_editor import NameEditor

Key = Qt.Key


class Stage:
    """An editor over a page."""

    def __init__(self, context: Context, qtbot: QtBot) -> None:
        self.context, self.qtbot = context, qtbot
        self.page = QWidget()
        self.editor = NameEditor(context, self.page)
        self.saved: list[bool] = []
        self.closed: list[bool] = []
        self.errors: list[Exception] = []
        self.editor.saved.connect(self.saved.append)
        self.editor.closed.connect(lambda: self.closed.append(True))
        context.tasks.failed.connect(self.errors.append)
        show(qtbot, self.page, 600, 400)

    def open(self, person_id: int, box: QRectF | None = None) -> None:
        self.editor.open(person_id, box or QRectF(200, 100, 80, 100))

    def type(self, text: str, *keys: Key) -> None:
        QTest.keyClicks(self.editor.field, text)
        for key in keys:
            QTest.keyClick(self.editor.field, key)

    def name(self, person_id: int) -> str | None:
        return self.context.session.people.get(person_id).name


@pytest.fixture
def stage(context: Context, qtbot: QtBot) -> Stage:
    return Stage(context, qtbot)


@pytest.mark.parametrize(("key", "go_on"), [(Key.Key_Return, False), (Key.Key_Tab, True)])
def test_a_name_is_kept(stage: Stage, key: Key, go_on: bool) -> None:
    stage.open(1)
    assert stage.editor.field.hasFocus()
    stage.type("  Mia ", key)
    until(stage.qtbot, lambda: stage.saved == [go_on])
    assert stage.name(1) == "Mia"


def test_nothing_typed_ends_it(stage: Stage) -> None:
    stage.open(1)
    stage.type("  ", Key.Key_Return)
    assert not stage.editor.isVisible()
    assert (stage.saved, stage.closed) == ([], [True])


@pytest.mark.parametrize("box", [QRectF(-90, -90, 80, 80), QRectF(590, 390, 300, 300), QRectF(0, 0, 600, 400)])
def test_it_is_always_inside(stage: Stage, box: QRectF) -> None:
    stage.open(1, box)
    assert stage.page.rect().contains(stage.editor.geometry())


def test_keys_that_it_does_not_use_go_nowhere(stage: Stage) -> None:
    pressed: list[int] = []
    stage.page.keyPressEvent = lambda event: pressed.append(event.key())  # type: ignore[method-assign]
    stage.open(1)
    stage.type("", Key.Key_Up, Key.Key_PageDown, Key.Key_F5, Key.Key_Return)
    assert pressed == []


def test_a_slow_library_does_not_take_the_next_name_away(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    people, gate = stage.context.session.people, threading.Event()
    rename = people.rename
    monkeypatch.setattr(people, "rename", lambda number, name: (gate.wait(30), rename(number, name)))
    stage.open(1)
    stage.type("Mia", Key.Key_Return)
    assert stage.editor.field.isReadOnly()
    stage.type("", Key.Key_Escape)
    stage.open(2)
    stage.type("No")
    gate.set()
    settle(stage.qtbot, stage.context.tasks)
    assert stage.name(1) == "Mia"
    assert stage.editor.isVisible()
    stage.type("or", Key.Key_Return)
    until(stage.qtbot, lambda: stage.name(2) == "Noor")


def test_an_error_of_a_name_that_was_left_is_told_elsewhere(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    people, gate = stage.context.session.people, threading.Event()
    rename = people.rename
    monkeypatch.setattr(people, "rename", lambda number, name: (gate.wait(30), rename(number, name)))
    stage.open(99)
    stage.type("Mia", Key.Key_Return, Key.Key_Escape)
    stage.open(1)
    gate.set()
    settle(stage.qtbot, stage.context.tasks)
    assert [str(error) for error in stage.errors] == ["There is no person 99."]
    assert not stage.editor.problem.isVisible()


def test_a_bug_closes_it_and_is_told_as_a_bug(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stage.context.session.people, "rename", lambda _number, _name: 1 // 0)
    stage.open(1)
    stage.type("Mia", Key.Key_Return)
    until(stage.qtbot, lambda: stage.errors)
    assert isinstance(stage.errors[0], ZeroDivisionError)
    assert not stage.editor.isVisible()


def test_names_that_come_late_are_offered_to_what_is_typed(stage: Stage) -> None:
    stage.context.session.people.rename(3, "Maximilian")
    stage.open(1)
    stage.type("maxi")
    completer = stage.editor.field.completer()
    assert completer is not None
    until(stage.qtbot, lambda: completer.popup().isVisible())
    assert completer.currentCompletion() == "Maximilian"
    completer.popup().hide()
