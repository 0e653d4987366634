"""A picture with boxes around the faces in it, and names under the boxes."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from app.types import PhotoFace
from ui import theme
from ui.views.canvas import Canvas
from ui.views.face_tag import FaceTag
from ui.views.tag_places import TagWish, place_tag, place_tags


class FaceCanvas(Canvas):
    """`tag_clicked` carries the face whose name, or "Add name", was clicked; `faces_changed` tells of other faces."""

    tag_clicked = Signal(PhotoFace)
    faces_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._faces: Sequence[PhotoFace] = ()
        self._tags: dict[int, FaceTag] = {}
        self._emphasised: int | None = None
        self._boxes_shown = True
        self._edited: int | None = None
        self.viewed.connect(self._place)
        self.pointed.connect(self._point)

    @property
    def tags(self) -> list[FaceTag]:
        """Of all persons in the picture, in the order of their faces."""
        return list(self._tags.values())

    @property
    def people(self) -> list[PhotoFace]:
        """The faces whose boxes are shown and who can have a name, from left to right."""
        faces = [tag.face for tag in self.tags] if self._boxes_shown else []
        return sorted(faces, key=lambda face: face.box.x)

    @property
    def emphasised(self) -> int | None:
        """Id of the face whose box stands out, because the pointer or the keyboard is at it."""
        return self._emphasised

    def set_faces(self, faces: Sequence[PhotoFace]) -> None:
        """The faces in the picture; boxes are in its pixels."""
        if tuple(faces) == tuple(self._faces):
            return
        focused = next((tag.face.face_id for tag in self.tags if tag.hasFocus()), None)
        for tag in self._tags.values():
            tag.hide()
            tag.deleteLater()
        self._faces = faces
        self._emphasised = None
        self._tags = {face.face_id: self._make_tag(face) for face in faces if face.person_id is not None}
        self._place()
        self.update()
        if focused in self._tags:
            self._tags[focused].setFocus()
        self.faces_changed.emit()

    def show_boxes(self, shown: bool) -> None:
        """Switches boxes and names on or off."""
        self._boxes_shown = shown
        self._place()
        self.update()

    def set_edited(self, face_id: int | None) -> None:
        """Hides the tag in whose place a name is being typed."""
        self._edited = face_id
        self._place()
        self.update()

    def box(self, face: PhotoFace) -> QRectF:
        """A face's box in the widget's pixels."""
        return self.view.to_widget(QRectF(face.box.x, face.box.y, face.box.width, face.box.height))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  (Qt's name)
        super().paintEvent(event)
        if not self._boxes_shown or self.empty:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        strong = self._edited if self._edited is not None else self._emphasised
        for face in sorted(self._faces, key=lambda face: (face.face_id == strong, face.person_id is not None)):
            self._paint_box(painter, face, face.face_id == strong)

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802  (Qt's name)
        super().leaveEvent(event)
        if not any(tag.underMouse() or tag.hasFocus() for tag in self.tags):
            self._emphasise(None)

    def _make_tag(self, face: PhotoFace) -> FaceTag:
        tag = FaceTag(face, self)
        tag.pointed.connect(lambda on: self._emphasise(face.face_id if on else None))
        tag.clicked.connect(lambda: self.tag_clicked.emit(face))
        return tag

    def _paint_box(self, painter: QPainter, face: PhotoFace, strong: bool) -> None:
        line = theme.BOX_LINE_STRONG if strong else theme.BOX_LINE
        painter.setOpacity(1.0 if strong or face.person_id is not None else theme.BOX_DIM)
        box = self.box(face)
        # On whole pixels a thin line is as bright at every place.
        box = QRectF(box.toRect())
        for colour, width in ((theme.VIEWER_OUTLINE, line + 2 * theme.BOX_OUTLINE), (theme.VIEWER_TEXT, line)):
            painter.setPen(QPen(theme.colour(colour), width))
            painter.drawRoundedRect(box, theme.RADIUS_THUMBNAIL, theme.RADIUS_THUMBNAIL)

    def _place(self) -> None:
        """Puts every tag in its place; called for each step of a movement."""
        if not self._boxes_shown or not self._tags:
            for tag in self._tags.values():
                tag.hide()
            return
        tags = [tag for tag in self._tags.values() if tag.face.face_id != self._edited]
        wishes = [TagWish(self.box(tag.face), tag.wanted_size, self._needed(tag)) for tag in tags]
        for tag, place in zip(tags, place_tags(wishes, self._tag_room()), strict=True):
            tag.place(place)
        if self._edited in self._tags:
            self._tags[self._edited].hide()

    def _needed(self, tag: FaceTag) -> bool:
        """A tag without a name may give way in a crowd, unless the keyboard is at it."""
        return tag.face.name is not None or tag.hasFocus()

    def _tag_room(self) -> QRectF:
        edge = theme.SPACE_1
        return QRectF(self.rect()).adjusted(edge, edge, -edge, -edge)

    def _point(self, point: QPointF) -> None:
        self._emphasise(None if self.dragging else self._face_at(point))
        if self.dragging:
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        else:
            self.unsetCursor()

    def _face_at(self, point: QPointF) -> int | None:
        """The face whose box is there; of several the smallest."""
        if not self._boxes_shown or self.empty:
            return None
        there = [face for face in self._faces if self.box(face).contains(point)]
        if there:
            return min(there, key=lambda face: face.box.area).face_id
        # On its way from the box to the tag the pointer crosses a gap.
        tag = self._tags.get(self._emphasised or 0)
        bridge = self.box(tag.face).united(QRectF(tag.geometry())) if tag and tag.isVisible() else QRectF()
        return self._emphasised if bridge.contains(point) else None

    def _emphasise(self, face_id: int | None) -> None:
        if face_id == self._emphasised:
            return
        before = self._tags.get(self._emphasised or 0)
        self._emphasised = face_id
        tag = self._tags.get(face_id or 0)
        if before is not None and not self._needed(before) and not before.underMouse():
            self._place()
        if tag is not None and face_id != self._edited:
            if not tag.isVisible():
                tag.place(place_tag(TagWish(self.box(tag.face), tag.wanted_size, needed=True), self._tag_room()))
            tag.raise_()
        self.update()
