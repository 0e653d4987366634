"""The window as a whole: its places, the ways between them, what it keeps, and how it behaves under a hostile hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, QSettings, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.library import Library
from app.types import LibraryChanged
from tests.qt import LeftButton, click_cell, settle, until
from ui import theme
from ui.delegates.person import name_rect
from ui.main_window import MainWindow
from ui.views.face_tag import FaceTag

Key = Qt.Key


def press(window: MainWindow, *keys: Key) -> None:
    """Keys, to whatever has the keyboard."""
    for key in keys:
        QTest.keyClick(QApplication.focusWidget() or window, key)


def shortcut(window: MainWindow, keys: str | QKeySequence.StandardKey) -> None:
    QTest.keySequence(window, QKeySequence(keys))


def click(window: MainWindow, widget: QWidget) -> None:
    assert widget.isVisible()
    QTest.mouseClick(widget, LeftButton)


def open_person(window: MainWindow, row: int, qtbot: QtBot) -> None:
    """A click on somebody's face on the People page."""
    click(window, window.sidebar.entry("people"))
    grid = window.people.grid
    click_cell(grid, window.people.people.index(row), grid.visualRect(window.people.people.index(row)).center())
    settle(qtbot, window.tasks)


def test_it_opens_on_the_photos(window: MainWindow) -> None:
    assert window.timeline.grid.isVisible()
    assert window.sidebar.entry("photos").isChecked()
    assert window.status.counts.text() == "9 photos · 5 people"
    assert not window.sidebar.entry("skipped").isVisible()
    assert not window.header.back.isVisible()


def test_a_click_leads_to_each_place(window: MainWindow) -> None:
    click(window, window.sidebar.entry("people"))
    assert window.people.grid.isVisible()
    assert not window.header.cell_size.isVisible()
    click(window, window.sidebar.entry("photos"))
    assert window.timeline.grid.isVisible()
    assert window.header.cell_size.isVisible()


def test_from_people_to_a_person_to_a_photo_and_back(window: MainWindow, qtbot: QtBot) -> None:
    open_person(window, 0, qtbot)
    assert window.person.isVisible()
    assert window.header.back.isVisible()
    assert window.sidebar.entry("people").isChecked()
    click_cell(window.person.grid, window.person.grid.photos.index(0))
    settle(qtbot, window.tasks)
    assert window.viewer.isVisible()
    assert not window.menuBar().isVisible()
    press(window, Key.Key_Escape)
    assert window.person.isVisible()
    assert window.menuBar().isVisible()
    click(window, window.header.back)
    assert window.people.isVisible()


def test_the_keyboard_alone_leads_everywhere(window: MainWindow, qtbot: QtBot) -> None:
    shortcut(window, "Ctrl+2")
    assert window.people.isVisible()
    window.people.grid.setFocus()
    press(window, Key.Key_Home, Key.Key_Right, Key.Key_Return)
    settle(qtbot, window.tasks)
    assert window.person.isVisible()
    press(window, Key.Key_Home, Key.Key_Return)
    settle(qtbot, window.tasks)
    assert window.viewer.isVisible()
    press(window, Key.Key_Right, Key.Key_Escape)
    assert window.person.isVisible()
    assert window.person.grid.hasFocus(), "the arrows go on where they were"
    shortcut(window, "Ctrl+1")
    assert window.timeline.isVisible()


def test_a_place_can_be_chosen_from_the_viewer(window: MainWindow, qtbot: QtBot) -> None:
    click_cell(window.timeline.grid, window.timeline.grid.photos.index(0))
    assert window.viewer.isVisible()
    shortcut(window, "Ctrl+2")
    assert window.people.isVisible()
    assert not window.viewer.isVisible()
    assert window.menuBar().isVisible()


def test_the_shortcuts_are_there_while_a_photo_is_looked_at(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.open_photo(window.timeline.grid.photos.ids, 0)
    settle(qtbot, window.tasks)
    cell, zoom = window.header.cell_size.value(), window.viewer.canvas.view.zoom
    shortcut(window, QKeySequence.StandardKey.ZoomIn)
    until(qtbot, lambda: window.viewer.canvas.view.zoom > zoom)
    assert window.header.cell_size.value() == cell, "what is looked at becomes larger"
    asked: list[bool] = []
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_args: asked.append(True) or "")
    shortcut(window, QKeySequence.StandardKey.Open)
    assert asked == [True]


def test_a_double_click_on_a_photo_opens_it_as_a_whole(window: MainWindow, qtbot: QtBot) -> None:
    grid = window.timeline.grid
    place = grid.visualRect(grid.photos.index(0)).center()
    QTest.mouseClick(grid.viewport(), LeftButton, pos=place)
    settle(qtbot, window.tasks)
    there = window.viewer.canvas.mapFrom(window, grid.viewport().mapTo(window, place))
    QTest.mouseDClick(window.viewer.canvas, LeftButton, pos=there)
    QTest.mouseRelease(window.viewer.canvas, LeftButton, pos=there)
    settle(qtbot, window.tasks)
    assert window.viewer.isVisible()
    assert window.viewer.canvas.view.fitted


