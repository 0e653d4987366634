"""The field in the header in which photos are looked for."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QInputMethodEvent, QKeyEvent, QTextCharFormat
from PySide6.QtWidgets import QLineEdit, QWidget

from ui import theme
from ui.look import Look
from ui.widgets import named

LONGEST = 2000
_REST_MS = 180
_WIDEST = 420
_LEAST = 180


class SearchField(QLineEdit):
    """`rested` tells that nothing was typed for a moment; `left` that the search is over.

    Escape empties it, and leaves it when it is empty. While a list hangs under it, that gets some keys first: `pressed`
    carries them, and `list_open` says whether there is one.
    """

    rested = Signal()
    left = Signal()
    pressed = Signal(int)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "search")
        self._look = look
        self.list_open = False
        self.setMaxLength(LONGEST)
        self.setMinimumWidth(_LEAST)
        self.setMaximumWidth(_WIDEST)
        self.setPlaceholderText(self.tr("Search people, places, dates…"))
        self.setAccessibleName(self.tr("Search"))
        self._icon = self.addAction(look.icon("search", theme.ICON_SMALL), QLineEdit.ActionPosition.LeadingPosition)
        self._clear = self.addAction(look.icon("x", theme.ICON_SMALL), QLineEdit.ActionPosition.TrailingPosition)
        self._clear.setToolTip(self.tr("Clear the search (Esc)"))
        self._clear.setVisible(False)
        self._clear.triggered.connect(self.empty)
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self.rested)
        self.textEdited.connect(lambda _text: self._rest.start())
        self.textChanged.connect(lambda text: self._clear.setVisible(bool(text)))
        look.changed.connect(self._tint)

    def empty(self) -> None:
        """Looks for nothing any more."""
        self.write("", 0)

    def write(self, text: str, cursor: int) -> None:
        """Fills the field; what is in it is looked for at once."""
        self.point(0, 0)
        self.setText(text)
        self.setCursorPosition(cursor)
        self._rest.stop()
        self.rested.emit()

    def point(self, start: int, end: int) -> None:
        """Underlines what is wrong in the text; nothing, where both are the same."""
        attributes = []
        if end > start:
            wrong = QTextCharFormat()
            wrong.setFontUnderline(True)
            wrong.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
            wrong.setUnderlineColor(theme.colour(self._look.theme.bad))
            kind = QInputMethodEvent.AttributeType.TextFormat
            first = start - self.cursorPosition()
            attributes = [QInputMethodEvent.Attribute(kind, first, end - start, wrong)]
        # The one way to format a part of a QLineEdit's text: as an input method marks what it is composing.
        QCoreApplication.sendEvent(self, QInputMethodEvent("", attributes))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  (Qt's name)
        keys = Qt.Key
        if self.list_open and event.key() in (keys.Key_Down, keys.Key_Up, keys.Key_Escape):
            self.pressed.emit(event.key())
        elif event.key() in (keys.Key_Return, keys.Key_Enter):
            self.pressed.emit(keys.Key_Return)
        elif event.key() == keys.Key_Escape:
            if self.text():
                self.empty()
            else:
                self.left.emit()
        elif event.key() == keys.Key_Down:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        # Tab takes what is chosen in the list, and otherwise leads to the next widget.
        if self.list_open and event.type() == QEvent.Type.KeyPress and _is_tab(event):
            self.pressed.emit(Qt.Key.Key_Tab)
            return True
        return super().event(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802  (Qt's name)
        super().focusOutEvent(event)
        self.pressed.emit(Qt.Key.Key_Escape)

    def _tint(self) -> None:
        self._icon.setIcon(self._look.icon("search", theme.ICON_SMALL))
        self._clear.setIcon(self._look.icon("x", theme.ICON_SMALL))


def _is_tab(event: QEvent) -> bool:
    return isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Tab
