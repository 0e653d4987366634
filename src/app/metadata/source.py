"""The bytes of a file, wherever they are: in memory, or read from the disk piece by piece."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Protocol

MAX_BLOCK = 16_000_000
"""Bytes of one block of metadata: what is larger (a depth map, an attack) is none that Sietch reads."""


class Source(Protocol):
    """Random access to a file."""

    size: int

    def at(self, offset: int, length: int) -> bytes:
        """The bytes there, fewer at the end of the file, at most `MAX_BLOCK`."""
        ...


class Memory:
    """A file whose bytes are in memory."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.size = len(data)

    def at(self, offset: int, length: int) -> bytes:
        """As `Source` says."""
        return self._data[offset : offset + min(length, MAX_BLOCK)] if offset >= 0 and length > 0 else b""


class Disk:
    """A file of which only the pieces that are asked for are read: a film may be larger than the memory."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.size = os.fstat(file.fileno()).st_size

    def at(self, offset: int, length: int) -> bytes:
        """As `Source` says."""
        if not 0 <= offset < self.size or length <= 0:
            return b""
        self._file.seek(offset)
        return self._file.read(min(length, MAX_BLOCK))


@contextlib.contextmanager
def opened(file: bytes | Path) -> Iterator[Source]:
    """A file by its bytes or its path.

    Raises:
        OSError: it cannot be read.
    """
    if isinstance(file, bytes):
        yield Memory(file)
        return
    with file.open("rb") as stream:
        yield Disk(stream)
