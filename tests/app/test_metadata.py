"""When a photo was taken, from whatever tells it."""

from __future__ import annotations

import io
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ExifTags, Image

from app.metadata import taken_at
from core.images import exif_of

FILE_TIME = datetime(2003, 3, 3, 3, 3, 3)
MODIFIED = FILE_TIME.timestamp()


def exif(original: object = None, digitized: object = None, changed: object = None) -> Image.Exif:
    """An EXIF block as it comes back from a real file."""
    block = Image.Exif()
    details = block.get_ifd(ExifTags.IFD.Exif)
    if original is not None:
        details[ExifTags.Base.DateTimeOriginal] = original
    if digitized is not None:
        details[ExifTags.Base.DateTimeDigitized] = digitized
    if changed is not None:
        block[ExifTags.Base.DateTime] = changed
    data = io.BytesIO()
    Image.new("RGB", (8, 8)).save(data, "JPEG", exif=block)
    return exif_of(data.getvalue())


def test_the_cameras_time_comes_first() -> None:
    block = exif("2021:05:01 10:11:12", "2021:06:01 10:11:12", "2021:07:01 10:11:12")
    assert taken_at(block, "IMG_20190704_153012.jpg", MODIFIED) == datetime(2021, 5, 1, 10, 11, 12)


@pytest.mark.parametrize(
    ("original", "digitized", "changed", "month"),
    [
        (None, "2021:06:01 10:11:12", "2021:07:01 10:11:12", 6),
        ("0000:00:00 00:00:00", "2021:06:01 10:11:12", None, 6),
        ("    :  :     :  :  ", None, "2021:07:01 10:11:12", 7),
        ("2021:13:45 10:11:12", None, "2021:07:01 10:11:12", 7),
        ("1066:10:14 09:00:00", None, "2021:07:01 10:11:12", 7),
        ("9999:12:31 23:59:59", None, "2021:07:01 10:11:12", 7),
        ("", "nonsense", "2021:07:01 10:11:12", 7),
    ],
)
def test_nonsense_gives_way_to_the_next(original: str, digitized: str, changed: str, month: int) -> None:
    assert taken_at(exif(original, digitized, changed), "x.jpg", MODIFIED).month == month


@pytest.mark.parametrize(
    "value", ["2021-05-01T10:11:12", "2021:05:01 10:11:12.34", "2021/05/01 10:11:12+02:00", "2021:05:01 10:11:12\0"]
)
def test_other_ways_to_write_a_time_are_read(value: str) -> None:
    assert taken_at(exif(value), "x.jpg", MODIFIED) == datetime(2021, 5, 1, 10, 11, 12)


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("20190704_153012.jpg", datetime(2019, 7, 4, 15, 30, 12)),
        ("IMG_20190704_153012_HDR.jpg", datetime(2019, 7, 4, 15, 30, 12)),
        ("PXL_20190704_153012345.jpg", datetime(2019, 7, 4)),
        ("IMG-20190704-WA0001.jpg", datetime(2019, 7, 4)),
        ("Screenshot_2019-07-04-15-30-12.png", datetime(2019, 7, 4, 15, 30, 12)),
        ("2019-07-04 15.30.12.jpg", datetime(2019, 7, 4, 15, 30, 12)),
        ("WhatsApp Image 2019-07-04 at 15.30.12.jpeg", datetime(2019, 7, 4)),
        ("1999.12.31 the last.jpg", datetime(1999, 12, 31)),
    ],
)
def test_a_name_tells_when_the_camera_does_not(name: str, wanted: datetime) -> None:
    assert taken_at(Image.Exif(), name, MODIFIED).date() == wanted.date()
    if wanted.hour:
        assert taken_at(Image.Exif(), name, MODIFIED) == wanted


@pytest.mark.parametrize(
    "name", ["DSC01234.jpg", "20191304.jpg", "1562254212000.jpg", "120190704.jpg", "201907041.jpg", "99991231.jpg", ""]
)
def test_other_numbers_are_no_date(name: str) -> None:
    assert taken_at(Image.Exif(), name, MODIFIED) == FILE_TIME


def test_a_name_of_the_future_is_no_date() -> None:
    future = datetime.now() + timedelta(days=400)
    assert taken_at(Image.Exif(), f"{future:%Y%m%d}.jpg", MODIFIED) == FILE_TIME


@pytest.mark.parametrize("modified", [float("nan"), float("inf"), 1e30, -1e30])
def test_a_file_time_that_is_none_is_the_epoch(modified: float) -> None:
    assert taken_at(Image.Exif(), "x.jpg", modified) == datetime(1970, 1, 1)


@given(st.text(max_size=60), st.text(max_size=30), st.floats())
def test_whatever_it_is_given_there_is_a_time(name: str, value: str, modified: float) -> None:
    block = Image.Exif()
    block[ExifTags.Base.DateTime] = value
    time = taken_at(block, name, modified)
    assert time.tzinfo is None
    assert len(time.isoformat(timespec="seconds")) == 19
