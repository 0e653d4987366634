"""Dropping files and folders on the window: while they hang over it, it dims and says what will happen."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QLocale, QObject, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui import theme
from ui.dragging import files_in
from ui.widgets import label

_DIM = "#000000A8"


class DropTarget(QWidget):
    """Covers its parent during a drag. `dropped` carries the paths."""

    dropped = Signal(list)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._covered = parent
        self._words = ""
        self.text = label(self, "drop", centred=True)
        QVBoxLayout(self).addWidget(self.text)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        parent.setAcceptDrops(True)
        parent.installEventFilter(self)
        self.hide()

    def take(self, words: str | None) -> None:
        """Says something of its own about what will happen; None takes nothing, and leaves it to what is around it."""
        self._words = words or ""
        self._covered.setAcceptDrops(words is not None)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  (Qt's name)
        if isinstance(event, QDropEvent) and event.type() in (QEvent.Type.DragEnter, QEvent.Type.Drop):
            paths = files_in(event.mimeData())
            if not paths:
                return False
            # Always a copy: nothing that is dropped here is ever moved.
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            if isinstance(event, QDragEnterEvent):
                self._announce(paths)
            else:
                self.hide()
                self.dropped.emit(paths)
            return True
        if event.type() == QEvent.Type.DragLeave:
            self.hide()
        elif event.type() == QEvent.Type.Resize:
            self.setGeometry(self._covered.rect())
        return super().eventFilter(watched, event)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  (Qt's name)
        QPainter(self).fillRect(self.rect(), theme.colour(_DIM))

    def _announce(self, paths: Sequence[Path]) -> None:
        # What the paths are is not looked at: a drive that sleeps would hold up the window.
        count = QLocale().toString(len(paths))
        one = self.tr("Add this to your library")
        what = one if len(paths) == 1 else self.tr("Add {} items to your library").format(count)
        self.text.setText(f"{self._words or what}\n{self.tr('The files stay where they are.')}")
        self.setGeometry(self._covered.rect())
        self.raise_()
        self.show()
