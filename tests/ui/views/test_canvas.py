"""A picture that is zoomed and moved with real input, and painted from the right one of its resolutions."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QNativeGestureEvent, QPainter, QPointingDevice, QWheelEvent
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.qt import TIMEOUT_MS, LeftButton, drag, show, wheel
from ui import motion, theme
from ui.views.canvas import WHEEL_STEP, Canvas

pytestmark = pytest.mark.usefixtures("application")


def picture(width: int = 4, height: int = 4) -> QImage:
    """The left half red, the right half blue."""
    image = QImage(width, height, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    painter.fillRect(0, 0, width // 2, height, QColor("red"))
    painter.fillRect(width // 2, 0, width - width // 2, height, QColor("blue"))
    painter.end()
    return image


@pytest.fixture
def canvas(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Canvas:
    """400 x 300, showing a picture of 800 x 600 whole; a zoom is done when its call returns."""
    monkeypatch.setattr(motion, "milliseconds", lambda: 0)
    made = Canvas()
    show(qtbot, made, 400, 300)
    made.open_picture(800, 600)
    made.set_images([picture(800, 600)])
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
    assert canvas.view.zoom == 0.25
    canvas.resize(2000, 2000)
    assert canvas.view.zoom == 2


def test_a_zoomed_picture_keeps_its_zoom_when_the_window_changes(canvas: Canvas) -> None:
    canvas.zoom_to(2)
    canvas.move_by(QPointF(-5000, -5000))
    canvas.resize(500, 500)
    assert canvas.view.zoom == 2
    assert canvas.view.target.bottomRight() == QPointF(500, 500)


def test_the_wheel_zooms_at_the_pointer(canvas: Canvas, qtbot: QtBot) -> None:
    canvas.zoom_to(1)
    before = canvas.view.to_picture(QPointF(100, 100))
    moved = QSignalSpy(canvas.viewed)
    wheel(canvas, QPoint(100, 100), 120)
    assert canvas.view.zoom == pytest.approx(WHEEL_STEP)
    after = canvas.view.to_picture(QPointF(100, 100))
    assert (after.x(), after.y()) == pytest.approx((before.x(), before.y()))
    wheel(canvas, QPoint(100, 100), -120)
    assert canvas.view.zoom == pytest.approx(1)
    assert moved.count() == 2


def test_a_double_click_goes_to_full_size_and_back(canvas: Canvas) -> None:
    before = canvas.view.to_picture(QPointF(30, 40))
    double_click(canvas, LeftButton)
    assert canvas.view.zoom == 1
    assert canvas.view.to_picture(QPointF(30, 40)) == before
    double_click(canvas, LeftButton)
    assert canvas.view.fitted
    double_click(canvas, Qt.MouseButton.RightButton)
    assert canvas.view.fitted


def double_click(canvas: Canvas, button: Qt.MouseButton) -> None:
    QTest.mouseClick(canvas, button, pos=QPoint(30, 40))
    QTest.mouseDClick(canvas, button, pos=QPoint(30, 40))
    QTest.mouseRelease(canvas, button, pos=QPoint(30, 40))


def test_a_double_click_whose_first_click_opened_the_picture_does_not_zoom(canvas: Canvas) -> None:
    QTest.mouseClick(canvas, LeftButton, pos=QPoint(30, 40))
    canvas.hide()
    canvas.show()
    QTest.mouseDClick(canvas, LeftButton, pos=QPoint(30, 40))
    assert canvas.view.fitted


def test_dragging_moves(canvas: Canvas) -> None:
    canvas.zoom_to(2)
    corner = canvas.view.target.topLeft()
    QTest.mousePress(canvas, LeftButton, pos=QPoint(200, 150))
    for step in range(1, 6):
        drag(canvas, QPoint(200 + 10 * step, 150 + 4 * step))
    QTest.mouseRelease(canvas, LeftButton, pos=QPoint(250, 170))
    assert canvas.view.target.topLeft() - corner == QPointF(50, 20)


def test_two_fingers_on_a_touchpad_move_what_is_larger_than_the_window(canvas: Canvas) -> None:
    canvas.zoom_to(2)
    corner = canvas.view.target.topLeft()
    no_button, no_modifier = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
    phase, place = Qt.ScrollPhase.ScrollUpdate, QPointF(50, 50)
    QApplication.sendEvent(
        canvas, QWheelEvent(place, place, QPoint(7, -9), QPoint(7, -9), no_button, no_modifier, phase, False)
    )
    assert canvas.view.target.topLeft() - corner == QPointF(7, -9)
    assert canvas.view.zoom == 2


def test_zooming_takes_a_moment_and_arrives(qtbot: QtBot) -> None:
    canvas = Canvas()
    show(qtbot, canvas, 400, 300)
    canvas.open_picture(800, 600)
    canvas.zoom_by(2)
    canvas.zoom_by(2)
    assert canvas.view.zoom < 2
    qtbot.waitUntil(lambda: canvas.view.zoom == 2, timeout=TIMEOUT_MS)
    canvas.fit()
    qtbot.waitUntil(lambda: canvas.view.fitted, timeout=TIMEOUT_MS)


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
    assert canvas.view.zoom == pytest.approx(1.5)


def test_a_small_picture_is_painted_from_the_coarse_level(canvas: Canvas) -> None:
    fine, coarse = picture(800, 600), picture(400, 300)
    coarse.fill(QColor("lime"))
    canvas.set_images([coarse, fine])
    assert canvas.grab().toImage().pixelColor(100, 100).name() == "#00ff00"
    canvas.zoom_to(1)
    assert canvas.grab().toImage().pixelColor(100, 100).name() == "#ff0000"


def test_the_sharp_picture_takes_the_place_of_its_preview_without_a_jump(canvas: Canvas) -> None:
    canvas.zoom_to(2, QPointF(0, 0))
    before = canvas.view
    canvas.set_images([picture(400, 300), picture(800, 600)])
    assert canvas.view == before
    canvas.open_picture(600, 800)
    assert canvas.view.fitted
    assert canvas.empty
