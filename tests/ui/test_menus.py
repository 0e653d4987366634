"""The menus, and what the program says about itself."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from app.importing import program_version
from tests.qt import Dismissed, until
from ui.main_window import MainWindow
from ui.menus import about_text
from ui.theme import DARK, LIGHT


def actions(window: MainWindow) -> dict[str, QAction]:
    """Every entry of the menu bar by its text."""
    menus = window.menuBar().findChildren(QMenu)
    return {action.text(): action for menu in menus for action in menu.actions() if not action.isSeparator()}


def test_the_program_says_whose_the_face_model_is_and_what_may_be_done_with_it(window: MainWindow) -> None:
    text = about_text(window)
    assert program_version() in text
    assert "non-commercial" in text.lower()
    assert "never sends" in text
    assert str(window.context.library.folder) in text


def test_about_is_shown(window: MainWindow, qtbot: QtBot) -> None:
    dismissed = Dismissed()
    actions(window)["About Sietch"].trigger()
    until(qtbot, lambda: dismissed.texts)
    assert dismissed.texts == [about_text(window)]


def test_shortcuts_are_the_system_s_and_each_is_there_once(window: MainWindow) -> None:
    found = actions(window)
    assert found["Add a folder…"].shortcut() == QKeySequence(QKeySequence.StandardKey.Open)
    assert found["Quit"].shortcut() == QKeySequence(QKeySequence.StandardKey.Quit)
    keys = [action.shortcut().toString() for action in found.values() if not action.shortcut().isEmpty()]
    assert len(keys) == len(set(keys))


def test_the_button_adds_what_the_menu_adds(window: MainWindow) -> None:
    texts = [action.text() for action in window.header.add.menu().actions()]
    assert texts == ["Add a folder…", "Add single photos…", "Import from a card or folder…"]


@pytest.mark.parametrize(("text", "choice", "theme"), [("Dark", "dark", DARK), ("Light", "light", LIGHT)])
def test_the_look_is_chosen(window: MainWindow, text: str, choice: str, theme: object) -> None:
    found = actions(window)
    assert found["Look of the system"].isChecked()
    found[text].trigger()
    assert window.context.look.choice == choice
    assert window.context.look.theme is theme
    assert found[text].isChecked()
    assert not found["Look of the system"].isChecked()


def test_quit_closes_the_window(window: MainWindow) -> None:
    actions(window)["Quit"].trigger()
    assert not window.isVisible()


def test_sidecars_are_wanted_by_a_choice(window: MainWindow, qtbot: QtBot) -> None:
    action = actions(window)["Write names and ratings beside the photos"]
    sidecars = window.context.library.sidecars
    assert not action.isChecked()
    action.trigger()
    until(qtbot, lambda: sidecars.wanted)
    assert action.isChecked()