def test_a_double_click_on_a_person_opens_the_person_alone(window: MainWindow, qtbot: QtBot) -> None:
    open_person(window, 0, qtbot)
    grid = window.person.grid.viewport()
    QTest.mouseDClick(grid, LeftButton, pos=QPoint(150, 150))
    QTest.mouseRelease(grid, LeftButton, pos=QPoint(150, 150))
    settle(qtbot, window.tasks)
    assert window.person.isVisible()
    assert not window.viewer.isVisible()


def test_escape_at_odd_moments_breaks_nothing(window: MainWindow, qtbot: QtBot) -> None:
    for page in ("photos", "people"):
        window.go(page)
        press(window, Key.Key_Escape, Key.Key_Escape)
        assert window.pages[page].isVisible()
    open_person(window, 0, qtbot)
    press(window, Key.Key_Escape)
    assert window.person.isVisible()
    window.open_photo(window.person.grid.photos.ids, 0)
    press(window, Key.Key_Escape, Key.Key_Escape, Key.Key_Escape)
    settle(qtbot, window.tasks)
    assert window.person.isVisible()


def test_a_photo_is_left_before_it_came(window: MainWindow, qtbot: QtBot) -> None:
    ids = window.timeline.grid.photos.ids
    for row in range(len(ids)):
        window.open_photo(ids, row)
        press(window, Key.Key_Right, Key.Key_Escape)
    settle(qtbot, window.tasks)
    assert window.timeline.isVisible()


def test_a_name_given_in_the_viewer_is_on_every_page(window: MainWindow, qtbot: QtBot) -> None:
    open_person(window, 0, qtbot)
    click_cell(window.person.grid, window.person.grid.photos.index(0))
    settle(qtbot, window.tasks)
    person_id = window.person._person_id

    def theirs() -> list[FaceTag]:
        return [each for each in window.viewer.canvas.tags if each.face.person_id == person_id]

    # The photo's own refresh may put other tags in the place of the first.
    until(qtbot, lambda: len(theirs()) == 1 and theirs()[0].isVisible())
    settle(qtbot, window.tasks)
    QTest.mouseClick(theirs()[0], LeftButton)
    field = window.viewer.naming.editor.field
    until(qtbot, field.hasFocus)
    QTest.keyClicks(field, "Mia")
    QTest.keyClick(field, Key.Key_Return)
    until(qtbot, lambda: window.context.session.people.get(person_id).name == "Mia")
    # Escape is the field's until it has heard that the name is kept.
    until(qtbot, lambda: not field.isVisible())
    press(window, Key.Key_Escape)
    assert not window.viewer.isVisible()
    until(qtbot, lambda: window.person._name.text() == "Mia")
    click(window, window.header.back)
    until(qtbot, lambda: window.people.people.index(0).data() == "Mia")


def test_a_page_that_is_left_while_a_name_is_typed_keeps_the_name(window: MainWindow, qtbot: QtBot) -> None:
    click(window, window.sidebar.entry("people"))
    grid, number = window.people.grid, window.people.people.ids[0]
    QTest.mouseClick(
        grid.viewport(), LeftButton, pos=name_rect(grid.visualRect(window.people.people.index(0))).center()
    )
    editor = QApplication.focusWidget()
    assert isinstance(editor, QLineEdit)
    QTest.keyClicks(editor, "Mia")
    click(window, window.sidebar.entry("photos"))
    until(qtbot, lambda: window.context.session.people.get(number).name == "Mia")
    assert window.timeline.isVisible()


def test_names_survive_a_library_that_changes_all_the_time(window: MainWindow, qtbot: QtBot) -> None:
    """As while it indexes: the page is refreshed many times, and nobody who types is disturbed."""
    click(window, window.sidebar.entry("people"))
    grid, publish = window.people.grid, window.context.library.events.publish
    QTest.mouseClick(
        grid.viewport(), LeftButton, pos=name_rect(grid.visualRect(window.people.people.index(0))).center()
    )
    number = window.people.people.ids[0]
    for letter in "Maximilian":
        publish(LibraryChanged(frozenset(range(9)), frozenset(range(9)), True))
        qtbot.wait(60)
        editor = QApplication.focusWidget()
        assert isinstance(editor, QLineEdit)
        QTest.keyClicks(editor, letter)
    press(window, Key.Key_Return)
    until(qtbot, lambda: window.context.session.people.get(number).name == "Maximilian")
    assert window.people.isVisible(), "Return keeps the name and opens nobody"


def test_everything_fits_into_the_smallest_window(window: MainWindow, qtbot: QtBot) -> None:
    window.resize(1, 1)
    assert (window.width(), window.height()) == (900, 600)
    for name, page in window.pages.items():
        window.go(name)
        settle(qtbot, window.tasks)
        area = QRect(page.mapTo(window, QPoint()), page.size())
        assert window.rect().contains(area)
        assert page.width() >= 900 - theme.SIDEBAR_WIDTH - 1
    window.open_person(1)
    settle(qtbot, window.tasks)
    assert window.person.grid.viewport().height() > 200
    for widget in (window.header, window.status, window.header.add, window.status.counts):
        assert window.rect().contains(QRect(widget.mapTo(window, QPoint()), widget.size()))


