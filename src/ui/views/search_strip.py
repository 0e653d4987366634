"""What a search came to: how many photos, or what is wrong with it; above them."""

from __future__ import annotations

from PySide6.QtCore import QLocale, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from app.search import QueryError
from ui import theme
from ui.text import shown
from ui.widgets import label, named

_LONGEST = 40


class SearchStrip(QFrame):
    """Hidden while nothing is looked for. `saved` asks to keep the search."""

    saved = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "search_strip")
        self._told = label(self, "quiet")
        self._told.setWordWrap(True)
        self.save = named(QPushButton(self.tr("Save as smart album…"), self), "link")
        self.save.clicked.connect(self.saved)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.SPACE_4, theme.SPACE_2, theme.SPACE_4, theme.SPACE_2)
        row.setSpacing(theme.SPACE_2)
        row.addWidget(self._told, 1)
        row.addWidget(self.save)
        self.hide()

    @property
    def told(self) -> str:
        """What it says."""
        return self._told.text()

    def show_count(self, count: int, can_save: bool) -> None:
        """So many photos were found."""
        number = QLocale().toString(count)
        self._tell("quiet", self.tr("1 photo") if count == 1 else self.tr("{} photos").format(number))
        self.save.setVisible(can_save)
        self.show()

    def show_error(self, query: str, error: QueryError) -> None:
        """The search cannot be understood; what is beneath is what was found last."""
        wrong = shown(query[error.start : error.end].strip())
        short = wrong if len(wrong) <= _LONGEST else f"{wrong[:_LONGEST]}…"
        self._tell("error", f"{short}   ↑ {error.message}" if short else error.message)
        self.save.hide()
        self.show()

    def _tell(self, name: str, text: str) -> None:
        self._told.setText(text)
        if self._told.objectName() != name:
            self._told.setObjectName(name)
            self._told.style().polish(self._told)
