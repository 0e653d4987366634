"""The places at the left."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy, QTest
from pytestqt.qtbot import QtBot

from tests.qt import LeftButton, show
from ui import theme
from ui.look import Look
from ui.sidebar import Sidebar


@pytest.fixture
def sidebar(look: Look, qtbot: QtBot) -> Sidebar:
    made = Sidebar(look)
    for name, icon, text in (("photos", "images", "Photos"), ("people", "users", "People")):
        made.add(name, icon, text)
    show(qtbot, made, 220, 500)
    return made


def chosen(sidebar: Sidebar) -> list[str]:
    return [name for name in ("photos", "people") if sidebar.entry(name).isChecked()]


def test_a_click_or_a_key_chooses_a_place(sidebar: Sidebar) -> None:
    told = QSignalSpy(sidebar.chosen)
    QTest.mouseClick(sidebar.entry("people"), LeftButton)
    sidebar.entry("photos").setFocus()
    QTest.keyClick(sidebar.entry("photos"), Qt.Key.Key_Space)
    assert [told.at(number)[0] for number in range(told.count())] == ["people", "photos"]


def test_one_place_is_marked(sidebar: Sidebar) -> None:
    told = QSignalSpy(sidebar.chosen)
    sidebar.choose("photos")
    assert chosen(sidebar) == ["photos"]
    sidebar.choose("people")
    assert chosen(sidebar) == ["people"]
    assert told.count() == 0, "to mark is not to choose"
    QTest.mouseClick(sidebar.entry("people"), LeftButton)
    assert chosen(sidebar) == ["people"], "a second click does not take the mark away"


def test_a_place_with_a_count_is_there_only_when_there_is_something(sidebar: Sidebar) -> None:
    sidebar.set_count("people", 1204)
    assert sidebar.entry("people").isVisible()
    assert sidebar.entry("people").text().split() == ["People", "1,204"]
    sidebar.set_count("people", 0)
    assert not sidebar.entry("people").isVisible()


def test_entries_stand_one_under_the_other(sidebar: Sidebar) -> None:
    photos, people = sidebar.entry("photos").geometry(), sidebar.entry("people").geometry()
    assert photos.bottom() < people.top() < photos.bottom() + theme.SPACE_5
    assert sidebar.width() == theme.SIDEBAR_WIDTH


def test_icons_follow_the_look(sidebar: Sidebar, look: Look) -> None:
    def ink() -> bytes:
        return bytes(sidebar.entry("photos").icon().pixmap(20).toImage().constBits())

    before = ink()
    look.choose("dark")
    assert ink() != before
