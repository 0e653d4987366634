"""Photos in a grid: open, mark, copy, and what the menu of the right button does."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QDesktopServices, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from app.types import Timeline
from tests.qt import LeftButton, click_cell, settle, show, until
from ui.context import Context
from ui.views.photo_grid import DEFAULT_CELL, PhotoGrid

Key = Qt.Key


class Stage:
    """The grid with the photos of the album."""

    def __init__(self, context: Context, qtbot: QtBot) -> None:
        self.context, self.qtbot = context, qtbot
        self.grid = PhotoGrid(context, by_year=False)
        self.opened: list[tuple[list[int], int]] = []
        self.grid.photo_opened.connect(lambda ids, row: self.opened.append((list(ids), row)))
        show(qtbot, self.grid, 800, 600)
        self.grid.photos.show(context.session.photos.timeline())
        self.grid.setFocus()
        QGuiApplication.clipboard().setText("")

    def selected(self) -> list[int]:
        return sorted(index.row() for index in self.grid.selectedIndexes())

    def click(self, row: int, corner: bool = False, modifier: Qt.KeyboardModifier | None = None) -> None:
        rect = self.grid.visualRect(self.grid.photos.index(row))
        place = rect.topLeft() + QPoint(18, 18) if corner else rect.center()
        QTest.mouseClick(self.grid.viewport(), LeftButton, modifier or Qt.KeyboardModifier.NoModifier, place)

    def menu(self, row: int) -> QMenu:
        """Opens the menu of a photo."""
        place = self.grid.visualRect(self.grid.photos.index(row)).center()
        view = self.grid.viewport()
        event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, view.mapToGlobal(place))
        QApplication.sendEvent(view, event)
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        return menu

    def choose(self, menu: QMenu, text: str) -> None:
        (action,) = [each for each in menu.actions() if each.text() == text]
        QTest.mouseClick(menu, LeftButton, pos=menu.actionGeometry(action).center())

    def copied(self) -> list[str]:
        return [url.toLocalFile() for url in QGuiApplication.clipboard().mimeData().urls()]

    def path(self, row: int) -> str:
        return str(self.context.session.photos.get(self.grid.photos.ids[row]).path)


@pytest.fixture
def stage(context: Context, qtbot: QtBot) -> Stage:
    return Stage(context, qtbot)


def test_a_click_opens_a_photo_among_all_others(stage: Stage) -> None:
    click_cell(stage.grid, stage.grid.photos.index(2))
    assert stage.opened == [(list(stage.grid.photos.ids), 2)]
    assert stage.selected() == []


def test_the_mark_in_its_corner_selects(stage: Stage) -> None:
    stage.click(1, corner=True)
    stage.click(3, corner=True)
    assert stage.selected() == [1, 3]
    stage.click(1, corner=True)
    assert stage.selected() == [3]
    assert stage.opened == []


def test_a_click_beside_the_photos_ends_the_selection(stage: Stage) -> None:
    stage.click(1, corner=True)
    QTest.mouseClick(stage.grid.viewport(), LeftButton, pos=QPoint(700, 10))
    assert stage.selected() == []
    assert stage.opened == []


def test_selected_files_are_copied_as_a_file_manager_copies_them(stage: Stage) -> None:
    stage.click(1, corner=True)
    stage.click(4, modifier=Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(stage.grid, Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    until(stage.qtbot, stage.copied)
    assert sorted(stage.copied()) == sorted((stage.path(1), stage.path(4)))


def test_to_copy_nothing_leaves_the_clipboard_as_it_is(stage: Stage) -> None:
    QGuiApplication.clipboard().setText("precious")
    QTest.keyClick(stage.grid, Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    settle(stage.qtbot, stage.context.tasks)
    assert QGuiApplication.clipboard().text() == "precious"


def test_the_menu_opens_the_photo_it_was_opened_on(stage: Stage) -> None:
    stage.click(1, corner=True)
    stage.click(4, corner=True)
    stage.choose(stage.menu(1), "Open")
    assert [row for _, row in stage.opened] == [1]
    assert stage.selected() == [1, 4], "it was one of those that are selected"


def test_the_menu_on_another_photo_selects_that_one(stage: Stage) -> None:
    stage.click(1, corner=True)
    stage.choose(stage.menu(3), "Copy")
    assert stage.selected() == [3]
    until(stage.qtbot, stage.copied)
    assert stage.copied() == [stage.path(3)]


def test_the_menu_shows_the_folder(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()))
    stage.choose(stage.menu(0), "Show in folder")
    until(stage.qtbot, lambda: opened)
    assert opened == [stage.path(0).rpartition("/")[0]]


def test_beside_the_photos_there_is_no_menu(stage: Stage) -> None:
    view, place = stage.grid.viewport(), QPoint(700, 10)
    QApplication.sendEvent(view, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, view.mapToGlobal(place)))
    assert QApplication.activePopupWidget() is None


@pytest.mark.parametrize("action", ["Open", "Copy", "Show in folder"])
def test_a_menu_outlives_its_photo(stage: Stage, action: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """While it is open, indexing goes on; the photo may be another's or gone."""
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda _url: pytest.fail("there is nothing to open"))
    menu = stage.menu(2)
    stage.grid.photos.show(Timeline(stage.grid.photos.ids[:0], ()))
    stage.choose(menu, action)
    settle(stage.qtbot, stage.context.tasks)
    assert stage.opened == []
    assert stage.copied() == []


def test_letters_do_nothing(stage: Stage) -> None:
    QTest.keyClick(stage.grid, Key.Key_Home)
    QTest.keyClicks(stage.grid, "mia")
    assert stage.grid.currentIndex().row() == 0


def test_the_strip_of_years_lies_at_the_right(stage: Stage) -> None:
    scrubber = stage.grid._scrubber
    assert scrubber.geometry().right() == stage.grid.width() - 1
    assert stage.grid.viewport().geometry().right() < scrubber.geometry().left()
    assert [label for label, _ in scrubber._marks] == ["2022", "2021"]
    assert scrubber._marks[0][1] == 0
    assert 0 < scrubber._marks[1][1] < 1


def test_the_place_in_sight_has_a_name(stage: Stage) -> None:
    assert stage.grid.title_in_sight() == "February 2022"
    stage.grid.verticalScrollBar().setValue(stage.grid.verticalScrollBar().maximum())
    assert stage.grid.title_in_sight() != "February 2022"
    stage.grid.photos.show(Timeline(stage.grid.photos.ids[:0], ()))
    assert stage.grid.title_in_sight() == ""


def test_cells_are_square_and_about_as_wide_as_asked_for(stage: Stage) -> None:
    assert stage.grid.grid_layout.cell_width == stage.grid.grid_layout.cell_height
    assert DEFAULT_CELL <= stage.grid.grid_layout.cell_width < 2 * DEFAULT_CELL
