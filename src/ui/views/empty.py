"""What a screen shows when it has nothing: what it is for, and the one button that fills it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QToolButton, QVBoxLayout, QWidget

from ui import theme
from ui.look import Look
from ui.widgets import label, named

_PICTURE = 64


class EmptyState(QWidget):
    """An icon, a title, a sentence, perhaps a button, and perhaps a note that can be followed."""

    pressed = Signal()
    followed = Signal()

    def __init__(
        self, look: Look, icon: str, title: str, lead: str, button: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._look = look
        self._icon = icon
        self._picture = label(self, centred=True)
        self._picture.setFixedHeight(_PICTURE)
        column = QVBoxLayout()
        column.setSpacing(theme.SPACE_4)
        column.addStretch(2)
        column.addWidget(self._picture)
        column.addWidget(label(self, "empty", title, centred=True))
        self._lead = label(self, "lead", lead, centred=True)
        column.addWidget(self._lead)
        if button:
            main = named(QPushButton(button, self), "main")
            main.clicked.connect(self.pressed)
            column.addSpacing(theme.SPACE_2)
            column.addWidget(main, alignment=Qt.AlignmentFlag.AlignHCenter)
        self.note = named(QToolButton(self), "link")
        self.note.clicked.connect(self.followed)
        self.note.hide()
        column.addWidget(self.note, alignment=Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)
        across = QHBoxLayout(self)
        across.addStretch(1)
        across.addLayout(column, 2)
        across.addStretch(1)
        look.changed.connect(self._tint)
        self._tint()

    def set_lead(self, text: str) -> None:
        """The sentence, where it depends on what is shown."""
        self._lead.setText(text)

    def set_note(self, text: str) -> None:
        """What is to be known besides; without text nothing."""
        self.note.setText(text)
        self.note.setVisible(bool(text))

    def _tint(self) -> None:
        self._picture.setPixmap(self._look.pixmaps(self._icon, _PICTURE, self._look.theme.quiet))
