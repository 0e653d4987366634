"""Folders and files that hang over the window, and what is said of them before they are dropped."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.qt import LeftButton, show
from ui.drop_target import DropTarget

pytestmark = pytest.mark.usefixtures("settings")

KEEP = "The files stay where they are."


class Stage:
    """A window with a drop target, and somebody who drags."""

    def __init__(self, qtbot: QtBot) -> None:
        self.window = QWidget()
        self.target = DropTarget(self.window)
        self.dropped: list[list[Path]] = []
        self.target.dropped.connect(self.dropped.append)
        show(qtbot, self.window, 600, 400)

    def enter(self, data: QMimeData) -> bool:
        """Whether the window would take it."""
        actions = Qt.DropAction.CopyAction | Qt.DropAction.MoveAction
        event = QDragEnterEvent(QPoint(50, 50), actions, data, LeftButton, Qt.KeyboardModifier.NoModifier)
        event.setDropAction(Qt.DropAction.MoveAction)
        event.ignore()
        QApplication.sendEvent(self.window, event)
        assert not event.isAccepted() or event.dropAction() == Qt.DropAction.CopyAction, "nothing is ever moved"
        return event.isAccepted()

    def drop(self, data: QMimeData) -> bool:
        """Whether the window took it."""
        actions = Qt.DropAction.CopyAction | Qt.DropAction.MoveAction
        event = QDropEvent(QPointF(50, 50), actions, data, LeftButton, Qt.KeyboardModifier.NoModifier)
        event.setDropAction(Qt.DropAction.MoveAction)
        event.ignore()
        QApplication.sendEvent(self.window, event)
        assert not event.isAccepted() or event.dropAction() == Qt.DropAction.CopyAction, "nothing is ever moved"
        return event.isAccepted()

    def leave(self) -> None:
        QApplication.sendEvent(self.window, QDragLeaveEvent())


@pytest.fixture
def stage(qtbot: QtBot) -> Stage:
    return Stage(qtbot)


def files(*paths: Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def make(folder: Path, names: Sequence[str]) -> list[Path]:
    """Names that end in a slash become folders, the others files."""
    paths = []
    for name in names:
        path = folder / name
        if name.endswith("/"):
            path.mkdir()
        else:
            path.write_bytes(b"")
        paths.append(path)
    return paths


@pytest.mark.parametrize(
    ("names", "text"),
    [
        (["a/"], "Add this to your library"),
        (["a.jpg"], "Add this to your library"),
        (["a/", "b/", "c/"], "Add 3 items to your library"),
        (["a/", "b.jpg"], "Add 2 items to your library"),
        (["a.jpg", "b.jpg"], "Add 2 items to your library"),
    ],
)
def test_it_says_what_will_happen(stage: Stage, tmp_path: Path, names: list[str], text: str) -> None:
    paths = make(tmp_path, names)
    assert stage.enter(files(*paths))
    assert stage.target.isVisible()
    assert stage.target.text.text() == f"{text}\n{KEEP}"
    assert stage.drop(files(*paths))
    assert not stage.target.isVisible()
    assert stage.dropped[0] == paths


def test_the_window_dims_as_a_whole_and_follows_its_size(stage: Stage, tmp_path: Path) -> None:
    stage.window.setStyleSheet("background: white")
    before = stage.window.grab().toImage().pixelColor(5, 5)
    stage.enter(files(tmp_path))
    assert stage.target.geometry() == stage.window.rect()
    assert stage.window.grab().toImage().pixelColor(5, 5).lightness() < before.lightness() / 2
    stage.window.resize(300, 500)
    assert stage.target.geometry() == stage.window.rect()
    stage.leave()
    assert stage.window.grab().toImage().pixelColor(5, 5) == before == QColor("white")
    assert stage.dropped == []


def test_what_is_no_file_is_none_of_its_business(stage: Stage, tmp_path: Path) -> None:
    text, web, colour = QMimeData(), QMimeData(), QMimeData()
    text.setText(str(tmp_path))
    web.setUrls([QUrl("https://example.org/photo.jpg")])
    colour.setData("application/x-color", QByteArray(b"\0" * 8))
    for data in (text, web, colour, QMimeData()):
        assert not stage.enter(data)
        assert not stage.target.isVisible()
        assert not stage.drop(data)
    assert stage.dropped == []


def test_of_a_mixture_the_files_are_taken(stage: Stage, tmp_path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl("https://example.org/photo.jpg"), QUrl.fromLocalFile(str(tmp_path))])
    assert stage.enter(data)
    assert stage.target.text.text().startswith("Add this")
    stage.drop(data)
    assert stage.dropped == [[tmp_path]]


def test_many_files_are_announced_at_once(stage: Stage, tmp_path: Path) -> None:
    paths = [tmp_path / f"{number}.jpg" for number in range(5000)]
    assert stage.enter(files(*paths))
    assert stage.target.text.text().startswith("Add 5,000 items")
    stage.drop(files(*paths))
    assert len(stage.dropped[0]) == 5000


def test_names_with_any_characters_arrive_as_they_are(stage: Stage, tmp_path: Path) -> None:
    paths = make(tmp_path, ["50% off #1?.jpg", "été 写真/"])
    assert stage.enter(files(*paths))
    assert stage.drop(files(*paths))
    assert stage.dropped == [paths]
