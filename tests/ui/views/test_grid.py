"""The grid: real keys and clicks; it keeps its place while rows come and go."""

from __future__ import annotations

from array import array
from collections.abc import Sequence

import pytest
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem
from pytestqt.qtbot import QtBot

from tests.qt import LeftButton, show
from ui import theme
from ui.look import Look
from ui.models.rows import RowsModel, Section
from ui.views.grid import Grid
from ui.views.layout import Metrics

METRICS = Metrics(width=100, height=None, gap=4, margin=0, heading=40, stretch=True)
Key = Qt.Key


class Colours(QStyledItemDelegate):
    """Fills each cell with a colour that tells its states, and counts what it is asked to paint."""

    def __init__(self, parent: Grid) -> None:
        super().__init__(parent)
        self.painted: dict[int, QStyle.StateFlag] = {}

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        self.painted[index.data(RowsModel.Id)] = option.state
        painter.fillRect(option.rect, QColor("red"))


class Stage:
    """A grid of 408 x 400 with four columns, and its model."""

    def __init__(self, look: Look, qtbot: QtBot) -> None:
        self.model = RowsModel()
        self.grid = Grid(look, METRICS)
        self.grid.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.grid.setModel(self.model)
        self.painter = Colours(self.grid)
        self.grid.setItemDelegate(self.painter)
        show(qtbot, self.grid, 412, 400)
        self.grid.setFocus()
        assert self.grid.grid_layout.columns == 4

    def follow(self, ids: Sequence[int], *sections: Section) -> None:
        self.model.follow(array("q", ids), sections or [Section("", 0, len(ids))])

    def months(self, count: int, each: int = 20) -> None:
        """Sections of equal size with ids from 0."""
        sections = [Section(f"Month {number}", number * each, each) for number in range(count)]
        self.follow(range(count * each), *sections)

    @property
    def top(self) -> int:
        return self.grid.verticalScrollBar().value()

    def scroll(self, y: int) -> None:
        self.grid.verticalScrollBar().setValue(y)

    def place(self, number: int) -> int:
        """Where the row with an id is in the view."""
        row = self.model.row_of(number)
        assert row is not None
        return self.grid.visualRect(self.model.index(row)).top()

    def first_in_sight(self) -> int:
        """The id of the first row that begins in sight."""
        rows = self.grid.grid_layout.rows_between(self.top, self.top + 400)
        return next(number for row in rows if self.place(number := self.model.ids[row]) >= 0)

    def press(self, *keys: Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> int:
        """The current row after some keys."""
        for key in keys:
            QTest.keyClick(self.grid, key, modifier)
        return self.grid.currentIndex().row()

    def selected(self) -> list[int]:
        return sorted(index.row() for index in self.grid.selectedIndexes())

    def click(self, row: int, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        index = self.model.index(row)
        self.grid.scrollTo(index)
        QTest.mouseClick(self.grid.viewport(), LeftButton, modifier, self.grid.visualRect(index).center())


@pytest.fixture
def stage(look: Look, qtbot: QtBot) -> Stage:
    return Stage(look, qtbot)


def test_arrows_walk_over_rows_and_headings(stage: Stage) -> None:
    stage.months(3, each=6)
    assert stage.press(Key.Key_Right) == 0, "the first key finds the first row"
    assert stage.press(Key.Key_Right, Key.Key_Right) == 2
    assert stage.press(Key.Key_Down) == 5, "the second line of the month is shorter"
    assert stage.press(Key.Key_Down) == 7
    assert stage.press(Key.Key_Up) == 5
    assert stage.press(Key.Key_Left) == 4
    assert stage.press(Key.Key_Up, Key.Key_Up, Key.Key_Up, Key.Key_Left) == 0
    assert stage.press(Key.Key_End) == 17
    assert stage.press(Key.Key_Right, Key.Key_Down) == 17
    assert stage.press(Key.Key_Home) == 0


def test_pages_go_to_the_very_end_and_back(stage: Stage) -> None:
    stage.months(4, each=20)
    stage.press(Key.Key_Home)
    rows = [stage.press(Key.Key_PageDown) for _ in range(9)]
    assert rows == sorted(rows)
    assert rows[0] == 12
    assert rows[-1] == 76
    rows = [stage.press(Key.Key_PageUp) for _ in range(9)]
    assert rows[-1] == 0


def test_the_current_row_is_always_brought_into_sight(stage: Stage) -> None:
    stage.months(6)
    room = stage.grid.viewport().rect()
    for key in (Key.Key_Home, *[Key.Key_Down] * 12, Key.Key_End, *[Key.Key_Up] * 12, Key.Key_PageDown):
        stage.press(key)
        assert room.contains(stage.grid.visualRect(stage.grid.currentIndex()))


def test_scroll_to_leaves_room_for_the_heading(stage: Stage) -> None:
    stage.months(6)
    index = stage.model.index(20)
    stage.scroll(stage.grid.grid_layout.height)
    stage.grid.scrollTo(index)
    assert stage.grid.visualRect(index).top() == METRICS.heading
    stage.grid.scrollTo(stage.model.index(60), QAbstractItemView.ScrollHint.PositionAtCenter)
    assert abs(stage.grid.visualRect(stage.model.index(60)).center().y() - 200) <= 1
    before = stage.top
    stage.grid.scrollTo(QModelIndex())
    assert stage.top == before


def test_return_and_a_click_open(stage: Stage) -> None:
    stage.months(2)
    opened = QSignalSpy(stage.grid.opened)
    stage.press(Key.Key_Home, Key.Key_Right, Key.Key_Return)
    stage.click(6)
    assert [opened.at(number)[0] for number in range(opened.count())] == [1, 6]


def test_return_on_nothing_opens_nothing(stage: Stage) -> None:
    opened = QSignalSpy(stage.grid.opened)
    assert stage.press(Key.Key_Return, Key.Key_Down, Key.Key_End, Key.Key_PageDown) == -1
    assert opened.count() == 0


def test_what_is_no_plain_click_opens_nothing(stage: Stage) -> None:
    stage.months(2)
    opened = QSignalSpy(stage.grid.opened)
    stage.click(3, Qt.KeyboardModifier.ControlModifier)
    stage.click(5, Qt.KeyboardModifier.ShiftModifier)
    assert stage.selected() == [3, 4, 5]
    view = stage.grid.viewport()
    QTest.mouseClick(view, Qt.MouseButton.RightButton, pos=QPoint(50, 100))
    QTest.mouseClick(view, LeftButton, pos=QPoint(50, 10))
    QTest.mousePress(view, LeftButton, pos=QPoint(50, 100))
    QTest.mouseRelease(view, LeftButton, pos=QPoint(250, 100))
    assert opened.count() == 0, "released over another cell, it was no click"


def test_the_second_click_of_two_belongs_to_what_the_first_was_on(stage: Stage) -> None:
    stage.months(2)
    opened = QSignalSpy(stage.grid.opened)
    view = stage.grid.viewport()
    # The first click was on another screen, which this one then took the place of.
    QTest.mouseDClick(view, LeftButton, pos=QPoint(50, 100))
    QTest.mouseRelease(view, LeftButton, pos=QPoint(50, 100))
    assert opened.count() == 0
    stage.click(4)
    QTest.mouseDClick(view, LeftButton, pos=QPoint(50, 100))
    QTest.mouseRelease(view, LeftButton, pos=QPoint(50, 100))
    assert opened.count() == 2, "two quick clicks on this one are two clicks"


def test_rows_are_selected_with_shift_and_control(stage: Stage) -> None:
    stage.months(2)
    shift, control = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
    stage.press(Key.Key_Home, Key.Key_Right, Key.Key_Right)
    stage.press(Key.Key_Down, modifier=shift)
    assert stage.selected() == [2, 3, 4, 5, 6]
    stage.click(9, control)
    assert stage.selected() == [2, 3, 4, 5, 6, 9]
    stage.press(Key.Key_A, modifier=control)
    assert len(stage.selected()) == 40


def test_the_selection_stays_with_its_photos(stage: Stage) -> None:
    stage.follow(range(100, 140))
    stage.click(3, Qt.KeyboardModifier.ControlModifier)
    stage.click(8, Qt.KeyboardModifier.ControlModifier)
    stage.follow([1, 2, *range(100, 108), 5, *range(108, 140)])
    assert [stage.model.ids[row] for row in stage.selected()] == [103, 108]
    stage.follow([1, *range(104, 140)])
    assert [stage.model.ids[row] for row in stage.selected()] == [108]


@pytest.mark.parametrize("y", [1, 333, 1000, 5000])
def test_it_keeps_its_place_while_rows_come_and_go_above(stage: Stage, y: int) -> None:
    stage.follow(range(1000, 1400))
    stage.scroll(y)
    number = stage.first_in_sight()
    place = stage.place(number)
    for count in (40, 38, 39, 37, 1, 0):
        stage.follow([*range(count), *range(1000, 1100), *range(500, 500 + count), *range(1100, 1400)])
        assert stage.place(number) == place
    assert stage.top == y


def test_a_photo_at_a_time_it_keeps_its_place_as_well(stage: Stage) -> None:
    stage.follow(range(1000, 1400))
    stage.scroll(3000)
    number = stage.first_in_sight()
    place = stage.place(number)
    for count in range(40):
        stage.follow([*range(count), *range(1000, 1400)])
        assert stage.place(number) == place
    stage.scroll(2000)
    number = stage.first_in_sight()
    place = stage.place(number)
    stage.follow(range(1000, 1400))
    assert stage.place(number) == place, "after a scroll it is the new place that is kept"


def test_at_the_top_the_newest_photos_come_into_sight(stage: Stage) -> None:
    stage.follow(range(1000, 1400))
    stage.follow([*range(40), *range(1000, 1400)])
    assert stage.top == 0


def test_it_keeps_its_place_when_cells_or_window_change_their_size(stage: Stage) -> None:
    stage.follow(range(400))
    stage.scroll(3000)
    number = stage.first_in_sight()
    place = stage.place(number)
    stage.grid.set_cell_width(60)
    assert stage.grid.grid_layout.columns == 6
    assert stage.place(number) == place
    stage.grid.resize(300, 400)
    assert stage.place(number) == place
    stage.grid.resize(412, 400)
    stage.grid.set_cell_width(100)
    assert stage.top == 3000


def test_when_its_place_is_gone_it_stays_within_bounds(stage: Stage) -> None:
    stage.follow(range(400))
    stage.scroll(8000)
    stage.follow(range(8))
    assert stage.top == 0
    stage.follow([])
    assert stage.top == 0
    assert stage.grid.indexAt(QPoint(50, 50)) == QModelIndex()


def test_only_what_is_in_sight_is_painted(stage: Stage) -> None:
    stage.follow(range(100_000))
    stage.scroll(1_000_000)
    stage.painter.painted.clear()
    stage.grid.grab()
    assert 16 <= len(stage.painter.painted) <= 28


def test_hover_follows_the_pointer(stage: Stage) -> None:
    stage.months(1)
    over = QStyle.StateFlag.State_MouseOver

    def hovered() -> list[int]:
        stage.painter.painted.clear()
        stage.grid.grab()
        return [number for number, state in stage.painter.painted.items() if state & over]

    view = stage.grid.viewport()
    QTest.mouseMove(view, stage.grid.visualRect(stage.model.index(2)).center())
    assert hovered() == [2]
    QTest.mouseMove(view, stage.grid.visualRect(stage.model.index(5)).center())
    assert hovered() == [5]
    QTest.mouseMove(view, QPoint(50, 10))
    assert hovered() == []


def test_the_keyboard_has_a_frame_and_the_mouse_has_none(stage: Stage) -> None:
    stage.months(1)
    focus = QStyle.StateFlag.State_HasFocus

    def framed() -> list[int]:
        stage.painter.painted.clear()
        stage.grid.grab()
        return [number for number, state in stage.painter.painted.items() if state & focus]

    stage.press(Key.Key_Home, Key.Key_Right)
    assert framed() == [1]
    stage.click(5)
    assert framed() == []


def test_the_heading_stays_while_its_month_is_in_sight(stage: Stage) -> None:
    stage.months(3)
    plain = theme.colour(theme.LIGHT.canvas)

    def bands() -> list[int]:
        """The heights at which the left edge of the view is no picture."""
        image = stage.grid.viewport().grab().toImage()
        return [y for y in range(image.height()) if image.pixelColor(2, y) == plain]

    assert bands()[: METRICS.heading] == list(range(METRICS.heading))
    stage.scroll(150)
    assert set(range(METRICS.heading)) <= set(bands())
    second = stage.grid.grid_layout.tops[1]
    stage.scroll(second - 15)
    assert set(range(15 + METRICS.heading)) <= set(bands()), "the next heading pushes it out"


def test_a_section_is_folded_by_a_click_on_its_heading(stage: Stage) -> None:
    stage.follow(range(8), Section("", 0, 4), Section("Others", 4, 4, foldable=True, folded=True))
    clicked = QSignalSpy(stage.grid.heading_clicked)
    heading = stage.grid.grid_layout.heading_rect(1).center()
    QTest.mouseClick(stage.grid.viewport(), LeftButton, pos=heading)
    assert [clicked.at(0)[0]] == [1]
    assert stage.grid.isIndexHidden(stage.model.index(5))
    assert not stage.grid.isIndexHidden(stage.model.index(3))
    assert stage.press(Key.Key_Home, Key.Key_End) == 3, "folded rows are out of reach"
    assert stage.press(Key.Key_Right, Key.Key_Down) == 3
    stage.follow(range(8), Section("", 0, 4), Section("Others", 4, 4, foldable=True))
    assert stage.press(Key.Key_Down) == 7


def test_a_plain_heading_is_no_button(stage: Stage) -> None:
    stage.months(2)
    clicked = QSignalSpy(stage.grid.heading_clicked)
    QTest.mouseClick(stage.grid.viewport(), LeftButton, pos=QPoint(50, 10))
    assert clicked.count() == 0
