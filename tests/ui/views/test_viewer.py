"""The viewer over a real library, with real keys and clicks."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.library import Library
from app.types import LibraryChanged, PhotoFace
from tests.qt import TIMEOUT_MS, LeftButton, drag, show, until, wheel
from ui import motion
from ui.context import Context
from ui.views.face_tag import FaceTag
from ui.views.viewer import Viewer

Key = Qt.Key
Opener = Callable[[str], list[PhotoFace]]

PILOT = "Astronaut"


@pytest.fixture
def viewer(context: Context, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> Iterator[Viewer]:
    """A viewer in which nothing moves by itself: what a key does is done when it returns."""
    monkeypatch.setattr(motion, "milliseconds", lambda: 0)
    made = Viewer(context)
    show(qtbot, made, 1000, 700)
    yield made
    made.hide()


@pytest.fixture
def open_photo(viewer: Viewer, album_library: Library, qtbot: QtBot) -> Opener:
    """Opens a photo of the album, among all of them, by the name of its file, and waits for the whole of it."""
    photos = album_library.session.photos
    photo_ids = photos.timeline().photo_ids
    names = [photos.get(photo_id).path.name for photo_id in photo_ids]

    def opener(name: str) -> list[PhotoFace]:
        index = names.index(name)
        viewer.show_photo(photo_ids, index)
        wait(viewer, qtbot)
        assert viewer.photo_id == photo_ids[index]
        return photos.faces(photo_ids[index])

    return opener


def wait(viewer: Viewer, qtbot: QtBot) -> None:
    """Until everything about the photo in sight and its neighbours is there."""
    loader = viewer._loader
    until(qtbot, lambda: not loader._running and not loader._hurry.isActive() and not viewer._room_rest.isActive())


def file_name(viewer: Viewer, library: Library) -> str:
    assert viewer.photo_id is not None
    return library.session.photos.get(viewer.photo_id).path.name


def push(viewer: Viewer, start: QPoint, end: QPoint) -> None:
    QTest.mousePress(viewer.canvas, LeftButton, pos=start)
    for share in (1, 2, 3):
        drag(viewer.canvas, start + (end - start) * share / 3)
    QTest.mouseRelease(viewer.canvas, LeftButton, pos=end)


def unnamed_tags(viewer: Viewer) -> list[FaceTag]:
    return [tag for tag in viewer.canvas.tags if tag.face.name is None and tag.isVisible()]


def painted(viewer: Viewer) -> QImage:
    return viewer.canvas.grab().toImage()


def test_shows_the_whole_picture_and_says_what_it_is(viewer: Viewer, open_photo: Opener) -> None:
    open_photo("group.jpg")
    view, chrome = viewer.canvas.view, viewer.chrome
    assert view.fitted
    assert (view.width, view.height) == (660, 664)
    assert chrome._name.text() == "group.jpg"
    assert chrome._date.text().startswith("Saturday, May 1, 2021 · 10:00")
    assert chrome._position.text() == "9 of 9"
    assert chrome.zoom.text() == "105%"
    assert "group.jpg" in viewer.canvas.accessibleName()


def test_paints_the_picture_where_its_view_says(viewer: Viewer, open_photo: Opener, album_library: Library) -> None:
    open_photo("coffee.jpg")
    pixels = album_library.session.photos.image(viewer.photo_id or 0)
    for zoom in (viewer.canvas.view.zoom, 1.0, 3.0):
        viewer.canvas.zoom_to(zoom, QPointF(500, 300))
        image = painted(viewer)
        for x, y in ((500, 300), (520, 350), (450, 250)):
            there = viewer.canvas.view.to_picture(QPointF(x + 0.5, y + 0.5))
            wanted = pixels[int(there.y()), int(there.x())]
            got = image.pixelColor(x, y)
            assert max(abs(got.red() - int(wanted[0])), abs(got.blue() - int(wanted[2]))) < 40


def test_keys_turn_the_page_and_stop_at_the_ends(viewer: Viewer, open_photo: Opener, album_library: Library) -> None:
    open_photo("coffee.jpg")
    first = viewer.photo_id
    assert not viewer.chrome.previous.isVisible()
    QTest.keyClick(viewer, Key.Key_Left)
    assert viewer.photo_id == first
    QTest.keyClick(viewer, Key.Key_Right)
    second = viewer.photo_id
    assert second != first
    QTest.keyClick(viewer, Key.Key_Space)
    assert viewer.photo_id not in (first, second)
    QTest.keyClick(viewer, Key.Key_Backspace)
    assert viewer.photo_id == second
    QTest.keyClick(viewer, Key.Key_End)
    assert file_name(viewer, album_library) == "group.jpg"
    assert not viewer.chrome.following.isVisible()
    QTest.keyClick(viewer, Key.Key_Home)
    assert viewer.photo_id == first


def test_buttons_turn_the_page(viewer: Viewer, open_photo: Opener) -> None:
    open_photo("coffee.jpg")
    before = viewer.photo_id
    QTest.mouseClick(viewer.chrome.following, LeftButton)
    assert viewer.photo_id != before
    QTest.mouseClick(viewer.chrome.previous, LeftButton)
    assert viewer.photo_id == before


def test_a_key_held_down_ends_at_the_right_picture(
    viewer: Viewer, open_photo: Opener, album_library: Library, qtbot: QtBot
) -> None:
    open_photo("coffee.jpg")
    for _ in range(8):
        QTest.keyClick(viewer, Key.Key_Right)
        QTest.qWait(5)
    wait(viewer, qtbot)
    assert file_name(viewer, album_library) == viewer.chrome._name.text() == "group.jpg"
    assert (viewer.canvas.view.width, viewer.canvas.view.height) == (660, 664)
    assert len(viewer.canvas.tags) == sum(
        face.person_id is not None for face in album_library.session.photos.faces(viewer.photo_id or 0)
    )


def test_only_the_neighbours_pictures_are_kept(viewer: Viewer, open_photo: Opener, qtbot: QtBot) -> None:
    open_photo("coffee.jpg")
    for _ in range(4):
        QTest.keyClick(viewer, Key.Key_Right)
        wait(viewer, qtbot)
    near = {viewer._photo_ids[index] for index in (3, 4, 5)}
    assert set(viewer._loader._wholes) == near
    viewer.hide()
    assert not viewer._loader._wholes
    assert viewer.canvas.empty


def test_keys_zoom(viewer: Viewer, open_photo: Opener) -> None:
    open_photo("astronaut.jpg")
    fitted = viewer.canvas.view.zoom
    QTest.keyClick(viewer, Key.Key_Z)
    assert viewer.canvas.view.zoom == 1.0
    assert viewer.chrome.zoom.text() == "100%"
    for _ in range(9):
        QTest.keyClick(viewer, Key.Key_Plus)
    assert viewer.canvas.view.zoom == pytest.approx(1.25**9)
    QTest.keyClick(viewer, Key.Key_Minus)
    assert viewer.canvas.view.zoom == pytest.approx(1.25**8)
    QTest.keyClick(viewer, Key.Key_Z)
    assert viewer.canvas.view.fitted
    assert viewer.canvas.view.zoom == fitted


def test_the_wheel_zooms_around_the_pointer(viewer: Viewer, open_photo: Opener) -> None:
    open_photo("coffee.jpg")
    QTest.keyClick(viewer, Key.Key_Z)
    wheel(viewer.canvas, QPoint(500, 350), 360)
    pointer = QPointF(600, 250)
    before = viewer.canvas.view.to_picture(pointer)
    wheel(viewer.canvas, pointer.toPoint(), 240)
    after = viewer.canvas.view.to_picture(pointer)
    assert (after - before).manhattanLength() < 1e-6
    assert viewer.canvas.view.zoom == pytest.approx(1.25**5)
    wheel(viewer.canvas, pointer.toPoint(), 6000)
    assert viewer.canvas.view.zoom == viewer.canvas.view.largest_zoom
    wheel(viewer.canvas, pointer.toPoint(), -24000)
    wheel(viewer.canvas, pointer.toPoint(), -24000)
    assert viewer.canvas.view.zoom == viewer.canvas.view.least_zoom


def test_a_double_click_shows_the_full_size_there_and_back(viewer: Viewer, open_photo: Opener) -> None:
    open_photo("group.jpg")
    viewer.resize(500, 400)
    place = QPoint(200, 150)
    before = viewer.canvas.view.to_picture(QPointF(place))
    QTest.mouseClick(viewer.canvas, LeftButton, pos=place)
    QTest.mouseDClick(viewer.canvas, LeftButton, pos=place)
    assert viewer.canvas.view.zoom == 1.0
    assert (viewer.canvas.view.to_picture(QPointF(place)) - before).manhattanLength() < 1e-6
    QTest.mouseDClick(viewer.canvas, LeftButton, pos=place)
    assert viewer.canvas.view.fitted


def test_a_near_picture_is_pushed_but_never_lost(viewer: Viewer, open_photo: Opener, album_library: Library) -> None:
    open_photo("coffee.jpg")
    viewer.canvas.zoom_to(4.0)
    before = viewer.canvas.view.target
    push(viewer, QPoint(400, 400), QPoint(430, 380))
    assert viewer.canvas.view.target == before.translated(30, -20)
    QTest.keyClick(viewer, Key.Key_Right)
    assert file_name(viewer, album_library) == "coffee.jpg"
    assert viewer.canvas.view.target.left() < before.left() + 30
    for _ in range(5):
        push(viewer, QPoint(20, 100), QPoint(980, 690))
    assert viewer.canvas.view.target.topLeft() == QPointF(0, 0)


def test_boxes_lie_on_the_faces_however_one_looks(viewer: Viewer, open_photo: Opener) -> None:
    faces = open_photo("group.jpg")
    assert len(faces) >= 4
    for zoom in (viewer.canvas.view.zoom, 1.0, 2.5):
        viewer.canvas.zoom_to(zoom, QPointF(300, 200))
        target, scale = viewer.canvas.view.target, viewer.canvas.view.scale
        for face in faces:
            box = QRectF(
                target.left() + face.box.x * scale,
                target.top() + face.box.y * scale,
                face.box.width * scale,
                face.box.height * scale,
            )
            got = viewer.canvas.box(face)
            assert (got.topLeft() - box.topLeft()).manhattanLength() < 1e-6
            assert (got.bottomRight() - box.bottomRight()).manhattanLength() < 1e-6


def test_boxes_are_painted_and_can_be_switched_off(viewer: Viewer, open_photo: Opener, context: Context) -> None:
    face = open_photo("astronaut.jpg")[0]
    edge = viewer.canvas.box(face).toRect()

    def brightness() -> int:
        return painted(viewer).pixelColor(edge.left(), edge.center().y()).lightness()

    with_box = brightness()
    assert viewer.canvas.tags[0].isVisible()
    QTest.keyClick(viewer, Key.Key_B)
    assert brightness() < with_box - 20
    assert not viewer.canvas.tags[0].isVisible()
    other = Viewer(context)
    assert not other.chrome.boxes.isChecked()
    other.deleteLater()
    QTest.mouseClick(viewer.chrome.boxes, LeftButton)
    assert brightness() == with_box


def test_the_box_under_the_pointer_stands_out(viewer: Viewer, open_photo: Opener) -> None:
    face = open_photo("astronaut.jpg")[0]
    QTest.mouseMove(viewer.canvas, QPoint(5, 600))
    assert viewer.canvas.emphasised is None
    QTest.mouseMove(viewer.canvas, viewer.canvas.box(face).center().toPoint())
    assert viewer.canvas.emphasised == face.face_id


def test_a_name_is_typed_at_the_face(viewer: Viewer, open_photo: Opener, album_library: Library, qtbot: QtBot) -> None:
    face = open_photo("astronaut.jpg")[0]
    QTest.mouseClick(unnamed_tags(viewer)[0], LeftButton)
    assert viewer.naming.active
    QTest.keyClicks(viewer.naming.editor.field, PILOT)
    QTest.keyClick(viewer.naming.editor.field, Key.Key_Return)
    until(qtbot, lambda: not viewer.naming.active and not unnamed_tags(viewer))
    assert album_library.session.people.get(face.person_id or 0).name == PILOT
    assert viewer.canvas.tags[0].text() == PILOT
    with qtbot.waitSignal(viewer.person_opened) as opened:
        QTest.mouseClick(viewer.canvas.tags[0], LeftButton)
    assert opened.args == [face.person_id]


def test_escape_keeps_no_name_and_leaves_the_viewer_open(
    viewer: Viewer, open_photo: Opener, album_library: Library, qtbot: QtBot
) -> None:
    face = open_photo("astronaut.jpg")[0]
    QTest.keyClick(viewer, Key.Key_N)
    QTest.keyClicks(viewer.naming.editor.field, PILOT)
    with qtbot.assertNotEmitted(viewer.closed):
        QTest.keyClick(viewer.naming.editor.field, Key.Key_Escape)
    assert not viewer.naming.active
    assert album_library.session.people.get(face.person_id or 0).name is None
    with qtbot.waitSignal(viewer.closed):
        QTest.keyClick(viewer, Key.Key_Escape)


def test_tab_goes_on_to_the_next_face(viewer: Viewer, open_photo: Opener, qtbot: QtBot) -> None:
    faces = [face for face in open_photo("group.jpg") if face.person_id is not None]
    assert len(faces) >= 2
    QTest.keyClick(viewer, Key.Key_N)
    assert viewer.naming._face == faces[0]
    for face in faces[:2]:
        until(qtbot, lambda: viewer.naming.active and viewer.naming.editor._about() == face.person_id)  # noqa: B023
        QTest.keyClicks(viewer.naming.editor.field, f"Person {face.face_id}")
        QTest.keyClick(viewer.naming.editor.field, Key.Key_Tab)
    until(qtbot, lambda: len([tag for tag in viewer.canvas.tags if tag.face.name]) == 2)


def test_known_names_are_offered(viewer: Viewer, open_photo: Opener, album_library: Library, qtbot: QtBot) -> None:
    faces = [face for face in open_photo("group.jpg") if face.person_id is not None]
    album_library.session.people.rename(faces[0].person_id or 0, PILOT)
    open_photo("astronaut.jpg")
    QTest.keyClick(viewer, Key.Key_N)
    field = viewer.naming.editor.field
    QTest.keyClicks(field, "naut")
    completer = field.completer()
    assert completer is not None
    until(qtbot, lambda: completer.completionCount() == 1)
    assert completer.currentCompletion() == PILOT
    until(qtbot, completer.popup().isVisible)
    QTest.keyClick(completer.popup(), Key.Key_Down)
    QTest.keyClick(completer.popup(), Key.Key_Return)
    assert field.text() == PILOT
    until(qtbot, lambda: [tag.text() for tag in viewer.canvas.tags] == [PILOT])


def test_a_name_that_is_refused_says_why_where_it_was_typed(
    viewer: Viewer, open_photo: Opener, album_library: Library, qtbot: QtBot
) -> None:
    open_photo("astronaut.jpg")
    QTest.keyClick(viewer, Key.Key_N)
    editor = viewer.naming.editor
    editor._about = lambda: 999_999
    QTest.keyClicks(editor.field, PILOT)
    QTest.keyClick(editor.field, Key.Key_Return)
    until(qtbot, editor.problem.isVisible)
    assert editor.problem.text()
    assert editor.field.text() == PILOT
    assert viewer.naming.active


def test_names_given_elsewhere_appear(viewer: Viewer, open_photo: Opener, album_library: Library, qtbot: QtBot) -> None:
    face = open_photo("astronaut.jpg")[0]
    album_library.session.people.rename(face.person_id or 0, PILOT)
    until(qtbot, lambda: [tag.text() for tag in viewer.canvas.tags] == [PILOT])


def test_a_vanished_photo_says_so_over_its_thumbnail_and_the_next_ones_work(
    viewer: Viewer, open_photo: Opener, album_library: Library, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_photo("coffee.jpg")
    lost = viewer._photo_ids[3]
    path = album_library.session.photos.get(lost).path
    hidden = path.rename(path.with_suffix(".elsewhere"))
    try:
        viewer.show_photo(viewer._photo_ids[:], 3)
        until(qtbot, viewer.message.isVisible)
        assert path.name in viewer.message.text()
        assert not viewer.canvas.empty
        QTest.keyClick(viewer, Key.Key_Right)
        assert not viewer.message.isVisible()
        wait(viewer, qtbot)
        assert not viewer.message.isVisible()
        assert not viewer.canvas.empty
    finally:
        hidden.rename(path)
    QTest.keyClick(viewer, Key.Key_Left)
    wait(viewer, qtbot)
    assert not viewer.message.isVisible()


def test_a_photo_that_is_gone_from_the_library_says_so(viewer: Viewer, open_photo: Opener, qtbot: QtBot) -> None:
    open_photo("coffee.jpg")
    viewer.show_photo([999_999, viewer._photo_ids[0]], 0)
    until(qtbot, viewer.message.isVisible)
    assert viewer.canvas.empty
    QTest.keyClick(viewer, Key.Key_Right)
    wait(viewer, qtbot)
    assert not viewer.message.isVisible()
    assert not viewer.canvas.empty


def test_the_bar_goes_and_comes_with_the_pointer(viewer: Viewer, open_photo: Opener, qtbot: QtBot) -> None:
    viewer._hiding.setInterval(50)
    open_photo("coffee.jpg")
    QTest.mouseMove(viewer.canvas, QPoint(500, 600))
    until(qtbot, lambda: not viewer.chrome.bar.isVisible())
    assert viewer.canvas.cursor().shape() == Qt.CursorShape.BlankCursor
    QTest.mouseMove(viewer.canvas, QPoint(510, 600))
    assert viewer.chrome.bar.isVisible()
    assert viewer.canvas.cursor().shape() == Qt.CursorShape.ArrowCursor
    QTest.mouseMove(viewer.chrome.bar, QPoint(300, 20))
    QTest.qWait(200)
    assert viewer.chrome.bar.isVisible()


def test_the_bar_stays_while_the_keyboard_is_in_it(viewer: Viewer, open_photo: Opener, qtbot: QtBot) -> None:
    viewer._hiding.setInterval(50)
    open_photo("coffee.jpg")
    QTest.mouseMove(viewer.canvas, QPoint(500, 600))
    until(qtbot, lambda: not viewer.chrome.bar.isVisible())
    QTest.keyClick(viewer, Key.Key_Tab)
    assert viewer.chrome.back.hasFocus()
    QTest.qWait(200)
    assert viewer.chrome.bar.isVisible()


def test_details_stand_beside_the_picture(viewer: Viewer, open_photo: Opener, qtbot: QtBot) -> None:
    faces = open_photo("group.jpg")
    assert not viewer.panel.isVisible()
    QTest.keyClick(viewer, Key.Key_I)
    assert viewer.panel.isVisible()
    assert viewer.canvas.width() + viewer.panel.width() == viewer.width()
    texts = [label.text() for label in viewer.panel.findChildren(type(viewer.message)) if label.isVisible()]
    told = "\n".join(texts).replace("\u200b", "")
    assert "group.jpg" in told
    assert "660 × 664" in told
    assert f"{len(faces)} without a name" in told


def test_full_screen_is_asked_for_and_escape_leaves_it_first(viewer: Viewer, open_photo: Opener, qtbot: QtBot) -> None:
    open_photo("coffee.jpg")
    with qtbot.waitSignal(viewer.full_screen_wanted, timeout=TIMEOUT_MS):
        QTest.keyClick(viewer, Key.Key_F11)
    viewer.showFullScreen()
    with qtbot.waitSignal(viewer.full_screen_wanted, timeout=TIMEOUT_MS), qtbot.assertNotEmitted(viewer.closed):
        QTest.keyClick(viewer, Key.Key_Escape)


def test_every_button_tells_what_it_does(viewer: Viewer, open_photo: Opener) -> None:
    open_photo("group.jpg")
    chrome = viewer.chrome
    buttons = [chrome.back, chrome.zoom, chrome.boxes, chrome.information, chrome.full_screen]
    assert all(each.accessibleName() for each in [*buttons, chrome.previous, chrome.following, *viewer.canvas.tags])


def test_changes_elsewhere_do_not_disturb(viewer: Viewer, open_photo: Opener, context: Context, qtbot: QtBot) -> None:
    open_photo("coffee.jpg")
    viewer.canvas.zoom_to(2.0, QPointF(100, 100))
    view = viewer.canvas.view
    context.bridge.changed.emit(LibraryChanged(frozenset(viewer._photo_ids)))
    wait(viewer, qtbot)
    assert viewer.canvas.view == view
    assert not viewer.canvas.empty
