"""The People page: who is there, and names typed one after the other with real keys."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from app.library import Library
from tests.qt import LeftButton, click_cell, settle, show, until
from ui.context import Context
from ui.delegates.person import name_rect
from ui.models.people import PeopleModel
from ui.views.grid import Grid
from ui.views.people import PeopleView

Key = Qt.Key


class Stage:
    """The page over a library, and somebody at the keyboard."""

    def __init__(self, context: Context, qtbot: QtBot) -> None:
        self.context = context
        self.qtbot = qtbot
        self.view = PeopleView(context)
        self.grid, self.people = self.view.grid, self.view.people
        self.opened: list[int] = []
        self.view.person_opened.connect(self.opened.append)
        show(qtbot, self.view, 900, 600)
        self.settle()

    def settle(self) -> None:
        settle(self.qtbot, self.context.tasks)

    def names(self) -> list[str | None]:
        return [each.name for each in self.context.session.people.list()]

    def shown(self) -> list[str]:
        return [self.people.index(row).data() for row in range(self.people.rowCount())]

    def editor(self) -> QLineEdit:
        """The field that has the keyboard."""
        focused = QApplication.focusWidget()
        assert isinstance(focused, QLineEdit)
        assert self.grid.isAncestorOf(focused)
        return focused

    @property
    def editing(self) -> bool:
        return self.grid.state() == Grid.State.EditingState

    def click_name(self, row: int) -> QLineEdit:
        index = self.people.index(row)
        click_cell(self.grid, index, name_rect(self.grid.visualRect(index)).center())
        assert self.editing
        return self.editor()

    def type(self, text: str, *keys: Key) -> None:
        QTest.keyClicks(self.editor(), text)
        for key in keys:
            QTest.keyClick(self.editor(), key)

    def wait_for_next(self) -> None:
        """Until the next name can be typed."""
        before = self.grid.currentIndex().row()
        until(self.qtbot, lambda: self.editing and self.grid.currentIndex().row() != before)
        assert self.editor().text() == ""


@pytest.fixture
def stage(context: Context, qtbot: QtBot) -> Stage:
    return Stage(context, qtbot)


def test_everybody_is_there_by_the_number_of_their_photos(stage: Stage) -> None:
    counts = [stage.people.index(row).data(PeopleModel.Summary).photo_count for row in range(5)]
    assert counts == [5, 4, 3, 3, 3]
    assert stage.people.rowCount() == 5


def test_an_empty_library_says_what_to_do(
    make_context: Callable[[Library], Context], empty_library: Library, qtbot: QtBot
) -> None:
    stage, asked = Stage(make_context(empty_library), qtbot), []
    stage.view.add_requested.connect(lambda: asked.append(True))
    assert not stage.grid.isVisible()
    (button,) = [each for each in stage.view.findChildren(QPushButton) if each.isVisible()]
    QTest.mouseClick(button, LeftButton)
    assert asked == [True]


def test_a_click_on_a_face_opens_the_person(stage: Stage) -> None:
    click_cell(stage.grid, stage.people.index(1), stage.grid.visualRect(stage.people.index(1)).center() - QPoint(0, 40))
    assert stage.opened == [stage.people.ids[1]]
    stage.grid.setFocus()
    QTest.keyClick(stage.grid, Key.Key_Home)
    QTest.keyClick(stage.grid, Key.Key_Return)
    assert stage.opened == [stage.people.ids[1], stage.people.ids[0]]


def test_names_are_typed_one_after_the_other(stage: Stage) -> None:
    """Return keeps a name and goes on with the next person; nothing has to be clicked in between."""
    ids = list(stage.people.ids)
    stage.click_name(0)
    for name in ("Mia", "Noor", "Otto"):
        stage.type(name, Key.Key_Return)
        stage.wait_for_next()
    stage.type("", Key.Key_Escape)
    people = stage.context.session.people
    until(stage.qtbot, lambda: [people.get(number).name for number in ids] == ["Mia", "Noor", "Otto", None, None])
    until(stage.qtbot, lambda: sorted(stage.shown()) == ["", "", "Mia", "Noor", "Otto"])
    assert not stage.editing
    assert stage.opened == [], "the Return that keeps a name opens nobody"


def test_the_page_is_not_sorted_anew_under_somebody_who_types(stage: Stage) -> None:
    ids = list(stage.people.ids)
    stage.click_name(3)
    stage.type("Ada", Key.Key_Return)
    stage.wait_for_next()
    stage.type("Be")
    stage.context.session.people.rename(ids[2], "Zoe")
    stage.qtbot.wait(400)
    stage.settle()
    assert list(stage.people.ids) == ids
    assert stage.editor().text() == "Be"
    stage.type("a", Key.Key_Return)
    people = stage.context.session.people
    until(stage.qtbot, lambda: [people.get(number).name for number in ids] == [None, None, "Zoe", "Ada", "Bea"])
    until(stage.qtbot, lambda: sorted(filter(None, stage.shown())) == ["Ada", "Bea", "Zoe"])


def test_escape_keeps_nothing(stage: Stage) -> None:
    stage.click_name(0)
    stage.type("Mia", Key.Key_Escape)
    stage.settle()
    assert not stage.editing
    assert stage.names() == [None] * 5
    assert stage.grid.hasFocus(), "the keyboard goes on where it was"


def test_a_name_is_kept_when_something_else_is_clicked(stage: Stage) -> None:
    number = stage.people.ids[0]
    stage.click_name(0)
    stage.type("Mia")
    QTest.mouseClick(stage.grid.viewport(), LeftButton, pos=QPoint(880, 580))
    until(stage.qtbot, lambda: stage.context.session.people.get(number).name == "Mia")
    until(stage.qtbot, lambda: stage.shown()[0] == "Mia")


def test_nothing_typed_is_no_change(stage: Stage) -> None:
    stage.click_name(0)
    stage.type("   ", Key.Key_Return)
    stage.settle()
    assert stage.names() == [None] * 5


def test_a_name_is_taken_away_by_an_empty_one(stage: Stage) -> None:
    number = stage.people.ids[4]
    stage.context.session.people.rename(number, "Mia")
    until(stage.qtbot, lambda: stage.shown()[0] == "Mia")
    editor = stage.click_name(0)
    assert editor.text() == "Mia"
    editor.selectAll()
    stage.type("", Key.Key_Delete, Key.Key_Return)
    until(stage.qtbot, lambda: stage.names() == [None] * 5)


def test_f2_names_and_arrows_are_the_editor_s(stage: Stage) -> None:
    stage.grid.setFocus()
    QTest.keyClick(stage.grid, Key.Key_Home)
    QTest.keyClick(stage.grid, Key.Key_F2)
    stage.type("Mia", Key.Key_Left, Key.Key_Left)
    stage.type("x")
    assert stage.editor().text() == "Mxia"
    assert stage.grid.currentIndex().row() == 0
    stage.type("", Key.Key_Escape)


def test_tab_keeps_a_name_as_return_does(stage: Stage) -> None:
    number = stage.people.ids[0]
    stage.click_name(0)
    stage.type("Mia", Key.Key_Tab)
    until(stage.qtbot, lambda: stage.context.session.people.get(number).name == "Mia")


def test_a_double_click_on_a_name_edits_once(stage: Stage) -> None:
    stage.click_name(0)
    place = name_rect(stage.grid.visualRect(stage.people.index(0))).center()
    QTest.mouseDClick(stage.editor(), LeftButton, pos=stage.editor().mapFrom(stage.grid.viewport(), place))
    assert stage.editing
    stage.type("Mia", Key.Key_Escape)
    assert stage.opened == []


def test_the_end_of_the_page_ends_the_naming(stage: Stage) -> None:
    stage.click_name(4)
    stage.type("Mia", Key.Key_Return)
    until(stage.qtbot, lambda: stage.shown()[0] == "Mia")
    assert not stage.editing


def test_a_name_is_kept_when_the_page_is_left(stage: Stage) -> None:
    stage.click_name(0)
    stage.type("Mia")
    stage.view.hide()
    until(stage.qtbot, lambda: "Mia" in stage.names())


def test_a_name_is_kept_when_the_window_is_closed(stage: Stage) -> None:
    stage.click_name(0)
    stage.type("Mia")
    stage.view.close()
    stage.context.tasks.close()
    assert "Mia" in stage.names()
