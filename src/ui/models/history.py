"""What was done, the latest first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QDateTime, QLocale, QModelIndex, QObject, Qt

from app.journal import Step
from ui.models.rows import Index
from ui.text import hint
from ui.undoing import told

_ROOT = QModelIndex()


class HistoryModel(QAbstractTableModel):
    """A row for each step: what, when, and whether it is undone."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._steps: list[Step] = []

    def rowCount(self, parent: Index = _ROOT) -> int:  # noqa: N802  (Qt's name)
        return 0 if parent.isValid() else len(self._steps)

    def columnCount(self, parent: Index = _ROOT) -> int:  # noqa: N802  (Qt's name)
        return 0 if parent.isValid() else 3

    def headerData(  # noqa: N802  (Qt's name)
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return (self.tr("What you did"), self.tr("When"), "")[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        step = self._steps[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._cells(step)[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole and index.column() == 0:
            return hint(told(step))
        return None

    def step(self, row: int) -> Step:
        """The step of a row."""
        return self._steps[row]

    def show(self, steps: Sequence[Step]) -> None:
        """Follows a new state: steps are added before the others, go at the end or in between, and change in place."""
        wanted = {each.step_id: each for each in steps}
        for row in range(len(self._steps) - 1, -1, -1):
            if self._steps[row].step_id not in wanted:
                self.beginRemoveRows(_ROOT, row, row)
                del self._steps[row]
                self.endRemoveRows()
        added = len(steps) - len(self._steps)
        if added:
            self.beginInsertRows(_ROOT, 0, added - 1)
            self._steps[:0] = steps[:added]
            self.endInsertRows()
        for row, (old, new) in enumerate(zip(self._steps, steps, strict=True)):
            if old != new:
                self._steps[row] = new
                self.dataChanged.emit(self.index(row, 0), self.index(row, 2))

    def _cells(self, step: Step) -> tuple[str, str, str]:
        done = QDateTime.fromSecsSinceEpoch(round(step.done_at.timestamp()))
        when = QLocale().toString(done, QLocale.FormatType.ShortFormat)
        return told(step), when, self.tr("undone") if step.undone else ""
