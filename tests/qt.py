"""What tests of the window share: one application without a screen, settings of their own, real libraries, real input.

The fixtures here are made known by the `conftest.py` of the folders that use them.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QLocale, QModelIndex, QObject, QPoint, QPointF, QSettings, Qt, QTimer
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QApplication, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from app.library import Library
from ui.application import make_application
from ui.bridge import Bridge
from ui.context import Context
from ui.look import Look
from ui.main_window import MainWindow
from ui.tasks import Tasks
from ui.thumbnails import ThumbnailCache

# Windows of tests would take the keyboard of whoever runs them, and be taken theirs.
os.environ["QT_QPA_PLATFORM"] = "offscreen"

TIMEOUT_MS = 60_000
"""Far above what anything here needs, so that a hang fails instead of blocking."""

LeftButton = Qt.MouseButton.LeftButton


@pytest.fixture(scope="session")
def application(qapp: QApplication) -> QApplication:
    """The one QApplication, set up as the program sets it up."""
    assert make_application() is qapp
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    return qapp


@pytest.fixture
def settings(application: QApplication, tmp_path: Path) -> Iterator[Path]:
    """Empty settings in a temporary place, and numbers and dates as in American English; the settings' folder."""
    place = tmp_path / "settings"
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(place))
    QLocale.setDefault(QLocale("en_US"))
    yield place
    # Nothing that was closed goes by itself outside an event loop, and every new look would be given to all of it.
    for widget in application.topLevelWidgets():
        if widget.windowType() == Qt.WindowType.Window:
            widget.deleteLater()
    application.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def look(application: QApplication, settings: Path) -> Look:
    """The look of somebody who never chose one."""
    return Look(application)


@pytest.fixture
def empty_library(tmp_path: Path) -> Iterator[Library]:
    """A new library, its Indexer at work."""
    with Library.open(tmp_path / "empty") as opened:
        yield opened


@pytest.fixture
def album_library(tmp_path: Path, indexed_folder: Path) -> Iterator[Library]:
    """A library of the album of its own for each test, without the Indexer's threads."""
    folder = tmp_path / "indexed"
    shutil.copytree(indexed_folder, folder)
    with Library.open(folder, resume=False) as opened:
        yield opened


@pytest.fixture
def make_context(look: Look) -> Iterator[Callable[[Library], Context]]:
    """Makes what screens work with, and ends it after the test."""
    made: list[Context] = []

    def make(library: Library) -> Context:
        tasks = Tasks()
        thumbnails = ThumbnailCache(library.session.thumbnails, tasks)
        made.append(Context(library.session, look, tasks, Bridge(library.events), thumbnails))
        return made[-1]

    yield make
    for context in made:
        context.bridge.close()
        context.tasks.close()


@pytest.fixture
def context(make_context: Callable[[Library], Context], album_library: Library) -> Context:
    """What screens work with, over the library of the album."""
    return make_context(album_library)


@pytest.fixture
def open_window(look: Look, qtbot: QtBot) -> Iterator[Callable[[Library], MainWindow]]:
    """Opens the real window on a library, and closes it after the test."""
    opened: list[MainWindow] = []

    def opener(library: Library) -> MainWindow:
        window = MainWindow(library.session, look)
        opened.append(window)
        window.show()
        qtbot.waitExposed(window)
        settle(qtbot, window.tasks)
        return window

    yield opener
    for window in opened:
        window.close()
        window.tasks.close()


@pytest.fixture
def window(open_window: Callable[[Library], MainWindow], album_library: Library) -> MainWindow:
    """The real window on the library of the album."""
    return open_window(album_library)


def until(qtbot: QtBot, condition: Callable[[], object]) -> None:
    """Lets the window live until something is so; fails when it never is."""
    qtbot.waitUntil(lambda: bool(condition()), timeout=TIMEOUT_MS)


def settle(qtbot: QtBot, tasks: Tasks) -> None:
    """Lets the window live until everything that it asked for has come."""
    QApplication.processEvents()
    until(qtbot, lambda: not tasks.busy)


def show(qtbot: QtBot, widget: QWidget, width: int = 800, height: int = 600) -> None:
    """Shows a widget by itself and destroys it after the test."""
    qtbot.addWidget(widget)
    widget.resize(width, height)
    widget.show()
    qtbot.waitExposed(widget)


def click_cell(view: QAbstractItemView, index: QModelIndex, at: QPoint | None = None) -> None:
    """A real click on a cell: in its middle, or at a place in the view."""
    view.scrollTo(index)
    QTest.mouseClick(view.viewport(), LeftButton, pos=at or view.visualRect(index).center())


def drag(widget: QWidget, place: QPoint) -> None:
    """A move with the left button held, which `QTest.mouseMove` does not send."""
    event = QMouseEvent(
        QEvent.Type.MouseMove,
        QPointF(place),
        widget.mapToGlobal(QPointF(place)),
        Qt.MouseButton.NoButton,
        LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(widget, event)


def wheel(widget: QWidget, place: QPoint, turn: int) -> None:
    """The wheel turned at a place; a notch is 120."""
    event = QWheelEvent(
        QPointF(place),
        widget.mapToGlobal(QPointF(place)),
        QPoint(),
        QPoint(0, turn),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)


class Dismissed(QObject):
    """Reads and closes whatever dialog the program shows."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._timer = QTimer(self, interval=20)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    def _look(self) -> None:
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, QMessageBox):
            self.texts.append(dialog.text())
            dialog.accept()
