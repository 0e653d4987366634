"""Who is at the window: the sign-in screen, signing up, switching, locking."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import keyring
import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QInputDialog, QMessageBox
from pytestqt.qtbot import QtBot

from app.library import Library
from app.profiles import SignedUp
from app.sign_up import NewProfile
from tests import samples
from tests.keyrings import MemoryKeyring
from tests.qt import settle, show, until
from tests.ui import test_application
from ui.application import Program
from ui.avatar import initials
from ui.context import Context
from ui.dialogs.household import HouseholdDialog
from ui.dialogs.password import PasswordDialog
from ui.dialogs.profile import ProfileDialog
from ui.dialogs.sign_up import SignUpDialog
from ui.look import Look
from ui.main_window import MainWindow
from ui.recovery_code import RecoveryCodeDialog
from ui.tasks import Tasks
from ui.views.sign_in import SignInView

PASSWORD = "a horse on a stapler"

program = test_application.program


@pytest.fixture(autouse=True)
def memory() -> Iterator[MemoryKeyring]:
    before, made = keyring.get_keyring(), MemoryKeyring()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


@pytest.fixture
def household(album_library: Library) -> Library:
    """Ada with a password, who owns the library, and Ben without."""
    ada = album_library.profiles.create(NewProfile("Ada Lovelace", PASSWORD)).session
    album_library.profiles.create(NewProfile("Ben"), ada)
    return album_library


@pytest.fixture
def make_view(look: Look, qtbot: QtBot) -> Iterator[Callable[[Library], SignInView]]:
    tasks = Tasks()

    def make(library: Library) -> SignInView:
        made = SignInView(library.profiles, look, tasks)
        show(qtbot, made, 900, 640)
        made.show_profiles()
        settle(qtbot, tasks)
        return made

    yield make
    tasks.close()


def at_the_door(program: Program, qtbot: QtBot) -> SignInView:
    until(qtbot, lambda: program._entrance is not None and program._entrance.view is not None)
    view = program._entrance.view if program._entrance else None
    assert view is not None
    until(qtbot, lambda: view.avatars)
    return view


def inside(program: Program, qtbot: QtBot) -> MainWindow:
    until(qtbot, lambda: program._window is not None and program._window.isVisible())
    assert program._window is not None
    settle(qtbot, program._window.tasks)
    return program._window


def enter(view: SignInView, password: str) -> None:
    view.password.setText(password)
    QTest.keyClick(view.password, Qt.Key.Key_Return)


def dialog_of(window: MainWindow, kind: type[QDialog]) -> QDialog:
    found = [each for each in window.findChildren(kind) if each.isVisible()]
    assert found
    return found[-1]


def answer_code(qtbot: QtBot) -> str:
    until(qtbot, lambda: isinstance(QApplication.activeModalWidget(), RecoveryCodeDialog))
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, RecoveryCodeDialog)
    code = dialog.panel.code.text().replace("\n", "  ").replace("  ", "-")
    dialog.reject()
    assert dialog.isVisible(), "the code is not kept"
    dialog.panel.kept.setChecked(True)
    dialog.done_button.click()
    return code


def test_the_first_letters_of_a_name() -> None:
    assert [initials(name) for name in ("Ada Lovelace", "Ada King Lovelace", "ben", "", "  ")] == [
        "AL",
        "AL",
        "B",
        "",
        "",
    ]


def test_who_has_no_password_comes_in_by_a_click(
    make_view: Callable[[Library], SignInView], household: Library, qtbot: QtBot
) -> None:
    view = make_view(household)
    assert [each.text() for each in view.avatars.values()] == ["Ada Lovelace", "Ben"]
    with qtbot.waitSignal(view.entered) as entered:
        view.avatars[2].click()
    assert entered.args[0].viewer.profile_id == 2


def test_the_password_is_asked_for_until_it_is_right(
    make_view: Callable[[Library], SignInView], household: Library, qtbot: QtBot
) -> None:
    view = make_view(household)
    assert not view.password.isVisible()
    view.avatars[1].click()
    until(qtbot, view.password.isVisible)
    enter(view, "a cow on a stapler")
    until(qtbot, lambda: "not the password" in view.note.text())
    assert view.password.selectedText() == "a cow on a stapler"
    view.stay.setChecked(True)
    with qtbot.waitSignal(view.entered, timeout=20_000) as entered:
        enter(view, PASSWORD)
    assert entered.args[0].viewer.profile_id == 1
    assert household.profiles.enter(1) is not None


def test_after_many_wrong_passwords_the_wait_is_counted_down(
    make_view: Callable[[Library], SignInView], household: Library, qtbot: QtBot
) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    household.profiles.clock = lambda: start
    with household.database.write() as db:
        db.exec_driver_sql(
            "UPDATE profile SET failures = 6, failed_at = :at WHERE profile_id = 1",
            {"at": (start - timedelta(seconds=-1)).isoformat()},
        )
    view = make_view(household)
    view.avatars[1].click()
    until(qtbot, lambda: "1:00" in view.note.text())
    assert not view.sign_in.isEnabled()
    view._tick()
    assert "0:59" in view.note.text()
    view.forgot.click()
    assert view.sign_in.isEnabled(), "the recovery code helps at once"
    view.forgot.click()
    assert not view.sign_in.isEnabled()
    for _ in range(59):
        view._tick()
    assert view.sign_in.isEnabled() and view.note.text() == ""


def test_the_recovery_code_gives_another_password(
    make_view: Callable[[Library], SignInView], album_library: Library, qtbot: QtBot
) -> None:
    code = album_library.profiles.create(NewProfile("Ada", PASSWORD)).recovery_code
    assert code is not None
    view = make_view(album_library)
    until(qtbot, view.password.isVisible)
    view.forgot.click()
    assert view.code.isVisible() and not view.password.isVisible()
    view.code.setText("wrong")
    view.new.setText("another password")
    view.sign_in.click()
    assert "not the same" in view.note.text()
    view.again.setText("another password")
    view.sign_in.click()
    until(qtbot, lambda: "not the recovery code" in view.note.text())
    view.code.setText(code)
    with qtbot.waitSignal(view.entered, timeout=20_000):
        view.sign_in.click()
        assert answer_code(qtbot) != code
    assert album_library.profiles.sign_in(1, "another password")


def test_a_library_with_a_password_asks_and_closing_the_question_ends_the_program(
    program: Program, qtbot: QtBot, household: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    household.close()
    program._folder = household.folder
    ended: list[bool] = []
    monkeypatch.setattr(program._application, "quit", lambda: ended.append(True))
    program.open()
    view = at_the_door(program, qtbot)
    assert program._window is None
    view.close()
    until(qtbot, lambda: ended)


def test_they_switch_lock_and_sign_out(program: Program, qtbot: QtBot, household: Library) -> None:
    household.close()
    program._folder = household.folder
    program.open()
    view = at_the_door(program, qtbot)
    view.avatars[2].click()
    window = inside(program, qtbot)
    assert not shiboken6.isValid(view) and window.context.session.viewer.profile_id == 2
    assert window.profile.button.text() == "Ben"
    window.profile.lock()
    assert window.isVisible(), "without a password there is nothing to lock"
    window.profile._fill()
    assert [each.text() for each in window.profile.menu.actions()] == [
        "Ben",
        "",
        "My profile…",
        "Show locked photos…",
        "",
        "Somebody else…",
    ]
    window.profile.switch()
    view = at_the_door(program, qtbot)
    assert window.context.session.closed
    view.choose(next(each for each in program._library.profiles.list() if each.profile_id == 1))  # type: ignore[union-attr]
    until(qtbot, view.password.isVisible)
    view.stay.setChecked(True)
    enter(view, PASSWORD)
    window = inside(program, qtbot)
    window.profile._idle.passed.emit()
    view = at_the_door(program, qtbot)
    until(qtbot, view.password.isVisible)
    assert window.context.session.closed
    enter(view, PASSWORD)
    window = inside(program, qtbot)
    window.profile.switch()
    view = at_the_door(program, qtbot)
    view.avatars[1].click()
    window = inside(program, qtbot)
    window.profile.sign_out()
    view = at_the_door(program, qtbot)
    until(qtbot, view.password.isVisible)


def test_who_stays_signed_in_comes_in_at_once(program: Program, qtbot: QtBot, household: Library) -> None:
    household.profiles.sign_in(1, PASSWORD, stay=True)
    household.close()
    program._folder = household.folder
    program.open()
    window = inside(program, qtbot)
    assert window.context.session.viewer.profile_id == 1
    assert program._entrance is not None and program._entrance.view is None


def sign_up(context: Context, qtbot: QtBot, owner: bool = False) -> SignUpDialog:
    dialog = SignUpDialog(context, context.session if owner else None)
    show(qtbot, dialog, 600, 560)
    dialog.name.setText("Ada")
    return dialog


def test_who_introduces_himself_is_found(context: Context, qtbot: QtBot, tmp_path: Path) -> None:
    dialog = sign_up(context, qtbot)
    dialog.password.setText("short")
    dialog.go.click()
    assert "at least" in dialog.note.text()
    for field in (dialog.password, dialog.again):
        field.setText(PASSWORD)
    dialog.go.click()
    assert dialog.face.isVisible() and dialog.go.text() == "Go on without a face"
    everybody = samples.save(samples.t1(), tmp_path / "all.jpg")
    dialog.face.show_photos([everybody])
    assert not dialog.go.isEnabled()
    settle(qtbot, context.tasks)
    assert "Several people" in dialog.face.text.text()
    picker = dialog.face.picker
    QTest.mouseClick(picker, Qt.MouseButton.LeftButton, pos=picker.place_of(1).center().toPoint())
    settle(qtbot, context.tasks)
    assert dialog.face.text.text().startswith("Is this you?") and dialog.face.yes.isVisible()
    assert not dialog.go.isEnabled()
    dialog.face.yes.click()
    assert dialog.go.isEnabled() and dialog.go.text() == "Done"
    done: list[SignedUp] = []
    dialog.signed_up.connect(done.append)
    dialog.go.click()
    code = answer_code(qtbot)
    assert code == done[0].recovery_code
    assert done[0].made.person_id == dialog.face.person_id and len(done[0].made.photo_ids) >= 3
    assert not dialog.isVisible()


def test_who_says_no_is_somebody_new(context: Context, qtbot: QtBot, tmp_path: Path) -> None:
    dialog = sign_up(context, qtbot)
    dialog.go.click()
    dialog.face.show_photos([samples.save(samples.scenery(), tmp_path / "coffee.jpg")])
    settle(qtbot, context.tasks)
    assert "No face" in dialog.face.text.text() and dialog.go.text() == "Go on without a face"
    dialog.face.show_photos([samples.save(samples.portrait(0), tmp_path / "me.jpg")])
    settle(qtbot, context.tasks)
    dialog.face.no.click()
    assert "Nobody in the photos" in dialog.face.text.text()
    with qtbot.waitSignal(dialog.signed_up, timeout=20_000) as done:
        dialog.go.click()
    assert done.args[0].made.photo_ids == () and done.args[0].made.person_id is not None


def test_a_file_that_is_no_picture_is_told(context: Context, qtbot: QtBot, tmp_path: Path) -> None:
    dialog = sign_up(context, qtbot)
    dialog.go.click()
    (tmp_path / "note.jpg").write_text("no picture")
    dialog.face.show_photos([tmp_path / "note.jpg"])
    settle(qtbot, context.tasks)
    assert dialog.face.text.text() and dialog.go.isEnabled()


def test_the_keyboard_picks_a_face(context: Context, qtbot: QtBot, tmp_path: Path) -> None:
    dialog = sign_up(context, qtbot)
    dialog.go.click()
    dialog.face.show_photos([samples.save(samples.t1(), tmp_path / "all.jpg")])
    settle(qtbot, context.tasks)
    picked: list[int] = []
    dialog.face.picker.picked.connect(picked.append)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Return):
        QTest.keyClick(dialog.face.picker, key)
    settle(qtbot, context.tasks)
    assert picked == [1]


def test_a_name_that_is_taken_leads_back(context: Context, qtbot: QtBot) -> None:
    ada = context.library.profiles.create(NewProfile("Ada")).session
    assert ada is context.session
    dialog = sign_up(context, qtbot, owner=True)
    dialog.go.click()
    dialog.go.click()
    until(qtbot, lambda: "already" in dialog.note.text())
    assert dialog.name.isVisible()
    dialog.name.setText("Ben")
    dialog.go.click()
    with qtbot.waitSignal(dialog.signed_up):
        dialog.go.click()


def test_the_owner_adds_somebody_who_then_is_at_the_window(program: Program, qtbot: QtBot, household: Library) -> None:
    household.profiles.sign_in(1, PASSWORD, stay=True)
    household.close()
    program._folder = household.folder
    program.open()
    window = inside(program, qtbot)
    window.profile.show_household()
    settle(qtbot, window.tasks)
    dialog = dialog_of(window, HouseholdDialog)
    assert isinstance(dialog, HouseholdDialog)
    assert [each.name for each in dialog.people] == ["Ada Lovelace", "Ben"]
    dialog.add.click()
    adding = dialog_of(window, SignUpDialog)
    assert isinstance(adding, SignUpDialog)
    adding.name.setText("Cleo")
    adding.go.click()
    adding.go.click()
    until(qtbot, lambda: program._window not in (None, window) and program._window.isVisible())
    assert program._window is not None
    settle(qtbot, program._window.tasks)
    assert program._window.profile.button.text() == "Cleo"


def test_the_owner_renames_removes_and_hands_over(
    context: Context, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    profiles = context.library.profiles
    ada = profiles.create(NewProfile("Ada")).session
    for name in ("Ben", "Cleo"):
        profiles.create(NewProfile(name), ada)
    dialog = HouseholdDialog(context)
    show(qtbot, dialog)
    settle(qtbot, context.tasks)
    monkeypatch.setattr(QInputDialog, "getText", lambda *_: ("Benjamin", True))
    dialog.menus[2].actions()[0].trigger()
    settle(qtbot, context.tasks)
    assert [each.name for each in dialog.people] == ["Ada", "Benjamin", "Cleo"]
    asked: list[list[str]] = []
    monkeypatch.setattr(QInputDialog, "getItem", lambda *given: (asked.append(given[3]), ("Cleo", True))[1])
    dialog.menus[2].actions()[2].trigger()
    box = QApplication.activeModalWidget()
    assert isinstance(box, QMessageBox) and "pass to Cleo" in box.informativeText()
    next(each for each in box.buttons() if each.text().replace("&", "") == "Remove").click()
    settle(qtbot, context.tasks)
    assert asked == [["Ada", "Cleo"]] and [each.name for each in dialog.people] == ["Ada", "Cleo"]
    dialog.menus[3].actions()[1].trigger()
    box = QApplication.activeModalWidget()
    assert isinstance(box, QMessageBox)
    next(each for each in box.buttons() if each.text().replace("&", "") == "Make owner").click()
    until(qtbot, lambda: not dialog.isVisible())
    assert [(each.name, each.is_owner) for each in profiles.list()] == [("Cleo", True), ("Ada", False)]


def test_a_profile_changes_what_it_says_of_itself(context: Context, qtbot: QtBot) -> None:
    ada = context.library.profiles.create(NewProfile("Ada")).session
    dialog = ProfileDialog(context, ada.me.get())
    show(qtbot, dialog)
    dialog.password.click()
    asking = QApplication.activeModalWidget()
    assert isinstance(asking, PasswordDialog) and asking.old.isHidden()
    asking.new.setText(PASSWORD)
    asking.go.click()
    assert "not the same" in asking.note.text()
    asking.again.setText(PASSWORD)
    asking.go.click()
    assert answer_code(qtbot)
    settle(qtbot, context.tasks)
    dialog.stay.click()
    until(qtbot, lambda: not dialog.stay.isVisible())
    assert len(ada.me.stays()) == 1
    dialog.name.setText("Ada L")
    dialog.email.setText("no address")
    dialog.save.click()
    until(qtbot, lambda: "e-mail" in dialog.note.text())
    dialog.email.setText("ada@example.org")
    dialog.minutes.setCurrentIndex(dialog.minutes.findData(5))
    dialog.visibility.setCurrentIndex(1)
    dialog.save.click()
    until(qtbot, lambda: not dialog.isVisible())
    me = ada.me.get()
    assert (me.name, me.email, me.visibility, me.lock_minutes) == ("Ada L", "ada@example.org", "private", 5)


def test_locked_photos_are_shown_by_the_password(
    open_window: Callable[[Library], MainWindow], album_library: Library, qtbot: QtBot
) -> None:
    window = open_window(album_library)
    session = window.context.session
    session.me.change(name="Ada")
    session.me.change_password(None, PASSWORD)
    window.profile._refresher.ask()
    until(qtbot, lambda: window.profile._me is not None and window.profile._me.has_password)
    photo_id = session.photos.timeline().photo_ids[0]
    with album_library.database.write() as db:
        db.exec_driver_sql("UPDATE photo SET locked = 1 WHERE photo_id = :id", {"id": photo_id})
    window.profile.ask_to_unlock()
    dialog = dialog_of(window, PasswordDialog)
    assert isinstance(dialog, PasswordDialog)
    dialog.old.setText("a cow on a stapler")
    dialog.go.click()
    until(qtbot, lambda: "not the password" in dialog.note.text())
    dialog.old.setText(PASSWORD)
    dialog.go.click()
    until(qtbot, lambda: session.photo_locks.are_open)
    assert photo_id in session.photos.timeline().photo_ids
    later = datetime.now(UTC) + timedelta(minutes=10)
    album_library.profiles.clock = lambda: later
    window.profile._close_photos_when_due()
    until(qtbot, lambda: not session.photo_locks.are_open)
    assert photo_id not in session.photos.timeline().photo_ids


def test_nobody_named_is_asked_to_introduce_himself(
    open_window: Callable[[Library], MainWindow], album_library: Library, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_window(album_library)
    window.profile._fill()
    (introduce,) = window.profile.menu.actions()
    introduce.trigger()
    dialog = dialog_of(window, SignUpDialog)
    assert isinstance(dialog, SignUpDialog)
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: ([], ""))
    dialog.name.setText("Ada")
    dialog.go.click()
    dialog.face.choose.click()
    dialog.go.click()
    until(qtbot, lambda: window.profile.button.text() == "Ada")
    assert window.isVisible()
