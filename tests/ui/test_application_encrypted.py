"""An encrypted library in the window: it is encrypted there, and asks for its key when it is opened."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backends import fail
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from app.encrypting import encrypt
from app.keys import LibraryKey
from app.library import Library
from app.opening import database_path
from core.encryption import is_encrypted
from tests.keyrings import MemoryKeyring
from tests.qt import until
from tests.ui import test_application
from ui.application import Program
from ui.dialogs.encrypt import EncryptDialog
from ui.dialogs.unlock import UnlockDialog

PASSPHRASE = "a horse on a stapler"

program = test_application.program


@pytest.fixture(autouse=True)
def memory() -> Iterator[MemoryKeyring]:
    before, made = keyring.get_keyring(), MemoryKeyring()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


def locked(program: Program, qtbot: QtBot) -> UnlockDialog:
    program.open()
    until(qtbot, lambda: program._unlock is not None and program._unlock.isVisible())
    assert program._unlock is not None
    return program._unlock


def test_a_library_is_encrypted_from_the_window(program: Program, qtbot: QtBot, tmp_path: Path) -> None:
    window = test_application.open_session(program, qtbot)
    window.ask_to_encrypt()
    dialog = QApplication.activeModalWidget() or window.findChild(EncryptDialog)
    assert isinstance(dialog, EncryptDialog)
    dialog.kept.setChecked(True)
    dialog.encrypt.click()
    until(qtbot, lambda: program._window not in (None, window) and program._window.isVisible())
    assert is_encrypted(database_path(tmp_path / "library"))
    assert program._library is not None and program._library.encrypted
    assert not program._closing.isVisible()
    texts = [action.text() for action in program._window.actions()] if program._window else []
    assert "Face models…" in texts and "Encrypt the library…" not in texts


def test_a_library_is_decrypted_from_the_window(
    program: Program, qtbot: QtBot, tmp_path: Path, memory: MemoryKeyring
) -> None:
    Library.open(tmp_path / "library", resume=False).close()
    encrypt(tmp_path / "library", LibraryKey.new())
    window = test_application.open_session(program, qtbot)
    for button in ("Cancel", "Decrypt the library"):
        assert is_encrypted(database_path(tmp_path / "library")) and window.isVisible()
        window.ask_to_decrypt()
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        next(each for each in box.buttons() if each.text().replace("&", "") == button).click()
    until(qtbot, lambda: program._window not in (None, window) and program._window.isVisible())
    assert not is_encrypted(database_path(tmp_path / "library"))
    assert program._library is not None and not program._library.encrypted
    assert memory.kept == {}
    texts = [action.text() for action in program._window.actions()] if program._window else []
    assert "Encrypt the library…" in texts and "Decrypt the library…" not in texts


def test_a_passphrase_is_asked_for_until_it_is_right(program: Program, qtbot: QtBot, tmp_path: Path) -> None:
    keyring.set_keyring(fail.Keyring())
    Library.open(tmp_path / "library", resume=False).close()
    encrypt(tmp_path / "library", LibraryKey.new(), PASSPHRASE)
    dialog = locked(program, qtbot)
    for _ in range(2):
        dialog.field.setText("a cow")
        dialog.unlock.click()
        until(qtbot, dialog.unlock.isEnabled)
        assert "try again" in dialog.note.text()
    dialog.field.setText(PASSPHRASE)
    dialog.unlock.click()
    until(qtbot, lambda: program._window is not None and program._window.isVisible())
    assert not dialog.isVisible()


def test_the_code_gives_the_key_back_to_the_keyring(
    program: Program,
    qtbot: QtBot,
    tmp_path: Path,
    memory: MemoryKeyring,
) -> None:
    Library.open(tmp_path / "library", resume=False).close()
    key = LibraryKey.new()
    encrypt(tmp_path / "library", key)
    memory.kept.clear()
    dialog = locked(program, qtbot)
    dialog.field.setText(key.code.lower())
    dialog.unlock.click()
    until(qtbot, lambda: program._window is not None and program._window.isVisible())
    assert list(memory.kept.values()) == [key.code]


def test_who_does_not_know_it_can_leave(
    program: Program,
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    memory: MemoryKeyring,
) -> None:
    Library.open(tmp_path / "library", resume=False).close()
    encrypt(tmp_path / "library", LibraryKey.new())
    memory.kept.clear()
    codes: list[int] = []
    monkeypatch.setattr(program._application, "exit", codes.append)
    dialog = locked(program, qtbot)
    dialog.quit.click()
    assert codes == [1] and not dialog.isVisible()
