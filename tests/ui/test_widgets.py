"""The plain widgets."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from ui.widgets import choice_button, icon_button, label, message_box, named


@pytest.fixture
def parent(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    return made


def test_text_is_shown_as_it_is(parent: QWidget) -> None:
    made = label(parent, "quiet", "<b>not bold</b>")
    assert made.textFormat() == Qt.TextFormat.PlainText
    assert (made.objectName(), made.text()) == ("quiet", "<b>not bold</b>")
    assert not made.wordWrap()


def test_centred_text_may_take_several_lines(parent: QWidget) -> None:
    made = label(parent, text="A long text", centred=True)
    assert made.wordWrap()
    assert made.alignment() == Qt.AlignmentFlag.AlignCenter


def test_an_icon_says_what_it_does(parent: QWidget) -> None:
    made = icon_button(parent, "Pause", "small", checkable=True)
    assert made.toolTip() == made.accessibleName() == "Pause"
    assert made.isCheckable()


def test_a_choice_can_be_chosen(parent: QWidget) -> None:
    assert choice_button(parent, "Photos", "tab").isCheckable()


def test_a_widget_keeps_its_type_when_it_is_named(parent: QWidget) -> None:
    assert named(parent, "page") is parent
    assert parent.objectName() == "page"


def test_no_text_of_a_box_is_markup(parent: QWidget) -> None:
    box = message_box(parent, "<b>not bold</b>")
    box.setInformativeText("<i>file</i>.jpg")
    shown = [each for each in box.findChildren(QLabel) if each.text()]
    assert {each.text() for each in shown} == {"<b>not bold</b>", "<i>file</i>.jpg"}
    assert {each.textFormat() for each in shown} == {Qt.TextFormat.PlainText}
