"""How far, how fast, how long still."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

WINDOW_SECONDS = 30.0
"""The speed is that of the last half minute: photos of one folder resemble each other, those of another do not."""


class Meter:
    """Counts finished photos and estimates the time left. Not for several threads at once."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._ticks: deque[float] = deque([clock()])

    def tick(self) -> None:
        """One more is finished."""
        now = self._clock()
        self._ticks.append(now)
        while len(self._ticks) > 2 and now - self._ticks[0] > WINDOW_SECONDS:
            self._ticks.popleft()

    def restart(self) -> None:
        """Work goes on after a pause, which is not to count."""
        self._ticks = deque([self._clock()])

    def seconds_left(self, remaining: int) -> float | None:
        """None until there is enough to tell by."""
        span = self._ticks[-1] - self._ticks[0]
        if len(self._ticks) < 5 or span <= 0:
            return None
        return remaining * span / (len(self._ticks) - 1)
