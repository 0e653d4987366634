"""The photographs of the demonstration, and the picture of its window."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

import ui.demo
from app.metadata import read
from core.errors import CoreError
from core.images import decode, read_file
from ui.demo import write_photos


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("demo") / "photos"
    count = write_photos(folder)
    paths = sorted(folder.iterdir())
    assert len(paths) == count == 32
    return paths


def test_they_lie_in_every_way_and_stand_upright(photos: list[Path]) -> None:
    orientations = set()
    for path in photos:
        with Image.open(path) as image:
            orientations.add(image.getexif().get(0x0112))
    assert orientations == {1, 3, 6, 8}
    six, turned = decode(read_file(photos[0])).pixels, decode(read_file(photos[10])).pixels
    assert six.shape[0] == turned.shape[0] == 886


def test_they_span_several_years_of_the_past(photos: list[Path]) -> None:
    times = set()
    for path in photos:
        taken = read(path).taken
        assert taken is not None
        times.add(taken.local)
    assert len({time.year for time in times}) == 3
    assert datetime(2000, 1, 1) < min(times)
    # A camera's clock that is ahead is not believed: dates of the demonstration lie before this code was written.
    assert max(times) < datetime(2026, 1, 1)


def test_no_two_are_the_same(photos: list[Path]) -> None:
    assert len({path.read_bytes() for path in photos}) == len(photos)


def test_a_missing_package_is_told_with_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(ui.demo, "find_spec", lambda _name: None)
    with pytest.raises(CoreError, match="make demo"):
        write_photos(tmp_path / "photos")


def test_without_a_display_the_window_becomes_a_picture(
    application: QApplication,
    settings: Path,
    indexed_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(ui.demo, "_PICTURE", tmp_path / "build" / "demo.png")
    shutil.copytree(indexed_folder, tmp_path / "library")
    assert ui.demo._show(tmp_path / "library") == 0
    assert str(tmp_path / "build" / "demo.png") in capsys.readouterr().out
    picture = QImage(str(tmp_path / "build" / "demo.png"))
    assert picture.width() == 1280
    assert picture.height() > 2 * 700
    colours = {picture.pixelColor(x, y).name() for x in range(0, 1280, 7) for y in range(0, picture.height(), 7)}
    assert len(colours) > 500, "faces and photos are in it"
