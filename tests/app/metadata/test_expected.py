"""What is read from other programs' collections of files, beside the values that they expect.

The files are not part of the project: without them these tests are skipped.
"""

from __future__ import annotations

import functools
import json
import os
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.metadata import Metadata, Moment, Place, beside, read

DATA = Path(__file__).parents[4] / "shared" / "data"
PIGALLERY, IMMICH, EXIFMWG = DATA / "metadata-pigallery2", DATA / "library-immich", DATA / "metadata-exifmwg"

needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="the collections of files are not there")

MEDIA = {".jpg", ".jpeg", ".png", ".heic", ".mp4", ".mkv", ".mov", ".gif", ".webp", ".avif"}

_EXPOSURE = ("ISO", "exposure", "fStop", "focalLength", "lens")

_NO_ZONE = "The sidecar repeats the camera's own time without a zone; the expected value takes that for UTC."
_MORE = "The file says it (exiftool reads the same), the expected values leave it out."
_UTC = "A film's header is in UTC; the expected values give the same time without saying so."
_NAMES = "The names of people who have a region are no keywords, wherever the regions stand."

ALLOWED: dict[tuple[str, str], str] = {
    ("orientation/IMG_0307.HEIC", "ISO"): _MORE,
    ("sidecar/20240107_110258.jpg", "creationDate"): _NO_ZONE,
    ("sidecar/20240121_102400.JPG", "creationDate"): _NO_ZONE,
    ("sidecar/20240128_185808.JPG", "creationDate"): _NO_ZONE,
    **{(f"sidecar/{name}.jpg", key): _MORE for name in ("flatxmp", "headline") for key in _EXPOSURE},
    ("sidecar/testimagedesc2.jpg", "keywords"): _NAMES,
    ("special_names.jpg", "keywords"): _NAMES + " And `&amp;` is `&`, once XML is read.",
    ("test image accents.jpg", "place"): "XMP before IPTC, whose fields have room for 32 bytes: it is cut off there.",
    ("video.mp4", "creationDate"): "The same moment: Apple's own date knows the zone, and comes before the header's.",
    ("video.mp4", "creationDateOffset"): "As above.",
    ("video_mkv.mkv", "creationDateOffset"): _UTC,
    ("video_rotate.mp4", "creationDateOffset"): _UTC,
}
"""(file, field) -> why it differs from what is expected."""


def read_with_sidecars(path: Path) -> Metadata:
    return read(path, [Path(os.fsdecode(stamp.path)) for stamp in beside(os.fsencode(path))])


def expected_of(path: Path) -> dict[str, Any]:
    """The values beside a file; of several files that are one picture, turned, there is one for all."""
    for name in (path.stem, path.stem.rsplit("_", 1)[0]):
        beside = path.with_name(f"{name}.json")
        if beside.is_file():
            values: dict[str, Any] = json.loads(beside.read_text())
            return values
    return {}


@functools.cache
def pigallery_files() -> list[Path]:
    files = sorted(PIGALLERY.rglob("*")) if PIGALLERY.is_dir() else []
    return [path for path in files if path.suffix.lower() in MEDIA]


def differences(found: Metadata, expected: dict[str, Any]) -> dict[str, str]:
    """Field -> what was found and what was expected, where they are not the same."""
    pairs = {**times(found, expected), **camera(found, expected), **position(found, expected), **said(found, expected)}
    return {field: f"{ours!r} instead of {theirs!r}" for field, (ours, theirs) in pairs.items() if ours != theirs}


Pairs = dict[str, tuple[object, object]]


