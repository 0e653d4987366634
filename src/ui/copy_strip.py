"""How far an import from a card is, in the status bar beside the Indexer's progress."""

from __future__ import annotations

from PySide6.QtCore import QLocale, QSize, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QWidget

from app.types import CopyProgress
from ui import theme
from ui.look import Look
from ui.widgets import icon_button, label

_BAR_WIDTH = 120


class CopyStrip(QWidget):
    """Text, bar and a button that stops; hidden while nothing is copied."""

    cancel_wanted = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.text = label(self, "quiet")
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(_BAR_WIDTH)
        self.cancel = icon_button(self, self.tr("Stop copying"), "small")
        self.cancel.setFixedSize(theme.SPACE_5, theme.SPACE_5)
        self.cancel.setIconSize(QSize(theme.ICON_SMALL, theme.ICON_SMALL))
        self.cancel.clicked.connect(self.cancel_wanted)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, theme.SPACE_4, 0)
        row.setSpacing(theme.SPACE_2)
        for widget in (self.text, self.bar, self.cancel):
            row.addWidget(widget)
        look.changed.connect(self._tint)
        self._tint()
        self.hide()

    def show_progress(self, progress: CopyProgress) -> None:
        """Follows an import."""
        self.setVisible(progress.busy)
        number = QLocale().toString
        of = self.tr("{} of {}").format(number(progress.done), number(progress.total))
        self.text.setText(self.tr("Copying {}").format(of) + self._left(progress.seconds_left))
        self.bar.setRange(0, progress.total)
        self.bar.setValue(progress.done)

    def _left(self, seconds: float | None) -> str:
        if seconds is None:
            return ""
        if seconds < 60:
            return " · " + self.tr("less than a minute left")
        return " · " + self.tr("{} min left").format(QLocale().toString(round(seconds / 60)))

    def _tint(self) -> None:
        self.cancel.setIcon(self._look.icon("x", theme.ICON_SMALL))
