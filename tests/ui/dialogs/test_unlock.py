"""What an encrypted library asks for."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from app.errors import LibraryLocked
from ui.dialogs.trouble import Way
from ui.dialogs.unlock import UnlockDialog


@pytest.fixture
def dialog(application: QApplication, qtbot: QtBot, tmp_path: Path) -> UnlockDialog:
    made = UnlockDialog(LibraryLocked(tmp_path, has_passphrase=True), tmp_path)
    qtbot.addWidget(made)
    made.show()
    return made


def test_what_is_entered_is_told_and_not_shown(dialog: UnlockDialog, qtbot: QtBot) -> None:
    told: list[str] = []
    dialog.entered.connect(told.append)
    QTest.keyClick(dialog.field, Qt.Key.Key_Return)
    assert told == [], "nothing was entered"
    assert dialog.field.echoMode() is QLineEdit.EchoMode.Password
    QTest.keyClicks(dialog.field, "a horse")
    QTest.keyClick(dialog.field, Qt.Key.Key_Return)
    assert told == ["a horse"]
    assert not dialog.unlock.isEnabled()
    dialog.reject()
    assert dialog.isVisible(), "it is being looked at"


def test_what_is_wrong_can_be_entered_again(dialog: UnlockDialog) -> None:
    dialog.field.setText("a cow")
    dialog.unlock.click()
    dialog.refuse("That is neither.")
    assert dialog.note.text() == "That is neither."
    assert dialog.unlock.isEnabled()
    assert dialog.field.selectedText() != ""
    dialog.show_it.setChecked(True)
    assert dialog.field.echoMode() is QLineEdit.EchoMode.Normal


def test_to_close_it_is_to_quit(dialog: UnlockDialog) -> None:
    ways: list[Way] = []
    dialog.chosen.connect(ways.append)
    dialog.another.click()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert ways == [Way.ANOTHER, Way.QUIT]


def test_without_a_passphrase_it_asks_for_the_code(application: QApplication, qtbot: QtBot, tmp_path: Path) -> None:
    made = UnlockDialog(LibraryLocked(tmp_path, has_passphrase=False), tmp_path)
    qtbot.addWidget(made)
    assert made.field.placeholderText() == "Recovery code"
