"""Deleting from the window: the Delete key, the way back, and the question before anything goes for ever."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from tests.qt import LeftButton, settle, until
from ui.main_window import MainWindow
from ui.views.photo_grid import PhotoGrid

Key = Qt.Key


def choose(grid: PhotoGrid, *rows: int) -> list[int]:
    """Selects photos as Ctrl and a click do; their ids."""
    for row in rows:
        place = grid.visualRect(grid.photos.index(row)).center()
        QTest.mouseClick(grid.viewport(), LeftButton, Qt.KeyboardModifier.ControlModifier, place)
    return [grid.photos.ids[row] for row in rows]


def question() -> QMessageBox | None:
    box = QApplication.activeModalWidget()
    return box if isinstance(box, QMessageBox) else None


def answer(qtbot: QtBot, text: str) -> str:
    """Presses a button of the question when it is there; what was asked."""
    until(qtbot, question)
    box = question()
    assert box is not None
    told = f"{box.text()}\n{box.informativeText()}"
    (button,) = [each for each in box.buttons() if each.text().replace("&", "") == text]
    QTest.mouseClick(button, LeftButton)
    return told


@pytest.fixture
def bin_(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, window: MainWindow) -> Path:
    """A folder in place of the system's trash, which gets copies: the album is not to be changed."""
    folder = tmp_path / "bin"
    folder.mkdir()

    def send(path: bytes) -> None:
        (folder / os.path.basename(os.fsdecode(path))).write_bytes(Path(os.fsdecode(path)).read_bytes())

    monkeypatch.setattr(window.context.session.trash, "_send", send)
    return folder


def test_the_delete_key_moves_what_is_selected_and_undo_brings_it_back(window: MainWindow, qtbot: QtBot) -> None:
    grid, library = window.timeline.grid, window.context.library
    before = list(grid.photos.ids)
    chosen = choose(grid, 1, 3)
    QTest.keyClick(grid, Key.Key_Delete)
    until(qtbot, lambda: list(grid.photos.ids) == [each for each in before if each not in chosen])
    assert window.deleting.bar.isVisible()
    assert window.deleting.bar.text.text() == "Moved 2 photos to the trash"
    until(qtbot, lambda: window.sidebar.entry("trash").text() == " Trash  2")
    assert grid.selected() == []
    QTest.mouseClick(window.deleting.bar.button, LeftButton)
    until(qtbot, lambda: list(grid.photos.ids) == before)
    assert library.session.trash.list() == []
    assert window.deleting.bar.text.text() == "Undone: Moved 2 photos to the trash"
    until(qtbot, lambda: window.sidebar.entry("trash").text() == " Trash")


def test_undo_by_its_shortcut(window: MainWindow, qtbot: QtBot) -> None:
    grid = window.timeline.grid
    before = list(grid.photos.ids)
    window.activateWindow()
    choose(grid, 0)
    QTest.keyClick(grid, Key.Key_Delete)
    until(qtbot, lambda: window.deleting.bar.isVisible() and len(grid.photos.ids) < len(before))
    QTest.keyClick(grid, Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    until(qtbot, lambda: list(grid.photos.ids) == before)


def test_without_a_selection_nothing_is_deleted(window: MainWindow, qtbot: QtBot) -> None:
    QTest.keyClick(window.timeline.grid, Key.Key_Delete)
    settle(qtbot, window.tasks)
    assert window.context.session.trash.list() == []
    assert not window.deleting.bar.isVisible()


def test_the_viewer_deletes_and_goes_on_to_the_next(window: MainWindow, qtbot: QtBot) -> None:
    ids = list(window.timeline.grid.photos.ids)
    window.open_photo(ids, 2)
    settle(qtbot, window.tasks)
    QTest.keyClick(window.viewer, Key.Key_Delete)
    until(qtbot, lambda: window.viewer.photo_id == ids[3])
    assert window.deleting.bar.isVisible()
    window.viewer.show_photo(ids[8:], 0)
    QTest.mouseClick(window.viewer.chrome.delete, LeftButton)
    until(qtbot, lambda: not window.viewer.isVisible())
    assert {each.photo_id for each in window.context.session.trash.list()} == {ids[2], ids[8]}
    window.viewer.leave_out([ids[2]])
    assert not window.viewer.isVisible()


def test_the_page_restores_what_is_selected(window: MainWindow, qtbot: QtBot) -> None:
    page, library = window.trash, window.context.library
    window.go("trash")
    assert page._stack.currentIndex() == 0, "it says what it is for"
    ids = list(window.timeline.grid.photos.ids)
    library.session.trash.put(ids[:3])
    until(qtbot, lambda: len(page.grid.photos.ids) == 3)
    assert page._stack.currentIndex() == 1
    assert not page.restore.isEnabled() and not page.remove.isEnabled()
    chosen = choose(page.grid, 1)
    assert page.restore.isEnabled()
    QTest.mouseClick(page.restore, LeftButton)
    until(qtbot, lambda: chosen[0] in window.timeline.grid.photos.ids and len(page.grid.photos.ids) == 2)


def test_nothing_goes_for_ever_unasked(window: MainWindow, qtbot: QtBot, bin_: Path) -> None:
    page, library = window.trash, window.context.library
    window.go("trash")
    ids = list(window.timeline.grid.photos.ids)
    names = [library.session.photos.get(each).path.name for each in ids]
    library.session.trash.put(ids[:8])
    until(qtbot, lambda: len(page.grid.photos.ids) == 8)
    QTest.mouseClick(page.empty, LeftButton)
    told = answer(qtbot, "Cancel")
    assert told.startswith("Remove 8 photos for ever?")
    assert "and 2 more" in told
    settle(qtbot, window.tasks)
    assert list(bin_.iterdir()) == []
    (last,) = choose(page.grid, 7)
    QTest.keyClick(page.grid, Key.Key_Delete)
    told = answer(qtbot, "Remove for ever")
    assert "Remove 1 photo for ever?" in told
    assert names[ids.index(last)] in told
    until(qtbot, lambda: len(page.grid.photos.ids) == 7)
    assert [path.name for path in bin_.iterdir()] == [names[ids.index(last)]]


def test_what_has_to_stay_is_told_and_may_be_forgotten(window: MainWindow, qtbot: QtBot, bin_: Path) -> None:
    page, library = window.trash, window.context.library
    ids = list(window.timeline.grid.photos.ids)
    with library.database.write() as db:
        db.exec_driver_sql(f"UPDATE place SET path = CAST('/nowhere/' || place_id AS BLOB) WHERE photo_id = {ids[0]}")
    library.session.trash.put(ids[:2])
    window.go("trash")
    until(qtbot, lambda: len(page.grid.photos.ids) == 2)
    QTest.mouseClick(page.empty, LeftButton)
    answer(qtbot, "Remove for ever")
    told = answer(qtbot, "Close")
    assert told.startswith("1 photo had to stay in the trash")
    assert "The file is not there." in told
    until(qtbot, lambda: len(page.grid.photos.ids) == 1)
    assert "could not be removed" in page._lead.text().lower()
    QTest.mouseClick(page.empty, LeftButton)
    answer(qtbot, "Remove for ever")
    answer(qtbot, "Forget what is not there")
    until(qtbot, lambda: page._stack.currentIndex() == 0)
    assert len(list(bin_.iterdir())) == 1
