"""The strip above a screen."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy, QTest
from pytestqt.qtbot import QtBot

from tests.qt import LeftButton, show
from ui import theme
from ui.header import Header
from ui.look import Look
from ui.views.photo_grid import LARGEST_CELL, LEAST_CELL


@pytest.fixture
def header(look: Look, qtbot: QtBot) -> Header:
    made = Header(look)
    show(qtbot, made, 680, theme.HEADER_HEIGHT)
    return made


@pytest.mark.parametrize("back", [True, False])
@pytest.mark.parametrize("sizes", [True, False])
def test_it_shows_what_the_screen_below_needs(header: Header, back: bool, sizes: bool) -> None:
    header.show_title("People", back, sizes)
    assert header._title.text() == "People"
    assert header.back.isVisible() == back
    assert header.cell_size.isVisible() == sizes
    assert header.add.isVisible()
    assert header.height() == theme.HEADER_HEIGHT


def test_back_is_a_button(header: Header) -> None:
    header.show_title("People", back=True, sizes=True)
    clicked = QSignalSpy(header.back.clicked)
    QTest.mouseClick(header.back, LeftButton)
    assert clicked.count() == 1
    assert header.back.accessibleName() == header.back.toolTip() == "Back"


def test_cells_have_bounds(header: Header) -> None:
    header.show_title("Photos", back=False, sizes=True)
    header.cell_size.setFocus()
    QTest.keyClick(header.cell_size, Qt.Key.Key_End)
    assert header.cell_size.value() == LARGEST_CELL
    QTest.keyClick(header.cell_size, Qt.Key.Key_Home)
    assert header.cell_size.value() == LEAST_CELL


def test_a_long_title_leaves_the_buttons_in_the_window(header: Header) -> None:
    header.show_title("A title that is far longer than any title of this window could ever be " * 3, True, True)
    assert header.add.geometry().right() <= header.width()


def test_icons_follow_the_look(header: Header, look: Look) -> None:
    before = header.back.icon().pixmap(20).toImage()
    look.choose("dark")
    assert header.back.icon().pixmap(20).toImage() != before
