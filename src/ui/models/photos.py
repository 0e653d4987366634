"""Photos by month or by year, newest first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any

from PySide6.QtCore import QDate, QLocale, QObject, Qt

from app.types import Absence, Month, Timeline
from ui.models.rows import Index, RowsModel, Section


class PhotosModel(RowsModel):
    """The rows are the photos of a `Timeline`; `Id` is the photo's id, `Absence` why its file is not there."""

    Absence = Qt.ItemDataRole.UserRole + 2

    def __init__(self, by_year: bool, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._by_year = by_year
        self._absent: Mapping[int, Absence] = {}

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.AccessibleTextRole and index.isValid():
            return self._month_of(index.row())
        if role == self.Absence and index.isValid():
            return self._absent.get(self.ids[index.row()])
        return super().data(index, role)

    def show(self, timeline: Timeline) -> None:
        """Follows a new state of the library."""
        sections = self._years(timeline.months) if self._by_year else self._months(timeline.months)
        before, self._absent = self._absent, timeline.absent
        self.follow(timeline.photo_ids, sections)
        if before != self._absent and self.ids:
            self.dataChanged.emit(self.index(0), self.index(len(self.ids) - 1), [self.Absence])

    @staticmethod
    def _months(months: Iterable[Month]) -> list[Section]:
        return [Section(month_name(each), each.first, each.count) for each in months]

    @staticmethod
    def _years(months: Iterable[Month]) -> list[Section]:
        years = [list(each) for _, each in groupby(months, lambda month: month.year)]
        return [Section(str(each[0].year), each[0].first, sum(month.count for month in each)) for each in years]

    def _month_of(self, row: int) -> str:
        return next((each.title for each in self.sections if each.first <= row < each.first + each.count), "")


def month_name(month: Month) -> str:
    """ "July 2026" in the user's language."""
    return QLocale().toString(QDate(month.year, month.month, 1), "MMMM yyyy")
