"""The main job through the real window: photos are dropped on it, and the people in them can be named and looked at."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from app.library import Library
from app.types import IndexPhase, LibraryCounts
from tests import samples
from tests.qt import LeftButton, click_cell, settle, until
from ui.delegates.person import name_rect
from ui.main_window import MainWindow

Key = Qt.Key


class User:
    """Somebody at the window of an empty library: all they do is real input, all they know is what is shown."""

    def __init__(self, window: MainWindow, qtbot: QtBot) -> None:
        self.window, self.qtbot = window, qtbot
        self.seen: set[str] = set()
        window._bridge.progressed.connect(lambda _progress: self.seen.add(window.status.text.text()))

    def drag(self, *paths: Path) -> QMimeData:
        """Holds paths over the window, as a file manager does."""
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
        event = QDragEnterEvent(
            QPoint(400, 300), Qt.DropAction.CopyAction, data, LeftButton, Qt.KeyboardModifier.NoModifier
        )
        QApplication.sendEvent(self._under(), event)
        assert event.isAccepted()
        return data

    def drop(self, *paths: Path) -> str:
        """Drops paths on the window; what it said before they were let go."""
        data = self.drag(*paths)
        move = QDragMoveEvent(
            QPoint(410, 310), Qt.DropAction.CopyAction, data, LeftButton, Qt.KeyboardModifier.NoModifier
        )
        QApplication.sendEvent(self._under(), move)
        overlay = self.window._drop
        assert overlay.isVisible()
        said = overlay.text.text()
        drop = QDropEvent(QPointF(410, 310), Qt.DropAction.CopyAction, data, LeftButton, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(self._under(), drop)
        assert drop.isAccepted()
        assert not overlay.isVisible()
        return said

    def _under(self) -> QWidget:
        """Who takes what is dropped in the middle of the window, as Qt finds them."""
        widget: QWidget | None = self.window.childAt(QPoint(400, 300)) or self.window
        while widget is not None and not widget.acceptDrops():
            widget = widget.parentWidget()
        assert widget is not None
        return widget

    def wait_for_the_end(self) -> None:
        """Until the status bar is quiet and every page has what came."""
        progress = self.window.context.library.indexer
        until(self.qtbot, lambda: progress.progress.phase is IndexPhase.IDLE and not self.window.status.bar.isVisible())
        self.settle()

    def settle(self) -> None:
        settle(self.qtbot, self.window.tasks)

    def click(self, widget: QWidget) -> None:
        assert widget.isVisible()
        QTest.mouseClick(widget, LeftButton)

    def press(self, *keys: Key) -> None:
        for key in keys:
            QTest.keyClick(QApplication.focusWidget() or self.window, key)


@pytest.fixture
def user(open_window: Callable[[Library], MainWindow], empty_library: Library, qtbot: QtBot) -> User:
    return User(open_window(empty_library), qtbot)


def test_a_dropped_folder_becomes_people_with_names(user: User, album: Path) -> None:
    window, library = user.window, user.window.context.library
    assert user.drop(album) == "Add this to your library\nThe files stay where they are."
    until(user.qtbot, window.status.bar.isVisible)
    user.wait_for_the_end()
    assert any(text.startswith("Indexing ") and " of 9" in text for text in user.seen)
    expected = LibraryCounts(samples.ALBUM_PHOTOS, samples.ALBUM_PEOPLE, samples.ALBUM_FACES, 0, 0)
    assert library.session.counts() == expected
    until(user.qtbot, lambda: window.status.counts.text() == "9 photos · 5 people")

    until(user.qtbot, lambda: len(window.timeline.grid.photos.ids) == 9)
    assert window.timeline.grid.isVisible()
    assert window.timeline.grid.title_in_sight() == "February 2022"

    user.click(window.sidebar.entry("people"))
    people = window.people.people
    until(user.qtbot, lambda: people.rowCount() == 5)
    grid = window.people.grid
    first = people.ids[0]
    QTest.mouseClick(grid.viewport(), LeftButton, pos=name_rect(grid.visualRect(people.index(0))).center())
    editor = QApplication.focusWidget()
    assert isinstance(editor, QLineEdit)
    QTest.keyClicks(editor, "Mia")
    QTest.keyClick(editor, Key.Key_Return)
    until(user.qtbot, lambda: library.session.people.get(first).name == "Mia")
    until(user.qtbot, lambda: isinstance(QApplication.focusWidget(), QLineEdit))
    user.press(Key.Key_Escape)
    until(user.qtbot, lambda: people.index(0).data() == "Mia")

    click_cell(grid, people.index(0), grid.visualRect(people.index(0)).center() - QPoint(0, 30))
    user.settle()
    assert window.person.isVisible()
    assert window.person._name.text() == "Mia"
    photos = window.person.grid.photos
    assert photos.ids == library.session.people.timeline(first).photo_ids

    click_cell(window.person.grid, photos.index(0))
    look_at_photos(user, list(photos.ids))
    user.press(Key.Key_Escape)
    assert window.person.isVisible()
    window.close()
    assert not window.isVisible()


def look_at_photos(user: User, photo_ids: list[int]) -> None:
    """In the viewer: boxes where Core found faces, and the way to the next photo and back."""
    viewer, library = user.window.viewer, user.window.context.library
    assert viewer.isVisible()
    for key, number in ((None, 0), (Key.Key_Right, 1), (Key.Key_Right, 2), (Key.Key_Left, 1), (Key.Key_End, -1)):
        if key is not None:
            user.press(key)
        user.settle()
        assert viewer.photo_id == photo_ids[number]
        faces = library.session.photos.faces(photo_ids[number])
        assert "Mia" in [tag.text() for tag in viewer.canvas.tags]
        assert len(viewer.canvas.tags) == sum(face.person_id is not None for face in faces)
        for face in faces:
            box = viewer.canvas.box(face)
            assert viewer.canvas.view.target.adjusted(-20, -20, 20, 20).contains(box)
            assert box.width() / viewer.canvas.view.scale == pytest.approx(face.box.width)


def test_the_work_can_be_paused_and_stopped(user: User, tmp_path: Path) -> None:
    folder = samples.write_portraits(tmp_path / "photos", 40)
    window, indexer = user.window, user.window.context.library.indexer
    user.drop(folder)
    until(user.qtbot, lambda: window.status.text.text().startswith("Indexing ") and indexer.progress.done >= 2)
    user.click(window.status.pause)
    until(user.qtbot, lambda: window.status.text.text().startswith("Paused at "))
    until(user.qtbot, lambda: indexer.progress.phase is IndexPhase.PAUSED)
    done = indexer.progress.done
    user.qtbot.wait(500)
    assert indexer.progress.done <= done + 1, "at most the photo that was being written"
    assert window.status.pause.toolTip() == "Go on"

    # Paused or not, everything is usable.
    user.click(window.sidebar.entry("people"))
    user.click(window.sidebar.entry("photos"))
    click_cell(window.timeline.grid, window.timeline.grid.photos.index(0))
    user.press(Key.Key_Right, Key.Key_Escape)
    assert window.timeline.isVisible()

    done = indexer.progress.done
    user.click(window.status.pause)
    until(user.qtbot, lambda: indexer.progress.done > done)
    user.click(window.status.cancel)
    user.wait_for_the_end()
    counts = window.context.session.counts()
    assert 2 <= counts.photos < 40
    assert counts.pending == 0
    until(user.qtbot, lambda: len(window.timeline.grid.photos.ids) == counts.photos)


def test_what_is_dropped_twice_and_what_is_no_photo(user: User, album: Path, tmp_path: Path) -> None:
    photo = Path(shutil.copy(album / "coffee.jpg", tmp_path / "coffee.jpg"))
    broken = tmp_path / "broken.jpg"
    broken.write_text("no photo")
    assert user.drop(photo, broken).startswith("Add 2 items to your library")
    user.drop(photo)
    user.wait_for_the_end()
    window = user.window
    until(user.qtbot, lambda: len(window.timeline.grid.photos.ids) == 1)
    click_cell(window.timeline.grid, window.timeline.grid.photos.index(0))
    assert window.viewer.isVisible()
    user.drop(tmp_path)
    assert not window.viewer.isVisible(), "what is going on is seen"
    user.wait_for_the_end()
    until(user.qtbot, lambda: window.status.counts.text() == "1 photo · 0 people")
    until(user.qtbot, lambda: window.sidebar.entry("skipped").isVisible())
    user.click(window.sidebar.entry("skipped"))
    until(user.qtbot, lambda: window.skipped.files.rowCount() == 1)
    assert window.skipped.files.index(0, 0).data() == "broken.jpg"
