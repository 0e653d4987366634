"""Sharing from the window: entries in the menus of photos, and nothing of it for somebody alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from app.library import Library
from app.ownership import Visibility
from app.session import Session
from app.types import IndexPhase, IndexProgress, LibraryChanged
from tests import house
from tests.qt import settle, until
from tests.ui.test_menus import actions
from ui.dialogs.sharing import SharingDialog
from ui.look import Look
from ui.main_window import MainWindow
from ui.notice import news

Opened = Callable[[Session], MainWindow]


@pytest.fixture
def signed_in(look: Look, qtbot: QtBot) -> Iterator[Opened]:
    """Opens the window for one of several people, and closes it after the test."""
    opened: list[MainWindow] = []

    def opener(session: Session) -> MainWindow:
        window = MainWindow(session, look)
        opened.append(window)
        window.show()
        qtbot.waitExposed(window)
        settle(qtbot, window.tasks)
        return window

    yield opener
    for window in opened:
        settle(qtbot, window.tasks)
        window.close()
        window.tasks.close()


def entries(window: MainWindow, *photo_ids: int) -> dict[str, QMenu]:
    menu = QMenu(window)
    window.sharing.add_to(menu, lambda: photo_ids)
    return {action.text(): action for action in menu.actions() if not action.isSeparator()}


def test_nobody_who_is_alone_is_asked_who_may_see_what(window: MainWindow) -> None:
    assert entries(window, 1) == {}
    window.open_photo(window.timeline.grid.photos.ids, 0)
    assert window.viewer.panel.seen_by.isHidden()
    assert "Face models…" in {text for text, action in actions(window).items() if action.isVisible()}


def test_a_photo_is_shared_from_its_menu(album_library: Library, signed_in: Opened, qtbot: QtBot) -> None:
    anna = house.add_profile(album_library, "Anna")
    window = signed_in(house.first(album_library))
    photo_id = window.timeline.grid.photos.ids[0]
    entries(window, photo_id)["Who may see this…"].trigger()
    until(qtbot, lambda: window.findChildren(SharingDialog))
    dialog = window.findChildren(SharingDialog)[0]
    dialog.people[anna.viewer.profile_id].click()
    dialog.save.click()
    shared = window.context.session.sharing
    until(qtbot, lambda: shared.of(photo_id).visibility is Visibility.SHARED)
    assert [each.name for each in shared.of(photo_id).shared_with] == ["Anna"]
    window.open_photo([photo_id], 0)
    until(qtbot, lambda: "for Anna" in window.viewer.panel.seen_by.text.text())


def test_a_locked_photo_goes_out_of_sight_at_once(album_library: Library, signed_in: Opened, qtbot: QtBot) -> None:
    house.add_profile(album_library, "Anna")
    with album_library.database.write() as db:
        db.exec_driver_sql("UPDATE profile SET password = 'some hash' WHERE profile_id = 1")
    window = signed_in(house.first(album_library))
    first, second = window.timeline.grid.photos.ids[:2]
    window.open_photo([first, second], 0)
    entries(window, first)["Lock"].trigger()
    until(qtbot, lambda: window.viewer.photo_id == second)
    until(qtbot, lambda: first not in window.timeline.grid.photos.ids)
    assert "Take the lock off" not in entries(window, second)


def test_what_concerns_everybody_is_shown_to_the_librarys_owner_alone(
    album_library: Library, signed_in: Opened, qtbot: QtBot
) -> None:
    anna = house.add_profile(album_library, "Anna")
    album_library.keeper.problem = "The disk is full."
    window = signed_in(anna)
    visible = {text for text, action in actions(window).items() if action.isVisible()}
    assert not visible & {"Face models…", "Write names and ratings beside the photos", "Encrypt the library…"}
    assert news(anna)[2] is None
    assert news(house.first(album_library))[2] == "The disk is full."


def test_how_much_others_add_is_not_told(album_library: Library, signed_in: Opened, qtbot: QtBot) -> None:
    anna = house.add_profile(album_library, "Anna")
    first = house.first(album_library)
    waiting = min(first.photos.timeline().photo_ids)
    window = signed_in(anna)
    window.status.show_progress(IndexProgress(IndexPhase.INDEXING, 1204, 5310, seconds_left=90.0))
    assert window.status.text.text() == "Looking at photos"
    assert window.status.bar.maximum() == 0
    assert window.status.cancel.isHidden()
    with album_library.database.write() as db:
        db.exec_driver_sql("UPDATE photo SET state = 'pending' WHERE photo_id = ?", (waiting,))
    album_library.events.publish(LibraryChanged(frozenset({waiting})))
    until(qtbot, lambda: window.status.text.text() == "Looking at photos · 1 left")
