"""Files that could not be read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt

from app.types import SkippedFile
from ui.models.rows import Index
from ui.text import hint, shown

_ROOT = QModelIndex()


class SkippedModel(QAbstractTableModel):
    """A row for each file: name, reason, folder."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._files: list[SkippedFile] = []

    def rowCount(self, parent: Index = _ROOT) -> int:  # noqa: N802  (Qt's name)
        return 0 if parent.isValid() else len(self._files)

    def columnCount(self, parent: Index = _ROOT) -> int:  # noqa: N802  (Qt's name)
        return 0 if parent.isValid() else 3

    def headerData(  # noqa: N802  (Qt's name)
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return (self.tr("File"), self.tr("Why it could not be read"), self.tr("Folder"))[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        file = self._files[index.row()]
        cells = (shown(file.path.name), file.reason, shown(str(file.path.parent)))
        if role == Qt.ItemDataRole.DisplayRole:
            return cells[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return hint(cells[index.column()])
        return None

    def file(self, row: int) -> SkippedFile:
        """The file of a row."""
        return self._files[row]

    def show(self, files: Sequence[SkippedFile]) -> None:
        """Follows a new state: the list grows at its end or changes in one stretch."""
        old, new = self._files, list(files)
        head = next((row for row, pair in enumerate(zip(old, new, strict=False)) if pair[0] != pair[1]), None)
        first = min(len(old), len(new)) if head is None else head
        tail = 0
        while tail < min(len(old), len(new)) - first and old[-1 - tail] == new[-1 - tail]:
            tail += 1
        if len(old) - tail > first:
            self.beginRemoveRows(_ROOT, first, len(old) - tail - 1)
            self._files = old[:first] + old[len(old) - tail :]
            self.endRemoveRows()
        if len(new) - tail > first:
            self.beginInsertRows(_ROOT, first, len(new) - tail - 1)
            self._files = new
            self.endInsertRows()
