"""The estimate of the time that is left."""

from __future__ import annotations

import pytest

from app.progress import WINDOW_SECONDS, Meter


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_nothing_is_told_before_there_is_something_to_tell_by() -> None:
    clock = Clock()
    meter = Meter(clock)
    assert meter.seconds_left(10) is None
    for _ in range(3):
        clock.now += 1
        meter.tick()
    assert meter.seconds_left(10) is None


def test_a_steady_pace_goes_on() -> None:
    clock = Clock()
    meter = Meter(clock)
    for _ in range(10):
        clock.now += 0.5
        meter.tick()
    assert meter.seconds_left(20) == pytest.approx(10)
    assert meter.seconds_left(0) == 0


def test_the_last_half_minute_counts() -> None:
    clock = Clock()
    meter = Meter(clock)
    for _ in range(100):
        clock.now += 0.1
        meter.tick()
    for _ in range(20):
        clock.now += 3
        meter.tick()
    assert meter.seconds_left(10) == pytest.approx(30, rel=0.1)
    assert WINDOW_SECONDS == 30


def test_a_photo_slower_than_the_window_still_tells() -> None:
    clock = Clock()
    meter = Meter(clock)
    for _ in range(10):
        clock.now += WINDOW_SECONDS * 2
        meter.tick()
    left = meter.seconds_left(1)
    assert left is None or left == pytest.approx(WINDOW_SECONDS * 2)


def test_a_pause_does_not_count() -> None:
    clock = Clock()
    meter = Meter(clock)
    for _ in range(10):
        clock.now += 1
        meter.tick()
    clock.now += 3600
    meter.restart()
    assert meter.seconds_left(10) is None
    for _ in range(10):
        clock.now += 1
        meter.tick()
    assert meter.seconds_left(10) == pytest.approx(10)


def test_photos_that_finish_in_no_time_divide_by_nothing() -> None:
    meter = Meter(Clock())
    for _ in range(10):
        meter.tick()
    assert meter.seconds_left(10) is None
