"""Tags go under their boxes, stay in the window and off one another; what is pointed at is found."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from app.types import PhotoFace
from core.types import BoundingBox
from ui import theme
from ui.views.face_tags import FaceTag, paint_tags, place_tags, tag_at

pytestmark = pytest.mark.usefixtures("settings")

ROOM = QRectF(0, 0, 800, 600)


def face(number: int, name: str | None = None, person_id: int | None = 7) -> PhotoFace:
    return PhotoFace(number, 1, person_id, name, BoundingBox(0, 0, 1, 1), 0.9, 0.5)


def tagged(*boxes: QRectF, room: QRectF = ROOM, names: tuple[str | None, ...] = ()) -> list[FaceTag]:
    faces = [face(number, names[number] if names else "Mia") for number in range(len(boxes))]
    return place_tags(faces, boxes, room, "Add name")


names = st.none() | st.sampled_from(["Mia", "Maximiliane von und zu Hohenlohe-Waldenburg-Schillingsfürst", "李"])
boxes = st.builds(QRectF, st.floats(-50, 780), st.floats(-50, 580), st.floats(1, 300), st.floats(1, 300))


@pytest.mark.usefixtures("application")
@given(found=st.lists(st.tuples(boxes, names, st.booleans()), max_size=8))
def test_every_tag_is_inside_the_room(found: list[tuple[QRectF, str | None, bool]]) -> None:
    faces = [face(number, name, 7 if known else None) for number, (_, name, known) in enumerate(found)]
    tags = place_tags(faces, [box for box, _, _ in found], ROOM, "Add name")
    assert {each.face.face_id for each in tags} == set(range(len(found)))
    for each in tags:
        assert each.box == found[each.face.face_id][0]
        if each.face.person_id is None:
            assert (each.tag, each.text) == (QRectF(), "")
        else:
            assert ROOM.contains(each.tag)
            assert each.tag.width() <= 200
            assert each.text


def test_a_tag_is_under_the_middle_of_its_box() -> None:
    (tag,) = tagged(QRectF(100, 100, 80, 100))
    assert tag.tag.center().x() == pytest.approx(140)
    assert tag.tag.top() == 200 + theme.SPACE_1


def test_a_tag_at_the_lower_edge_is_pushed_into_sight() -> None:
    (tag,) = tagged(QRectF(100, 500, 80, 100))
    assert ROOM.contains(tag.tag)


@pytest.mark.usefixtures("application")
@given(xs=st.lists(st.integers(60, 740), min_size=2, max_size=3), y=st.integers(120, 300))
def test_tags_keep_off_one_another(xs: list[int], y: int) -> None:
    tags = tagged(*(QRectF(x - 20, y, 40, 50) for x in xs))
    for number, one in enumerate(tags):
        assert not any(one.tag.intersects(other.tag) for other in tags[:number])


def test_in_a_crowd_every_face_still_has_its_tag() -> None:
    tags = tagged(*(QRectF(100, 100, 40, 50) for _ in range(12)))
    assert all(ROOM.contains(each.tag) for each in tags)


def test_a_room_smaller_than_a_tag_is_no_error() -> None:
    (tag,) = tagged(QRectF(0, 0, 5, 5), room=QRectF(0, 0, 10, 10))
    assert tag.tag.topLeft() == QPointF(0, 0)


def test_a_person_without_a_name_is_asked_for() -> None:
    (tag,) = tagged(QRectF(100, 100, 80, 100), names=(None,))
    assert tag.text == "Add name"


def test_a_long_name_is_cut() -> None:
    (tag,) = tagged(QRectF(100, 100, 80, 100), names=("Maximiliane von und zu Hohenlohe-Waldenburg-Schillingsfürst",))
    assert tag.text.endswith("…")


def test_of_several_boxes_the_smallest_is_meant() -> None:
    tags = tagged(QRectF(100, 100, 300, 300), QRectF(200, 200, 50, 50), QRectF(180, 180, 100, 100))
    assert found(tags, QPointF(225, 225)) == 1
    assert found(tags, QPointF(190, 190)) == 2
    assert found(tags, QPointF(110, 390)) == 0
    assert found(tags, QPointF(600, 50)) is None


def test_a_tag_comes_before_the_box_beneath_it() -> None:
    inner, outer = QRectF(200, 200, 50, 50), QRectF(100, 100, 300, 300)
    tags = tagged(outer, inner)
    tag = next(each.tag for each in tags if each.face.face_id == 1)
    assert found(tags, tag.center()) == 1


def found(tags: list[FaceTag], point: QPointF) -> int | None:
    tag = tag_at(tags, point)
    return tag.face.face_id if tag else None


def painted(tags: list[FaceTag], hovered: int | None = None, ground: str = "white") -> QImage:
    image = QImage(800, 600, QImage.Format.Format_RGB32)
    image.fill(QColor(ground))
    painter = QPainter(image)
    paint_tags(painter, tags, hovered)
    painter.end()
    return image


@pytest.mark.parametrize("ground", ["white", "black"])
def test_a_box_reads_on_any_ground(ground: str) -> None:
    image = painted(tagged(QRectF(100, 100, 80, 100)), ground=ground)
    line = [image.pixelColor(x, 150).lightness() for x in range(96, 105)]
    assert max(line) - min(line) > 80
    assert image.pixelColor(140, 150) == QColor(ground), "the face itself stays as it is"


def test_a_hovered_box_is_stronger_and_a_face_of_nobody_weaker() -> None:
    box = QRectF(100, 100, 80, 100)

    def strength(image: QImage) -> int:
        return sum(image.pixelColor(x, 150).lightness() for x in range(90, 112))

    plain = strength(painted(tagged(box), ground="black"))
    assert strength(painted(tagged(box), hovered=0, ground="black")) > plain
    nobody = place_tags([face(0, person_id=None)], [box], ROOM, "Add name")
    assert strength(painted(nobody, ground="black")) < plain
