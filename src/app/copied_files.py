"""One file copied so that it is either there, whole and verified, or not there at all. The original is only read."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import secrets
from collections.abc import Callable, Iterator

from app.errors import AppError

PART = b".sietch-part"
"""How the name ends under which a copy is written before it is whole; the scan passes such files over."""

_BLOCK = 1_000_000

FULL = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))
"""What a system says when there is no room: on the disk, or for this user on it."""


class Unreadable(AppError):
    """The original cannot be read, or changed meanwhile."""


class DiskFull(AppError):
    """There is no room for the copy."""

    def __init__(self) -> None:
        super().__init__("The disk that the photos are copied to is full. Make room and start the import again.")


class Cancelled(AppError):
    """Somebody said stop."""


def digest(path: bytes, stopped: Callable[[], bool]) -> str:
    """The sha256 of a file, hexadecimal.

    Raises:
        Unreadable: it cannot be read.
        Cancelled: `stopped` said so.
    """
    try:
        with open(path, "rb") as file:
            return _digest(file.fileno(), stopped)
    except OSError as error:
        raise Unreadable(f"The file cannot be read: {error.strerror or error}.") from error


def copy(source: bytes, target: bytes, stopped: Callable[[], bool]) -> str:
    """Copies a file to a name that is not taken, times kept, and verifies what the disk holds.

    Returns:
        The sha256 of both.

    Raises:
        Unreadable: the original cannot be read, or changed meanwhile.
        DiskFull: there is no room.
        Cancelled: `stopped` said so.
        OSError: the copy cannot be written; also if the name was taken meanwhile.
    """
    part = os.path.join(os.path.dirname(target), b"." + secrets.token_hex(8).encode() + PART)
    try:
        status = os.stat(source)
        read = _write(source, part, stopped)
        if digest(part, stopped) != read:
            raise OSError(errno.EIO, "The disk did not keep what was written")
        after = os.stat(source)
        if (after.st_size, after.st_mtime_ns) != (status.st_size, status.st_mtime_ns):
            raise Unreadable("The file changed while it was copied.")
        os.utime(part, ns=(status.st_atime_ns, status.st_mtime_ns))
        _name(part, target)
    except BaseException as error:
        with contextlib.suppress(OSError):
            os.unlink(part)
        if isinstance(error, OSError) and error.errno in FULL:
            raise DiskFull from error
        raise
    return read


def clear(folder: bytes) -> None:
    """Removes what a copy left unfinished in a folder when the program was killed."""
    with contextlib.suppress(OSError):
        for name in os.listdir(folder):
            if name.startswith(b".") and name.endswith(PART):
                os.unlink(os.path.join(folder, name))


def _write(source: bytes, part: bytes, stopped: Callable[[], bool]) -> str:
    """Writes the file to the disk itself; the sha256 of what was read."""
    seen = hashlib.sha256()
    with _opened(source) as original, open(part, "xb") as file:
        while block := _block(original):
            if stopped():
                raise Cancelled("The import was stopped.")
            seen.update(block)
            file.write(block)
        file.flush()
        os.fsync(file.fileno())
        if hasattr(os, "posix_fadvise"):
            # What is read next is to come from the disk, not from memory.
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    return seen.hexdigest()


@contextlib.contextmanager
def _opened(path: bytes) -> Iterator[int]:
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    except OSError as error:
        raise Unreadable(f"The file cannot be read: {error.strerror or error}.") from error
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _block(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, _BLOCK)
    except OSError as error:
        raise Unreadable(f"The file cannot be read: {error.strerror or error}.") from error


def _digest(descriptor: int, stopped: Callable[[], bool]) -> str:
    seen = hashlib.sha256()
    while block := os.read(descriptor, _BLOCK):
        if stopped():
            raise Cancelled("The import was stopped.")
        seen.update(block)
    return seen.hexdigest()


def _name(part: bytes, target: bytes) -> None:
    """Gives the copy its name, without taking it from another file."""
    try:
        os.link(part, target)
        os.unlink(part)
    except FileExistsError:
        raise
    except OSError:
        # Cards and some network drives know no second name for a file.
        if os.path.lexists(target):
            raise FileExistsError(errno.EEXIST, "The name is taken") from None
        os.rename(part, target)
    if os.name == "posix":
        folder = os.open(os.path.dirname(target), os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
