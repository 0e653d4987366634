"""Where the names under face boxes go: arithmetic only.

A tag belongs under its box. Where it would be cut off, or cover another tag, it goes to the next best place around the
box. Tags that have to be seen are placed first; one that may wait is left out where it finds no place of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSizeF

from ui.theme import SPACE_1

_CROWD = 40
"""With more faces than this in sight, fewer places are tried for each, so that zooming stays smooth."""

_COVERED_TAG, _COVERED_BOX, _LATER_PLACE = 1000.0, 20.0, 1.0
"""What makes a place bad: the share of the tag that covers other tags, that covers other faces, and its rank."""

_FREE = _COVERED_TAG / 1000
"""A tag that covers less than a thousandth of another one covers none."""

Rect = tuple[float, float, float, float]
"""Left, top, right, bottom: plain numbers are compared many thousand times for one crowd."""


@dataclass(frozen=True, slots=True)
class TagWish:
    """A tag of some size for a box, both in pixels of the widget; a `needed` tag is placed in any case."""

    box: QRectF
    size: QSizeF
    needed: bool


def place_tags(wishes: Sequence[TagWish], room: QRectF) -> list[QRectF | None]:
    """The place of each tag, all of it within `room`; None for boxes out of sight and tags that found no place."""
    bounds = _rect(room)
    boxes = [_rect(wish.box) for wish in wishes]
    seen = [index for index, box in enumerate(boxes) if _overlap(box, bounds) > 0]
    seen.sort(key=lambda index: (not wishes[index].needed, boxes[index][3], boxes[index][0]))
    taken: list[Rect] = []
    places: list[QRectF | None] = [None] * len(wishes)
    for index in seen:
        others = [boxes[other] for other in seen if other != index]
        bad, place = _best(wishes[index], boxes[index], bounds, taken, others)
        if wishes[index].needed or bad < _FREE:
            taken.append(place)
            places[index] = QRectF(place[0], place[1], place[2] - place[0], place[3] - place[1])
    return places


def place_tag(wish: TagWish, room: QRectF) -> QRectF:
    """The place of a tag that is asked for by itself and may cover others."""
    _, place = _best(wish, _rect(wish.box), _rect(room), [], [])
    return QRectF(place[0], place[1], place[2] - place[0], place[3] - place[1])


def _best(wish: TagWish, box: Rect, bounds: Rect, taken: Sequence[Rect], boxes: Sequence[Rect]) -> tuple[float, Rect]:
    """The least bad place, and how much of it covers other tags."""
    area = max(wish.size.width() * wish.size.height(), 1.0)
    found: tuple[float, float, Rect] | None = None
    for rank, corner in enumerate(_corners(wish, box, crowded=len(boxes) >= _CROWD)):
        place = _inside(corner, wish.size, bounds)
        tags = _COVERED_TAG * sum(_overlap(place, other) for other in taken) / area
        faces = _COVERED_BOX * sum(_overlap(place, other) for other in boxes) / area
        itself = _COVERED_BOX * _overlap(place, box) / area
        total = tags + faces + itself + _LATER_PLACE * rank
        if found is None or total < found[0]:
            found = (total, tags, place)
        if found[0] <= _LATER_PLACE * (rank + 1):
            break
    assert found is not None
    return found[1], found[2]


def _corners(wish: TagWish, box: Rect, crowded: bool) -> list[tuple[float, float]]:
    """The upper left corners of the places around a box, the best first."""
    left, top, right, bottom = box
    width, height = wish.size.width(), wish.size.height()
    middle, under, over = (left + right - width) / 2, bottom + SPACE_1, top - height - SPACE_1
    places = [(middle, under), (middle, over)]
    if crowded:
        return places
    beside = (top + bottom - height) / 2
    return [
        *places,
        (left, under),
        (right - width, under),
        (right + SPACE_1, bottom - height),
        (left - width - SPACE_1, bottom - height),
        (middle, under + height + SPACE_1),
        (left, over),
        (right - width, over),
        (right + SPACE_1, beside),
        (left - width - SPACE_1, beside),
        (middle, over - height - SPACE_1),
        (middle, bottom - height - SPACE_1),
    ]


def _inside(corner: tuple[float, float], size: QSizeF, bounds: Rect) -> Rect:
    left = min(max(corner[0], bounds[0]), max(bounds[0], bounds[2] - size.width()))
    top = min(max(corner[1], bounds[1]), max(bounds[1], bounds[3] - size.height()))
    return left, top, left + size.width(), top + size.height()


def _overlap(one: Rect, other: Rect) -> float:
    width = min(one[2], other[2]) - max(one[0], other[0])
    if width <= 0:
        return 0.0
    height = min(one[3], other[3]) - max(one[1], other[1])
    return width * height if height > 0 else 0.0


def _rect(rect: QRectF) -> Rect:
    return rect.left(), rect.top(), rect.right(), rect.bottom()
