"""Boxes around faces with names under them, over a picture: where they go, how they look, which one is meant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen

from app.types import PhotoFace
from ui import theme

_TAG_HEIGHT = 24
_MOST_WIDTH = 200
_DIM = 0.55


@dataclass(frozen=True, slots=True)
class FaceTag:
    """A face's box and tag in pixels of the widget; a face of nobody has an empty tag."""

    face: PhotoFace
    box: QRectF
    tag: QRectF
    text: str


def place_tags(faces: Sequence[PhotoFace], boxes: Sequence[QRectF], room: QRectF, add_name: str) -> list[FaceTag]:
    """Puts each tag under its box, inside `room` and off the tags before it where that can be done.

    Args:
        boxes: of the faces, in pixels of the widget.
        add_name: the text for a person without a name.
    """
    metrics = QFontMetricsF(theme.font(theme.TEXT_BODY))
    placed: list[FaceTag] = []
    for face, box in sorted(zip(faces, boxes, strict=True), key=lambda pair: (pair[1].bottom(), pair[1].left())):
        if face.person_id is None:
            placed.append(FaceTag(face, box, QRectF(), ""))
            continue
        most = _MOST_WIDTH - 2 * theme.SPACE_2
        text = metrics.elidedText(face.name or add_name, Qt.TextElideMode.ElideRight, most)
        width = metrics.horizontalAdvance(text) + 2 * theme.SPACE_2 + 1
        tag = QRectF(box.center().x() - width / 2, box.bottom() + theme.SPACE_1, width, _TAG_HEIGHT)
        placed.append(FaceTag(face, box, _free(tag, box, room, [each.tag for each in placed]), text))
    return placed


def tag_at(tags: Sequence[FaceTag], point: QPointF) -> FaceTag | None:
    """The tag or box under a point; of several boxes the smallest."""
    for each in tags:
        if each.tag.contains(point):
            return each
    inside = [each for each in tags if each.box.contains(point)]
    return min(inside, key=lambda each: each.box.width() * each.box.height(), default=None)


def paint_tags(painter: QPainter, tags: Sequence[FaceTag], hovered: int | None) -> None:
    """White lines with a dark outline read on anything."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(theme.font(theme.TEXT_BODY))
    for each in tags:
        strong = each.face.face_id == hovered
        painter.setOpacity(1.0 if strong or each.text else _DIM)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, width in (
            (theme.VIEWER_OUTLINE, 4.0 if strong else 3.0),
            (theme.VIEWER_TEXT, 2.0 if strong else 1.0),
        ):
            painter.setPen(QPen(theme.colour(colour), width))
            painter.drawRoundedRect(each.box, theme.RADIUS_THUMBNAIL, theme.RADIUS_THUMBNAIL)
        if each.text:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour(theme.VIEWER_GROUND))
            painter.drawRoundedRect(each.tag, theme.RADIUS_THUMBNAIL, theme.RADIUS_THUMBNAIL)
            painter.setPen(theme.colour(theme.VIEWER_TEXT if each.face.name else theme.VIEWER_QUIET))
            painter.drawText(each.tag, Qt.AlignmentFlag.AlignCenter, each.text)
    painter.setOpacity(1.0)


def _free(tag: QRectF, box: QRectF, room: QRectF, taken: Sequence[QRectF]) -> QRectF:
    """The first of several places under and over the box that is in the room and covers no other tag."""
    step = _TAG_HEIGHT + theme.SPACE_1
    heights = (tag.top(), tag.top() + step, box.top() - step, tag.top() + 2 * step, box.top() - 2 * step)
    candidates = [_inside(QRectF(QPointF(tag.left(), top), tag.size()), room) for top in heights]
    return next((each for each in candidates if not any(each.intersects(other) for other in taken)), candidates[0])


def _inside(tag: QRectF, room: QRectF) -> QRectF:
    left = min(max(tag.left(), room.left()), max(room.left(), room.right() - tag.width()))
    top = min(max(tag.top(), room.top()), max(room.top(), room.bottom() - tag.height()))
    return QRectF(QPointF(left, top), tag.size())
