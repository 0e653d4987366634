"""What is fetched for the viewer, in which order, and what is forgotten."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from core.errors import ImageUnavailable
from core.types import Pixels
from tests.qt import until
from ui.context import Context
from ui.views.photo_loader import Glance, PhotoLoader
from ui.views.picture import Room

ROOM = Room(400, 300, 1.0)


class Stage:
    """A loader over the album, and what it told."""

    def __init__(self, context: Context, qtbot: QtBot) -> None:
        self.context, self.qtbot = context, qtbot
        self.loader = PhotoLoader(context.session, context.tasks)
        self.ids = list(context.session.photos.timeline().photo_ids)
        self.glances: list[int] = []
        self.loaded: list[list[QImage]] = []
        self.failed: list[str] = []
        self.errors: list[Exception] = []
        self.loader.glanced.connect(self._glanced)
        self.loader.loaded.connect(self.loaded.append)
        self.loader.failed.connect(self.failed.append)
        context.tasks.failed.connect(self.errors.append)
        self.loader.set_room(ROOM)

    def _glanced(self, glance: Glance) -> None:
        self.glances.append(glance.photo.photo_id)

    def wait(self) -> None:
        until(self.qtbot, lambda: not self.loader._running and not self.loader._hurry.isActive())

    def show(self, index: int) -> None:
        self.loader.show(self.ids, index)
        self.wait()


@pytest.fixture
def stage(context: Context, qtbot: QtBot) -> Iterator[Stage]:
    made = Stage(context, qtbot)
    yield made
    made.loader.clear()


def test_first_a_glance_then_the_picture_then_the_neighbours(stage: Stage) -> None:
    stage.show(3)
    assert stage.glances == [stage.ids[3]]
    assert len(stage.loaded) == 1
    assert set(stage.loader._wholes) == set(stage.ids[2:5])
    assert stage.failed == []


def test_a_neighbour_is_there_at_once(stage: Stage) -> None:
    stage.show(3)
    stage.glances.clear()
    stage.loaded.clear()
    stage.loader.show(stage.ids, 4)
    assert stage.glances == [stage.ids[4]]
    assert len(stage.loaded) == 1, "without the event loop having turned"


def test_of_photos_that_were_passed_by_nothing_is_told(stage: Stage) -> None:
    for index in range(len(stage.ids)):
        stage.loader.show(stage.ids, index)
    stage.wait()
    assert stage.glances[-1] == stage.ids[-1]
    last = stage.context.session.photos.get(stage.ids[-1])
    assert len(stage.loaded) == 1
    assert stage.loaded[0][-1].width() == last.width


def test_pictures_for_another_room_are_made_again(stage: Stage) -> None:
    stage.show(0)
    before = stage.loaded[-1][0].width()
    stage.loader.set_room(Room(200, 150, 1.0))
    stage.wait()
    assert stage.loaded[-1][0].width() < before


def test_detail_comes_for_a_picture_that_is_looked_at(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.views.picture.SMALL_PIXELS", 0)
    stage.show(0)
    assert len(stage.loaded[-1]) == 1, "no picture is small, and so only what fills the room is there"
    stage.loader.come_near()
    stage.wait()
    photo = stage.context.session.photos.get(stage.ids[0])
    assert stage.loaded[-1][-1].width() == photo.width


def test_why_there_is_no_picture(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(_photo_id: int, _max_side: int = 0) -> Pixels:
        raise ImageUnavailable("The drive is gone.")

    monkeypatch.setattr(stage.context.session.photos, "image", gone)
    stage.show(0)
    assert stage.glances == [stage.ids[0]], "its thumbnail is in the cache"
    assert stage.failed == ["The drive is gone."]
    monkeypatch.undo()
    stage.loader.refresh(frozenset({stage.ids[0]}))
    stage.wait()
    assert len(stage.loaded) == 1


def test_without_a_thumbnail_the_picture_comes_all_the_same(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(_photo_id: int) -> bytes:
        raise ImageUnavailable("The cache is gone.")

    monkeypatch.setattr(stage.context.session.thumbnails, "photo", none)
    stage.show(0)
    assert stage.glances == [stage.ids[0]]
    assert len(stage.loaded) == 1


def test_a_bug_is_told_as_a_bug_and_in_plain_words(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stage.context.session.photos, "image", lambda _photo_id, _max_side=0: 1 // 0)
    stage.show(0)
    assert stage.failed == ["This photo cannot be shown."]
    assert isinstance(stage.errors[0], ZeroDivisionError)


def test_after_clear_nothing_is_told(stage: Stage) -> None:
    stage.loader.show(stage.ids, 0)
    stage.loader.clear()
    stage.wait()
    stage.loader.come_near()
    stage.loader.refresh(frozenset(stage.ids))
    stage.wait()
    assert (stage.glances, stage.loaded, stage.failed) == ([], [], [])
