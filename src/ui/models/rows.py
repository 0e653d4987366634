"""A list of ids that follows another list by the smallest changes a view can be told of."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

Index = QModelIndex | QPersistentModelIndex

_ROOT = QModelIndex()


@dataclass(frozen=True, slots=True)
class Section:
    """A run of rows under one heading; a folded one shows its heading alone, `foldable` lets the user open it."""

    title: str
    first: int
    count: int
    foldable: bool = False
    folded: bool = False


class RowsModel(QAbstractListModel):
    """Rows with an id each, in sections. Subclasses say what a row shows."""

    Id = Qt.ItemDataRole.UserRole + 1

    sections_changed = Signal()
    """Rows and sections fit together again, after one or several changes of rows."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ids = array("q")
        self._sections: tuple[Section, ...] = ()

    @property
    def ids(self) -> Sequence[int]:
        """The ids in the order of the rows."""
        return self._ids

    @property
    def sections(self) -> tuple[Section, ...]:
        """They cover every row, in order."""
        return self._sections

    def row_of(self, number: int) -> int | None:
        """The row with that id."""
        try:
            return self._ids.index(number)
        except ValueError:
            return None

    def rowCount(self, parent: Index = _ROOT) -> int:  # noqa: N802  (Qt's name)
        return 0 if parent.isValid() else len(self._ids)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if index.isValid() and role == self.Id:
            return self._ids[index.row()]
        return None

    def follow(self, ids: array[int], sections: Iterable[Section]) -> None:
        """Becomes the list `ids`, told as removed, moved and inserted rows; selection and place of a view survive."""
        old, new = np.array(self._ids), np.array(ids)
        self._remove(np.flatnonzero(~np.isin(old, new)).tolist())
        present = np.isin(new, old)
        kept = array("q", new[present].tobytes())
        if kept != self._ids:
            self._reorder(kept)
        self._insert(ids, np.flatnonzero(~present).tolist())
        self._sections = tuple(sections)
        self.sections_changed.emit()

    def _remove(self, rows: list[int]) -> None:
        for first, last in reversed(list(_runs(rows))):
            self.beginRemoveRows(_ROOT, first, last)
            del self._ids[first : last + 1]
            self.endRemoveRows()

    def _reorder(self, ids: array[int]) -> None:
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        row_of = {number: row for row, number in enumerate(ids)}
        after = [self.index(row_of[self._ids[index.row()]]) for index in before]
        self._ids = ids
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    def _insert(self, ids: array[int], rows: list[int]) -> None:
        for first, last in _runs(rows):
            self.beginInsertRows(_ROOT, first, last)
            self._ids[first:first] = ids[first : last + 1]
            self.endInsertRows()


def _runs(rows: list[int]) -> Iterator[tuple[int, int]]:
    """Ascending rows as first and last of each unbroken run."""
    start = 0
    for position in range(1, len(rows) + 1):
        if position == len(rows) or rows[position] != rows[position - 1] + 1:
            yield rows[start], rows[position - 1]
            start = position
