"""From the start of the program to its end: in a process of its own, and what happens when something goes wrong."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QSettings
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot

from app import settings as kept
from app.backups import Kind
from app.library import Library
from app.opening import database_path
from tests import samples, schemas
from tests.app.test_locking import held
from tests.app.test_migrations import OLD
from tests.qt import TIMEOUT_MS, Dismissed, until
from ui.application import Program, make_application
from ui.dialogs.trouble import TroubleDialog, Way
from ui.main_window import MainWindow

_PROGRAM = """
import sys
from pathlib import Path
from PySide6.QtCore import QSettings, QTimer
from PySide6.QtWidgets import QApplication, QMessageBox
from app.types import IndexPhase
from ui.application import make_application, run
from ui.main_window import MainWindow

folder, settings, photos = sys.argv[1:]


def act():
    dialog = QApplication.activeModalWidget()
    if isinstance(dialog, QMessageBox):
        print(dialog.text())
        dialog.accept()
    for window in QApplication.topLevelWidgets():
        if isinstance(window, MainWindow) and window.isVisible():
            live(window)


def live(window):
    progress = window.context.library.indexer.progress
    if photos and progress.phase is IndexPhase.IDLE and not progress.total:
        window.add([Path(photos)])
    elif not photos or progress.done:
        print("closed", window.windowTitle())
        window.close()


