"""The calm bar: what it asks, what it tells, and that it is gone when there is nothing."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtTest import QSignalSpy, QTest
from pytestqt.qtbot import QtBot

from app.library import Library
from app.types import Absence
from app.vanishing import MANY
from tests.app.conftest import Drives, scan
from tests.app.test_importing import indexed_photos, picture
from tests.qt import LeftButton, settle, show, until
from ui.context import Context
from ui.notice import NoticeBar


@pytest.fixture
def drives(tmp_path: Path) -> Drives:
    return Drives(tmp_path / "drives")


@pytest.fixture
def library(tmp_path: Path, drives: Drives) -> Iterator[Library]:
    """A library on an imagined computer, with a folder of photos that are taken for indexed."""
    with Library.open(tmp_path / "library", resume=False, mounts=drives.mounts) as opened:
        indexed_photos(opened, tmp_path / "photos" / "trip", MANY + 2)
        opened.folders.remember([tmp_path / "photos"])
        yield opened


@pytest.fixture
def bar(make_context: Callable[[Library], Context], library: Library, qtbot: QtBot) -> NoticeBar:
    context = make_context(library)
    made = NoticeBar(context)
    qtbot.addWidget(made)
    made.resize(900, 60)
    settle(qtbot, context.tasks)
    return made


def ask(bar: NoticeBar, library: Library, folder: Path, qtbot: QtBot) -> None:
    shutil.rmtree(folder / "trip")
    library.watcher.look()
    until(qtbot, lambda: not bar.isHidden())
    show(qtbot, bar, 900, 60)


def test_nothing_is_said_where_there_is_nothing(bar: NoticeBar) -> None:
    assert bar.isHidden()


def test_many_files_that_went_are_asked_about(bar: NoticeBar, library: Library, tmp_path: Path, qtbot: QtBot) -> None:
    ask(bar, library, tmp_path / "photos", qtbot)
    assert bar.text.text().startswith("22 photos that were in “photos” are not there any more. Nothing was changed.")
    moved = QSignalSpy(bar.add_requested)
    QTest.mouseClick(bar.moved, LeftButton)
    assert moved.count() == 1
    assert library.session.photos.timeline().absent == {}
    QTest.mouseClick(bar.deleted, LeftButton)
    until(qtbot, bar.isHidden)
    assert set(library.session.photos.timeline().absent.values()) == {Absence.MISSING}


def test_a_look_finds_them_again(bar: NoticeBar, library: Library, tmp_path: Path, qtbot: QtBot) -> None:
    shutil.copytree(tmp_path / "photos" / "trip", tmp_path / "kept")
    ask(bar, library, tmp_path / "photos", qtbot)
    shutil.copytree(tmp_path / "kept", tmp_path / "photos" / "trip")
    QTest.mouseClick(bar.look_again, LeftButton)
    until(qtbot, bar.isHidden)
    assert library.session.photos.timeline().absent == {}


def test_what_is_put_aside_stays_so_until_it_changes(
    bar: NoticeBar, library: Library, tmp_path: Path, qtbot: QtBot
) -> None:
    ask(bar, library, tmp_path / "photos", qtbot)
    QTest.mouseClick(bar.aside, LeftButton)
    assert bar.isHidden()
    library.watcher.look()
    settle(qtbot, bar._context.tasks)
    assert bar.isHidden()


def test_photos_that_wait_for_a_drive_are_told(
    bar: NoticeBar, library: Library, drives: Drives, tmp_path: Path, qtbot: QtBot
) -> None:
    point = drives.put_in("Holiday", tmp_path / "media" / "holiday")
    library.volumes.refresh()
    for number in range(2):
        picture(point / f"{number}.jpg", 200 + number * 9)
    scan(library, point)
    drives.take_out("Holiday")
    library.volumes.refresh()
    until(qtbot, lambda: not bar.isHidden())
    assert bar.text.text() == (
        "The drive “Holiday” is not connected. 2 photos wait for it, and are read when it is back."
    )
    assert bar.look_again.isHidden() and bar.deleted.isHidden()
    drives.put_in("Holiday", tmp_path / "media" / "holiday")
    library.volumes.refresh()
    until(qtbot, bar.isHidden)
    assert os.listdir(point)


def test_a_backup_that_cannot_be_made_is_told_of_until_one_is(bar: NoticeBar, library: Library, qtbot: QtBot) -> None:
    backups = library.folder / "backups"
    backups.write_text("in the way")
    library.keeper._look()
    until(qtbot, lambda: not bar.isHidden())
    assert bar.text.text().startswith("Your library could not be backed up. No backup can be made in")
    assert not bar.deleted.isVisibleTo(bar)
    backups.unlink()
    library.keeper._look()
    until(qtbot, bar.isHidden)
    assert len(library.backups.list()) == 1
