"""The search field of the real window, over a real library, with real keys."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from app.search import Search
from app.types import Timeline
from tests.qt import LeftButton, settle, until
from ui.main_window import MainWindow

Key = Qt.Key


@pytest.fixture
def people(window: MainWindow, qtbot: QtBot) -> dict[str, int]:
    """Two people of the album with names, and the photos that they are in."""
    session = window.context.session
    found = {}
    for name, person in zip(("Anna Berg", "Ben"), session.people.list(), strict=False):
        session.people.rename(person.person_id, name)
        found[name] = person.photo_count
    settle(qtbot, window.tasks)
    return found


def type_(window: MainWindow, qtbot: QtBot, text: str, *keys: Key) -> None:
    """Types into the field, and waits for what comes of it."""
    field = window.header.search
    for key in keys:
        QTest.keyClick(field, key)
    QTest.keyClicks(field, text)
    until(qtbot, lambda: not field._rest.isActive())
    settle(qtbot, window.tasks)


def ids(window: MainWindow) -> list[int]:
    return list(window.timeline.grid.photos.ids)


def test_what_is_typed_is_found_and_escape_ends_it(window: MainWindow, qtbot: QtBot, people: dict[str, int]) -> None:
    window.search()
    assert window.header.search.hasFocus()
    everything = ids(window)
    type_(window, qtbot, "anna")
    assert len(ids(window)) == people["Anna Berg"]
    assert window.timeline.strip.isVisible()
    assert window.timeline.strip.told == f"{people['Anna Berg']} photos"
    QTest.keyClick(window.header.search, Key.Key_Escape)
    assert not window.searching.list.isVisible(), "the first Escape closes the list"
    QTest.keyClick(window.header.search, Key.Key_Escape)
    settle(qtbot, window.tasks)
    assert window.header.search.text() == ""
    assert ids(window) == everything
    assert not window.timeline.strip.isVisible()
    QTest.keyClick(window.header.search, Key.Key_Escape)
    assert window.timeline.grid.hasFocus()


def test_a_name_is_completed_with_the_keyboard(window: MainWindow, qtbot: QtBot, people: dict[str, int]) -> None:
    window.search()
    type_(window, qtbot, "be")
    shown = window.searching.list
    assert shown.isVisible()
    names = [shown.offers.offer(row).label for row in range(shown.offers.rowCount())]
    assert names[:2] == ["Ben", "Anna Berg"], "those whose names begin so come first"
    assert shown.offers.offer(0).face_id is not None
    QTest.keyClick(window.header.search, Key.Key_Down)
    QTest.keyClick(window.header.search, Key.Key_Down)
    QTest.keyClick(window.header.search, Key.Key_Return)
    settle(qtbot, window.tasks)
    assert window.header.search.text() == '"Anna Berg" '
    assert not shown.isVisible()
    assert len(ids(window)) == people["Anna Berg"]
    type_(window, qtbot, "NOT be")
    QTest.keyClick(window.header.search, Key.Key_Tab)
    settle(qtbot, window.tasks)
    assert window.header.search.text() == '"Anna Berg" NOT Ben '
    assert ids(window) == list(window.context.session.search.photos("anna NOT ben").photo_ids)


def test_a_click_on_an_offer_takes_it(window: MainWindow, qtbot: QtBot, people: dict[str, int]) -> None:
    window.search()
    type_(window, qtbot, "ben")
    shown = window.searching.list
    QTest.mouseClick(shown.list.viewport(), LeftButton, pos=shown.list.visualRect(shown.offers.index(0)).center())
    settle(qtbot, window.tasks)
    assert window.header.search.text() == "Ben "
    assert window.header.search.hasFocus()


def test_a_mistake_is_told_and_what_was_found_stays(window: MainWindow, qtbot: QtBot, people: dict[str, int]) -> None:
    window.search()
    type_(window, qtbot, "anna ")
    found = ids(window)
    type_(window, qtbot, "date:2019-13")
    assert window.timeline.strip.told.startswith("2019-13")
    assert "date:" in window.timeline.strip.told
    assert ids(window) == found
    type_(window, qtbot, "", Key.Key_Backspace, Key.Key_Backspace, Key.Key_Backspace)
    assert "photo" in window.timeline.strip.told


def test_nothing_found_says_so(window: MainWindow, qtbot: QtBot) -> None:
    window.search()
    type_(window, qtbot, "zzzz")
    buttons = [each for each in window.timeline.findChildren(QPushButton) if each.isVisible()]
    [button] = [each for each in buttons if each.text() == "Clear the search"]
    assert not window.timeline.grid.isVisible()
    QTest.mouseClick(button, LeftButton)
    settle(qtbot, window.tasks)
    assert window.header.search.text() == ""
    assert window.timeline.grid.isVisible()


def test_typing_on_another_page_leads_to_the_photos(window: MainWindow, qtbot: QtBot, people: dict[str, int]) -> None:
    window.go("people")
    window.header.search.setFocus()
    type_(window, qtbot, "ben")
    assert window.timeline.isVisible()
    assert window.header.search.hasFocus()
    assert len(ids(window)) == people["Ben"]


def test_a_search_follows_the_library(window: MainWindow, qtbot: QtBot, people: dict[str, int]) -> None:
    window.search()
    type_(window, qtbot, "is:favourite")
    assert not window.timeline.grid.isVisible()
    session = window.context.session
    first = next(iter(session.photos.timeline().photo_ids))
    session.favourites.set([first])
    until(qtbot, lambda: ids(window) == [first])
    assert window.timeline.grid.isVisible()


def test_an_answer_that_comes_late_is_not_shown(
    window: MainWindow, qtbot: QtBot, people: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on, real = threading.Event(), Search.photos

    def slow(self: Search, query: str) -> Timeline:
        if query == "anna":
            assert go_on.wait(60)
        return real(self, query)

    monkeypatch.setattr(Search, "photos", slow)
    view = window.timeline
    view.look_for("anna")
    view.look_for("ben")
    until(qtbot, lambda: len(ids(window)) == people["Ben"])
    go_on.set()
    settle(qtbot, window.tasks)
    assert len(ids(window)) == people["Ben"] != people["Anna Berg"]


def test_a_search_can_be_kept_once_somebody_keeps_it(window: MainWindow, qtbot: QtBot, people: dict[str, int]) -> None:
    save = window.timeline.strip.save
    window.timeline.look_for("ben")
    settle(qtbot, window.tasks)
    if not save.isVisible():
        asked = QSignalSpy(window.timeline.save_requested)
        window.timeline.look_for("anna")
        settle(qtbot, window.tasks)
        QTest.mouseClick(save, LeftButton)
        assert asked.at(0) == ["anna"]
