"""A calm strip over the foot of the window: what was just done, and the way back."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from ui import theme
from ui.widgets import label, named

SHOWN_MS = 12_000
"""Long enough to read it, look at what is left, and take it back."""


class UndoBar(QFrame):
    """Lies over its parent for a while; the shortcuts are those of the menu."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("undo")
        self._covered = parent
        self._back: Callable[[], None] = lambda: None
        self.text = label(self)
        self.button = named(QPushButton(self.tr("Undo"), self), "undo_button")
        self.button.clicked.connect(self._undo)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.SPACE_4, theme.SPACE_2, theme.SPACE_2, theme.SPACE_2)
        row.setSpacing(theme.SPACE_4)
        row.addWidget(self.text)
        row.addWidget(self.button)
        self._fading = QTimer(self, singleShot=True, interval=SHOWN_MS)
        self._fading.timeout.connect(self.hide)
        parent.installEventFilter(self)
        self.hide()

    def tell(self, text: str, back: Callable[[], None], button: str = "") -> None:
        """Shows what was done, and how it is taken back; only the last thing can be.

        Args:
            button: what it says instead of "Undo".
        """
        self.text.setText(text)
        self.button.setText(button or self.tr("Undo"))
        self._back = back
        self.show()
        self._place()
        self.raise_()
        self._fading.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  (Qt's name)
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        self.adjustSize()
        room = self._covered.rect()
        height = self.height() + theme.STATUS_HEIGHT + theme.SPACE_4
        self.move(room.center().x() - self.width() // 2, room.height() - height)

    def _undo(self) -> None:
        if self.isVisible():
            self.hide()
            self._back()
