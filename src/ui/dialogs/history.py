"""What was done, each thing with its way back."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QStackedLayout,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app.journal import Step
from ui import theme
from ui.context import Context
from ui.models.history import HistoryModel
from ui.refresh import Refresher
from ui.undoing import Undoing
from ui.views.empty import EmptyState
from ui.widgets import label, named


class HistoryDialog(QDialog):
    """Lists the steps, and takes back any of them; it follows what is done meanwhile."""

    def __init__(self, context: Context, undoing: Undoing, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self.setWindowTitle(self.tr("History"))
        self._undoing = undoing
        self.steps = HistoryModel(self)
        self.table = self._table()
        self.take = named(QPushButton(self.tr("Undo"), self), "accent")
        self.take.setAutoDefault(False)
        self.take.clicked.connect(lambda _on: self._take())
        self._empty = EmptyState(
            context.look,
            "clock",
            self.tr("Nothing done yet"),
            self.tr("What you do with photos and people is listed here, and each thing can be undone."),
            parent=self,
        )
        self._lay_out()
        self._refresher = Refresher(self, context.tasks, context.session.journal.list, self._show)
        context.bridge.changed.connect(lambda _change: self._refresher.ask())
        undoing.taken.connect(self._refresher.ask)
        self._refresher.ask()
        self._choose()

    def _table(self) -> QTableView:
        table = named(QTableView(self), "table")
        table.setModel(self.steps)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setTextElideMode(Qt.TextElideMode.ElideRight)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.verticalHeader().hide()
        header = table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        table.selectionModel().selectionChanged.connect(self._choose)
        self.steps.dataChanged.connect(self._choose)
        table.doubleClicked.connect(lambda _index: self._take())
        return table

    def _lay_out(self) -> None:
        close = QPushButton(self.tr("Close"), self)
        close.setAutoDefault(False)
        close.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.SPACE_2)
        self._note = label(self, "quiet", self.tr("What builds on a step is named before it is undone."))
        buttons.addWidget(self._note)
        buttons.addStretch(1)
        buttons.addWidget(close)
        buttons.addWidget(self.take)
        self._stack = QStackedLayout()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self.table)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.SPACE_5, theme.SPACE_5, theme.SPACE_5, theme.SPACE_5)
        column.setSpacing(theme.SPACE_4)
        column.addLayout(self._stack, 1)
        column.addLayout(buttons)
        self.resize(theme.HISTORY_WIDTH, theme.HISTORY_HEIGHT)

    def _show(self, steps: list[Step]) -> None:
        self.steps.show(steps)
        self._stack.setCurrentIndex(1 if steps else 0)
        for each in (self._note, self.take):
            each.setVisible(bool(steps))
        self._choose()

    def _chosen(self) -> Step | None:
        rows = self.table.selectionModel().selectedRows()
        return self.steps.step(rows[0].row()) if rows else None

    def _choose(self, *_change: object) -> None:
        step = self._chosen()
        self.take.setEnabled(step is not None)
        self.take.setText(self.tr("Redo") if step and step.undone else self.tr("Undo"))

    def _take(self) -> None:
        step = self._chosen()
        if step is not None:
            (self._undoing.redo if step.undone else self._undoing.undo)(step.step_id)
