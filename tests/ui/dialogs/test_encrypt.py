"""What has to be done before a library is encrypted."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from app.keys import LibraryKey
from ui.dialogs.encrypt import EncryptDialog

KEY = LibraryKey(bytes(range(32)))


@pytest.fixture
def dialog(application: QApplication, qtbot: QtBot) -> EncryptDialog:
    made = EncryptDialog(KEY, has_keyring=True)
    qtbot.addWidget(made)
    made.show()
    return made


def test_the_code_is_to_be_kept_before_going_on(dialog: EncryptDialog) -> None:
    told: list[tuple[object, object]] = []
    dialog.agreed.connect(lambda *both: told.append(both))
    assert dialog.code.text().split() == KEY.code.split("-")
    assert not dialog.encrypt.isEnabled()
    dialog.kept.setChecked(True)
    dialog.encrypt.click()
    assert told == [(KEY, None)]
    assert not dialog.isVisible()


def test_the_code_is_copied_and_saved(dialog: EncryptDialog, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    dialog.copy.click()
    assert QGuiApplication.clipboard().text() == KEY.code
    chosen = ["", str(tmp_path / "code.txt"), str(tmp_path / "nowhere" / "code.txt")]
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (chosen.pop(0), ""))
    dialog.save.click()
    assert list(tmp_path.iterdir()) == []
    dialog.save.click()
    assert KEY.code in (tmp_path / "code.txt").read_text()
    dialog.save.click()
    assert "cannot be saved" in dialog.note.text()


def test_to_cancel_is_to_do_nothing(dialog: EncryptDialog) -> None:
    told: list[object] = []
    dialog.agreed.connect(lambda *both: told.append(both))
    dialog.kept.setChecked(True)
    dialog.cancel.click()
    assert told == []


def test_without_a_keyring_a_passphrase_is_chosen(application: QApplication, qtbot: QtBot) -> None:
    dialog = EncryptDialog(KEY, has_keyring=False)
    qtbot.addWidget(dialog)
    dialog.show()
    told: list[tuple[object, object]] = []
    dialog.agreed.connect(lambda *both: told.append(both))
    dialog.kept.setChecked(True)
    dialog.passphrase.setText("short")
    assert "at least 8" in dialog.note.text() and not dialog.encrypt.isEnabled()
    dialog.passphrase.setText("a horse on a stapler")
    assert "not the same" in dialog.note.text() and not dialog.encrypt.isEnabled()
    dialog.again.setText("a horse on a stapler")
    dialog.encrypt.click()
    assert told == [(KEY, "a horse on a stapler")]
