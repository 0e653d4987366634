"""Stars, title, caption and keywords: typed in the panel or given by a key, and kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QStyle, QStyleOptionFrame
from pytestqt.qtbot import QtBot

from app.library import Library
from app.types import MarkedFace, PhotoDetails
from core.types import BoundingBox
from tests.qt import LeftButton, show, until
from ui import motion
from ui.context import Context
from ui.views.photo_facts import exposure_text, place_text, stars_text, zone_text
from ui.views.viewer import Viewer

Key = Qt.Key

FULL = PhotoDetails(
    photo_id=1,
    zone_minutes=-210,
    camera="Canon EOS 600D",
    lens="EF50mm f/1.8",
    exposure_seconds=0.0005,
    aperture=5.6,
    iso=1600,
    focal_length=50.0,
    flash=True,
    position=(-54.8916, 10.41),
    place="Ærøskøbing, Denmark",
)


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({}, "1/2,000 s · f/5.6 · ISO 1600 · 50 mm · flash"),
        ({"exposure_seconds": 2.5, "flash": False}, "2.5 s · f/5.6 · ISO 1600 · 50 mm"),
        ({"exposure_seconds": 1 / 3, "aperture": 8.0, "flash": None}, "0.3 s · f/8 · ISO 1600 · 50 mm"),
        ({"exposure_seconds": None, "aperture": None, "iso": None, "focal_length": None, "flash": None}, ""),
    ],
)
def test_the_exposure_is_told_as_cameras_do(settings: Path, changes: dict[str, object], wanted: str) -> None:
    assert exposure_text(replace(FULL, **changes)) == wanted  # type: ignore[arg-type]


def test_place_and_zone_are_told(settings: Path) -> None:
    assert place_text(FULL) == "Ærøskøbing, Denmark\n54.8916° S, 10.4100° E"
    assert place_text(PhotoDetails(1)) == ""
    assert (zone_text(FULL), zone_text(PhotoDetails(1)), zone_text(PhotoDetails(1, 0))) == (
        "UTC-03:30",
        "",
        "UTC+00:00",
    )
    assert (stars_text(3), stars_text(None)) == ("★★★", "")
    QLocale.setDefault(QLocale("de_DE"))
    assert exposure_text(FULL).startswith("1/2.000 s · f/5,6")


@pytest.fixture
def viewer(context: Context, album_library: Library, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> Iterator[Viewer]:
    """The newest photo of the album, with its details."""
    monkeypatch.setattr(motion, "milliseconds", lambda: 0)
    made = Viewer(context)
    show(qtbot, made, 1000, 700)
    made.chrome.information.setChecked(True)
    made.show_photo(album_library.session.photos.timeline().photo_ids, 0)
    until(qtbot, made.panel.words.isVisible)
    yield made
    made.hide()


def stars(viewer: Viewer) -> int:
    return sum(button.isChecked() for button in viewer.panel.words.stars)


def details(viewer: Viewer, library: Library) -> PhotoDetails:
    assert viewer.photo_id is not None
    return library.session.details.of(viewer.photo_id)


def test_a_key_gives_stars_and_takes_them(viewer: Viewer, album_library: Library, qtbot: QtBot) -> None:
    QTest.keyClick(viewer, Key.Key_4)
    assert stars(viewer) == 4
    assert viewer.chrome._date.text().endswith(" · ★★★★")
    until(qtbot, lambda: details(viewer, album_library).rating == 4)
    QTest.keyClick(viewer, Key.Key_0)
    assert stars(viewer) == 0
    until(qtbot, lambda: details(viewer, album_library).rating is None)


def test_a_click_gives_stars_and_the_same_again_takes_them(
    viewer: Viewer, album_library: Library, qtbot: QtBot
) -> None:
    words = viewer.panel.words
    QTest.mouseClick(words.stars[2], LeftButton)
    until(qtbot, lambda: details(viewer, album_library).rating == 3)
    until(qtbot, lambda: words._details is not None and words._details.rating == 3)
    QTest.mouseClick(words.stars[2], LeftButton)
    until(qtbot, lambda: details(viewer, album_library).rating is None)
    assert stars(viewer) == 0


def test_what_is_typed_is_kept_with_return(viewer: Viewer, album_library: Library, qtbot: QtBot) -> None:
    words = viewer.panel.words
    words.caption.setFocus()
    QTest.keyClicks(words.caption, "First line")
    QTest.keyClick(words.caption, Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClicks(words.caption, "4 cups")
    QTest.keyClick(words.caption, Key.Key_Return)
    until(qtbot, lambda: details(viewer, album_library).caption == "First line\n4 cups")
    assert details(viewer, album_library).rating is None
    words.keywords.setFocus()
    QTest.keyClicks(words.keywords, "cup, ,  coffee ,cup")
    QTest.keyClick(words.keywords, Key.Key_Return)
    until(qtbot, lambda: details(viewer, album_library).keywords == ("cup", "coffee"))
    until(qtbot, lambda: words.keywords.text() == "cup, coffee")


def test_only_what_was_typed_is_kept(viewer: Viewer, album_library: Library, qtbot: QtBot) -> None:
    """A field shows a blank that does not break as a plain one, and knows commas only between keywords."""
    words, photo_id = viewer.panel.words, viewer.photo_id
    assert photo_id is not None
    caption, keywords = "10\u00a0km", ["Paris, France", "city"]
    album_library.session.details.describe(photo_id, caption=caption, keywords=keywords)
    until(qtbot, lambda: words.caption.toPlainText() == "10 km")
    words.title.setFocus()
    QTest.keyClicks(words.title, "Tower")
    album_library.session.details.describe(photo_id, keywords=[*keywords, "tower"])
    QTest.keyClick(words.title, Key.Key_Return)
    until(qtbot, lambda: details(viewer, album_library).title == "Tower")
    found = details(viewer, album_library)
    assert (found.caption, found.keywords) == (caption, (*keywords, "tower"))
    until(qtbot, lambda: words.keywords.text() == '"Paris, France", city, tower')
    words.keywords.setFocus()
    QTest.keyClick(words.keywords, Key.Key_End)
    QTest.keyClicks(words.keywords, ", night")
    QTest.keyClick(words.keywords, Key.Key_Return)
    until(qtbot, lambda: details(viewer, album_library).keywords == (*keywords, "tower", "night"))


def test_what_the_fields_are_for_can_be_read(viewer: Viewer) -> None:
    for field in (viewer.panel.words.title, viewer.panel.words.keywords):
        frame = QStyleOptionFrame()
        field.initStyleOption(frame)
        inside = field.style().subElementRect(QStyle.SubElement.SE_LineEditContents, frame, field)
        # Qt keeps two pixels free on each side.
        assert field.fontMetrics().horizontalAdvance(field.placeholderText()) <= inside.width() - 4


def test_escape_keeps_nothing_and_does_not_close(viewer: Viewer, album_library: Library, qtbot: QtBot) -> None:
    closed: list[bool] = []
    viewer.closed.connect(lambda: closed.append(True))
    words = viewer.panel.words
    words.title.setFocus()
    QTest.keyClicks(words.title, "Nothing")
    QTest.keyClick(words.title, Key.Key_Escape)
    assert words.title.text() == ""
    assert closed == []
    qtbot.wait(50)
    assert details(viewer, album_library).title == ""


def test_going_to_another_photo_keeps_what_was_typed(viewer: Viewer, album_library: Library, qtbot: QtBot) -> None:
    first, words = viewer.photo_id, viewer.panel.words
    assert first is not None
    words.title.setFocus()
    QTest.keyClicks(words.title, "Coffee")
    QTest.mouseClick(viewer.chrome.following, LeftButton)
    until(qtbot, lambda: words._details is not None and words._details.photo_id == viewer.photo_id != first)
    until(qtbot, lambda: album_library.session.details.of(first).title == "Coffee")
    assert words.title.text() == ""
    assert details(viewer, album_library).title == ""


def test_a_change_from_elsewhere_does_not_disturb_who_types(
    viewer: Viewer, album_library: Library, qtbot: QtBot
) -> None:
    words = viewer.panel.words
    words.title.setFocus()
    QTest.keyClicks(words.title, "Cof")
    assert viewer.photo_id is not None
    album_library.session.details.rate([viewer.photo_id], 2)
    until(qtbot, lambda: stars(viewer) == 2)
    assert words.title.text() == "Cof"


def test_what_is_refused_is_told(viewer: Viewer, qtbot: QtBot) -> None:
    words = viewer.panel.words
    words.keywords.setFocus()
    words.keywords.setText("x" * 300)
    QTest.keyClick(words.keywords, Key.Key_Return)
    until(qtbot, words._problem.isVisible)
    assert "at most 200" in words._problem.text()


def test_the_panel_tells_what_the_camera_knew(viewer: Viewer, album_library: Library) -> None:
    assert viewer.photo_id is not None
    photo = album_library.session.photos.get(viewer.photo_id)
    marked = MarkedFace("Cid", BoundingBox(0, 0, 1, 1))
    viewer.panel.show_photo(photo, (), replace(FULL, photo_id=photo.photo_id, marked=(marked,)))
    QApplication.processEvents()
    found = [each.text().replace("\u200b", "") for each in viewer.panel.findChildren(QLabel) if each.isVisible()]
    for line in (
        "Canon EOS 600D",
        "EF50mm f/1.8",
        "Ærøskøbing, Denmark\n54.8916° S, 10.4100° E",
        "Cid (marked, not found)",
    ):
        assert line in found
    assert any(line.endswith("UTC-03:30") for line in found)
