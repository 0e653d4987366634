"""The demonstration: a small library of real photographs, indexed before one's eyes, and the window on it.

The photographs come inside packages that are installed for it: insightface's picture of six people, and scikit-image's
astronaut. Cropped, mirrored, turned by their EXIF orientation, darker and smaller, they make a folder in which
everybody stands in several photos. Without a display the window is rendered to `build/demo.png`.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click
from PIL import ExifTags, Image, ImageEnhance, ImageOps

from core.errors import CoreError

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from app.library import Library

_PICTURE = Path("build/demo.png")

_GROUPS = ((0, 430), (170, 640), (380, 800), (620, 1040), (820, 1280), (0, 640), (640, 1280), (170, 1040))
"""Left and right edges, in the picture of six people, that cut no face."""

_MONTHS = ((2025, 8), (2025, 7), (2024, 12), (2023, 6))

_TURNS = {3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}
"""EXIF orientation -> how the pixels lie in a file that has it."""


def main() -> int:
    """Builds, indexes and shows; the exit code."""
    place = Path(tempfile.mkdtemp(prefix="sietch-demo-"))
    try:
        count = write_photos(place / "photos")
        click.echo(f"{count} photos of the demonstration are in {place / 'photos'}")
        _index(place)
        return _show(place / "library")
    except CoreError as error:
        click.echo(f"sietch: {error}", err=True)
        return 1


def write_photos(folder: Path) -> int:
    """Writes the photographs of the demonstration.

    Returns:
        How many.
    """
    folder.mkdir(parents=True)
    number = 0
    for number, (picture, orientation) in enumerate(_pictures(), 1):
        year, month = _MONTHS[number * 7 % len(_MONTHS)]
        day = f"{year}:{month:02}:{number % 27 + 1:02} 1{number % 9}:05:00"
        _save(picture, folder / f"DSC_{number:04}.jpg", day, orientation)
    return number


def _pictures() -> Iterator[tuple[Image.Image, int]]:
    """Pictures with the EXIF orientation that each is to have."""
    six, astronaut = _packaged("insightface", "data/images/t1.jpg"), _packaged("skimage", "data/astronaut.png")
    yield six, 1
    for index, (left, right) in enumerate(_GROUPS):
        crop = six.crop((left, 0, right, six.height))
        yield crop, 1
        yield ImageOps.mirror(crop), (3, 6, 8)[index % 3]
        if index < 5:
            yield ImageEnhance.Brightness(crop).enhance(0.6), 1
            yield crop.resize((crop.width * 3 // 4, crop.height * 3 // 4)), 1
    yield astronaut, 1
    yield ImageOps.mirror(astronaut), 6
    yield ImageEnhance.Brightness(astronaut).enhance(0.6), 1
    yield astronaut.crop((60, 0, 400, 340)), 8
    yield _packaged("skimage", "data/coffee.png"), 1


def _packaged(package: str, relative: str) -> Image.Image:
    # Found, not imported: only the pictures are wanted.
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise CoreError(f"The demonstration needs the package {package}: run it with `make demo`.")
    return Image.open(Path(spec.submodule_search_locations[0]) / relative).convert("RGB")


def _save(picture: Image.Image, path: Path, day: str, orientation: int) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = day
    lying = picture.transpose(_TURNS[orientation]) if orientation in _TURNS else picture
    lying.save(path, quality=92, exif=exif)


def _index(place: Path) -> None:
    from app.library import Library
    from ui.cli import output

    with Library.open(place / "library") as library:
        output.watch_indexing(library, [place / "photos"])
        output.index_report(library.session, as_json=False)
        _name_astronaut(library, place / "photos")
        output.people(library.session.people.list(), as_json=False)


def _name_astronaut(library: Library, folder: Path) -> None:
    """The astronaut of scikit-image is known by name; she is the only one in her photos."""
    paths = library.session.photos.paths()
    alone = {
        face.person_id for face in library.session.photos.all_faces() if paths[face.photo_id].name == "DSC_0028.jpg"
    }
    if len(alone) == 1 and None not in alone:
        library.session.people.rename(alone.pop() or 0, "Eileen Collins")


def _show(folder: Path) -> int:
    if sys.platform == "linux":
        # When the display that is named cannot be reached, Qt goes on without one instead of ending the program.
        reachable = [
            name for name, variable in (("wayland", "WAYLAND_DISPLAY"), ("xcb", "DISPLAY")) if os.environ.get(variable)
        ]
        os.environ.setdefault("QT_QPA_PLATFORM", ";".join([*reachable, "offscreen"]))
    from ui.application import make_application, run

    application = make_application()
    if application.platformName() != "offscreen":
        return run(folder)
    _render(application, folder)
    click.echo(f"There is no display: the window is in {_PICTURE}")
    return 0


def _render(application: QApplication, folder: Path) -> None:
    """The People page above the timeline, in one picture."""
    from PySide6.QtCore import QRect
    from PySide6.QtGui import QImage, QPainter

    from app.library import Library
    from ui import theme
    from ui.look import Look
    from ui.main_window import MainWindow

    with Library.open(folder) as library:
        window = MainWindow(library.session, Look(application))
        window.resize(1280, 760)
        window.show()
        shots = []
        for page in ("people", "photos"):
            window.go(page)
            window.settle()
            shots.append(window.grab().toImage())
        height = sum(shot.height() for shot in shots) + theme.SPACE_5
        picture = QImage(shots[0].width(), height, QImage.Format.Format_RGB32)
        picture.fill(theme.colour(theme.LIGHT.line))
        painter = QPainter(picture)
        for number, shot in enumerate(shots):
            painter.drawImage(QRect(0, number * (shot.height() + theme.SPACE_5), shot.width(), shot.height()), shot)
        painter.end()
        _PICTURE.parent.mkdir(exist_ok=True)
        if not picture.save(str(_PICTURE)):
            raise CoreError(f"{_PICTURE} cannot be written.")
        window.close()
        window.tasks.close()


if __name__ == "__main__":
    sys.exit(main())
