"""Files that could not be read, and what can be done with the list of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from app.library import Library
from tests.qt import TIMEOUT_MS, LeftButton, settle, show, until
from ui.context import Context
from ui.views.skipped import SkippedView


class Stage:
    """The page over a library to which two files were added that are no photos."""

    def __init__(self, context: Context, folder: Path, qtbot: QtBot) -> None:
        self.context, self.folder, self.qtbot = context, folder, qtbot
        for name in ("a.jpg", "b.jpg"):
            (folder / name).write_text("no photo")
        self.add()
        self.view = SkippedView(context)
        show(qtbot, self.view, 680, 500)
        settle(qtbot, context.tasks)

    def add(self) -> None:
        self.context.library.indexer.add([self.folder])
        assert self.context.library.indexer.wait(TIMEOUT_MS / 1000)

    def press(self, text: str) -> None:
        (button,) = [each for each in self.view.findChildren(QPushButton) if each.text() == text]
        QTest.mouseClick(button, LeftButton)

    def names(self) -> list[str]:
        return [self.view.files.index(row, 0).data() for row in range(self.view.files.rowCount())]


@pytest.fixture
def stage(make_context: Callable[[Library], Context], empty_library: Library, tmp_path: Path, qtbot: QtBot) -> Stage:
    folder = tmp_path / "photos"
    folder.mkdir()
    return Stage(make_context(empty_library), folder, qtbot)


def test_which_and_why(stage: Stage) -> None:
    assert stage.names() == ["a.jpg", "b.jpg"]
    assert len(stage.view.files.index(0, 1).data()) > 10
    header = stage.view._table.horizontalHeader()
    assert header.sectionSize(1) > 200, "the reason has room in the smallest window"


def test_the_list_follows_the_library(stage: Stage) -> None:
    (stage.folder / "a.jpg").unlink()
    (stage.folder / "c.jpg").write_text("no photo either")
    stage.add()
    until(stage.qtbot, lambda: "c.jpg" in stage.names())


def test_the_list_is_copied_as_lines(stage: Stage) -> None:
    stage.press("Copy list")
    lines = QGuiApplication.clipboard().text().split("\n")
    assert [line.split("\t")[:2] for line in lines] == [[str(stage.folder), "a.jpg"], [str(stage.folder), "b.jpg"]]


def test_the_folder_of_the_current_row_is_shown(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()))
    stage.press("Show in folder")
    table = stage.view._table
    place = table.visualRect(stage.view.files.index(1, 0)).center()
    QTest.mouseClick(table.viewport(), LeftButton, pos=place)
    QTest.mouseDClick(table.viewport(), LeftButton, pos=place)
    assert opened == [str(stage.folder)] * 2


def test_the_keyboard_walks_and_tab_leaves(stage: Stage) -> None:
    table = stage.view._table
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_Down)
    QTest.keyClick(table, Qt.Key.Key_Down)
    assert table.currentIndex().row() == 1


def test_nothing_to_show_nothing_to_do(context: Context, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda _url: pytest.fail("there is no folder"))
    view = SkippedView(context)
    show(qtbot, view)
    settle(qtbot, context.tasks)
    for button in view.findChildren(QPushButton):
        QTest.mouseClick(button, LeftButton)
    assert QGuiApplication.clipboard().text() == ""
