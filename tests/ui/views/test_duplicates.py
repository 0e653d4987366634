"""Copies side by side: what is marked stays, the others go, both undone from the strip."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.library import Library
from tests import samples
from tests.app.conftest import index
from tests.qt import LeftButton, settle, until
from ui.main_window import MainWindow
from ui.views.duplicates import DuplicatesView


@pytest.fixture
def page(tmp_path: Path, open_window: Callable[[Library], MainWindow], qtbot: QtBot) -> DuplicatesView:
    """The page in the window on a library with two groups of two."""
    people, pilot = samples.t1(), samples.astronaut()
    for name, image, quality in (("a", people, 95), ("b", people, 50), ("c", pilot, 95), ("d", pilot, 50)):
        samples.save(image, tmp_path / "copies" / f"{name}.jpg", quality=quality)
    folder = tmp_path / "library"
    with Library.open(folder) as library:
        index(library, tmp_path / "copies")
    opened = Library.open(folder, resume=False)
    window = open_window(opened)
    window.closed.connect(opened.close)
    window.go("duplicates")
    until(qtbot, lambda: len(window.duplicates.cards) == 2)
    settle(qtbot, window.tasks)
    return window.duplicates


def names(page: DuplicatesView) -> list[list[str]]:
    return [[photo.path.name for photo in card.group.photos] for card in page.cards]


def window_of(page: DuplicatesView) -> MainWindow:
    window = page.window()
    assert isinstance(window, MainWindow)
    return window


def test_the_best_is_marked_and_the_other_goes_and_comes_back(page: DuplicatesView, qtbot: QtBot) -> None:
    window = window_of(page)
    trash = window.context.session.trash
    assert names(page) == [["a.jpg", "b.jpg"], ["c.jpg", "d.jpg"]]
    assert window.sidebar.entry("duplicates").text() == " Duplicates  2"
    card = page.cards[0]
    assert [copy.isChecked() for copy in card.copies] == [True, False]
    QTest.mouseClick(card.keep, LeftButton)
    until(qtbot, lambda: names(page) == [["c.jpg", "d.jpg"]])
    assert [path.name for each in trash.list() for path in each.paths] == ["b.jpg"]
    QTest.mouseClick(window.deleting.bar.button, LeftButton)
    until(qtbot, lambda: len(page.cards) == 2)
    assert trash.list() == []


def test_the_user_chooses_another(page: DuplicatesView, qtbot: QtBot) -> None:
    card = page.cards[1]
    for copy in card.copies:
        QTest.mouseClick(copy, LeftButton)
    assert [copy.isChecked() for copy in card.copies] == [False, True]
    QTest.mouseClick(card.copies[1], LeftButton)
    assert not card.keep.isEnabled(), "one has to stay"
    QTest.mouseClick(card.copies[1], LeftButton)
    QTest.mouseClick(card.keep, LeftButton)
    until(qtbot, lambda: len(page.cards) == 1)
    assert [path.name for each in window_of(page).context.session.trash.list() for path in each.paths] == ["c.jpg"]


def test_a_no_is_remembered_and_can_be_undone(page: DuplicatesView, qtbot: QtBot) -> None:
    QTest.mouseClick(page.cards[0].apart, LeftButton)
    until(qtbot, lambda: names(page) == [["c.jpg", "d.jpg"]])
    assert window_of(page).context.session.trash.list() == []
    QTest.mouseClick(window_of(page).deleting.bar.button, LeftButton)
    until(qtbot, lambda: len(page.cards) == 2)


def test_the_best_of_all_is_one_step(page: DuplicatesView, qtbot: QtBot) -> None:
    QTest.mouseClick(page.keep_all, LeftButton)
    until(qtbot, lambda: page.cards == [] and page._stack.currentIndex() == 0)
    QTest.mouseClick(window_of(page).deleting.bar.button, LeftButton)
    until(qtbot, lambda: len(page.cards) == 2)


def test_a_double_click_looks_at_it_among_its_copies(page: DuplicatesView, qtbot: QtBot) -> None:
    window, copy = window_of(page), page.cards[0].copies[1]
    QTest.mouseDClick(copy, LeftButton)
    assert window.viewer.isVisible()
    assert window.viewer.photo_id == copy.photo.photo_id
    settle(qtbot, window.tasks)
