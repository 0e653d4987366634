""" "Is this you?", the person page, disputes and the bell: real input over real faces."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.claiming import ClaimState
from app.library import Library
from app.notifications import NotificationKind, notify
from tests import house
from tests.qt import LeftButton, settle, until
from ui.context import Context
from ui.dialogs.do_not_recognise import DoNotRecognise
from ui.dialogs.is_this_you import IsThisYou
from ui.main_window import MainWindow
from ui.models.people import PeopleModel

Key = Qt.Key


def in_two(library: Library, person_id: int) -> int:
    """Some photos of somebody are another person; that one's id."""
    return library.core.assign([each.face_id for each in library.core.faces(person_id)][:2], None).person_id


@pytest.fixture
def persons(album_library: Library) -> list[int]:
    """The five of the album, and those that look like the first and the second of them."""
    found = [each.person_id for each in album_library.session.people.list()]
    return [*found, in_two(album_library, found[0]), in_two(album_library, found[1])]


@pytest.fixture
def mine(album_library: Library, persons: list[int]) -> int:
    """The viewer is the first of them."""
    album_library.session.claims.claim(persons[0])
    return persons[0]


def asked(window: MainWindow, qtbot: QtBot) -> IsThisYou:
    window.go("people")
    until(qtbot, window.people.strip.isVisible)
    QTest.mouseClick(window.people.strip.look, LeftButton)
    dialog: IsThisYou = window.findChild(IsThisYou)
    settle(qtbot, window.tasks)
    return dialog


def test_nobody_is_asked_who_said_nothing(window: MainWindow, qtbot: QtBot) -> None:
    window.go("people")
    settle(qtbot, window.tasks)
    assert not window.people.strip.isVisible()


def test_return_says_yes_and_puts_them_together(
    persons: list[int], mine: int, open_window: Callable[[Library], MainWindow], album_library: Library, qtbot: QtBot
) -> None:
    window = open_window(album_library)
    dialog = asked(window, qtbot)
    assert dialog.current is not None
    assert (dialog.current.person_id, dialog.place.text()) == (persons[5], "1 of 1")
    QTest.keyClick(dialog, Key.Key_Return)
    until(qtbot, lambda: album_library.core.person(mine).face_count == 5)
    until(qtbot, lambda: not window.people.strip.isVisible())
    assert [each.person_id for each in album_library.session.claims.mine()] == [mine]


def test_without_the_tick_they_stay_two(
    persons: list[int], mine: int, open_window: Callable[[Library], MainWindow], album_library: Library, qtbot: QtBot
) -> None:
    window = open_window(album_library)
    dialog = asked(window, qtbot)
    dialog.together.setChecked(False)
    QTest.mouseClick(dialog.yes, LeftButton)
    claims = album_library.session.claims
    until(qtbot, lambda: [each.person_id for each in claims.mine()] == [mine, persons[5]])


def test_delete_says_no_and_arrows_turn(
    persons: list[int], mine: int, open_window: Callable[[Library], MainWindow], album_library: Library, qtbot: QtBot
) -> None:
    claims = album_library.session.claims
    in_three = in_two(album_library, mine)
    window = open_window(album_library)
    dialog = asked(window, qtbot)
    first = dialog.current
    QTest.keyClick(dialog, Key.Key_Right)
    second = dialog.current
    assert first is not None and second is not None
    assert {first.person_id, second.person_id} == {persons[5], in_three}
    QTest.keyClick(dialog, Key.Key_Left)
    assert dialog.current == first
    assert dialog.why.isHidden()
    QTest.mouseClick(dialog.ask_why, LeftButton)
    assert f"{first.similarity:.2f}" in dialog.why.text()
    QTest.keyClick(dialog, Key.Key_Delete)
    until(qtbot, lambda: [each.person_id for each in claims.candidates()] == [second.person_id])
    assert claims.of(first.person_id).state is ClaimState.REFUSED  # type: ignore[union-attr]
    until(qtbot, lambda: dialog.place.text() == "1 of 1")


def test_put_aside_it_is_quiet_until_there_is_somebody_new(
    persons: list[int], mine: int, open_window: Callable[[Library], MainWindow], album_library: Library, qtbot: QtBot
) -> None:
    window = open_window(album_library)
    window.go("people")
    strip = window.people.strip
    until(qtbot, strip.isVisible)
    QTest.mouseClick(strip.later, LeftButton)
    assert not strip.isVisible()
    album_library.session.people.rename(persons[2], "Somebody")
    qtbot.wait(400)
    settle(qtbot, window.tasks)
    assert not strip.isVisible()
    in_two(album_library, mine)
    album_library.session.people.rename(persons[2], "Somebody else")
    until(qtbot, strip.isVisible)


def test_a_claim_by_the_menu(window: MainWindow, album_library: Library, qtbot: QtBot) -> None:
    first = album_library.session.people.list()[0].person_id
    window.open_person(first)
    claim = window.person.claim
    until(qtbot, claim.more.isEnabled)
    assert claim.this_is_me.isVisible()
    assert not claim.forget.isVisible()
    claim.this_is_me.trigger()
    until(qtbot, lambda: claim.badge.text() == "This is you")
    assert claim.badge.isVisible()
    assert not claim.this_is_me.isVisible()
    claim.hide_me.trigger()
    until(qtbot, lambda: claim.badge.text() == "This is you · hidden from others")
    assert album_library.session.claims.mine()[0].is_hidden
    claim.no_album.trigger()
    until(qtbot, lambda: album_library.session.claims.mine()[0].no_album)
    people = window.people.people
    until(qtbot, lambda: people.photos(people.index(0).data(PeopleModel.Summary)).endswith("· you"))
    claim.not_me_any_more.trigger()
    until(qtbot, lambda: album_library.session.claims.mine() == [])
    until(qtbot, lambda: not claim.badge.isVisible())


