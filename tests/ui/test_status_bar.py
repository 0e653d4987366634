"""What the strip at the bottom says, and what its buttons ask for."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QLocale
from PySide6.QtTest import QSignalSpy, QTest
from pytestqt.qtbot import QtBot

from app.types import IndexPhase, IndexProgress, LibraryCounts
from tests.qt import LeftButton, show, until
from ui.look import Look
from ui.status_bar import StatusBar


@pytest.fixture
def bar(look: Look, qtbot: QtBot) -> StatusBar:
    made = StatusBar(look)
    show(qtbot, made, 900, 28)
    return made


def progress(phase: IndexPhase, done: int = 1204, total: int = 5310, seconds: float | None = None) -> IndexProgress:
    return IndexProgress(phase, done, total, 0, seconds)


@pytest.mark.parametrize(
    ("seconds", "left"),
    [
        (None, ""),
        (5, " · less than a minute left"),
        (59.9, " · less than a minute left"),
        (75, " · 1 min left"),
        (180, " · 3 min left"),
        (89 * 60, " · 89 min left"),
        (3 * 3600, " · 3 h left"),
    ],
)
def test_indexing_tells_how_far_and_how_long_still(bar: StatusBar, seconds: float | None, left: str) -> None:
    bar.show_progress(progress(IndexPhase.INDEXING, seconds=seconds))
    assert bar.text.text() == f"Indexing 1,204 of 5,310{left}"
    assert (bar.bar.value(), bar.bar.maximum()) == (1204, 5310)


@pytest.mark.parametrize(
    ("phase", "text"),
    [
        (IndexPhase.SCANNING, "Looking for photos"),
        (IndexPhase.GROUPING, "Putting faces together · 1,204 of 5,310"),
        (IndexPhase.PAUSED, "Paused at 1,204 of 5,310"),
    ],
)
def test_every_phase_has_its_words(bar: StatusBar, phase: IndexPhase, text: str) -> None:
    bar.show_progress(progress(phase))
    assert bar.text.text() == text
    assert bar.pause.isVisible()
    assert bar.cancel.isVisible()


def test_while_it_is_not_known_how_many_there_are_the_bar_moves(bar: StatusBar) -> None:
    bar.show_progress(progress(IndexPhase.SCANNING, 0, 0))
    assert (bar.bar.minimum(), bar.bar.maximum()) == (0, 0)


def test_with_nothing_to_do_there_is_nothing_to_press(bar: StatusBar) -> None:
    bar.show_progress(progress(IndexPhase.INDEXING))
    bar.show_progress(progress(IndexPhase.IDLE))
    assert bar.text.text() == ""
    assert not any(each.isVisible() for each in (bar.bar, bar.pause, bar.cancel))


def test_numbers_are_in_the_format_of_the_user(bar: StatusBar) -> None:
    QLocale.setDefault(QLocale("de_DE"))
    bar.show_progress(progress(IndexPhase.PAUSED))
    assert bar.text.text() == "Paused at 1.204 of 5.310"


def test_the_buttons_ask(bar: StatusBar) -> None:
    spies = [QSignalSpy(signal) for signal in (bar.pause_wanted, bar.resume_wanted, bar.cancel_wanted)]

    def asked() -> list[int]:
        return [spy.count() for spy in spies]

    bar.show_progress(progress(IndexPhase.INDEXING))
    assert bar.pause.toolTip() == bar.pause.accessibleName() == "Pause"
    QTest.mouseClick(bar.pause, LeftButton)
    assert asked() == [1, 0, 0]
    bar.show_progress(progress(IndexPhase.PAUSED))
    assert bar.pause.toolTip() == bar.pause.accessibleName() == "Go on"
    QTest.mouseClick(bar.pause, LeftButton)
    assert asked() == [1, 1, 0]
    QTest.mouseClick(bar.cancel, LeftButton)
    assert asked() == [1, 1, 1]


@pytest.mark.parametrize(
    ("photos", "people", "text"),
    [
        (0, 0, ""),
        (1, 1, "1 photo · 1 person"),
        (2, 0, "2 photos · 0 people"),
        (1204, 212, "1,204 photos · 212 people"),
    ],
)
def test_counts(bar: StatusBar, photos: int, people: int, text: str) -> None:
    bar.show_counts(LibraryCounts(photos, people, 0, 0, 0))
    assert bar.counts.text() == text


def test_an_error_of_the_indexer_stays_until_the_work_goes_on(bar: StatusBar, qtbot: QtBot) -> None:
    bar._fading.setInterval(50)
    bar.show_progress(IndexProgress(IndexPhase.PAUSED, 3, 9, error="The disk is full."))
    qtbot.wait(150)
    assert bar.error.text() == "The disk is full."
    bar.show_progress(progress(IndexPhase.INDEXING))
    assert bar.error.text() == ""


def test_another_error_goes_by_itself_and_not_before(bar: StatusBar, qtbot: QtBot) -> None:
    bar._fading.setInterval(300)
    bar.show_error("The photo is not there.")
    bar.show_progress(progress(IndexPhase.INDEXING))
    assert bar.error.text() == "The photo is not there."
    until(qtbot, lambda: bar.error.text() == "")


def test_a_long_error_leaves_room_for_the_counts(bar: StatusBar) -> None:
    bar.show_counts(LibraryCounts(1204, 212, 0, 0, 0))
    bar.show_error("The library cannot be written to, because the disk is full. " * 5)
    bar.resize(680, 28)
    assert bar.counts.geometry().right() <= bar.width()
    assert bar.counts.width() >= bar.counts.sizeHint().width()
    assert bar.error.toolTip() == bar.error.text()


def test_what_a_file_says_is_shown_as_it_is(bar: StatusBar, qtbot: QtBot) -> None:
    bar.show_error("<b>bold.jpg</b> cannot be read.")
    assert bar.error.textFormat().name == "PlainText"
