"""One photo at a time: zoom, next and previous, the faces in it with their names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSettings, QSizeF, Qt, QTimer, Signal
from PySide6.QtGui import QImage, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from app.types import LibraryChanged, Photo, PhotoFace
from core.types import Pixels
from ui.context import Context
from ui.tasks import Task
from ui.views.canvas import Canvas
from ui.views.face_tags import FaceTag, paint_tags, place_tags, tag_at
from ui.views.name_editor import NameEditor
from ui.views.viewer_chrome import ViewerChrome

_HIDE_MS = 2000
_SCREEN_SIDE = 2560
"""The resolution that a picture is also kept at, to be painted fast while it is seen as a whole."""

_PAN = 80


@dataclass(frozen=True, slots=True)
class _Loaded:
    photo: Photo
    faces: list[PhotoFace]
    images: list[QImage]


class FaceCanvas(Canvas):
    """The picture with the boxes of its faces."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.faces: list[PhotoFace] = []
        self.boxes_shown = True
        self.hovered: int | None = None

    def tags(self) -> list[FaceTag]:
        """Where the boxes and names are now."""
        if not self.boxes_shown or self.empty:
            return []
        boxes = [self.to_widget(QRectF(f.box.x, f.box.y, f.box.width, f.box.height)) for f in self.faces]
        return place_tags(self.faces, boxes, QRectF(self.rect()).adjusted(4, 4, -4, -4), self.tr("Add name"))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  (Qt's name)
        super().paintEvent(event)
        painter = QPainter(self)
        paint_tags(painter, self.tags(), self.hovered)


class Viewer(QWidget):
    """Fills the window. `show_photo` opens it."""

    closed = Signal()
    person_opened = Signal(int)
    full_screen_wanted = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._photo_ids: Sequence[int] = ()
        self._index = 0
        self._ahead: dict[int, _Loaded] = {}
        self._tasks: dict[int, Task] = {}
        self.canvas = FaceCanvas(self)
        self.chrome = ViewerChrome(context.look, self)
        self._editor = NameEditor(context, self.canvas)
        self._hiding = QTimer(self, singleShot=True, interval=_HIDE_MS)
        self._hiding.timeout.connect(self._hide_chrome)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.canvas.boxes_shown = bool(QSettings().value("viewer/boxes", True, bool))
        self.chrome.boxes.setChecked(self.canvas.boxes_shown)
        self.canvas.moved.connect(self._moved)
        self.canvas.pointed.connect(self._pointed)
        self.canvas.pressed.connect(self._pressed)
        self.chrome.back.clicked.connect(self.closed)
        self.chrome.previous.clicked.connect(lambda: self._go(-1))
        self.chrome.following.clicked.connect(lambda: self._go(1))
        self.chrome.boxes.toggled.connect(self._show_boxes)
        self._editor.finished.connect(self.setFocus)
        context.bridge.changed.connect(self._changed)

    def show_photo(self, photo_ids: Sequence[int], index: int) -> None:
        """Shows one of several photos; the others are a key away."""
        self._photo_ids, self._index = photo_ids, index
        self._ahead.clear()
        self._open()
        self.setFocus()

    @property
    def photo_id(self) -> int | None:
        """Of the photo that is shown."""
        return self._photo_ids[self._index] if self._photo_ids else None

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  (Qt's name)
        super().resizeEvent(event)
        self.canvas.setGeometry(self.rect())
        self.chrome.arrange(self.rect())

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  (Qt's name)
        keys, key = Qt.Key, Qt.Key(event.key())
        steps = {keys.Key_Space: 1, keys.Key_PageDown: 1, keys.Key_Backspace: -1, keys.Key_PageUp: -1}
        pans = {keys.Key_Left: (1, 0), keys.Key_Right: (-1, 0), keys.Key_Up: (0, 1), keys.Key_Down: (0, -1)}
        if key in (keys.Key_Left, keys.Key_Right) and self.canvas.fitted:
            self._go(1 if key == keys.Key_Right else -1)
        elif key in pans:
            self.canvas.move_by(QPointF(*pans[key]) * _PAN)
        elif key in steps:
            self._go(steps[key])
        elif key in (keys.Key_Home, keys.Key_End):
            self._go(-self._index if key == keys.Key_Home else len(self._photo_ids) - 1 - self._index)
        elif not self._command(key):
            super().keyPressEvent(event)

    def _command(self, key: Qt.Key) -> bool:
        keys = Qt.Key
        commands = {
            keys.Key_Escape: self.closed.emit,
            keys.Key_Plus: lambda: self.canvas.zoom_by(1.25),
            keys.Key_Equal: lambda: self.canvas.zoom_by(1.25),
            keys.Key_Minus: lambda: self.canvas.zoom_by(0.8),
            keys.Key_0: self.canvas.fit,
            keys.Key_1: lambda: self.canvas.zoom_to(1.0),
            keys.Key_B: self.chrome.boxes.toggle,
            keys.Key_I: self.chrome.information.toggle,
            keys.Key_F: self.full_screen_wanted.emit,
        }
        command = commands.get(key)
        if command:
            command()
        return command is not None

    def _go(self, step: int) -> None:
        index = min(max(self._index + step, 0), len(self._photo_ids) - 1)
        if self._photo_ids and index != self._index:
            self._index = index
            self._open()

    def _open(self) -> None:
        """Shows what is known of the photo at once and asks for the rest, the neighbours last."""
        self._editor.hide()
        self.canvas.faces, self.canvas.hovered = [], None
        number = self._photo_ids[self._index]
        self.chrome.show_position(self._index, len(self._photo_ids))
        near = [self._photo_ids[i] for i in (self._index + 1, self._index - 1) if 0 <= i < len(self._photo_ids)]
        for old in set(self._tasks) - {number, *near}:
            self._tasks.pop(old).cancel()
        self._ahead = {key: value for key, value in self._ahead.items() if key in (number, *near)}
        if number in self._ahead:
            self._show(self._ahead[number])
        else:
            self.canvas.clear()
            self.chrome.show_error("")
            self._preview(number)
        for each in (number, *near):
            if each not in self._ahead and each not in self._tasks:
                self._tasks[each] = self._load(each)
        self._show_chrome()

    def _preview(self, number: int) -> None:
        library = self._context.library

        def small() -> tuple[Photo, QImage]:
            return library.photos.get(number), QImage.fromData(library.thumbnails.photo(number))

        def show(found: tuple[Photo, QImage]) -> None:
            photo, image = found
            if self.photo_id == number and self.canvas.empty and not image.isNull():
                self.canvas.show_picture(_size(photo, image), [image])

        self._context.tasks.run(self, small, show, lambda _error: None)

    def _load(self, number: int) -> Task:
        photos = self._context.library.photos

        def work() -> _Loaded:
            return _Loaded(photos.get(number), photos.faces(number), _levels(photos.image(number)))

        def done(loaded: _Loaded) -> None:
            self._tasks.pop(number, None)
            self._ahead[number] = loaded
            if number == self.photo_id:
                self._show(loaded)

        def failed(error: Exception) -> None:
            self._tasks.pop(number, None)
            if number == self.photo_id:
                self.chrome.show_error(str(error))

        return self._context.tasks.run(self, work, done, failed)

    def _show(self, loaded: _Loaded) -> None:
        self.chrome.show_error("")
        self.canvas.show_picture(_size(loaded.photo, loaded.images[-1]), loaded.images)
        self._show_faces(loaded)

    def _show_faces(self, loaded: _Loaded) -> None:
        self.canvas.faces = loaded.faces
        self.canvas.update()
        self.chrome.show_details(loaded.photo, loaded.faces)

    def _changed(self, change: LibraryChanged) -> None:
        """Names or faces of the photo in sight may be others now."""
        number = self.photo_id
        for each in change.photo_ids & set(self._ahead):
            if each != number:
                del self._ahead[each]
        if not self.isVisible() or number not in change.photo_ids or number not in self._ahead:
            return
        photos, images = self._context.library.photos, self._ahead[number].images

        def show(found: tuple[Photo, list[PhotoFace]]) -> None:
            if number == self.photo_id:
                self._ahead[number] = _Loaded(*found, images)
                self._show_faces(self._ahead[number])

        self._context.tasks.run(self, lambda: (photos.get(number), photos.faces(number)), show)

    def _moved(self) -> None:
        self._editor.hide()
        self.chrome.show_zoom(self.canvas.zoom)

    def _pointed(self, point: QPointF) -> None:
        found = tag_at(self.canvas.tags(), point)
        hovered = found.face.face_id if found else None
        if hovered != self.canvas.hovered:
            self.canvas.hovered = hovered
            self.canvas.update()
        pointing = found is not None and found.face.person_id is not None
        self.canvas.setCursor(Qt.CursorShape.PointingHandCursor if pointing else Qt.CursorShape.ArrowCursor)
        self._show_chrome()

    def _pressed(self, point: QPointF) -> None:
        found = tag_at(self.canvas.tags(), point)
        if found is None or found.face.person_id is None:
            return
        if found.face.name:
            self.person_opened.emit(found.face.person_id)
        else:
            self._editor.open(found.face.person_id, found.tag)

    def _show_boxes(self, shown: bool) -> None:
        self.canvas.boxes_shown = shown
        QSettings().setValue("viewer/boxes", shown)
        self.canvas.update()

    def _show_chrome(self) -> None:
        self.chrome.set_shown(True)
        self._hiding.start()

    def _hide_chrome(self) -> None:
        if self.chrome.in_use() or self._editor.isVisible():
            self._hiding.start()
            return
        self.chrome.set_shown(False)
        if self.isVisible():
            self.canvas.setCursor(Qt.CursorShape.BlankCursor)


def _levels(pixels: Pixels) -> list[QImage]:
    """The picture at screen size, where that is smaller, and in full."""
    height, width = pixels.shape[:2]
    full = QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()
    if max(width, height) <= _SCREEN_SIDE:
        return [full]
    screen = full.scaled(
        _SCREEN_SIDE, _SCREEN_SIDE, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    )
    return [screen, full]


def _size(photo: Photo, image: QImage) -> QSizeF:
    """Of the original; of what is at hand while the original was never read."""
    return QSizeF(photo.width or image.width(), photo.height or image.height())
