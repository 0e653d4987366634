"""Photos by month or by year, newest first; or in an order of their own, without headings."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from PySide6.QtCore import QDate, QLocale, QObject, Qt

from app.types import Month, Timeline
from ui.models.rows import Index, RowsModel, Section
from ui.text import length


@dataclass(frozen=True, slots=True)
class Mark:
    """A badge: its words, and whether there is something to play."""

    words: str
    moves: bool


class PhotosModel(RowsModel):
    """The rows are the photos of a `Timeline`; `Id` is the photo's id, `Badge` what its badge tells.

    `Absence` is why its file is not there, `Favourite` whether the viewer likes it best.
    """

    Badge = RowsModel.Id + 1
    Absence = RowsModel.Id + 2
    Favourite = RowsModel.Id + 3

    def __init__(self, by_year: bool, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._by_year = by_year
        self._timeline = Timeline(array("q"), ())

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.AccessibleTextRole and index.isValid():
            return self._told(index.row())
        if role == self.Badge and index.isValid():
            return self._mark(self.ids[index.row()])
        if role == self.Absence and index.isValid():
            return self._timeline.absent.get(self.ids[index.row()])
        if role == self.Favourite and index.isValid():
            return self.ids[index.row()] in self._timeline.favourites
        return super().data(index, role)

    def show(self, timeline: Timeline) -> None:
        """Follows a new state of the library."""
        before, self._timeline = self._timeline, timeline
        sections = self._years(timeline.months) if self._by_year else self._months(timeline.months)
        if timeline.photo_ids and not timeline.months:
            # In an order of their own there is nothing to put above some of them.
            sections = [Section("", 0, len(timeline.photo_ids))]
        self.follow(timeline.photo_ids, sections)
        if self.ids and _marks(before) != _marks(timeline):
            self.dataChanged.emit(
                self.index(0), self.index(len(self.ids) - 1), [self.Badge, self.Absence, self.Favourite]
            )

    def _told(self, row: int) -> str:
        """What is read aloud of a row."""
        told, number = self._month_of(row), self.ids[row]
        if number in self._timeline.videos:
            told = self.tr("{}, video").format(told)
        return self.tr("{}, favourite").format(told) if number in self._timeline.favourites else told

    def _mark(self, number: int) -> Mark | None:
        """What is told of a photo in its corner, if anything."""
        seconds = self._timeline.videos.get(number)
        if seconds is not None:
            return Mark(length(seconds), moves=True)
        raw, live = number in self._timeline.raw, number in self._timeline.live
        words = [word for word, there in ((self.tr("Live"), live), (self.tr("RAW"), raw)) if there]
        return Mark(" \u00b7 ".join(words), live) if words else None

    @staticmethod
    def _months(months: Iterable[Month]) -> list[Section]:
        return [Section(month_name(each), each.first, each.count) for each in months]

    @staticmethod
    def _years(months: Iterable[Month]) -> list[Section]:
        years = [list(each) for _, each in groupby(months, lambda month: month.year)]
        return [Section(str(each[0].year), each[0].first, sum(month.count for month in each)) for each in years]

    def _month_of(self, row: int) -> str:
        return next((each.title for each in self.sections if each.first <= row < each.first + each.count), "")


def _marks(timeline: Timeline) -> tuple[object, ...]:
    """What is told of photos beside the pictures themselves."""
    return timeline.videos, timeline.raw, timeline.live, timeline.absent, timeline.favourites


def month_name(month: Month) -> str:
    """ "July 2026" in the user's language."""
    return QLocale().toString(QDate(month.year, month.month, 1), "MMMM yyyy")
