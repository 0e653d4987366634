"""How a video looks: its length in the grid, a button on its poster, its faces where they can be seen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QRect, QRectF, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.library import Library
from app.types import Photo, PhotoState, Timeline, Video
from tests import media, samples
from tests.app.conftest import index
from tests.core.test_video import panning
from tests.qt import TIMEOUT_MS, LeftButton, settle, show, until
from ui.context import Context
from ui.delegates.cells import badge_rect
from ui.models.photos import Mark, PhotosModel
from ui.text import length
from ui.views.photo_grid import PhotoGrid
from ui.views.play_button import PlayButton
from ui.views.viewer import Viewer


@pytest.fixture(scope="module")
def filmed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """A library of one video of six people and one photo."""
    folder = tmp_path_factory.mktemp("filmed")
    media.film(folder / "photos" / "VID_20210506_070809.mp4", panning())
    samples.save(samples.scenery(), folder / "photos" / "coffee.jpg", datetime(2021, 5, 7, 10))
    with Library.open(folder / "library") as library:
        index(library, folder / "photos")
        yield library


@pytest.fixture
def context(make_context: Callable[[Library], Context], filmed: Library) -> Context:
    return make_context(filmed)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[QUrl]:
    """What the system was asked to open."""
    urls: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: urls.append(url) is None)
    return urls


@pytest.fixture
def viewer(context: Context, filmed: Library, qtbot: QtBot) -> Iterator[Viewer]:
    """A viewer over both; the photo is the newer one."""
    made = Viewer(context)
    show(qtbot, made, 1000, 700)
    made.show_photo(filmed.session.photos.timeline().photo_ids, 1)
    until(qtbot, lambda: not made._loader._running and not made.canvas.empty)
    yield made
    made.hide()


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, ""), (0.2, "0:01"), (7.4, "0:07"), (59.6, "1:00"), (750, "12:30"), (3723, "1:02:03")]
)
def test_a_length_is_told_as_players_tell_it(seconds: float, words: str) -> None:
    assert length(seconds) == words


def test_the_grid_tells_a_videos_length_in_a_corner(context: Context, filmed: Library, qtbot: QtBot) -> None:
    grid = PhotoGrid(context, by_year=False)
    show(qtbot, grid, 600, 400)
    grid.photos.show(filmed.session.photos.timeline())
    grid.grab()
    settle(qtbot, context.tasks)
    image = grid.viewport().grab().toImage()

    def ground(row: int) -> int:
        cell = QRectF(grid.visualRect(grid.photos.index(row)))
        corner = badge_rect(cell, Mark("0:03", moves=True)).toRect()
        return image.pixelColor(corner.right() - 1, corner.center().y()).lightness()

    photo, video = ground(0), ground(1)
    assert video < 110, "a dark ground, and white words on it"
    assert grid.photos.index(1).data(PhotosModel.Badge) == Mark("0:03", moves=True)
    assert grid.photos.index(0).data(PhotosModel.Badge) is None
    assert grid.photos.index(1).data(Qt.ItemDataRole.AccessibleTextRole) == "May 2021, video"
    assert photo != video


def test_a_length_that_is_learned_later_is_painted_anew(filmed: Library, qtbot: QtBot) -> None:
    model, timeline = PhotosModel(by_year=False), filmed.session.photos.timeline()
    model.show(Timeline(timeline.photo_ids, timeline.months))

    with qtbot.waitSignal(model.dataChanged, timeout=TIMEOUT_MS):
        model.show(timeline)


def test_the_button_hands_the_video_to_the_systems_player(
    viewer: Viewer, opened: list[QUrl], filmed: Library, qtbot: QtBot
) -> None:
    assert viewer.play.isVisible() and viewer.play.text() == " 0:03"

    QTest.mouseClick(viewer.play, LeftButton)
    QTest.keyClick(viewer, Qt.Key.Key_P)
    until(qtbot, lambda: len(opened) == 2)

    path = filmed.session.photos.get(viewer.photo_id or 0).path
    assert [Path(url.toLocalFile()) for url in opened] == [path, path]


def test_there_is_no_button_on_a_photo(viewer: Viewer, opened: list[QUrl], qtbot: QtBot) -> None:
    QTest.keyClick(viewer, Qt.Key.Key_Left)
    until(qtbot, lambda: viewer._glance is not None)

    assert not viewer.play.isVisible()
    QTest.keyClick(viewer, Qt.Key.Key_P)
    assert opened == []


def test_without_a_player_it_says_so(viewer: Viewer, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> None:
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda _url: False)

    QTest.mouseClick(viewer.play, LeftButton)

    until(qtbot, viewer.message.isVisible)
    assert "play this video" in viewer.message.text()


def test_only_faces_of_the_moment_in_sight_have_boxes_and_all_people_are_listed(
    viewer: Viewer, filmed: Library
) -> None:
    video = filmed.session.photos.get(viewer.photo_id or 0)
    faces = filmed.session.photos.faces(video.photo_id)
    assert video.video is not None

    boxed = {face.face_id for face in viewer.canvas._faces}
    assert boxed == {face.face_id for face in faces if face.moment == video.video.poster}
    assert 0 < len(boxed) <= len(faces)


def test_a_video_whose_file_is_away_has_no_button(context: Context, qtbot: QtBot) -> None:
    ground = QWidget()
    show(qtbot, ground, 400, 300)
    button = PlayButton(context, ground)
    away = Photo(
        1, Path("/x.mp4"), False, datetime(2021, 1, 1), 9, 9, 9, PhotoState.INDEXED, Video(3.0, 1.0), moves=True
    )

    button.show_photo(away)

    assert not button.isVisible()


def test_the_button_stands_low_in_the_middle(viewer: Viewer) -> None:
    button, picture = viewer.play.geometry(), viewer.canvas.geometry()

    assert abs(button.center().x() - picture.center().x()) <= 1
    assert QRect(picture).contains(button) and button.top() > picture.height() * 3 // 4
