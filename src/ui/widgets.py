"""The plain widgets of the window, made in one line: the name is what the style sheet knows them by."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QLabel, QMessageBox, QPushButton, QToolButton, QWidget

from ui import theme

W = TypeVar("W", bound=QWidget)


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
