"""A picture that is zoomed and moved: positions map both ways, and it is never lost from sight."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QNativeGestureEvent, QPainter, QPointingDevice
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.qt import LeftButton, drag, show, wheel
from ui import theme
from ui.views.canvas import LARGEST_ZOOM, Canvas

pytestmark = pytest.mark.usefixtures("application")

sides = st.integers(1, 6000)
rooms = st.integers(50, 2500)


def picture(width: int = 4, height: int = 4) -> QImage:
    """The left half red, the right half blue."""
    image = QImage(width, height, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    painter.fillRect(0, 0, width // 2, height, QColor("red"))
    painter.fillRect(width // 2, 0, width - width // 2, height, QColor("blue"))
    painter.end()
    return image


@st.composite
def canvases(draw: st.DrawFn) -> Canvas:
    """Zoomed and moved at random."""
    canvas = Canvas()
    canvas.resize(draw(rooms), draw(rooms))
    canvas.show_picture(QSizeF(draw(sides), draw(sides)), [picture()])
    for _ in range(draw(st.integers(0, 3))):
        anchor = QPointF(draw(st.integers(0, canvas.width())), draw(st.integers(0, canvas.height())))
        canvas.zoom_by(draw(st.floats(0.2, 5)), anchor)
        canvas.move_by(QPointF(draw(st.integers(-3000, 3000)), draw(st.integers(-3000, 3000))))
    return canvas


def whole(canvas: Canvas) -> QRectF:
    """The picture, in the widget."""
    return canvas.to_widget(QRectF(QPointF(0, 0), canvas._size))


@given(canvas=canvases(), x=st.floats(-100, 6100), y=st.floats(-100, 6100))
def test_positions_map_both_ways(canvas: Canvas, x: float, y: float) -> None:
    there = canvas.to_widget(QRectF(x, y, 10, 20))
    back = canvas.to_picture(there.topLeft())
    assert (back.x(), back.y()) == pytest.approx((x, y), abs=1e-6)
    assert there.width() == pytest.approx(10 * canvas.zoom, rel=1e-9)
    assert there.height() == pytest.approx(2 * there.width(), rel=1e-9)


@given(canvas=canvases())
def test_the_picture_is_never_lost_from_sight(canvas: Canvas) -> None:
    shown = whole(canvas)
    for start, end, room in (
        (shown.left(), shown.right(), canvas.width()),
        (shown.top(), shown.bottom(), canvas.height()),
    ):
        if end - start <= room:
            assert start + end == pytest.approx(room, abs=0.01), "smaller than the window, it is in the middle"
        else:
            assert start <= 0.01, "larger than the window, it fills it"
            assert end >= room - 0.01


@given(canvas=canvases())
def test_zoom_has_bounds(canvas: Canvas) -> None:
    least = min(1.0, canvas.width() / canvas._size.width(), canvas.height() / canvas._size.height())
    assert least * (1 - 1e-9) <= canvas.zoom <= LARGEST_ZOOM
    assert canvas.fitted == (canvas.zoom <= least * (1 + 1e-9))


@given(canvas=canvases(), factor=st.floats(1, 3), x=st.floats(0, 1), y=st.floats(0, 1))
def test_what_is_under_the_pointer_stays_there(canvas: Canvas, factor: float, x: float, y: float) -> None:
    room = QRectF(canvas.rect())
    assume(whole(canvas).contains(room))
    anchor = QPointF(x * room.width(), y * room.height())
    before = canvas.to_picture(anchor)
    canvas.zoom_by(factor, anchor)
    after = canvas.to_picture(anchor)
    assert (after.x(), after.y()) == pytest.approx((before.x(), before.y()), abs=1e-6)


@given(width=sides, height=sides, room_width=rooms, room_height=rooms)
def test_the_whole_picture_is_never_larger_than_it_is(
    width: int, height: int, room_width: int, room_height: int
) -> None:
    canvas = Canvas()
    canvas.resize(room_width, room_height)
    canvas.show_picture(QSizeF(width, height), [picture()])
    assert canvas.fitted
    assert canvas.zoom <= 1
    assert whole(canvas).width() <= room_width * (1 + 1e-9)
    assert whole(canvas).height() <= room_height * (1 + 1e-9)


@pytest.fixture
def canvas(qtbot: QtBot) -> Canvas:
    """400 x 300, showing a picture of 800 x 600 whole."""
    made = Canvas()
    show(qtbot, made, 400, 300)
    made.show_picture(QSizeF(800, 600), [picture(800, 600)])
    return made


def test_it_paints_the_picture_on_the_dark(canvas: Canvas) -> None:
    canvas.resize(600, 300)
    image = canvas.grab().toImage()
    colours = [image.pixelColor(x, 150).name() for x in (50, 150, 250, 350, 450, 550)]
    dark = theme.colour(theme.VIEWER_CANVAS).name()
    assert colours == [dark, "#ff0000", "#ff0000", "#0000ff", "#0000ff", dark]
    canvas.clear()
    assert canvas.empty
    assert canvas.grab().toImage().pixelColor(300, 150).name() == dark


def test_a_whole_picture_follows_the_size_of_the_window(canvas: Canvas) -> None:
    canvas.resize(200, 300)
    assert canvas.zoom == 0.25
    canvas.resize(2000, 2000)
    assert canvas.zoom == 1


def test_a_zoomed_picture_keeps_its_zoom_when_the_window_changes(canvas: Canvas) -> None:
    canvas.zoom_to(2)
    canvas.move_by(QPointF(-5000, -5000))
    canvas.resize(500, 500)
    assert canvas.zoom == 2
    assert whole(canvas).bottomRight() == QPointF(500, 500)


def test_the_wheel_zooms_at_the_pointer(canvas: Canvas, qtbot: QtBot) -> None:
    canvas.zoom_to(1)
    before = canvas.to_picture(QPointF(100, 100))
    moved = QSignalSpy(canvas.moved)
    wheel(canvas, QPoint(100, 100), 120)
    assert canvas.zoom == pytest.approx(1.2)
    after = canvas.to_picture(QPointF(100, 100))
    assert (after.x(), after.y()) == pytest.approx((before.x(), before.y()))
    wheel(canvas, QPoint(100, 100), -120)
    assert canvas.zoom == pytest.approx(1)
    assert moved.count() == 2


def test_a_double_click_goes_to_full_size_and_back(canvas: Canvas) -> None:
    before = canvas.to_picture(QPointF(30, 40))
    double_click(canvas, LeftButton)
    assert canvas.zoom == 1
    assert canvas.to_picture(QPointF(30, 40)) == before
    double_click(canvas, LeftButton)
    assert canvas.fitted
    double_click(canvas, Qt.MouseButton.RightButton)
    assert canvas.fitted


def double_click(canvas: Canvas, button: Qt.MouseButton) -> None:
    QTest.mouseClick(canvas, button, pos=QPoint(30, 40))
    QTest.mouseDClick(canvas, button, pos=QPoint(30, 40))
    QTest.mouseRelease(canvas, button, pos=QPoint(30, 40))


def test_a_double_click_whose_first_click_opened_the_picture_does_not_zoom(canvas: Canvas) -> None:
    QTest.mouseClick(canvas, LeftButton, pos=QPoint(30, 40))
    canvas.hide()
    canvas.show()
    QTest.mouseDClick(canvas, LeftButton, pos=QPoint(30, 40))
    assert canvas.fitted


def test_dragging_moves_and_is_no_click(canvas: Canvas) -> None:
    canvas.zoom_to(2)
    pressed, corner = QSignalSpy(canvas.pressed), whole(canvas).topLeft()
    QTest.mousePress(canvas, LeftButton, pos=QPoint(200, 150))
    for step in range(1, 6):
        drag(canvas, QPoint(200 + 10 * step, 150 + 4 * step))
    QTest.mouseRelease(canvas, LeftButton, pos=QPoint(250, 170))
    assert whole(canvas).topLeft() - corner == QPointF(50, 20)
    assert pressed.count() == 0


def test_a_click_with_a_shaking_hand_is_a_click(canvas: Canvas) -> None:
    pressed = QSignalSpy(canvas.pressed)
    QTest.mousePress(canvas, LeftButton, pos=QPoint(200, 150))
    drag(canvas, QPoint(202, 151))
    QTest.mouseRelease(canvas, LeftButton, pos=QPoint(202, 151))
    assert pressed.count() == 1
    QTest.mouseClick(canvas, Qt.MouseButton.RightButton, pos=QPoint(200, 150))
    assert pressed.count() == 1


def test_a_fine_gesture_zooms(canvas: Canvas) -> None:

    canvas.zoom_to(1)
    event = QNativeGestureEvent(
        Qt.NativeGestureType.ZoomNativeGesture,
        QPointingDevice.primaryPointingDevice(),
        2,
        QPointF(50, 50),
        QPointF(50, 50),
        canvas.mapToGlobal(QPointF(50, 50)),
        0.5,
        QPointF(),
    )
    QApplication.sendEvent(canvas, event)
    assert canvas.zoom == pytest.approx(1.5)


def test_a_small_picture_is_painted_from_the_coarse_level(canvas: Canvas) -> None:
    fine, coarse = picture(800, 600), picture(400, 300)
    coarse.fill(QColor("lime"))
    canvas.show_picture(QSizeF(800, 600), [coarse, fine])
    assert canvas.grab().toImage().pixelColor(100, 100).name() == "#00ff00"
    canvas.zoom_to(1)
    assert canvas.grab().toImage().pixelColor(100, 100).name() == "#ff0000"


def test_the_sharp_picture_takes_the_place_of_its_preview_without_a_jump(canvas: Canvas) -> None:
    canvas.zoom_to(2, QPointF(0, 0))
    before = whole(canvas)
    canvas.show_picture(QSizeF(800, 600), [picture(800, 600)])
    assert whole(canvas) == before
    canvas.show_picture(QSizeF(600, 800), [picture(600, 800)])
    assert canvas.fitted
