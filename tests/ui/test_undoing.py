"""Undo and redo in the window: the menu, the shortcuts, the question before more than one step goes, the history."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMessageBox
from pytestqt.qtbot import QtBot

from app.journal import Action, Step
from app.session import Session
from tests.qt import LeftButton, settle, until
from ui.dialogs.history import HistoryDialog
from ui.main_window import MainWindow
from ui.steps import SENTENCES
from ui.undoing import told

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
Key = Qt.Key


@pytest.fixture
def session(window: MainWindow) -> Session:
    return window.context.session


def history(window: MainWindow, qtbot: QtBot) -> HistoryDialog:
    window.show_history()
    (dialog,) = window.findChildren(HistoryDialog)
    settle(qtbot, window.tasks)
    return dialog


def texts(*actions: QAction) -> list[str]:
    return [action.text() for action in actions]


def answer(qtbot: QtBot, text: str) -> str:
    """Presses a button of the question when it is there; what was asked."""

    def asked() -> QMessageBox | None:
        return next((each for each in QApplication.topLevelWidgets() if isinstance(each, QMessageBox)), None)

    until(qtbot, asked)
    box = asked()
    assert box is not None
    (button,) = [each for each in box.buttons() if each.text().replace("&", "") == text]
    informed = box.informativeText()
    QTest.mouseClick(button, LeftButton)
    return informed


def test_every_action_has_a_sentence() -> None:
    assert set(SENTENCES) == set(Action)


def test_the_menu_tells_what_is_undone_and_redone(window: MainWindow, session: Session, qtbot: QtBot) -> None:
    undo, redo = window.undoing.undo_action, window.undoing.redo_action
    assert texts(undo, redo) == ["Undo", "Redo"]
    assert not undo.isEnabled() and not redo.isEnabled()
    photo_ids = list(session.photos.timeline().photo_ids)
    session.details.rate(photo_ids, 4)
    until(qtbot, undo.isEnabled)
    assert texts(undo, redo) == [f"Undo: Rated {len(photo_ids)} photos", "Redo"]
    person = session.people.list()[0]
    session.people.rename(person.person_id, "Anna & Ben")
    until(qtbot, lambda: undo.text() == "Undo: Gave a person the name Anna && Ben")
    undo.trigger()
    until(qtbot, redo.isEnabled)
    assert session.people.get(person.person_id).name is None
    assert texts(undo, redo) == [f"Undo: Rated {len(photo_ids)} photos", "Redo: Gave a person the name Anna && Ben"]
    redo.trigger()
    until(qtbot, lambda: not redo.isEnabled())
    assert session.people.get(person.person_id).name == "Anna & Ben"


def test_the_shortcuts_are_the_windows_but_not_in_a_field(window: MainWindow, session: Session, qtbot: QtBot) -> None:
    window.activateWindow()
    session.details.rate([1], 4)
    until(qtbot, window.undoing.undo_action.isEnabled)
    field = QLineEdit("Anna", window)
    field.show()
    field.setFocus()
    until(qtbot, field.hasFocus)
    QTest.keyClick(field, Key.Key_B)
    assert field.text() == "Annab"
    QTest.keyClick(field, Key.Key_Z, CTRL)
    assert field.text() == "Anna"
    QTest.keyClick(field, Key.Key_Z, CTRL)
    settle(qtbot, window.tasks)
    assert session.details.of(1).rating == 4, "nothing but the field's own"
    field.hide()
    window.timeline.grid.setFocus()
    QTest.keyClick(window.timeline.grid, Key.Key_Z, CTRL)
    until(qtbot, lambda: session.details.of(1).rating is None)
    until(qtbot, window.undoing.redo_action.isEnabled)
    QTest.keyClick(window.timeline.grid, Key.Key_Z, CTRL | SHIFT)
    until(qtbot, lambda: session.details.of(1).rating == 4)


def test_the_strip_tells_what_was_undone_and_redoes_it(window: MainWindow, session: Session, qtbot: QtBot) -> None:
    session.details.rate([1], 4)
    until(qtbot, window.undoing.undo_action.isEnabled)
    window.undoing.undo()
    bar = window.undoing.bar
    until(qtbot, bar.isVisible)
    assert (bar.text.text(), bar.button.text()) == ("Undone: Rated a photo", "Redo")
    QTest.mouseClick(bar.button, LeftButton)
    until(qtbot, lambda: bar.text.text() == "Done again: Rated a photo")
    assert session.details.of(1).rating == 4
    QTest.mouseClick(bar.button, LeftButton)
    until(qtbot, lambda: bar.text.text() == "Undone: Rated a photo")
    assert session.details.of(1).rating is None


def test_what_changed_since_is_told_of(window: MainWindow, session: Session, qtbot: QtBot) -> None:
    session.details.rate([1, 2], 4)
    with window.context.library.database.write() as db:
        db.exec_driver_sql("UPDATE photo SET rating = 1 WHERE photo_id = 2")
    window.undoing.undo()
    until(qtbot, window.undoing.bar.isVisible)
    assert window.undoing.bar.text.text() == (
        "Undone: Rated 2 photos. Some of it has changed since, and stays as it is"
    )


def test_the_history_undoes_any_step_and_asks_before_it_takes_others(
    window: MainWindow, session: Session, qtbot: QtBot
) -> None:
    first, second, *_ = (person.person_id for person in session.people.list())
    session.people.rename(first, "Anna")
    session.details.rate([1], 4)
    session.people.merge(second, [first])
    dialog = history(window, qtbot)
    steps = dialog.steps
    QAbstractItemModelTester(steps, QAbstractItemModelTester.FailureReportingMode.Fatal)
    assert [steps.index(row, 0).data() for row in range(3)] == [
        "Made one person of two",
        "Rated a photo",
        "Gave a person the name Anna",
    ]
    assert not dialog.take.isEnabled()
    dialog.table.selectRow(2)
    assert (dialog.take.isEnabled(), dialog.take.text()) == (True, "Undo")
    QTest.mouseClick(dialog.take, LeftButton)
    assert answer(qtbot, "Cancel") == "It can only be undone together with:\n\nMade one person of two"
    settle(qtbot, window.tasks)
    assert not any(each.undone for each in session.journal.list())
    QTest.mouseClick(dialog.take, LeftButton)
    answer(qtbot, "Undo all of it")
    until(qtbot, lambda: [steps.index(row, 2).data() for row in range(3)] == ["undone", "", "undone"])
    assert dialog.take.text() == "Redo"
    assert session.people.get(first).name is None
    assert window.undoing.bar.text.text() == "Undone: Gave a person the name Anna and 1 more"
    window.undoing.bar.button.click()
    until(qtbot, lambda: [steps.index(row, 2).data() for row in range(3)] == ["", "", ""])
    assert session.people.get(second).name == "Anna"


def test_the_history_follows_what_is_done(window: MainWindow, session: Session, qtbot: QtBot) -> None:
    dialog = history(window, qtbot)
    QAbstractItemModelTester(dialog.steps, QAbstractItemModelTester.FailureReportingMode.Fatal)
    assert dialog._stack.currentIndex() == 0, "it says what it is for"
    session.details.rate([1], 4)
    until(qtbot, lambda: dialog.steps.rowCount() == 1)
    session.details.rate([1], 5)
    until(qtbot, lambda: dialog.steps.rowCount() == 2)
    session.journal.undo()
    session.details.rate([2], 5)
    until(qtbot, lambda: [dialog.steps.step(row).step_id for row in range(dialog.steps.rowCount())] == [3, 1])
    assert dialog._stack.currentIndex() == 1


@pytest.mark.parametrize(
    ("action", "subject", "sentence"),
    [
        (Action.RENAME_PERSON, {"name": ""}, "Took a person's name away"),
        (Action.MERGE_PERSONS, {"persons": 3}, "Made one person of 3"),
        (Action.TRASH, {"photos": 1}, "Moved a photo to the trash"),
        (Action.TRASH, {"photos": 1200}, "Moved 1,200 photos to the trash"),
        (Action.SET_APART, {"photos": 3}, "Said that photos are no duplicates"),
    ],
)
def test_sentences(session: Session, action: Action, subject: dict[str, object], sentence: str) -> None:
    with session.journal.step(action, **subject) as db:
        db.exec_driver_sql("UPDATE photo SET rating = 5")
    step: Step | None = session.journal.next()[0]
    assert step is not None
    assert told(step) == sentence