QSettings.setDefaultFormat(QSettings.Format.IniFormat)
QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, settings)
application = make_application()
timer = QTimer()
timer.timeout.connect(act)
timer.start(10)
sys.exit(run(Path(folder)))
"""


def run_program(folder: Path, settings: Path, photos: Path | str = "") -> subprocess.CompletedProcess[str]:
    """The real program: it adds the photos, if there are any, and closes its window as soon as it can."""
    command = [sys.executable, "-c", _PROGRAM, str(folder), str(settings), str(photos)]
    return subprocess.run(command, check=False, capture_output=True, text=True, timeout=TIMEOUT_MS / 1000)


@pytest.fixture
def program(application: QApplication, settings: Path, tmp_path: Path) -> Iterator[Program]:
    """The program around a new library, not yet opened."""
    made = Program(application, tmp_path / "library")
    yield made
    made._tasks.close()
    if made._trouble:
        made._trouble.hide()
    if made._window:
        made._window.tasks.close()
        made._window.close()
    if made._library:
        made._library.close()
    application.setQuitOnLastWindowClosed(True)


def open_session(program: Program, qtbot: QtBot) -> MainWindow:
    program.open()
    until(qtbot, lambda: program._window is not None and program._window.isVisible())
    assert program._window is not None
    return program._window


def test_the_program_opens_and_closes(settings: Path, indexed_folder: Path, tmp_path: Path) -> None:
    shutil.copytree(indexed_folder, tmp_path / "library")
    done = run_program(tmp_path / "library", settings)
    assert (done.returncode, done.stdout, done.stderr) == (0, "closed Sietch\n", "")
    assert not (tmp_path / "library" / "reports").exists()


def test_closed_in_the_middle_of_the_work_it_goes_on_the_next_time(settings: Path, tmp_path: Path) -> None:
    photos = samples.write_portraits(tmp_path / "photos", 6)
    done = run_program(tmp_path / "library", settings, photos)
    assert (done.returncode, done.stdout, done.stderr) == (0, "closed Sietch\n", "")
    with Library.open(tmp_path / "library") as library:
        assert library.indexer.wait(TIMEOUT_MS / 1000)
        assert (library.session.counts().photos, library.session.counts().pending) == (6, 0)


def test_a_library_that_cannot_be_opened_is_told_and_ends_the_program(settings: Path, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("no folder")
    done = run_program(file / "library", settings)
    assert done.returncode == 1
    assert "cannot be made" in done.stdout
    assert "Traceback" not in done.stderr


def test_a_database_that_is_none_is_told_as_well(
    program: Program, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    codes: list[int] = []
    monkeypatch.setattr(program._application, "exit", codes.append)
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "library.sqlite").write_text("This is no database. " * 1000)
    dialog = open_troubled(program, qtbot)
    assert list(dialog.buttons) == [Way.ANOTHER, Way.QUIT]
    assert "no backup" in dialog.trouble.why
    dialog.buttons[Way.QUIT].click()
    assert codes == [1]
    assert not (tmp_path / "library" / "reports").exists(), "this is no bug"


def open_troubled(program: Program, qtbot: QtBot) -> TroubleDialog:
    program.open()
    until(qtbot, lambda: program._trouble is not None and program._trouble.isVisible())
    assert program._trouble is not None
    return program._trouble


def test_a_damaged_library_is_restored_from_its_newest_backup(
    program: Program, qtbot: QtBot, album_library: Library
) -> None:
    album_library.session.people.rename(album_library.session.people.list()[0].person_id, "Ada")
    album_library.backups.make(Kind.DAILY)
    album_library.close()
    program._folder = album_library.folder
    database_path(program._folder).write_text("This is no database. " * 1000)
    dialog = open_troubled(program, qtbot)
    assert "good backup of" in dialog.trouble.why
    dialog.buttons[Way.RESTORE].click()
    assert not dialog.buttons[Way.QUIT].isEnabled()
    assert "Restoring" in dialog.note.text()
    until(qtbot, lambda: program._window is not None and program._window.isVisible())
    assert not dialog.isVisible()
    assert program._library is not None
    assert program._library.session.people.list()[0].name == "Ada"


def test_another_library_is_opened_in_place_of_one_that_is_newer(
    program: Program, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Library.open(tmp_path / "library", resume=False) as library, library.database.write() as db:
        db.exec_driver_sql("PRAGMA user_version = 1000")
    dialog = open_troubled(program, qtbot)
    assert "newer" in dialog.trouble.what
    chosen = ["", str(tmp_path / "other")]
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: chosen.pop(0))
    dialog.buttons[Way.ANOTHER].click()
    assert dialog.isVisible(), "the user thought better of it"
    dialog.buttons[Way.ANOTHER].click()
    until(qtbot, lambda: program._window is not None and program._window.isVisible())
    assert program._library is not None and program._library.folder == tmp_path / "other"


def test_a_library_that_is_open_elsewhere_can_be_tried_again(
    program: Program, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.locking._WAIT", 0.1)
    with held(tmp_path / "library"):
        dialog = open_troubled(program, qtbot)
        assert "already open" in dialog.trouble.what
        dialog.buttons[Way.AGAIN].click()
        until(qtbot, lambda: program._trouble is not dialog)
    assert program._trouble is not None
    program._trouble.buttons[Way.AGAIN].click()
    until(qtbot, lambda: program._window is not None and program._window.isVisible())


def test_a_library_that_was_brought_up_to_date_says_so_once(program: Program, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "library").mkdir()
    schemas.make_old(database_path(tmp_path / "library"), OLD[-1])
    open_session(program, qtbot)
    dialog = program._trouble
    assert dialog is not None and dialog.isVisible()
    assert "brought up to date" in dialog.trouble.what
    assert Path(dialog.trouble.where).is_file()
    dialog.reject()
    assert not dialog.isVisible()
    assert program._window is not None and program._window.isVisible()


def test_a_library_whose_face_model_is_missing_can_be_opened_with_another(
    program: Program, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Library.open(tmp_path / "library", resume=False) as library, library.database.write() as db:
        kept.put(db, "model", "buffalo_l")
    asked: list[str] = []
    answer = QMessageBox.StandardButton.Yes
    monkeypatch.setattr(QMessageBox, "question", lambda _parent, _title, text: (asked.append(text), answer)[1])
    window = open_session(program, qtbot)
    assert window.context.library.models.current.name == "buffalo_s"
    assert "buffalo_l is not installed" in asked[0] and "buffalo_s instead?" in asked[0]


def test_settings_have_a_place_of_their_own(application: QApplication, settings: Path) -> None:
    assert (QCoreApplication.organizationName(), QCoreApplication.applicationName()) == ("sietch", "sietch")
    assert settings in Path(QSettings().fileName()).parents
    assert make_application() is application


def test_a_bug_is_kept_in_a_report_and_the_program_goes_on(
    program: Program, qtbot: QtBot, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    dismissed = Dismissed()
    for _ in range(5):
        strike(program)
    assert capsys.readouterr().err.count("ValueError: a bug") == 5
    until(qtbot, lambda: dismissed.texts)
    qtbot.wait(100)
    (report,) = (tmp_path / "library" / "reports").iterdir()
    text = report.read_text(encoding="utf-8")
    assert text.startswith("Sietch ")
    assert "in strike" in text
    assert len(dismissed.texts) == 1, "a bug that strikes many times is told once"
    assert str(report) in dismissed.texts[0]
    assert "photos and the library are safe" in dismissed.texts[0]
    strike(program)
    until(qtbot, lambda: len(dismissed.texts) == 2)


def strike(program: Program) -> None:
    try:
        raise ValueError("a bug")
    except ValueError as error:
        program.report(ValueError, error, error.__traceback__)


def test_a_report_that_cannot_be_kept_is_told_too(
    application: QApplication, settings: Path, qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("no folder")
    program, dismissed = Program(application, tmp_path / "file" / "library"), Dismissed()
    strike(program)
    until(qtbot, lambda: dismissed.texts)
    assert "nowhere" in dismissed.texts[0]
    program._tasks.close()
    application.setQuitOnLastWindowClosed(True)


def test_a_bug_in_a_query_goes_to_the_exception_hook(program: Program, qtbot: QtBot) -> None:
    window = open_session(program, qtbot)
    with qtbot.captureExceptions() as raised:
        window.tasks.run(window, lambda: 1 // 0)
        until(qtbot, lambda: raised)
    assert raised[0][0] is ZeroDivisionError
    assert window.status.error.text() == ""


def test_a_known_error_in_a_query_is_told_where_it_happened(program: Program, qtbot: QtBot) -> None:
    window = open_session(program, qtbot)
    window.tasks.run(window, lambda: window.context.session.people.rename(99, "Mia"))
    until(qtbot, lambda: window.status.error.text() == "There is no person 99.")


def test_a_library_that_cannot_be_closed_does_not_keep_the_program_alive(
    program: Program, qtbot: QtBot, application: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    window, dismissed, codes = open_session(program, qtbot), Dismissed(), []
    monkeypatch.setattr(program._application, "exit", codes.append)
    library = program._library
    assert library is not None
    monkeypatch.setattr(library, "close", lambda: 1 // 0)
    window.close()
    until(qtbot, lambda: codes == [1])
    monkeypatch.undo()
    assert "Report:" in dismissed.texts[0]


def test_without_a_window_the_program_ends(program: Program, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    dismissed, codes = Dismissed(), []
    monkeypatch.setattr(program._application, "exit", codes.append)
    monkeypatch.setattr(program, "_look", None)
    program.open()
    until(qtbot, lambda: codes == [1])
    assert "Report:" in dismissed.texts[0]


def test_control_c_closes_the_window(program: Program, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    window, quits = open_session(program, qtbot), []
    monkeypatch.setattr(program._application, "quit", lambda: quits.append("quit"))
    program.report(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert not window.isVisible()
    until(qtbot, lambda: quits)


def test_a_library_that_takes_its_time_to_close_says_so(
    program: Program, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window, quits = open_session(program, qtbot), []
    monkeypatch.setattr(program._application, "quit", lambda: quits.append("quit"))
    library = program._library
    assert library is not None
    close = library.close
    monkeypatch.setattr(library, "close", lambda: (QTest.qSleep(900), close()))
    window.close()
    assert not window.isVisible()
    until(qtbot, program._closing.isVisible)
    assert program._closing.text() == "Closing…"
    until(qtbot, lambda: quits)
    program._closing.hide()
