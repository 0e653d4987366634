from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRectF, QSizeF

from ui.views.tag_places import TagWish, place_tag, place_tags

ROOM = QRectF(0, 0, 1000, 700)

boxes = st.builds(QRectF, st.floats(-200, 1100), st.floats(-200, 800), st.floats(1, 400), st.floats(1, 400))
wishes = st.builds(TagWish, boxes, st.builds(QSizeF, st.floats(20, 200), st.just(24.0)), st.booleans())


def named(x: float, y: float, width: float = 80, height: float = 100) -> TagWish:
    return TagWish(QRectF(x, y, width, height), QSizeF(120, 24), needed=True)


def unnamed(x: float, y: float, width: float = 80, height: float = 100) -> TagWish:
    return TagWish(QRectF(x, y, width, height), QSizeF(120, 24), needed=False)


def test_a_tag_stands_under_the_middle_of_its_box() -> None:
    [place] = place_tags([named(400, 200)], ROOM)
    assert place == QRectF(380, 304, 120, 24)


def test_a_tag_at_an_edge_is_whole() -> None:
    places = place_tags([named(-40, 100), named(960, 100), named(500, 590)], ROOM)
    assert all(place is not None and ROOM.contains(place) for place in places)
    # There is no room under the last box: its tag stands over it.
    assert places[2] == QRectF(480, 562, 120, 24)


def test_neighbours_do_not_cover_one_another() -> None:
    row = [named(100 + 70 * index, 300, 60, 80) for index in range(8)]
    places = [place for place in place_tags(row, ROOM) if place is not None]
    assert len(places) == 8
    assert not any(one.intersects(other) for one, other in combinations(places, 2))


def test_in_a_crowd_those_without_a_name_wait() -> None:
    crowd = [unnamed(100 + 12 * (index % 10), 100 + 12 * (index // 10), 10, 10) for index in range(100)]
    places = place_tags([*crowd, named(140, 140, 10, 10)], ROOM)
    shown = [place for place in places if place is not None]
    assert places[-1] is not None
    assert len(shown) < 30
    assert not any(one.adjusted(1, 1, -1, -1).intersects(other) for one, other in combinations(shown, 2))


def test_a_box_out_of_sight_has_no_tag() -> None:
    assert place_tags([named(1200, 100), named(100, -300)], ROOM) == [None, None]


@given(st.lists(wishes, max_size=50))
def test_every_tag_is_inside_and_names_are_there(wanted: list[TagWish]) -> None:
    for wish, place in zip(wanted, place_tags(wanted, ROOM), strict=True):
        if place is not None:
            assert ROOM.adjusted(-1e-6, -1e-6, 1e-6, 1e-6).contains(place)
            assert place.size() == wish.size or abs(place.width() - wish.size.width()) < 1e-6
        else:
            assert not wish.needed or not wish.box.intersects(ROOM)


def test_a_tag_that_is_asked_for_stands_under_its_box_whatever_it_covers() -> None:
    assert place_tag(unnamed(400, 200), ROOM) == QRectF(380, 304, 120, 24)
