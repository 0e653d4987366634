"""The places of the library, at the left."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QLocale, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QPushButton, QVBoxLayout, QWidget

from ui import theme
from ui.dragging import photos_in
from ui.look import Look
from ui.widgets import choice_button, label

_WAIT_MS = 800


class Sidebar(QFrame):
    """Entries by name; `chosen` tells which one was clicked."""

    chosen = Signal(str)
    photos_dropped = Signal(str, object)
    """An entry, and the photos that were dragged onto it."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sidebar")
        self._look = look
        self._taking: dict[QObject, str] = {}
        self._over = ""
        # Who holds photos over an entry wants to drop them on what is behind it.
        self._waiting = QTimer(self, singleShot=True, interval=_WAIT_MS)
        self._waiting.timeout.connect(lambda: self.chosen.emit(self._over))
        self._entries: dict[str, tuple[QPushButton, str, str]] = {}
        self._group = QButtonGroup(self)
        self.setFixedWidth(theme.SIDEBAR_WIDTH)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(theme.SPACE_3, theme.SPACE_4, theme.SPACE_3, theme.SPACE_3)
        self._column.setSpacing(theme.SPACE_1)
        heading = label(self, "section", self.tr("Library"))
        heading.setContentsMargins(theme.SPACE_3, 0, 0, theme.SPACE_1)
        self._column.addWidget(heading)
        self._column.addStretch()
        look.changed.connect(self._tint)

    def add(self, name: str, icon: str, text: str) -> None:
        """A new entry at the end."""
        button = choice_button(self, f" {text}", "entry")
        button.setIconSize(QSize(theme.ICON, theme.ICON))
        button.clicked.connect(lambda: self.chosen.emit(name))
        self._group.addButton(button)
        self._entries[name] = button, icon, text
        self._column.insertWidget(self._column.count() - 1, button)
        self._tint()

    def choose(self, name: str) -> None:
        """Marks an entry without telling of it."""
        self._entries[name][0].setChecked(True)

    def take_photos(self, name: str) -> None:
        """Photos can be dragged onto an entry."""
        button = self._entries[name][0]
        button.setAcceptDrops(True)
        button.installEventFilter(self)
        self._taking[button] = name

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  (Qt's name)
        if event.type() == QEvent.Type.DragLeave:
            self._waiting.stop()
        if isinstance(event, QDropEvent) and watched in self._taking and photos_in(event.mimeData()):
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            self._over = self._taking[watched]
            if event.type() == QEvent.Type.DragEnter:
                self._waiting.start()
            elif event.type() == QEvent.Type.Drop:
                self._waiting.stop()
                self.photos_dropped.emit(self._over, photos_in(event.mimeData()))
            return True
        return super().eventFilter(watched, event)

    def set_count(self, name: str, count: int, always: bool = False) -> None:
        """Shows an entry with its count; without one it is hidden, or `always` shown by itself."""
        button, _, text = self._entries[name]
        button.setVisible(always or count > 0)
        button.setText(f" {text}  {QLocale().toString(count)}" if count else f" {text}")

    def entry(self, name: str) -> QPushButton:
        """The button of an entry."""
        return self._entries[name][0]

    def _tint(self) -> None:
        for button, icon, _ in self._entries.values():
            button.setIcon(self._look.icon(icon))