def test_somebody_else_s_person_says_so(window: MainWindow, album_library: Library, qtbot: QtBot) -> None:
    first = album_library.session.people.list()[0].person_id
    session = album_library.session
    anna = house.add_profile(album_library, "Anna")
    anna.claims.claim(first)
    window.open_person(first)
    claim = window.person.claim
    until(qtbot, lambda: claim.badge.text() == "Anna · own profile")
    claim.this_is_me.trigger()
    until(qtbot, lambda: claim.badge.text() == "You say this is you · the library's owner decides")
    assert session.claims.of(first).state is ClaimState.DISPUTED  # type: ignore[union-attr]


def test_the_owner_decides_on_a_page_of_its_own(window: MainWindow, album_library: Library, qtbot: QtBot) -> None:
    first = album_library.session.people.list()[0].person_id
    settle(qtbot, window.tasks)
    assert not window.sidebar.entry("disputes").isVisible()
    anna, ben = (house.add_profile(album_library, name) for name in ("Anna", "Ben"))
    anna.claims.claim(first)
    ben.claims.claim(first)
    until(qtbot, lambda: window.sidebar.entry("disputes").isVisible())
    window.go("disputes")
    (card,) = window.disputes.cards
    assert [each.text() for each in card.buttons.values()] == ["This is Anna", "This is Ben", "None of them"]
    assert any(each.text() == "Anna said “this is me” first." for each in card.findChildren(QLabel))
    QTest.mouseClick(card.buttons[ben.viewer.profile_id], LeftButton)
    until(qtbot, lambda: not window.sidebar.entry("disputes").isVisible())
    assert [each.person_id for each in ben.claims.mine()] == [first]
    assert window.disputes.cards == []


@pytest.mark.parametrize("guard", [True, False])
def test_do_not_recognise_me_asks_and_leaves(
    window: MainWindow, album_library: Library, qtbot: QtBot, guard: bool
) -> None:
    first = album_library.session.people.list()[0].person_id
    album_library.session.claims.claim(first)
    window.open_person(first)
    claim = window.person.claim
    until(qtbot, claim.forget.isVisible)
    claim.forget.trigger()
    dialog: DoNotRecognise = window.findChild(DoNotRecognise)
    QTest.mouseClick(dialog.cancel, LeftButton)
    assert album_library.core.person(first).face_count == 5
    claim.forget.trigger()
    dialog = next(each for each in window.findChildren(DoNotRecognise) if each.isVisible())
    dialog.guard.setChecked(guard)
    QTest.mouseClick(dialog.forget, LeftButton)
    until(qtbot, lambda: window._stack.currentWidget() is window.people)
    assert [each.guarded for each in album_library.core.exclusions()] == [guard]
    until(qtbot, lambda: window.people.people.rowCount() == 4)


def test_the_bell_counts_and_leads(window: MainWindow, album_library: Library, qtbot: QtBot) -> None:
    session = album_library.session
    first = session.people.list()[0].person_id
    session.claims.claim(first)
    photo_ids = sorted(session.people.timeline(first).photo_ids)[-2:]
    anna = house.add_profile(album_library, "Anna")
    with album_library.database.write() as db:
        for photo_id in photo_ids:
            notify(db, 1, NotificationKind.FOUND, photo_id=photo_id)
    anna.claims.claim(first)
    bell, panel = window.bell, window.bell.panel
    until(qtbot, lambda: bell.toolTip() == "News: 2 not read")
    QTest.mouseClick(bell, LeftButton)
    assert panel.isVisible()
    dispute, found = (panel.told.index(row) for row in range(2))
    assert found.data() == "You are in 2 new photos."
    QTest.mouseClick(panel.list.viewport(), LeftButton, pos=panel.list.visualRect(found).center())
    assert not panel.isVisible()
    assert window._whole.currentWidget() is window.viewer
    until(qtbot, lambda: bell.toolTip() == "News: 1 not read")
    until(qtbot, lambda: bool(window.disputes.cards))
    QTest.mouseClick(bell, LeftButton)
    panel.list.setCurrentIndex(dispute)
    QTest.keyClick(panel.list, Key.Key_Return)
    assert window._stack.currentWidget() is window.disputes
    until(qtbot, lambda: bell.toolTip() == "News")


def test_kinds_are_switched_off_in_the_panel(window: MainWindow, album_library: Library, qtbot: QtBot) -> None:
    settle(qtbot, window.tasks)
    session = album_library.session
    window.bell.panel.kinds[NotificationKind.CLAIMED].trigger()
    until(qtbot, lambda: session.notifications.muted() == {NotificationKind.CLAIMED})
    assert window.bell.panel.nothing.isVisibleTo(window.bell.panel)


def test_all_are_read_at_once(context: Context, window: MainWindow, album_library: Library, qtbot: QtBot) -> None:
    session = album_library.session
    anna = house.add_profile(album_library, "Anna")
    for each in session.people.list()[:3]:
        anna.claims.claim(each.person_id)
    until(qtbot, lambda: window.bell.toolTip() == "News: 3 not read")
    QTest.mouseClick(window.bell.panel.read_all, LeftButton)
    until(qtbot, lambda: window.bell.toolTip() == "News")
    assert session.notifications.unread() == 0
