"""The order of an album: numbers with room between them, so that to move a few photos writes a few rows."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import pairwise

GAP = 1024
"""Between two that follow one another, at first: ten times something can be put between them before all move."""


def moved(order: Sequence[tuple[int, int]], chosen: Sequence[int], before: int | None) -> dict[int, int]:
    """The new numbers of those that change them, when some are moved before another, in the order given.

    Args:
        order: ids with their numbers, ascending.
        chosen: some of these ids.
        before: another of them; None moves to the end.
    """
    going = list(dict.fromkeys(chosen))
    staying = [each for each in order if each[0] not in set(going)]
    at = next((row for row, (number, _) in enumerate(staying) if number == before), len(staying))
    low = staying[at - 1][1] if at else (staying[0][1] - GAP * (len(going) + 1) if staying else 0)
    high = staying[at][1] if at < len(staying) else low + GAP * (len(going) + 1)
    step = (high - low) // (len(going) + 1)
    if step > 0 and _ascending(staying):
        return {number: low + step * place for place, number in enumerate(going, 1)}
    ids = [number for number, _ in staying]
    return renumbered([*ids[:at], *going, *ids[at:]])


def renumbered(ids: Collection[int]) -> dict[int, int]:
    """Numbers for all of them, with the full room between them."""
    return {number: GAP * place for place, number in enumerate(ids, 1)}


def _ascending(order: Sequence[tuple[int, int]]) -> bool:
    return all(one[1] < other[1] for one, other in pairwise(order))
