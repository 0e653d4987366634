"""The first screen."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from app.library import Library
from tests.qt import LeftButton, click_cell, settle, show
from ui.context import Context
from ui.views.timeline import TimelineView


def open_timeline(context: Context, qtbot: QtBot) -> TimelineView:
    view = TimelineView(context)
    show(qtbot, view)
    settle(qtbot, context.tasks)
    return view


def test_every_photo_newest_first(context: Context, qtbot: QtBot) -> None:
    view = open_timeline(context, qtbot)
    names = [context.session.photos.get(number).path.name for number in view.grid.photos.ids]
    assert names[0] == "coffee.jpg"
    assert names[-1] == "group.jpg"
    assert len(names) == 9
    assert view.grid.isVisible()


def test_a_click_opens(context: Context, qtbot: QtBot) -> None:
    view, opened = open_timeline(context, qtbot), []
    view.photo_opened.connect(lambda ids, row: opened.append((list(ids), row)))
    click_cell(view.grid, view.grid.photos.index(4))
    assert opened == [(list(view.grid.photos.ids), 4)]


def test_an_empty_library_says_what_to_do(
    make_context: Callable[[Library], Context], empty_library: Library, qtbot: QtBot
) -> None:
    view, asked = open_timeline(make_context(empty_library), qtbot), []
    view.add_requested.connect(lambda: asked.append(True))
    assert not view.grid.isVisible()
    (button,) = [each for each in view.findChildren(QPushButton) if each.isVisible()]
    QTest.mouseClick(button, LeftButton)
    assert asked == [True]
