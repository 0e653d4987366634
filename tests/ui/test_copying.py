"""Importing from a card in the window: asked, seen, told of, and gone on with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from app.library import Library
from app.types import CopyProgress, CopyRequest
from tests import samples
from tests.qt import LeftButton, settle, until
from ui.dialogs.copying import CopyDialog
from ui.look import Look
from ui.main_window import MainWindow
from ui.status_bar import StatusBar


@pytest.fixture
def window(open_window: Callable[[Library], MainWindow], empty_library: Library) -> MainWindow:
    return open_window(empty_library)


def dialog(qtbot: QtBot, window: MainWindow) -> CopyDialog:
    window.copying.ask()
    until(qtbot, lambda: isinstance(QApplication.activeModalWidget(), CopyDialog))
    found = QApplication.activeModalWidget()
    assert isinstance(found, CopyDialog)
    return found


def report(qtbot: QtBot) -> str:
    """What the box at the end says; it is closed."""
    until(qtbot, lambda: isinstance(QApplication.activeModalWidget(), QMessageBox))
    box = QApplication.activeModalWidget()
    assert isinstance(box, QMessageBox)
    told = f"{box.text()}\n{box.informativeText()}"
    box.accept()
    return told


def test_a_card_is_copied_and_its_photos_appear(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    card, to = samples.write_album(tmp_path / "card"), tmp_path / "Photos"
    asked = dialog(qtbot, window)
    assert not asked.start.isEnabled(), "it has to know from where and to where"
    asked.source.setText(str(card))
    asked.to.setText(str(to))
    asked.pattern.setText("{year}")
    assert asked.example.text().startswith(f"A photo of today goes to {to}")
    QTest.mouseClick(asked.start, LeftButton)
    assert report(qtbot).startswith(f"Copied {samples.ALBUM_PHOTOS} files")
    until(qtbot, lambda: len(window.timeline.grid.photos.ids) == samples.ALBUM_PHOTOS)
    assert len(list((to / "2022").iterdir())) == 4
    assert not window.status.copying.isVisible()
    again = dialog(qtbot, window)
    assert again.to.text() == str(to), "it was asked once"
    again.source.setText(str(card))
    QTest.mouseClick(again.start, LeftButton)
    told = report(qtbot)
    assert told.startswith("Copied 0 files")
    assert f"There already: {samples.ALBUM_PHOTOS}" in told


def test_a_pattern_that_leads_nowhere_is_told_at_once(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    asked = dialog(qtbot, window)
    asked.source.setText(str(tmp_path))
    asked.to.setText(str(tmp_path / "to"))
    assert asked.start.isEnabled()
    asked.pattern.setText("{camera}")
    assert not asked.start.isEnabled()
    assert "may hold {year}" in asked.example.text()
    asked.reject()


def test_what_cannot_be_is_told_in_words(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    window.copying.start(CopyRequest(tmp_path / "no card", tmp_path / "to", "{year}"))
    told = report(qtbot)
    assert "Copied 0 files" in told
    assert "is not there. Put the card in" in told


def test_an_import_that_was_not_finished_is_offered(
    open_window: Callable[[Library], MainWindow], empty_library: Library, qtbot: QtBot, tmp_path: Path
) -> None:
    card, to = samples.write_portraits(tmp_path / "card", 3), tmp_path / "Photos"
    empty_library.copying.copier.remember(CopyRequest(card, to, "{year}"))
    window = open_window(empty_library)
    bar = window.deleting.bar
    until(qtbot, bar.isVisible)
    assert "was not finished" in bar.text.text()
    assert bar.button.text() == "Go on"
    QTest.mouseClick(bar.button, LeftButton)
    assert report(qtbot).startswith("Copied 3 files")
    settle(qtbot, window.tasks)


def test_the_status_bar_follows(look: Look, qtbot: QtBot) -> None:
    bar = StatusBar(look)
    qtbot.addWidget(bar)
    bar.show()
    strip, stopped = bar.copying, list[bool]()
    strip.cancel_wanted.connect(lambda: stopped.append(True))
    assert not strip.isVisible()
    strip.show_progress(CopyProgress(True, 120, 1310, 200))
    assert strip.isVisible()
    assert strip.text.text() == "Copying 120 of 1,310 · 3 min left"
    assert (strip.bar.value(), strip.bar.maximum()) == (120, 1310)
    QTest.mouseClick(strip.cancel, LeftButton)
    assert stopped == [True]
    strip.show_progress(CopyProgress(True, 120, 1310, 20))
    assert strip.text.text().endswith("less than a minute left")
    strip.show_progress(CopyProgress(False, 0, 0))
    assert not strip.isVisible()
