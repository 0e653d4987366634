"""How many images a second `sietch serve` looks at, by how many clients ask at the same time and how many may work."""

from __future__ import annotations

import io
import os
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from tests import samples
from tests.core.http.conftest import serving

REQUESTS = 24


def main(_arguments: Sequence[str]) -> None:
    """Prints a line for each pair of numbers."""
    file = io.BytesIO()
    samples.t1().save(file, "JPEG", quality=92)
    processors = os.cpu_count() or 1
    print(f"{REQUESTS} POST /detect of t1.jpg (1280 x 886, six faces), nothing saved; {processors} processors")
    for working in dict.fromkeys((1, processors)):
        with TemporaryDirectory() as folder, serving(Path(folder), MAX_WORKING=str(working)) as address:
            for clients in (1, 2, 4):
                rate = _rate(address, file.getvalue(), clients)
                print(f"MAX_WORKING={working}  clients={clients}  {rate:5.2f} images/s", flush=True)


def _rate(address: str, photo: bytes, clients: int) -> float:
    with httpx.Client(base_url=address, timeout=120) as client, ThreadPoolExecutor(clients) as pool:

        def ask(_: int) -> None:
            client.post("/detect", files={"file": photo}, data={"auto_save": "false"}).raise_for_status()

        ask(0)
        start = time.perf_counter()
        list(pool.map(ask, range(REQUESTS)))
        return REQUESTS / (time.perf_counter() - start)
