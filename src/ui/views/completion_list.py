"""The list under the search field. The keyboard stays in the field, which leads the list."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal
from PySide6.QtWidgets import QFrame, QListView, QVBoxLayout, QWidget

from app.search import Completion
from ui import theme
from ui.context import Context
from ui.delegates.completion import LINE, CompletionDelegate
from ui.models.completions import CompletionsModel
from ui.widgets import named


class CompletionList(QFrame):
    """Hidden until something is offered. `chosen` carries the `Completion` that was clicked."""

    chosen = Signal(object)

    def __init__(self, context: Context, parent: QWidget) -> None:
        super().__init__(parent)
        self._over = parent
        named(self, "completions")
        self.offers = CompletionsModel(self)
        self.list = named(QListView(self), "completion_list")
        self.list.setModel(self.offers)
        self.list.setItemDelegate(CompletionDelegate(context.look, context.thumbnails, self._details(), self.list))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setMouseTracking(True)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setUniformItemSizes(True)
        self.list.setAccessibleName(self.tr("Suggestions"))
        self.list.clicked.connect(self._clicked)
        context.thumbnails.loaded.connect(self.list.viewport().update)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.SPACE_1, theme.SPACE_1, theme.SPACE_1, theme.SPACE_1)
        column.addWidget(self.list)
        self.hide()

    def offer(self, offers: Sequence[Completion], under: QWidget) -> None:
        """Shows these under a field; nothing, where there are none."""
        self.offers.show(offers)
        if not offers:
            self.hide()
            return
        corner = under.mapTo(self._over, QPoint(0, under.height() + theme.SPACE_1))
        self.setGeometry(corner.x(), corner.y(), under.width(), len(offers) * LINE + 2 * theme.SPACE_1 + 2)
        self.show()
        self.raise_()

    def move_choice(self, step: int) -> None:
        """To the next line or the one before; above the first none is chosen."""
        row = self.list.currentIndex().row() + step
        count = self.offers.rowCount()
        row = count - 1 if row < -1 else row
        self.list.setCurrentIndex(self.offers.index(row) if 0 <= row < count else QModelIndex())

    @property
    def choice(self) -> Completion | None:
        """What is chosen with the keyboard."""
        index = self.list.currentIndex()
        return self.offers.offer(index.row()) if index.isValid() else None

    def _clicked(self, index: QModelIndex) -> None:
        self.chosen.emit(self.offers.offer(index.row()))

    def _details(self) -> dict[str, str]:
        return {
            "field": self.tr("looks for…"),
            "album": self.tr("album"),
            "keyword": self.tr("keyword"),
            "place": self.tr("place"),
        }
