"""What is told of a photo beside it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from app.types import Photo, PhotoFace, PhotoState
from core.types import BoundingBox
from tests.qt import LeftButton, show
from ui.views.info_panel import InfoPanel, breakable, date_text, time_text

pytestmark = pytest.mark.usefixtures("settings")

NOON = datetime(2021, 5, 1, 12, 30, 59)


def photo(path: str = "/photos/2021/holiday.jpg", width: int = 4000, size: int = 3_400_000) -> Photo:
    return Photo(1, Path(path), True, NOON, width, width * 3 // 4, size, PhotoState.INDEXED)


def face(number: int, name: str | None = None, person_id: int | None = 7) -> PhotoFace:
    return PhotoFace(number, 1, person_id, name, BoundingBox(0, 0, 1, 1), 0.9, 0.5)


@pytest.fixture
def panel(qtbot: QtBot) -> InfoPanel:
    made = InfoPanel()
    show(qtbot, made, made.width(), 600)
    return made


def lines(panel: InfoPanel) -> list[str]:
    """What can be read, without the places where it may be broken."""
    QApplication.processEvents()
    return [each.text().replace("\u200b", "") for each in panel.findChildren(QLabel) if each.isVisible()]


def people(panel: InfoPanel) -> list[QPushButton]:
    QApplication.processEvents()
    return [each for each in panel.findChildren(QPushButton) if each.isVisible()]


def test_file_date_size_and_folder(panel: InfoPanel) -> None:
    panel.show_photo(photo(), ())
    assert lines(panel) == [
        "holiday.jpg",
        "Saturday, May 1, 2021, 12:30\u202fPM",
        "Size",
        "4,000 × 3,000 pixels\n12.0 megapixels, 3.4 MB",
        "Folder",
        "/photos/2021",
    ]


def test_a_photo_that_was_never_read_has_no_pixels(panel: InfoPanel) -> None:
    panel.show_photo(photo(width=0), ())
    assert "3.4 MB" in lines(panel)


def test_everybody_with_a_name_once_and_the_others_counted(panel: InfoPanel) -> None:
    opened: list[int] = []
    panel.person_opened.connect(opened.append)
    panel.show_photo(photo(), [face(1, "Mia"), face(2, "Mia"), face(3, "Noor & Co", 8), face(4), face(5, None, None)])
    assert [button.text() for button in people(panel)] == ["Mia", "Noor && Co"]
    assert "2 without a name" in lines(panel)
    QTest.mouseClick(people(panel)[1], LeftButton)
    assert opened == [8]
    panel.show_photo(photo(), [face(4)])
    assert people(panel) == []
    assert "1 without a name" in lines(panel)


def test_nothing_is_left_of_the_photo_before(panel: InfoPanel) -> None:
    panel.show_photo(photo(), [face(1, "Mia")])
    panel.show_nothing()
    assert lines(panel) == []
    assert people(panel) == []


def test_long_names_stay_inside(panel: InfoPanel) -> None:
    panel.show_photo(photo(f"/{'very-long-folder_' * 20}/{'A' * 180}.jpg"), [face(1, "Maximiliane " * 20)])
    for each in (*panel.findChildren(QLabel), *people(panel)):
        assert each.geometry().right() <= panel.viewport().width()
    assert panel.horizontalScrollBar().maximum() == 0


def test_dates_are_the_user_s() -> None:
    QLocale.setDefault(QLocale("de_DE"))
    assert date_text(photo()) == "Samstag, 1. Mai 2021"
    assert time_text(photo()) == "12:30"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("holiday.jpg", "holiday.|jpg"),
        ("/a/b", "/|a/|b"),
        ("A" * 40, "A" * 18 + "|" + "A" * 18 + "|" + "AAAA"),
        ("", ""),
    ],
)
def test_places_to_break_a_line(text: str, expected: str) -> None:
    assert breakable(text).replace("\u200b", "|") == expected
