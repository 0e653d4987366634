"""Boxes read on any ground, names are whole or cut, and the one that is meant stands out."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.types import PhotoFace
from core.types import BoundingBox
from tests.qt import show
from ui import theme
from ui.views.face_canvas import FaceCanvas

pytestmark = pytest.mark.usefixtures("settings")

NAME = "Name"


def face(number: int, box: BoundingBox, name: str | None = NAME, person_id: int | None = 7) -> PhotoFace:
    return PhotoFace(number, 1, person_id, name, box, 0.9, 0.5)


@pytest.fixture
def canvas(qtbot: QtBot) -> FaceCanvas:
    """800 x 600, one pixel for one of the picture."""
    made = FaceCanvas()
    show(qtbot, made)
    fill(made, "white")
    QTest.mouseMove(made, QPoint(790, 590))
    return made


def fill(canvas: FaceCanvas, ground: str) -> None:
    image = QImage(800, 600, QImage.Format.Format_RGB32)
    image.fill(QColor(ground))
    canvas.open_picture(800, 600)
    canvas.set_images([image])


def line(canvas: FaceCanvas) -> list[int]:
    """How bright it is across the left side of a box that begins at x 100."""
    image = canvas.grab().toImage()
    return [image.pixelColor(x, 150).lightness() for x in range(90, 112)]


@pytest.mark.parametrize("ground", ["white", "black"])
def test_a_box_reads_on_any_ground(canvas: FaceCanvas, ground: str) -> None:
    fill(canvas, ground)
    canvas.set_faces([face(1, BoundingBox(100, 100, 80, 100))])
    assert max(line(canvas)) - min(line(canvas)) > 80
    assert canvas.grab().toImage().pixelColor(140, 150) == QColor(ground), "the face itself stays as it is"


def test_the_box_that_is_pointed_at_is_stronger_and_one_of_nobody_weaker(canvas: FaceCanvas) -> None:
    fill(canvas, "black")
    box = BoundingBox(100, 100, 80, 100)
    canvas.set_faces([face(1, box)])
    plain = sum(line(canvas))
    QTest.mouseMove(canvas, QPoint(140, 150))
    assert canvas.emphasised == 1
    assert sum(line(canvas)) > plain
    canvas.set_faces([face(2, box, None, None)])
    assert sum(line(canvas)) < plain
    assert canvas.tags == []


def test_of_several_boxes_the_smallest_is_meant(canvas: FaceCanvas) -> None:
    boxes = BoundingBox(100, 100, 300, 300), BoundingBox(200, 200, 50, 50), BoundingBox(180, 180, 100, 100)
    canvas.set_faces([face(number, box) for number, box in enumerate(boxes)])
    for point, meant in ((QPoint(225, 225), 1), (QPoint(190, 190), 2), (QPoint(110, 390), 0), (QPoint(600, 50), None)):
        QTest.mouseMove(canvas, point)
        assert canvas.emphasised == meant


def test_a_name_is_under_its_box_and_one_that_is_missing_is_asked_for(canvas: FaceCanvas) -> None:
    canvas.set_faces([face(1, BoundingBox(100, 100, 80, 100)), face(2, BoundingBox(400, 100, 80, 100), None)])
    named, unnamed = canvas.tags
    assert (named.text(), unnamed.text()) == (NAME, "Add name")
    assert abs(named.geometry().center().x() - 140) <= 1
    assert 200 < named.geometry().top() < 210
    assert named.accessibleName() != unnamed.accessibleName()


def test_a_long_name_is_cut_on_its_tag_and_whole_where_one_points(canvas: FaceCanvas) -> None:
    name = "A name " + "that goes on " * 10
    canvas.set_faces([face(1, BoundingBox(100, 100, 80, 100), name)])
    [tag] = canvas.tags
    assert tag.text().endswith("…")
    assert tag.width() <= theme.TAG_WIDTH + 1
    assert name in tag.toolTip()


def test_in_a_crowd_a_missing_name_is_asked_for_where_one_points(canvas: FaceCanvas) -> None:
    places = [(100 + 14 * (number % 20), 100 + 14 * (number // 20)) for number in range(200)]
    canvas.set_faces([face(number, BoundingBox(x, y, 10, 10), None) for number, (x, y) in enumerate(places)])
    hidden = next(tag for tag in canvas.tags if not tag.isVisible())
    QTest.mouseMove(canvas, canvas.box(hidden.face).center().toPoint())
    assert hidden.isVisible()
    QTest.mouseMove(canvas, QPoint(790, 590))
    assert not hidden.isVisible()
