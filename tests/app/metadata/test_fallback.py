"""When a photo was taken that does not say so itself."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.metadata import taken_at

FILE_TIME = datetime(2003, 3, 3, 3, 3, 3)
MODIFIED = FILE_TIME.timestamp()


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
    assert taken_at(name, MODIFIED).date() == wanted.date()
    if wanted.hour:
        assert taken_at(name, MODIFIED) == wanted


@pytest.mark.parametrize(
    "name", ["DSC01234.jpg", "20191304.jpg", "1562254212000.jpg", "120190704.jpg", "201907041.jpg", "99991231.jpg", ""]
)
def test_other_numbers_are_no_date(name: str) -> None:
    assert taken_at(name, MODIFIED) == FILE_TIME


def test_a_name_of_the_future_is_no_date() -> None:
    future = datetime.now() + timedelta(days=400)
    assert taken_at(f"{future:%Y%m%d}.jpg", MODIFIED) == FILE_TIME


@pytest.mark.parametrize("modified", [float("nan"), float("inf"), 1e30, -1e30])
def test_a_file_time_that_is_none_is_the_epoch(modified: float) -> None:
    assert taken_at("x.jpg", modified) == datetime(1970, 1, 1)


@given(st.text(max_size=60), st.floats())
def test_whatever_it_is_given_there_is_a_time(name: str, modified: float) -> None:
    time = taken_at(name, modified)
    assert time.tzinfo is None
    assert len(time.isoformat(timespec="seconds")) == 19