def test_an_empty_library_is_no_dead_end(
    open_window: Callable[[Library], MainWindow],
    empty_library: Library,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    window, asked = open_window(empty_library), []
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_args: asked.append("folder") or "")
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_args: (asked.append("files") or [], ""))
    for name in ("photos", "people"):
        window.go(name)
        (button,) = [each for each in window.pages[name].findChildren(QPushButton) if each.isVisible()]
        click(window, button)
        press(window, Key.Key_Down, Key.Key_End, Key.Key_Return, Key.Key_Escape)
    assert asked[:2] == ["folder", "folder"]
    window.ask_for_files()
    window.open_photo([], 0)
    press(window, Key.Key_Right, Key.Key_N, Key.Key_Plus, Key.Key_Escape)
    window.go("skipped")
    settle(qtbot, window.tasks)
    assert window.status.counts.text() == ""
    assert asked[-1] == "files"


def test_what_is_chosen_in_the_dialog_is_added(
    open_window: Callable[[Library], MainWindow],
    empty_library: Library,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "a.jpg").write_text("no photo")
    (tmp_path / "b.jpg").write_text("no photo")
    window = open_window(empty_library)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_args: str(tmp_path / "photos"))
    shortcut(window, QKeySequence.StandardKey.Open)
    until(qtbot, lambda: window.sidebar.entry("skipped").text().endswith("1"))
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_args: ([str(tmp_path / "b.jpg")], ""))
    shortcut(window, "Ctrl+Shift+O")
    until(qtbot, lambda: window.sidebar.entry("skipped").text().endswith("2"))
    click(window, window.sidebar.entry("skipped"))
    until(qtbot, lambda: window.skipped.files.rowCount() == 2)


def test_when_the_last_unreadable_file_is_mended_its_page_is_left(
    open_window: Callable[[Library], MainWindow], empty_library: Library, qtbot: QtBot, tmp_path: Path
) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    (folder / "a.jpg").write_text("no photo")
    window = open_window(empty_library)
    window.add([folder])
    until(qtbot, lambda: window.sidebar.entry("skipped").isVisible())
    click(window, window.sidebar.entry("skipped"))
    (folder / "a.jpg").rename(folder / "a.txt")
    window._show_counts((window.context.session.counts().__class__(0, 0, 0, 0, 0), False))
    until(qtbot, window.timeline.isVisible)


def test_cells_are_as_large_as_the_user_left_them(
    open_window: Callable[[Library], MainWindow], album_library: Library, qtbot: QtBot
) -> None:
    first = open_window(album_library)
    shortcut(first, QKeySequence.StandardKey.ZoomIn)
    shortcut(first, QKeySequence.StandardKey.ZoomIn)
    width = first.header.cell_size.value()
    assert first.timeline.grid.grid_layout.cell_width >= width > 200
    # The screen that a test has is no larger.
    first.resize(900, 650)
    first.close()
    second = open_window(album_library)
    assert second.header.cell_size.value() == width
    assert (second.width(), second.height()) == (900, 650)
    shortcut(second, QKeySequence.StandardKey.ZoomOut)
    assert second.header.cell_size.value() == width - 40


@pytest.mark.parametrize("kept", ["nonsense", "", "-5", "99999", "180.5"])
def test_settings_that_make_no_sense_are_no_obstacle(
    open_window: Callable[[Library], MainWindow], album_library: Library, kept: str
) -> None:
    settings = QSettings()
    for key in ("window/cell", "window/geometry", "look", "viewer/boxes", "viewer/details"):
        settings.setValue(key, kept)
    settings.sync()
    window = open_window(album_library)
    assert window.timeline.grid.isVisible()


def test_full_screen_there_and_back(window: MainWindow, qtbot: QtBot) -> None:
    window.toggle_full_screen()
    assert window.isFullScreen()
    window.toggle_full_screen()
    assert not window.isFullScreen()
    window.open_photo(window.timeline.grid.photos.ids, 0)
    press(window, Key.Key_F11)
    assert window.isFullScreen()
    press(window, Key.Key_Escape)
    assert not window.isFullScreen()
    assert window.viewer.isVisible(), "the first Escape leaves the full screen, the second the photo"
    press(window, Key.Key_Escape)
    assert not window.viewer.isVisible()


def test_a_new_look_is_taken_by_every_page(window: MainWindow, qtbot: QtBot) -> None:
    window.go("people")
    light = window.grab().toImage().pixelColor(400, 700)
    window.context.look.choose("dark")
    settle(qtbot, window.tasks)
    dark = window.grab().toImage()
    assert light == theme.colour(theme.LIGHT.canvas)
    assert dark.pixelColor(400, 700) == theme.colour(theme.DARK.canvas)
    assert dark.pixelColor(20, 400) == theme.colour(theme.DARK.surface)


def test_closing_twice_is_closing_once(window: MainWindow) -> None:
    closed: list[bool] = []
    window.closed.connect(lambda: closed.append(True))
    window.close()
    window.close()
    assert closed == [True]
