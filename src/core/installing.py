"""Takes the files of a model pack from a folder or zip that a user brings.

What is brought may be damaged or hostile. Nothing but the two files that a manifest names is read, nothing of it
chooses where they are written, what is read is bounded, and what is not exactly the published file is not kept.
"""

from __future__ import annotations

import hashlib
import io
import os
import stat
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO

from core.errors import ModelError
from core.models import ModelFile, ModelPack, default_folder, find_pack, packs

MOST_BYTES = 256 * 1024 * 1024
"""Of one model's file. The largest that there is a manifest of, buffalo_l's w600k_r50.onnx, has 174 MB."""

_MOST_LIST = 1024 * 1024
"""Bytes of a zip's list of files, enough for some 10,000: what is longer is no model, and would fill the memory."""

_CHUNK = 1024 * 1024

_Openers = list[Callable[[], IO[bytes]]]


def install_pack(source: Path, models: Path | None = None) -> ModelPack:
    """Copies the pack that a folder or zip holds into the user's folder of models.

    The files may lie in the folder itself, in one of the pack's name, or in `models` and there in one of its name, as
    InsightFace keeps them; in a zip they may lie anywhere.

    Args:
        source: the folder or zip; it is only read.
        models: the user's folder of models, by default `core.models.default_folder()`.

    Returns:
        The pack, verified where it lies now.

    Raises:
        ModelError: it holds no pack that there is a manifest of, its files are not the published ones, or they cannot
            be read or written. Then nothing was added.
    """
    where = models or default_folder()
    if not source.is_dir() and not source.is_file():
        raise ModelError(f"{source} is not there, or neither a folder nor a zip.")
    try:
        if source.is_dir():
            return _install(partial(_in_folder, source), source, where)
        with _Bounded(source) as file, zipfile.ZipFile(file) as archive:
            return _install(partial(_in_archive, archive), source, where)
    except (zipfile.BadZipFile, RuntimeError, EOFError, UnicodeDecodeError, zlib.error) as error:
        raise ModelError(f"{source} cannot be unpacked: it has to be a zip, whole and without a password.") from error
    except OSError as error:
        raise ModelError(f"The face model cannot be copied: {error.strerror or error}.") from error


def _install(find: Callable[[ModelPack], _Openers | None], source: Path, models: Path) -> ModelPack:
    known = packs(models)
    for pack in known:
        openers = find(pack)
        if openers is not None:
            _keep(openers, pack, models / pack.name)
            return find_pack(pack.name, models / pack.name)
    missing = [pack for pack in known if not pack.installed] or known
    wanted = ", or ".join(f"{' and '.join(file.path.name for file in pack.files)} ({pack.title})" for pack in missing)
    raise ModelError(f"{source} holds no face model that Sietch knows. It should hold {wanted}.")


def _keep(openers: _Openers, pack: ModelPack, folder: Path) -> None:
    """Writes both files under their names once both are known to be the published ones, and not before."""
    folder.mkdir(parents=True, exist_ok=True)
    written = [folder / f"{file.path.name}.partial" for file in pack.files]
    try:
        for opener, file, path in zip(openers, pack.files, written, strict=True):
            _copy(opener, file, path)
        for path in written:
            path.replace(path.with_suffix(""))
    finally:
        for path in written:
            path.unlink(missing_ok=True)
        with suppress(OSError):
            # Goes only when nothing is in it.
            folder.rmdir()


def _copy(opener: Callable[[], IO[bytes]], file: ModelFile, target: Path) -> None:
    digest, size = hashlib.sha256(), 0
    with opener() as incoming, target.open("wb") as outgoing:
        while size <= MOST_BYTES and (chunk := incoming.read(_CHUNK)):
            size += len(chunk)
            digest.update(chunk)
            outgoing.write(chunk)
        outgoing.flush()
        os.fsync(outgoing.fileno())
    if size > MOST_BYTES or digest.hexdigest() != file.sha256:
        raise ModelError(f"{file.path.name} is not the published file (its checksum differs). Nothing was added.")


def _in_folder(folder: Path, pack: ModelPack) -> _Openers | None:
    """How to open the pack's files, or None where they are not."""
    for place in (folder, folder / pack.name, folder / "models" / pack.name):
        paths = [place / file.path.name for file in pack.files]
        if all(os.path.lexists(path) for path in paths):
            return [partial(_opened, path) for path in paths]
    return None


def _opened(path: Path) -> IO[bytes]:
    """A plain file, opened: no link, no pipe that never ends."""
    if path.is_symlink():
        raise ModelError(f"{path} is a link. Give the folder that holds the file itself.")
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    handle = os.open(path, flags)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise ModelError(f"{path} is not a file.")
    return os.fdopen(handle, "rb")


def _in_archive(archive: zipfile.ZipFile, pack: ModelPack) -> _Openers | None:
    """The same in a zip. Its names say what a file is, and have no part in where it is written."""
    entries = {PurePosixPath(entry.filename).name: entry for entry in archive.infolist()}
    chosen = [entries.get(file.path.name) for file in pack.files]
    return [partial(_unpacked, archive, entry) for entry in chosen if entry] if all(chosen) else None


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> IO[bytes]:
    if entry.flag_bits & 1 or entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise zipfile.BadZipFile("a password, or a compression that model packs do not have")
    return archive.open(entry)


class _Bounded(io.FileIO):
    """A file of which `zipfile` gets no more at once than a list of files may have."""

    def read(self, size: int | None = -1, /) -> bytes:
        wanted = _MOST_LIST if size is None or size < 0 else size
        if wanted > _MOST_LIST:
            raise zipfile.BadZipFile("the list of files is too long")
        return super().read(wanted)
