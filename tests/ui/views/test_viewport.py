from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRectF

from ui.views.viewport import LARGEST_ZOOM, Viewport

sides = st.floats(1, 20_000)
rooms = st.floats(50, 5_000)
ratios = st.sampled_from([1.0, 1.25, 1.5, 2.0, 3.0])
zooms = st.floats(0.0001, 100)
shares = st.floats(0, 1)


@st.composite
def viewports(draw: st.DrawFn) -> Viewport:
    """Any picture in any room, zoomed and moved anyhow."""
    view = Viewport().with_room(draw(rooms), draw(rooms), draw(ratios)).with_picture(draw(sides), draw(sides))
    view = view.zoomed(draw(zooms))
    return view.moved(QPointF(draw(st.floats(-1e5, 1e5)), draw(st.floats(-1e5, 1e5))))


def assert_in_bounds(view: Viewport) -> None:
    """The picture fills its room or stands in the middle of it, in each direction."""
    target = view.target
    slack = 1e-6 * max(target.width(), target.height(), 1)
    for near, far, room in (
        (target.left(), target.right(), view.room_width),
        (target.top(), target.bottom(), view.room_height),
    ):
        if far - near >= room:
            assert near <= slack
            assert far >= room - slack
        else:
            assert abs(near - (room - far)) <= slack


@given(viewports())
def test_fitted_shows_the_whole_picture_in_the_middle(view: Viewport) -> None:
    fitted = view.fit()
    assert fitted.fitted
    assert not fitted.overflows
    assert_in_bounds(fitted)


@given(viewports(), zooms, shares, shares)
def test_a_picture_is_never_lost(view: Viewport, zoom: float, x: float, y: float) -> None:
    zoomed = view.zoomed(zoom, QPointF(x * view.room_width, y * view.room_height))
    assert_in_bounds(view)
    assert_in_bounds(zoomed)
    assert zoomed.least_zoom <= zoomed.zoom <= zoomed.largest_zoom


@given(viewports(), st.floats(1, 30), shares, shares)
def test_zooming_in_keeps_what_is_under_the_pointer(view: Viewport, factor: float, x: float, y: float) -> None:
    target = view.target
    room = QRectF(0, 0, view.room_width, view.room_height).intersected(target)
    anchor = QPointF(room.x() + x * room.width(), room.y() + y * room.height())
    before, zoomed = view.to_picture(anchor), view.zoomed(view.zoom * factor, anchor)
    moved = (zoomed.to_picture(anchor) - before) * zoomed.scale
    # Where the picture is smaller than the room, or its edge would come into it, being in bounds comes first.
    if zoomed.target.width() > view.room_width and target.left() <= 1e-6 and target.right() >= view.room_width - 1e-6:
        assert abs(moved.x()) < 1e-3
    if (
        zoomed.target.height() > view.room_height
        and target.top() <= 1e-6
        and target.bottom() >= view.room_height - 1e-6
    ):
        assert abs(moved.y()) < 1e-3


@given(viewports(), sides, sides)
def test_both_ways_of_mapping_agree(view: Viewport, x: float, y: float) -> None:
    there = view.to_widget(QRectF(x, y, 10, 20))
    back = view.to_picture(there.topLeft())
    assert abs(back.x() - x) < 1e-4
    assert abs(back.y() - y) < 1e-4
    assert abs(there.width() - 10 * view.scale) < 1e-6
    assert abs(there.height() - 20 * view.scale) < 1e-6


def test_boxes_lie_where_the_picture_lies() -> None:
    view = Viewport().with_room(1000, 800, 2.0).with_picture(4000, 2000)
    # Fitted to the width: 2,000 pixels of the screen for 4,000 of the picture.
    assert view.zoom == 0.5
    assert view.to_widget(QRectF(0, 0, 4000, 2000)) == QRectF(0, 150, 1000, 500)
    assert view.to_widget(QRectF(1000, 500, 400, 200)) == QRectF(250, 275, 100, 50)
    near = view.zoomed(1.0, QPointF(250, 275))
    # Across it stays under the pointer; downwards the picture's upper edge would come into sight.
    assert near.to_widget(QRectF(1000, 500, 400, 200)) == QRectF(250, 250, 200, 100)


def test_a_small_picture_is_doubled_at_most_and_can_be_seen_as_it_is() -> None:
    view = Viewport().with_room(1000, 800, 1.0).with_picture(100, 50)
    assert view.zoom == 2.0
    assert view.zoomed(0.1).zoom == 1.0
    assert view.zoomed(99).zoom == LARGEST_ZOOM


def test_what_is_fitted_stays_fitted_in_another_room() -> None:
    view = Viewport().with_room(1000, 800, 1.0).with_picture(4000, 3000)
    assert view.with_room(500, 800, 2.0).fitted
    assert view.zoomed(1.0).with_room(500, 800, 1.0).zoom == 1.0


def test_pushing_stops_at_the_edges() -> None:
    view = Viewport().with_room(1000, 800, 1.0).with_picture(4000, 3000).zoomed(1.0)
    assert view.moved(QPointF(9999, 9999)).target == QRectF(0, 0, 4000, 3000)
    assert view.moved(QPointF(-9999, -9999)).target == QRectF(-3000, -2200, 4000, 3000)
    assert view.moved(QPointF(10, -20)).target == view.target.translated(10, -20)
