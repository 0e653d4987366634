"""Where each row is and which row is where: one must be the inverse of the other, for any sections and widths."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QRect

from ui.models.rows import Section
from ui.views.layout import GridLayout, Metrics

_SQUARE = Metrics(width=180, height=None, gap=4, margin=0, heading=44, stretch=True)
_CARDS = Metrics(width=144, height=192, gap=8, margin=16, heading=44, stretch=False)


@st.composite
def layouts(draw: st.DrawFn) -> GridLayout:
    sections: list[Section] = []
    first = 0
    for count, title, folded in draw(
        st.lists(st.tuples(st.integers(0, 40), st.sampled_from(["", "May 2021"]), st.booleans()), max_size=6)
    ):
        sections.append(Section(title, first, count, foldable=folded, folded=folded))
        first += count
    metrics = draw(st.sampled_from([_SQUARE, _CARDS, replace(_SQUARE, width=96), replace(_CARDS, width=300, gap=0)]))
    return GridLayout(sections, draw(st.integers(0, 3000)), metrics)


def rows_of(layout: GridLayout) -> list[int]:
    """All rows that are not folded away."""
    return [row for each in layout.sections if not each.folded for row in range(each.first, each.first + each.count)]


@given(layout=layouts(), data=st.data())
def test_a_point_of_a_cell_is_of_its_row(layout: GridLayout, data: st.DataObject) -> None:
    for row in rows_of(layout):
        rect = layout.rect(row)
        assert layout.row_at(rect.topLeft()) == layout.row_at(rect.bottomRight()) == row
    point = QPoint(data.draw(st.integers(-50, 3050)), data.draw(st.integers(-50, layout.height + 50)))
    found = layout.row_at(point)
    assert found == next((row for row in rows_of(layout) if layout.rect(row).contains(point)), None)


@given(layout=layouts())
def test_nothing_overlaps_and_everything_is_inside(layout: GridLayout) -> None:
    headings = [layout.heading_rect(number) for number in range(len(layout.sections))]
    cells = [layout.rect(row) for row in rows_of(layout)]
    areas = [area for area in headings + cells if not area.isEmpty()]
    assert not any(one.intersects(other) for number, one in enumerate(areas) for other in areas[:number])
    whole = QRect(0, 0, max(layout.columns * 3000, 3000), layout.height)
    assert all(whole.contains(area) for area in areas)


@given(layout=layouts())
def test_cells_fill_the_width_where_they_may(layout: GridLayout) -> None:
    for row in rows_of(layout):
        assert layout.rect(row).left() >= layout.metrics.margin
        assert layout.rect(row).width() >= (1 if layout.metrics.stretch else layout.metrics.width)
    if layout.metrics.stretch and layout.sections:
        used = layout.columns * (layout.cell_width + layout.metrics.gap) - layout.metrics.gap
        room = layout.heading_rect(0).width() - 2 * layout.metrics.margin
        assert used <= max(1, room) < used + layout.columns


@given(layout=layouts(), top=st.integers(-500, 9000), height=st.integers(0, 3000))
def test_rows_between_are_those_whose_lines_reach_in(layout: GridLayout, top: int, height: int) -> None:
    bottom = top + height
    step = layout.cell_height + layout.metrics.gap
    expected = [
        row for row in rows_of(layout) if layout.rect(row).top() <= bottom and layout.rect(row).top() + step > top
    ]
    assert list(layout.rows_between(top, bottom)) == expected


@given(layout=layouts())
def test_folded_rows_are_nowhere(layout: GridLayout) -> None:
    for section in layout.sections:
        if section.folded:
            assert layout.rect(section.first).isEmpty()
            assert layout.rect(section.first + section.count - 1).isEmpty()


@given(layout=layouts(), data=st.data())
def test_a_step_up_or_down_stays_in_its_column(layout: GridLayout, data: st.DataObject) -> None:
    rows = rows_of(layout)
    if not rows:
        return
    row, lines = data.draw(st.sampled_from(rows)), data.draw(st.integers(-9, 9))
    target = layout.beside(row, lines)
    start, end = layout.rect(row), layout.rect(target)
    last_of = {layout.rect(each).top(): each for each in rows}
    tops = list(last_of)
    line = min(max(tops.index(start.top()) + lines, 0), len(tops) - 1)
    assert end.top() == tops[line], "one line is one line, across headings too; the last steps may be shorter"
    assert end.left() == start.left() or (target == last_of[tops[line]] and end.left() < start.left())


def test_beside_nothing_at_all_is_harmless() -> None:
    layout = GridLayout([Section("Strangers", 0, 9, foldable=True, folded=True)], 800, _CARDS)
    assert layout.beside(3, 1) == 3


@given(layout=layouts())
def test_the_last_row_is_the_last_that_can_be_seen(layout: GridLayout) -> None:
    assert layout.last_row == max(rows_of(layout), default=-1)


def test_an_empty_grid() -> None:
    layout = GridLayout((), 800, _CARDS)
    assert layout.rect(0).isEmpty()
    assert layout.row_at(QPoint(20, 20)) is None
    assert list(layout.rows_between(0, 600)) == []
    assert layout.section_at(5) is None


def test_a_hundred_thousand_rows() -> None:
    sections = [Section(f"Month {number}", number * 500, 500) for number in range(200)]
    layout = GridLayout(sections, 1200, _SQUARE)
    for y in range(0, layout.height, layout.height // 500):
        rows = list(layout.rows_between(y, y + 900))
        assert 0 < len(rows) < 60
        assert layout.row_at(layout.rect(rows[0]).center()) == rows[0]
