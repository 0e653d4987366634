"""Files that could not be read: which, why, and where they are."""

from __future__ import annotations

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app.types import LibraryChanged
from ui import theme
from ui.context import Context
from ui.models.skipped import SkippedModel
from ui.refresh import Refresher
from ui.widgets import label


class SkippedView(QWidget):
    """A table, and two things to do with a row of it."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self.files = SkippedModel(self)
        self._table = QTableView(self)
        self._table.setModel(self.files)
        self._table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self._table.setShowGrid(False)
        self._table.setWordWrap(True)
        self._table.setAlternatingRowColors(False)
        self._table.verticalHeader().hide()
        self._table.verticalHeader().setDefaultSectionSize(theme.SPACE_6 + theme.SPACE_2)
        header = self._table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        header.setHighlightSections(False)
        header.resizeSection(0, 200)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        header.resizeSection(2, 180)
        self._table.doubleClicked.connect(lambda _index: self._reveal())
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.SPACE_4, theme.SPACE_4, theme.SPACE_4, theme.SPACE_4)
        column.setSpacing(theme.SPACE_3)
        column.addLayout(self._bar())
        column.addWidget(self._table)
        self.setFocusProxy(self._table)
        context.bridge.changed.connect(self._changed)
        self._refresher = Refresher(self, context.tasks, context.session.photos.skipped, self.files.show)
        self._refresher.ask()

    def _bar(self) -> QHBoxLayout:
        row = QHBoxLayout()
        lead = label(
            self, "quiet", self.tr("These files are left as they are. When one has been mended, add its folder again.")
        )
        lead.setWordWrap(True)
        row.addWidget(lead, 1)
        for text, action in ((self.tr("Copy list"), self._copy), (self.tr("Show in folder"), self._reveal)):
            button = QPushButton(text, self)
            button.clicked.connect(action)
            row.addWidget(button)
        return row

    def _changed(self, change: LibraryChanged) -> None:
        if change.skipped:
            self._refresher.ask()

    def _copy(self) -> None:
        rows = range(self.files.rowCount())
        cells = ([self.files.index(row, column).data() for column in (2, 0, 1)] for row in rows)
        QGuiApplication.clipboard().setText("\n".join("\t".join(each) for each in cells))

    def _reveal(self) -> None:
        row = max(0, self._table.currentIndex().row())
        if row < self.files.rowCount():
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.files.file(row).path.parent)))
