"""The arithmetic of a grid in sections: where each row is, and which row is where. Nothing is kept for single rows."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from PySide6.QtCore import QPoint, QRect

from ui.models.rows import Section


@dataclass(frozen=True, slots=True)
class Metrics:
    """Sizes in pixels. Cells grow to fill the width when `stretch` is set, and are square when `height` is None."""

    width: int
    height: int | None
    gap: int
    margin: int
    heading: int
    stretch: bool


class GridLayout:
    """Sections of cells in lines, for one width of the view. All positions are those of the whole, not of the view."""

    def __init__(self, sections: Sequence[Section], width: int, metrics: Metrics) -> None:
        self.sections = [each for each in sections if each.count]
        self.metrics = metrics
        room = max(1, width - 2 * metrics.margin)
        self.columns = max(1, (room + metrics.gap) // (metrics.width + metrics.gap))
        self.cell_width = metrics.width
        if metrics.stretch:
            self.cell_width = max(1, (room - metrics.gap * (self.columns - 1)) // self.columns)
        self.cell_height = self.cell_width if metrics.height is None else metrics.height
        self._left = metrics.margin
        self._width = width
        self.tops: list[int] = []
        y = 0
        for section in self.sections:
            self.tops.append(y)
            y += self._heading(section) + self._lines(section) * (self.cell_height + metrics.gap)
        self.height = y + metrics.margin
        self._firsts = [each.first for each in self.sections]

    def rect(self, row: int) -> QRect:
        """Where a row's cell is; empty for a row in a folded section."""
        number = bisect_right(self._firsts, row) - 1
        if number < 0 or self.sections[number].folded:
            return QRect()
        section = self.sections[number]
        line, column = divmod(row - section.first, self.columns)
        x = self._left + column * (self.cell_width + self.metrics.gap)
        y = self.tops[number] + self._heading(section) + line * (self.cell_height + self.metrics.gap)
        return QRect(x, y, self.cell_width, self.cell_height)

    def row_at(self, point: QPoint) -> int | None:
        """The row whose cell holds a point."""
        number = self.section_at(point.y())
        if number is None:
            return None
        section = self.sections[number]
        line = (point.y() - self.tops[number] - self._heading(section)) // (self.cell_height + self.metrics.gap)
        column = (point.x() - self._left) // (self.cell_width + self.metrics.gap)
        row = section.first + line * self.columns + column
        inside = line >= 0 and 0 <= column < self.columns and row < section.first + section.count
        return row if inside and self.rect(row).contains(point) else None

    def section_at(self, y: int) -> int | None:
        """The number of the section that holds a height."""
        number = bisect_right(self.tops, y) - 1
        return number if number >= 0 else None

    def heading_rect(self, number: int) -> QRect:
        """Where a section's heading is."""
        return QRect(0, self.tops[number], self._width, self._heading(self.sections[number]))

    def rows_between(self, top: int, bottom: int) -> Iterator[int]:
        """The rows whose cells reach into a stretch of heights."""
        step = self.cell_height + self.metrics.gap
        for number in range(max(0, self.section_at(top) or 0), len(self.sections)):
            if self.tops[number] > bottom:
                return
            section = self.sections[number]
            if section.folded:
                continue
            start = self.tops[number] + self._heading(section)
            first = max(0, (top - start) // step) * self.columns
            last = min(section.count, max(0, (bottom - start) // step + 1) * self.columns)
            yield from range(section.first + first, section.first + last)

    @property
    def last_row(self) -> int:
        """The last row that is not folded away; -1 when there is none."""
        return next((each.first + each.count - 1 for each in reversed(self.sections) if not each.folded), -1)

    def beside(self, row: int, lines: int) -> int:
        """The row some lines below (above, when negative), in the same column and grid as far as there is one."""
        number = bisect_right(self._firsts, row) - 1
        line, column = divmod(row - self.sections[number].first, self.columns)
        starts = list(accumulate((self._lines(each) for each in self.sections), initial=0))
        if starts[-1] == 0:
            return row
        target = min(max(starts[number] + line + lines, 0), starts[-1] - 1)
        number = bisect_right(starts, target) - 1
        section = self.sections[number]
        return section.first + min((target - starts[number]) * self.columns + column, section.count - 1)

    def _heading(self, section: Section) -> int:
        return self.metrics.heading if section.title else self.metrics.margin

    def _lines(self, section: Section) -> int:
        return 0 if section.folded else -(-section.count // self.columns)
