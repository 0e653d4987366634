"""How a photo is painted in its cell: loading, there, missing, hovered, selected."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QRect, QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem, QWidget
from pytestqt.qtbot import QtBot

from app.types import Absence
from tests.qt import settle, show
from ui import theme
from ui.context import Context
from ui.delegates.cells import CellDelegate, tick_rect
from ui.models.photos import PhotosModel
from ui.thumbnails import Key, Kind

CELL = QRect(10, 10, 180, 180)
State = QStyle.StateFlag


class Stage:
    """One cell of 180 pixels on a plain ground."""

    def __init__(self, context: Context, qtbot: QtBot) -> None:
        self.context, self.qtbot = context, qtbot
        self.canvas = QWidget()
        show(qtbot, self.canvas, 200, 200)
        self.model = PhotosModel(by_year=False)
        self.model.show(context.session.photos.timeline())
        self.delegate = CellDelegate(context.look, context.thumbnails, Kind.PHOTO, self.canvas)

    def paint(self, state: State = State.State_Enabled, row: int = 0, ratio: float = 1.0) -> QImage:
        image = QImage(round(200 * ratio), round(200 * ratio), QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(ratio)
        image.fill(QColor("magenta"))
        painter = QPainter(image)
        option = QStyleOptionViewItem()
        option.rect, option.state = CELL, state | State.State_Enabled
        self.delegate.paint(painter, option, self.model.index(row))
        painter.end()
        return image

    def load(self) -> None:
        self.paint()
        settle(self.qtbot, self.context.tasks)


@pytest.fixture
def stage(context: Context, qtbot: QtBot) -> Stage:
    return Stage(context, qtbot)


def share(image: QImage, colour: str, area: QRectF) -> float:
    """How much of an area has a colour."""
    rect = area.toRect()
    points = [(x, y) for x in range(rect.left(), rect.right()) for y in range(rect.top(), rect.bottom())]
    return sum(image.pixelColor(x, y) == QColor(colour) for x, y in points) / len(points)


def test_until_it_comes_there_is_a_quiet_ground(stage: Stage) -> None:
    assert stage.paint().pixelColor(100, 100) == QColor(theme.LIGHT.surface)


def test_the_picture_fills_its_cell_but_for_round_corners(stage: Stage) -> None:
    stage.load()
    image = stage.paint()
    assert share(image, theme.LIGHT.surface, QRectF(CELL)) < 0.1
    assert image.pixelColor(10, 10) == QColor("magenta")
    assert image.pixelColor(5, 100) == image.pixelColor(195, 100) == QColor("magenta")


def test_on_a_fine_screen_a_finer_picture_is_asked_for(stage: Stage) -> None:
    stage.load()
    stage.paint(ratio=2.0)
    settle(stage.qtbot, stage.context.tasks)
    sides = {key.side for key in stage.context.thumbnails._kept}
    assert sides == {180, 360}


def test_while_a_window_is_resized_no_picture_vanishes(stage: Stage) -> None:
    stage.load()
    ready = stage.paint()
    stage.context.thumbnails._kept[Key(Kind.PHOTO, stage.model.ids[0], 170)] = stage.context.thumbnails._kept.pop(
        Key(Kind.PHOTO, stage.model.ids[0], 180)
    )
    stage.context.thumbnails._latest[Kind.PHOTO, stage.model.ids[0]] = Key(Kind.PHOTO, stage.model.ids[0], 170)
    assert stage.paint().pixelColor(100, 100) == ready.pixelColor(100, 100)


def test_a_picture_that_cannot_be_had_has_a_sign(stage: Stage) -> None:
    stage.context.thumbnails._sources[Kind.PHOTO] = lambda _number: b""
    stage.load()
    image = stage.paint()
    middle = QRectF(85, 85, 30, 30)
    assert share(image, theme.LIGHT.surface, middle) < 0.95
    assert share(image, theme.LIGHT.surface, QRectF(30, 30, 40, 40)) == 1


def test_a_photo_whose_file_is_not_there_has_a_mark_and_its_picture(stage: Stage) -> None:
    stage.load()
    plain = stage.paint()
    timeline = stage.context.session.photos.timeline()
    corner, painted = QRectF(18, 155, 26, 26), []
    for absence in Absence:
        stage.model.show(replace(timeline, absent={timeline.photo_ids[0]: absence}))
        painted.append(stage.paint())
        assert painted[-1].pixelColor(100, 100) == plain.pixelColor(100, 100)
    assert len({bytes(image.copy(corner.toRect()).constBits()) for image in (plain, *painted)}) == 3
    stage.delegate = CellDelegate(stage.context.look, stage.context.thumbnails, Kind.FACE, stage.canvas)
    stage.paint()


def test_selection_is_a_frame_and_a_tick_and_no_tint(stage: Stage) -> None:
    stage.load()
    plain, selected = stage.paint(), stage.paint(State.State_Selected)
    assert selected.pixelColor(100, 11) == QColor(theme.LIGHT.accent)
    assert selected.pixelColor(100, 100) == plain.pixelColor(100, 100)
    tick = tick_rect(QRectF(CELL))
    assert 0.3 < share(selected, theme.LIGHT.accent, tick) < 0.95
    lit = [selected.pixelColor(x, y).lightness() for x in range(22, 37) for y in range(22, 37)]
    assert max(lit) > 220, "the tick is white on it"


def test_hover_shows_where_to_mark(stage: Stage) -> None:
    stage.load()
    plain, hovered = stage.paint(), stage.paint(State.State_MouseOver)
    assert hovered.pixelColor(100, 10) == QColor(theme.LIGHT.quiet)
    centre = tick_rect(QRectF(CELL)).center().toPoint()
    assert hovered.pixelColor(centre) != plain.pixelColor(centre)
    assert hovered.pixelColor(100, 100) == plain.pixelColor(100, 100)


def test_a_face_cannot_be_marked(stage: Stage) -> None:
    faces = CellDelegate(stage.context.look, stage.context.thumbnails, Kind.FACE, stage.canvas)
    centre = tick_rect(QRectF(CELL)).center().toPoint()
    stage.delegate = faces
    assert stage.paint(State.State_MouseOver).pixelColor(centre) == stage.paint().pixelColor(centre)


def test_the_keyboard_has_the_frame_without_the_tick(stage: Stage) -> None:
    focused = stage.paint(State.State_HasFocus)
    assert focused.pixelColor(100, 11) == QColor(theme.LIGHT.accent)
    assert share(focused, theme.LIGHT.accent, tick_rect(QRectF(CELL)).adjusted(0, 0, 0, 0)) == 0
    assert not tick_rect(QRectF(CELL)).contains(QPoint(100, 11))
