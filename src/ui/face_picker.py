"""A photo with the faces that were found in it, one of which is meant."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from core.types import BoundingBox
from ui import theme
from ui.look import Look

_SIZE = QSize(420, 280)


class FacePicker(QWidget):
    """`picked` carries the number of the face that was clicked, or chosen by the arrow keys and Return."""

    picked = Signal(int)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._image = QImage()
        self._width = 1.0
        self._boxes: Sequence[BoundingBox] = ()
        self._chosen: int | None = None
        self._hovered: int | None = None
        self.setMinimumSize(_SIZE)
        self.setMouseTracking(True)
        self.setAccessibleName(self.tr("The photo with the faces in it"))

    def show_faces(self, image: QImage, width: int, boxes: Sequence[BoundingBox], chosen: int | None) -> None:
        """Shows a photo, and which face is chosen.

        Args:
            image: the photo, at any size.
            width: of the original, in pixels, to which the boxes refer.
            boxes: of the faces.
            chosen: None if it has to be asked.
        """
        self._image, self._width, self._boxes = image, float(width), boxes
        self._chosen = self._hovered = chosen
        asking = chosen is None and len(boxes) > 1
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if asking else Qt.FocusPolicy.NoFocus)
        if asking:
            self.setFocus()
        self.update()

    def place_of(self, number: int) -> QRectF:
        """Where a face is shown."""
        box, room = self._boxes[number], self._room()
        scale = room.width() / self._width
        return QRectF(room.left() + box.x * scale, room.top() + box.y * scale, box.width * scale, box.height * scale)

    def sizeHint(self) -> QSize:  # noqa: N802  (Qt's name)
        return _SIZE

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802  (Qt's name)
        self._hover(self._at(event.position()))
        self.setCursor(Qt.CursorShape.ArrowCursor if self._hovered is None else Qt.CursorShape.PointingHandCursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802  (Qt's name)
        self._pick(self._at(event.position()))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  (Qt's name)
        key, count = Qt.Key(event.key()), len(self._boxes)
        if count and key in (Qt.Key.Key_Right, Qt.Key.Key_Left):
            step = 1 if key == Qt.Key.Key_Right else -1
            self._hover((-1 if self._hovered is None and step > 0 else self._hovered or 0) + step)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._hovered is not None:
            self._pick(self._hovered)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  (Qt's name)
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        if self._image.isNull():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour(self._look.theme.surface))
            painter.drawRoundedRect(QRectF(self.rect()), theme.RADIUS_CARD, theme.RADIUS_CARD)
            side = theme.FACE_SMALL
            icon = self._look.pixmaps("scan-face", side, self._look.theme.quiet)
            painter.drawPixmap(QRectF(self.rect()).center() - QPointF(side / 2, side / 2), icon)
            return
        painter.drawImage(self._room(), self._image)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for number in range(len(self._boxes)):
            self._paint_box(painter, number)

    def _paint_box(self, painter: QPainter, number: int) -> None:
        strong = number in (self._chosen, self._hovered)
        place = self.place_of(number)
        wide = theme.BOX_LINE_STRONG if strong else theme.BOX_LINE
        painter.setOpacity(1.0 if strong or self._chosen is None else theme.BOX_DIM)
        painter.setPen(QPen(theme.colour(theme.VIEWER_OUTLINE), wide + 2 * theme.BOX_OUTLINE))
        painter.drawRoundedRect(place, theme.RADIUS_THUMBNAIL, theme.RADIUS_THUMBNAIL)
        accent = number == self._chosen
        painter.setPen(QPen(theme.colour(self._look.theme.accent if accent else theme.VIEWER_TEXT), wide))
        painter.drawRoundedRect(place, theme.RADIUS_THUMBNAIL, theme.RADIUS_THUMBNAIL)

    def _room(self) -> QRectF:
        """Where the whole photo is shown."""
        size = self._image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        return QRectF(
            (self.width() - size.width()) / 2, (self.height() - size.height()) / 2, size.width(), size.height()
        )

    def _at(self, place: QPointF) -> int | None:
        return next((number for number in range(len(self._boxes)) if self.place_of(number).contains(place)), None)

    def _hover(self, number: int | None) -> None:
        hovered = None if number is None else number % len(self._boxes)
        if hovered != self._hovered:
            self._hovered = hovered
            self.update()

    def _pick(self, number: int | None) -> None:
        if number is not None:
            self._chosen = number
            self.update()
            self.picked.emit(number)
