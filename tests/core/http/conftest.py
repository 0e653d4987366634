"""A server of its own for each module: `sietch serve` as a process, on a fresh database, over a real socket."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

SIETCH = (sys.executable, "-c", "from ui.cli import main; main()")


@contextmanager
def serving(folder: Path, largest_file: int | None = None, **settings: str) -> Iterator[str]:
    """The address of a server; it is stopped as an operator stops it.

    Args:
        largest_file: bytes after which the system lets the server write no more to a file, as on a disk that is full.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {
        "DATABASE_URL": f"sqlite:///{folder / 'core.sqlite'}",
        "UPLOAD_DIR": str(folder / "uploads"),
        **settings,
    }
    command = [*SIETCH, "serve", "--port", str(port)]
    if largest_file is not None:
        command = ["sh", "-c", f'ulimit -f {largest_file // 512}; exec "$@"', "sh", *command]
    process = subprocess.Popen(command, env=environment)
    address = f"http://127.0.0.1:{port}"
    try:
        until = time.monotonic() + 60
        while True:
            assert process.poll() is None, "the server ended"
            assert time.monotonic() < until, "the server does not answer"
            try:
                if httpx.get(f"{address}/health", timeout=5).status_code == 200:
                    break
            except httpx.TransportError:
                time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(tmp_path_factory.mktemp("served")) as found:
        yield found
