"""What a search could go on with, under the search field."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, Qt

from app.search import Completion
from ui.models.rows import Index
from ui.text import shown

_ROOT = QModelIndex()


class CompletionsModel(QAbstractListModel):
    """A row for each; `Offer` is the `Completion` itself."""

    Offer = Qt.ItemDataRole.UserRole + 1

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._offers: tuple[Completion, ...] = ()

    def offer(self, row: int) -> Completion:
        """What a row offers."""
        return self._offers[row]

    def show(self, offers: Sequence[Completion]) -> None:
        """Offers these, and nothing else."""
        self.beginResetModel()
        self._offers = tuple(offers)
        self.endResetModel()

    def rowCount(self, parent: Index = _ROOT) -> int:  # noqa: N802  (Qt's name)
        return 0 if parent.isValid() else len(self._offers)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        offer = self._offers[index.row()]
        if role == self.Offer:
            return offer
        if role == Qt.ItemDataRole.DisplayRole:
            return shown(offer.label)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(part for part in (shown(offer.label), offer.detail) if part)
        return None
