"""The plain widgets of the window, made in one line: the name is what the style sheet knows them by."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QComboBox, QLabel, QMessageBox, QPushButton, QToolButton, QWidget

from ui import theme

W = TypeVar("W", bound=QWidget)

_STROKE = 1.5
"""Pixels, as the icons are drawn."""


def named(widget: W, name: str) -> W:
    """The widget, with its name in the style sheet."""
    widget.setObjectName(name)
    return widget


def label(parent: QWidget, name: str = "", text: str = "", centred: bool = False) -> QLabel:
    """Text as it is, never markup; centred text may take several lines."""
    made = named(QLabel(text, parent), name)
    made.setTextFormat(Qt.TextFormat.PlainText)
    if centred:
        made.setAlignment(Qt.AlignmentFlag.AlignCenter)
        made.setWordWrap(True)
    return made


def icon_button(parent: QWidget, text: str, name: str = "", checkable: bool = False) -> QToolButton:
    """A button with an icon alone; `text` says what it does to those who point at it or cannot see it."""
    made = named(QToolButton(parent), name)
    made.setToolTip(text)
    made.setAccessibleName(text)
    made.setCheckable(checkable)
    made.setIconSize(QSize(theme.ICON, theme.ICON))
    return made


def choice_button(parent: QWidget, text: str, name: str) -> QPushButton:
    """One of several of which one is chosen."""
    made = named(QPushButton(text, parent), name)
    made.setCheckable(True)
    return made


class Choices(QComboBox):
    """A list to choose from, with an arrow, which the style sheet takes away.

    Who scrolls over the page does not change what he passes.
    """

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  (Qt's name)
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self.palette().text().color(), _STROKE))
        half = theme.SPACE_1
        x, y = self.width() - theme.SPACE_3 - half, self.height() / 2 - half / 2
        painter.drawPolyline([QPointF(x - half, y), QPointF(x, y + half), QPointF(x + half, y)])

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802  (Qt's name)
        event.ignore()


def message_box(parent: QWidget | None, text: str) -> QMessageBox:
    """A question or report whose texts are shown as they are, never as markup; it is gone when it was answered."""
    box = named(QMessageBox(parent), "report")
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setWindowTitle("Sietch")
    box.setText(text)
    return box


def warn(parent: QWidget | None, text: str) -> None:
    """Tells of what went wrong, and waits until it was read."""
    box = message_box(parent, text)
    box.setIcon(QMessageBox.Icon.Warning)
    box.exec()
