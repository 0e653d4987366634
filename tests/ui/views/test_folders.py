"""The page of folders: what each card says, and how a folder is removed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from app.library import Library
from app.types import FolderState, WatchedFolder
from tests.app.test_importing import indexed_photos, places
from tests.qt import LeftButton, settle, show, until
from ui.context import Context
from ui.look import Look
from ui.views.folders import FolderCard, FoldersView


@pytest.fixture
def view(
    make_context: Callable[[Library], Context], empty_library: Library, tmp_path: Path, qtbot: QtBot
) -> FoldersView:
    """The page over a library with two folders, one of which is gone."""
    indexed_photos(empty_library, tmp_path / "photos", 3)
    (tmp_path / "scans").mkdir()
    empty_library.folders.remember([tmp_path / "photos", tmp_path / "scans"])
    (tmp_path / "scans").rmdir()
    context = make_context(empty_library)
    made = FoldersView(context)
    show(qtbot, made)
    settle(qtbot, context.tasks)
    return made


def press(qtbot: QtBot, text: str) -> None:
    """Presses a button of the dialog that is open."""
    until(qtbot, lambda: isinstance(QApplication.activeModalWidget(), QMessageBox))
    box = QApplication.activeModalWidget()
    assert isinstance(box, QMessageBox)
    (button,) = [each for each in box.findChildren(QPushButton) if each.text() == text]
    QTest.mouseClick(button, LeftButton)


def test_each_folder_tells_how_it_is(view: FoldersView) -> None:
    assert [(card.name.text(), card.state.text()) for card in view.cards] == [
        ("photos", "3 photos · followed as it changes"),
        ("scans", "0 photos · not there any more; its photos stay as they are"),
    ]


@pytest.mark.parametrize(
    ("state", "told"),
    [
        (FolderState.POLLED, "1,204 photos · looked through now and then"),
        (FolderState.OFFLINE, "1,204 photos · on a drive that is not connected: USB"),
    ],
)
def test_other_states_are_told(qtbot: QtBot, look: Look, state: FolderState, told: str) -> None:
    card = FolderCard(WatchedFolder(1, Path("/media/usb/a"), state, 1204, 0, 0, "USB"), look)
    qtbot.addWidget(card)
    assert card.state.text() == told


def test_what_is_missing_is_told(qtbot: QtBot, look: Look) -> None:
    card = FolderCard(WatchedFolder(1, Path("/a"), FolderState.WATCHED, 9, 2, 30, ""), look)
    qtbot.addWidget(card)
    assert "missing: 2 · gone all at once, and nothing changed for it: 30" in card.state.text()


def test_removing_asks_and_can_keep_the_photos(view: FoldersView, empty_library: Library, qtbot: QtBot) -> None:
    QTest.mouseClick(view.cards[0].remove, LeftButton)
    press(qtbot, "Keep the photos")
    until(qtbot, lambda: len(view.cards) == 1)
    assert len(places(empty_library)) == 3


def test_removing_can_forget_the_photos(
    view: FoldersView, empty_library: Library, tmp_path: Path, qtbot: QtBot
) -> None:
    QTest.mouseClick(view.cards[0].remove, LeftButton)
    press(qtbot, "Forget the photos")
    until(qtbot, lambda: len(view.cards) == 1)
    assert places(empty_library) == {}
    assert len(list((tmp_path / "photos").iterdir())) == 3


def test_removing_can_be_left(view: FoldersView, empty_library: Library, qtbot: QtBot) -> None:
    QTest.mouseClick(view.cards[0].remove, LeftButton)
    press(qtbot, "Cancel")
    settle(qtbot, view._context.tasks)
    assert len(view.cards) == len(empty_library.folders.list()) == 2


def test_all_folders_can_be_looked_through(view: FoldersView, tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / "photos" / "000.jpg").unlink()
    QTest.mouseClick(view.look_through, LeftButton)
    until(qtbot, lambda: "missing: 1" in view.cards[0].state.text())
    until(qtbot, view.look_through.isEnabled)


def test_a_folder_can_be_asked_for(view: FoldersView) -> None:
    asked = QSignalSpy(view.add_requested)
    QTest.mouseClick(view.add, LeftButton)
    assert asked.count() == 1


def test_without_folders_it_tells_what_it_is_for(
    make_context: Callable[[Library], Context], empty_library: Library, qtbot: QtBot
) -> None:
    context = make_context(empty_library)
    view = FoldersView(context)
    show(qtbot, view)
    settle(qtbot, context.tasks)
    assert view._empty.isVisible()
    asked = QSignalSpy(view.add_requested)
    (button,) = [each for each in view._empty.findChildren(QPushButton) if each.isVisible()]
    QTest.mouseClick(button, LeftButton)
    assert asked.count() == 1