def times(found: Metadata, expected: dict[str, Any]) -> Pairs:
    if "creationDate" not in expected or "creationDate" in expected.get("skip", []):
        return {}
    if expected["creationDate"] == "fileModificationTime":
        return {"creationDate": (found.taken, None)}
    zone = expected.get("creationDateOffset")
    minutes = int(zone[0] + "1") * (int(zone[1:3]) * 60 + int(zone[4:])) if zone else None
    utc = datetime(1970, 1, 1) + timedelta(seconds=expected["creationDate"] // 1000)
    ours = found.taken.local.replace(microsecond=0) if found.taken else None
    return {
        "creationDate": (ours, utc + timedelta(minutes=minutes or 0)),
        "creationDateOffset": (found.taken.zone if found.taken else None, minutes),
    }


def camera(found: Metadata, expected: dict[str, Any]) -> Pairs:
    theirs = expected.get("cameraData", {})

    def rounded(value: float | None) -> float | None:
        return None if value is None else round(value, 6)

    return {
        "make": (found.make, theirs.get("make", "")),
        "model": (found.model, theirs.get("model", "")),
        "lens": (found.lens, theirs.get("lens", "")),
        "ISO": (found.iso, theirs.get("ISO")),
        "exposure": (rounded(found.exposure_time), rounded(theirs.get("exposure"))),
        "fStop": (rounded(found.aperture), rounded(theirs.get("fStop"))),
        "focalLength": (rounded(found.focal_length), rounded(theirs.get("focalLength"))),
    }


def position(found: Metadata, expected: dict[str, Any]) -> Pairs:
    theirs = expected.get("positionData", {})
    gps = theirs.get("GPSData", {})
    ours = (round(found.latitude, 6), round(found.longitude, 6)) if found.latitude and found.longitude else None
    place = found.place
    return {
        "GPS": (ours, (gps["latitude"], gps["longitude"]) if gps else None),
        "place": (
            (place.country, place.state, place.city),
            tuple(theirs.get(key, "") for key in ("country", "state", "city")),
        ),
    }


def said(found: Metadata, expected: dict[str, Any]) -> Pairs:
    width, height = expected["size"]["width"], expected["size"]["height"]
    faces = sorted(
        (region.name, *(region.x * width, region.y * height, region.width * width, region.height * height))
        for region in found.regions
    )
    theirs = sorted(
        (face["name"], *(face["box"][key] for key in ("left", "top", "width", "height")))
        for face in expected.get("faces", [])
    )
    same = len(faces) == len(theirs) and all(
        ours[0] == other[0] and all(abs(a - b) <= 1 for a, b in zip(ours[1:], other[1:], strict=True))
        for ours, other in zip(faces, theirs, strict=True)
    )
    return {
        "faces": (theirs if same else faces, theirs),
        "keywords": (sorted(found.keywords), sorted(expected.get("keywords", []))),
        "rating": (found.rating, expected.get("rating")),
        "title": (found.title, expected.get("title", "")),
        "caption": (found.caption, expected.get("caption", "")),
    }


@needs_data
@pytest.mark.parametrize("path", pigallery_files(), ids=lambda path: str(path.relative_to(PIGALLERY)))
def test_pigallery2s_values_are_read(path: Path) -> None:
    name, expected = str(path.relative_to(PIGALLERY)), expected_of(path)
    found = read_with_sidecars(path)
    if not expected:
        assert name in NOTHING_EXPECTED
        return
    allowed = {field for file, field in ALLOWED if file == name}
    wrong = differences(found, expected)
    assert {field: wrong[field] for field in wrong.keys() - allowed} == {}
    assert allowed <= wrong.keys(), "a difference is gone: take it from the table"


NOTHING_EXPECTED = frozenset(
    {
        "earth.gif",
        "live_photo/IMG_7943.HEIC",
        "live_photo/IMG_7943_HEVC.MOV",
        *(f"sidecar/orientation/photo.{turn}.embedded{kind}.jpg" for turn in (3, 6, 8) for kind in ("", "_sidecar")),
    }
)


def local(text: str, zone: int | None = None) -> Moment:
    return Moment(datetime.fromisoformat(text), zone)


CURIES = (("Marie Curie", 312, 209, 113, 199), ("Pierre Curie", 639, 119, 96, 241))
"""Names, and boxes in thousandths of the upright picture."""

DATES = "metadata/dates"
CANON = {"make": "Canon"}
TORCAL: dict[str, object] = {
    "taken": local("2012-08-05T11:39:59"),
    "make": "SONY",
    "model": "DSLR-A550",
    "lens": "18-250mm F3.5-6.3",
    "exposure_time": 0.00625,
    "aperture": 11.0,
    "iso": 200,
    "focal_length": 75.0,
    "flash": False,
    "caption": "SONY DSC",
}

IMMICHS: dict[str, dict[str, object]] = {
    "albums/nature/el_torcal_rocks.jpg": TORCAL,
    "formats/jpg/el_torcal_rocks.jpg": TORCAL,
    "formats/jpeg/el_torcal_rocks.jpeg": TORCAL,
    "albums/nature/prairie_falcon.jpg": {
        "taken": local("2022-03-31T11:31:56"),
        "model": "Canon EOS R5",
        "lens": "RF100-500mm F4.5-7.1 L IS USM",
        "iso": 1000,
        "rating": None,
        "title": "Prairie falcon female with eggs",
        "keywords": ("SFAN", "PINN", "raptors", "Events", "birds", "monitoring", "prairie falcons"),
    },
    "albums/nature/tanners_ridge.jpg": {
        "taken": local("2023-09-25T08:33:30"),
        "lens": "17.0-35.0 mm f/2.8",
        "caption": "Fall 2023 Week 3",
        "keywords": (
            *("Big Meadows", "Landscape", "Tanners Ridge Overlook", "Overlook", "Place"),
            *("Fall 2023", "Lara Ellis Photography", "Shenandoah National Park"),
        ),
    },
    "albums/nature/notocactus_minimus.jpg": {"taken": local("2008-05-23T15:54:59"), "model": "PENTAX K10D"},
    "albums/nature/cyclamen_persicum.jpg": {"taken": local("2007-12-06T14:33:18", 540), "aperture": 6.7},
    **{
        f"albums/nature/{name}.jpg": {"taken": None, "make": "", "keywords": ()}
        for name in ("orychophragmus_violaceus", "polemonium_reptans", "silver_fir", "wood_anemones")
    },
    "formats/avif/10bit-HDR-P3-nclx.avif": {"taken": None},
    "formats/avif/8bit-sRGB.avif": {"taken": None},
    "formats/png/density_plot.png": {"taken": local("2007-02-13T06:34:38")},
    "formats/heic/IMG_2682.heic": {
        "taken": local("2019-03-21T11:04:22", -300),
        "model": "iPhone 7",
        "lens": "iPhone 7 back camera 3.99mm f/1.8",
        "latitude": 41.2203,
        "longitude": -96.07162,
        "iso": 20,
    },
    "formats/motionphoto/samsung-one-ui-6.heic": {"taken": local("2024-01-12T21:38:53", -480), "model": "SM-S906U"},
    "formats/webp/denali.webp": {
        "taken": local("2010-08-13T21:00:01"),
        "lens": "EF28-80mm f/3.5-5.6 USM",
        "title": "Denali National Park and Preserve",
    },
    f"{DATES}/date-priority-test.jpg": {"taken": local("2023-02-02T02:00:00")},
    f"{DATES}/datetimeoriginal-gps.jpg": {"taken": local("2025-12-01T11:30:00"), "latitude": 39.0, "longitude": -108.0},
    f"{DATES}/gps-datetime.jpg": {"taken": local("2023-11-15T12:30:00", 0), "latitude": 37.774900},
    f"{DATES}/time-created.jpg": {"taken": None, "model": "EOS R5"},
    "metadata/faces/portrait.jpg": {"orientation": 1, "regions": CURIES, "keywords": ()},
    "metadata/faces/portrait-orientation-6.jpg": {"orientation": 6, "regions": CURIES, "keywords": ()},
    "metadata/gps-position/empty_gps.jpg": {"taken": local("2025-06-01T16:59:26"), "latitude": None, "longitude": None},
    "metadata/gps-position/thompson-springs.jpg": {
        "taken": local("2022-01-10T15:15:44", -360),
        "latitude": 39.115,
        "longitude": -108.40097,
        "keywords": ("carol m. highsmith", "america", "utah", "utah winter scenes", "thompson springs"),
    },
    "metadata/rating/mongolels.jpg": {"rating": 3, "title": "Mongol Els", "taken": local("2009-08-29T13:18:08")},
    "metadata/tags/picasa.jpg": {"keywords": ("Frost", "Yard"), "caption": "Image-Description"},
}
"""As exiftool reads the files; Immich's own tests hold the same dates, positions and regions."""

WASHINGTON = Place("USA", "DC", "WASHINGTON")
OBAMA = "Barack Obama"

EXIFMWGS: dict[str, dict[str, object]] = {
    "sample.png": {"keywords": ("LR Child 1", "LR Child 2", "Test Grandchild"), "regions": ()},
    "sample.webp": {"keywords": (), "regions": ()},
    "sample1.jpg": {
        "taken": local("2010-09-09T00:00:00", 0),
        "regions": ((OBAMA, 303, 274, 29, 59),),
        "keywords": ("Washington DC", "9", "Bo"),
        "place": WASHINGTON,
    },
    "sample2.jpg": {"regions": ((OBAMA, 428, 170, 130, 216),), "keywords": ("Washington DC",), "place": WASHINGTON},
    "sample3.jpg": {
        "regions": (
            (OBAMA, 313, 354, 39, 72),
            ("Denis McDonough", 470, 105, 39, 79),
            ("Hillary Clinton", 749, 430, 63, 108),
            ("Joseph R Biden", 70, 372, 43, 94),
        ),
        "keywords": ("Washington DC",),
    },
    "sample4.jpg": {"regions": ((OBAMA, 445, 140, 43, 94),), "keywords": ("Washington DC", "Bo")},
}
"""As exiftool reads the files. Bo is a dog: a pet's region is none of a person."""


def of(found: Metadata, field: str) -> object:
    if field == "regions":
        sides = ((region.name, region.x, region.y, region.width, region.height) for region in found.regions)
        return tuple((name, *(round(1000 * side) for side in box)) for name, *box in sides)
    value = getattr(found, field)
    if isinstance(value, Moment):
        return Moment(value.local.replace(microsecond=0), value.zone)
    return round(value, 5) if isinstance(value, float) else value


@needs_data
@pytest.mark.parametrize("name", IMMICHS)
def test_immichs_values_are_read(name: str) -> None:
    found = read_with_sidecars(IMMICH / name)
    assert {field: of(found, field) for field in IMMICHS[name]} == IMMICHS[name]


@needs_data
def test_no_file_of_immichs_is_left_out() -> None:
    assert {str(path.relative_to(IMMICH)) for path in IMMICH.rglob("*") if path.suffix in MEDIA} == IMMICHS.keys()


@needs_data
@pytest.mark.parametrize("year", ["2000", "2010", "2020"])
def test_immichs_sidecars_of_two_byte_letters_are_read(year: str) -> None:
    found = read(b"", [IMMICH / "metadata" / "xmp" / "dates" / f"{year}.xmp"])
    assert found.taken is not None and found.taken.local.year == int(year)


@needs_data
def test_immichs_sidecar_with_speeds_in_a_list_is_read() -> None:
    found = read(b"", [IMMICH / "problems" / "xmp" / "iso-value-array" / "iso-value-array.xmp"])
    assert (found.iso, found.flash, found.exposure_time) == (160, False, 1 / 1250)
    assert (round(found.latitude or 0, 5), round(found.longitude or 0, 5)) == (40.23464, -76.28714)
    assert (found.taken, found.caption) == (local("2009-11-28T13:42:39"), "")


@needs_data
def test_no_hostile_file_raises_or_takes_long(caplog: pytest.LogCaptureFixture) -> None:
    for path in sorted((DATA / "hostile-synthetic").iterdir()) + sorted((DATA / "hostile-pillow").rglob("*")):
        if path.is_file():
            begun = time.monotonic()
            found = read(path, [*[Path(os.fsdecode(stamp.path)) for stamp in beside(os.fsencode(path))], path])
            assert time.monotonic() - begun < 5, path
            assert found.latitude is None or abs(found.latitude) <= 90, path
            assert not caplog.records, path


@needs_data
@pytest.mark.parametrize(
    ("name", "names"),
    [
        ("mwg_region_nan", []),
        ("mwg_region_negative", []),
        ("mwg_region_zero_area", []),
        ("mwg_region_long_name", []),
        ("mwg_region_html_name", ["<script>alert(1)</script>"]),
        ("mwg_region_path_name", ["../../etc/passwd"]),
        ("mwg_region_csv_formula", ["=cmd|calc!A1"]),
    ],
)
def test_hostile_regions_are_text_or_nothing(name: str, names: list[str]) -> None:
    found = read(DATA / "hostile-synthetic" / f"{name}.jpg").regions
    assert [region.name for region in found] == names


@needs_data
@pytest.mark.parametrize("name", EXIFMWGS)
def test_exifmwgs_values_are_read(name: str) -> None:
    found = read(EXIFMWG / name)
    assert {field: of(found, field) for field in EXIFMWGS[name]} == EXIFMWGS[name]


@needs_data
@pytest.mark.parametrize("turn", [3, 6, 8])
@pytest.mark.parametrize("kind", ["embedded", "embedded_sidecar"])
def test_regions_are_those_of_the_upright_picture(turn: int, kind: str) -> None:
    path = PIGALLERY / "sidecar" / "orientation" / f"photo.{turn}.{kind}.jpg"
    assert of(read_with_sidecars(path), "regions") == CURIES
