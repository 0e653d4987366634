"""How many images a second `sietch serve` looks at, by how many clients ask at the same time and how many may work."""

from __future__ import annotations

import io
import os
import statistics
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from tests import samples
from tests.core.http.conftest import serving

ROUNDS = 7
REQUESTS = 8
CLIENTS = (1, 2, 4)


def main(_arguments: Sequence[str]) -> None:
    """Prints a line for each pair of numbers: the median of rounds that take turns, so that a busy machine is fair."""
    file = io.BytesIO()
    samples.t1().save(file, "JPEG", quality=92)
    processors = os.cpu_count() or 1
    print(f"POST /detect of t1.jpg (1280 x 886, six faces), nothing saved; {processors} processors")
    with ExitStack() as stack:
        addresses = {
            working: stack.enter_context(
                serving(Path(stack.enter_context(TemporaryDirectory())), MAX_WORKING=str(working))
            )
            for working in dict.fromkeys((1, processors))
        }
        pairs = [(working, clients) for working in addresses for clients in CLIENTS]
        rates: dict[tuple[int, int], list[float]] = {pair: [] for pair in pairs}
        for _ in range(ROUNDS):
            for working, clients in pairs:
                rates[working, clients].append(_rate(addresses[working], file.getvalue(), clients))
    for (working, clients), found in rates.items():
        print(f"MAX_WORKING={working}  clients={clients}  {statistics.median(found):5.2f} images/s")


def _rate(address: str, photo: bytes, clients: int) -> float:
    with httpx.Client(base_url=address, timeout=120) as client, ThreadPoolExecutor(clients) as pool:

        def ask(_: int) -> None:
            client.post("/detect", files={"file": photo}, data={"auto_save": "false"}).raise_for_status()

        ask(0)
        start = time.perf_counter()
        list(pool.map(ask, range(REQUESTS)))
        return REQUESTS / (time.perf_counter() - start)
