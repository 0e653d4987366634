"""Photos by month, newest first."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QDate, QLocale, Qt

from app.types import Month, Timeline
from ui.models.rows import Index, RowsModel, Section


class PhotosModel(RowsModel):
    """The rows are the photos of a `Timeline`; `Id` is the photo's id."""

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.AccessibleTextRole and index.isValid():
            return self._month_of(index.row())
        return super().data(index, role)

    def show(self, timeline: Timeline) -> None:
        """Follows a new state of the library."""
        sections = (Section(month_name(each), each.first, each.count) for each in timeline.months)
        self.follow(timeline.photo_ids, sections)

    def _month_of(self, row: int) -> str:
        return next((each.title for each in self.sections if each.first <= row < each.first + each.count), "")


def month_name(month: Month) -> str:
    """ "July 2026" in the user's language."""
    return QLocale().toString(QDate(month.year, month.month, 1), "MMMM yyyy")
