"""Photos copied from a card or folder into the library's own photo folder, by date.

Each file goes to a temporary name, to the disk itself, is read back and compared, and gets its name then
(`app.copied_files`). What the library or the target holds already is known by its content and skipped; so the same
import, started again after a cancel, a crash or a full disk, does what is left. Sidecars come before their photo: where
a photo is, they are. Originals are only read.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from app import copied_files, holdings, settings
from app.copied_files import Cancelled, DiskFull, Unreadable
from app.errors import AppError
from app.mounts import number_of
from app.shots import Shot, date_of, folder_for, name_for, shots
from app.types import CopiedFile, CopyProgress, CopyReport, CopyRequest, CopyResult
from core.database import Database

_FOLDER, _REQUEST = "photo_folder", "copying"
"""Settings: where photos are copied to, and the import that is not at its end."""

_THERE, _TWICE = "It is there already.", "It is on the card twice."

_MOST_NUMBERS = 10_000


@dataclass(slots=True)
class _Work:
    """One import while it goes on."""

    request: CopyRequest
    stopped: Callable[[], bool]
    told: Callable[[CopyProgress], None]
    dry_run: bool
    known: dict[int, dict[str, str]]
    is_kept: Callable[[str], bool]
    target: tuple[int, int] | None
    total: int = 0
    total_bytes: int = 0
    done_bytes: int = 0
    started: float = field(default_factory=time.monotonic)
    files: list[CopiedFile] = field(default_factory=list)
    visited: set[bytes] = field(default_factory=set)
    planned: set[bytes] = field(default_factory=set)
    twice: frozenset[int] = frozenset()


class Copier:
    """Copies; what runs it in the background is `app.copy_import`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def folder(self) -> Path | None:
        """The photo folder that was chosen last."""
        with self._database.read() as db:
            kept = settings.get(db, _FOLDER)
        return Path(os.fsdecode(bytes.fromhex(kept))) if kept else None

    def unfinished(self) -> CopyRequest | None:
        """The import that came to no end, because the program or the card went."""
        with self._database.read() as db:
            kept = settings.get(db, _REQUEST)
        if not kept:
            return None
        values = json.loads(kept)
        source, to = (Path(os.fsdecode(bytes.fromhex(values[key]))) for key in ("source", "to"))
        return CopyRequest(source, to, values["pattern"], values.get("asked_by"))

    def forget_unfinished(self) -> None:
        """It is not to be gone on with."""
        with self._database.write() as db:
            settings.put(db, _REQUEST, "")

    def run(
        self,
        request: CopyRequest,
        stopped: Callable[[], bool],
        told: Callable[[CopyProgress], None],
        dry_run: bool = False,
    ) -> CopyReport:
        """Copies everything that is not there yet; or, in a dry run, tells what it would copy.

        Args:
            request: from where, to where, by which pattern.
            stopped: asked again and again; what was copied stays.
            told: how far it is.

        Raises:
            AppError: the source is not there, the target cannot be used, or the pattern makes no sense.
        """
        request = replace(request, source=request.source.absolute(), to=request.to.absolute())
        self._check(request, dry_run)
        if not dry_run:
            self.remember(request)
        work = self._work(request, stopped, told, dry_run)
        reason = None
        try:
            self._copy_all(work)
        except Cancelled as error:
            reason = str(error)
        except (DiskFull, _Gone) as error:
            reason = str(error)
        if not dry_run and (reason is None or stopped()):
            self.forget_unfinished()
        return CopyReport(request, tuple(work.files), reason, dry_run)

    def _check(self, request: CopyRequest, dry_run: bool) -> None:
        folder_for(request.pattern, datetime(2000, 1, 1))
        if not os.path.lexists(request.source):
            raise AppError(f"{request.source} is not there. Put the card in, or choose another folder.")
        source, to = (Path(os.path.realpath(each)) for each in (request.source, request.to))
        if source == to or to in source.parents:
            raise AppError("These photos are in your photo folder already. Add the folder instead.")
        if not dry_run:
            try:
                request.to.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise AppError(f"The folder {request.to} cannot be made: {error.strerror or error}.") from error

    def remember(self, request: CopyRequest) -> None:
        """Keeps what is to be copied, until it came to its end."""
        paths = {"source": os.fsencode(request.source).hex(), "to": os.fsencode(request.to).hex()}
        with self._database.write() as db:
            settings.put(db, _FOLDER, paths["to"])
            settings.put(db, _REQUEST, json.dumps(paths | {"pattern": request.pattern, "asked_by": request.asked_by}))

    def _work(
        self, request: CopyRequest, stopped: Callable[[], bool], told: Callable[[CopyProgress], None], dry_run: bool
    ) -> _Work:
        def is_kept(content_hash: str) -> bool:
            return holdings.is_kept(self._database, content_hash, os.fsencode(request.source))

        known, target = holdings.known(self._database, request.asked_by), None if dry_run else number_of(request.to)
        return _Work(request, stopped, told, dry_run, known, is_kept, target)

    def _copy_all(self, work: _Work) -> None:
        found = list(shots(os.fsencode(work.request.source), os.fsencode(work.request.to)))
        work.total = sum(len(shot.media) for shot in found)
        sizes = Counter(size for shot in found for size in shot.sizes)
        work.total_bytes = sum(size * count for size, count in sizes.items())
        work.twice = frozenset(size for size, count in sizes.items() if count > 1)
        for shot in found:
            self._tell(work)
            if work.stopped():
                raise Cancelled("The import was stopped.")
            _copy_shot(work, shot)
            work.done_bytes += sum(shot.sizes)
        self._tell(work)

    def _tell(self, work: _Work) -> None:
        done = sum(each.result is not CopyResult.SIDECAR for each in work.files)
        spent = time.monotonic() - work.started
        left = None
        if spent > 2 and work.done_bytes:
            left = spent * (work.total_bytes - work.done_bytes) / work.done_bytes
        work.told(CopyProgress(True, done, work.total, left))


class _Gone(AppError):
    """The source or the target is not there any more."""


def _copy_shot(work: _Work, shot: Shot) -> None:
    """One shot: its files get one name, and none of them is left alone."""
    fresh, hashes = [], dict[bytes, str]()
    for path, size in zip(shot.media, shot.sizes, strict=True):
        try:
            why = _why_known(work, path, size, hashes)
        except Unreadable as error:
            _fail(work, path, str(error))
            continue
        if why:
            work.files.append(CopiedFile(_path(path), None, CopyResult.SKIPPED, why))
        else:
            fresh.append(path)
    if not fresh:
        return
    try:
        folder = os.path.join(
            os.fsencode(work.request.to), os.fsencode(folder_for(work.request.pattern, date_of(shot)))
        )
        stem = _free_stem(work, shot, fresh, folder, hashes)
    except (Unreadable, OSError) as error:
        for path in fresh:
            _fail(work, path, _words(error))
        return
    if work.dry_run:
        _plan(work, shot, fresh, folder, stem)
    else:
        _copy_files(work, shot, {path: hashes.get(path) for path in fresh}, (folder, stem))


def _copy_files(work: _Work, shot: Shot, fresh: dict[bytes, str | None], place: tuple[bytes, bytes]) -> None:
    """Sidecars first; where no photo of theirs arrives, they go again.

    Args:
        fresh: the files to copy, and their hashes as far as they were asked for.
        place: the folder, and what the shot is called there.
    """
    folder, stem = place
    beside: list[bytes] = []
    arrived = False
    try:
        _make(work, folder)
        for path in shot.sidecars:
            target = os.path.join(folder, name_for(path, shot, stem))
            if _copy_one(work, path, target, CopyResult.SIDECAR):
                beside.append(target)
        for path, content_hash in fresh.items():
            target = os.path.join(folder, name_for(path, shot, stem))
            # `_free_stem` saw that what is there is the same.
            there = os.path.lexists(target)
            if there:
                work.known.setdefault(os.path.getsize(target), {})[content_hash or ""] = _TWICE
                work.files.append(CopiedFile(_path(path), _path(target), CopyResult.SKIPPED, _THERE))
            arrived = there or _copy_one(work, path, target, CopyResult.COPIED) or arrived
    except OSError as error:
        if error.errno in copied_files.FULL:
            raise DiskFull from error
        for path in fresh:
            _fail(work, path, _words(error))
    finally:
        if not arrived:
            _take_back(work, beside)


def _take_back(work: _Work, targets: list[bytes]) -> None:
    gone = {_path(target) for target in targets}
    work.files = [each for each in work.files if each.target not in gone]
    for target in targets:
        with contextlib.suppress(OSError):
            os.unlink(target)


def _copy_one(work: _Work, path: bytes, target: bytes, result: CopyResult) -> bool:
    """Whether the file was copied; a sidecar that is there already was not."""
    if os.path.lexists(target):
        return False
    try:
        content_hash = copied_files.copy(path, target, work.stopped)
    except (Unreadable, OSError) as error:
        _fail(work, path, _words(error))
        return False
    if result is CopyResult.COPIED:
        work.known.setdefault(os.stat(target).st_size, {})[content_hash] = _TWICE
    work.files.append(CopiedFile(_path(path), _path(target), result))
    return True


def _plan(work: _Work, shot: Shot, fresh: list[bytes], folder: bytes, stem: bytes) -> None:
    """What copying would do."""
    for path in fresh:
        target = os.path.join(folder, name_for(path, shot, stem))
        there = os.path.lexists(target)
        result, reason = (CopyResult.SKIPPED, _THERE) if there else (CopyResult.COPIED, "")
        work.files.append(CopiedFile(_path(path), _path(target), result, reason))
        work.planned.add(target)
        size = os.path.getsize(path)
        if size in work.twice:
            work.known.setdefault(size, {})[copied_files.digest(path, work.stopped)] = _TWICE


def _why_known(work: _Work, path: bytes, size: int, hashes: dict[bytes, str]) -> str | None:
    """Where the content is already; only files of a size that is known are read for it."""
    same_size = work.known.get(size)
    if not same_size:
        return None
    hashes[path] = copied_files.digest(path, work.stopped)
    why = same_size.get(hashes[path])
    return None if why == holdings.IN_LIBRARY and not work.is_kept(hashes[path]) else why


def _free_stem(work: _Work, shot: Shot, fresh: list[bytes], folder: bytes, hashes: dict[bytes, str]) -> bytes:
    """The shot's own name, or the first with a number under which none of its files meets another."""
    for number in range(1, _MOST_NUMBERS):
        stem = shot.stem if number == 1 else shot.stem + f" ({number})".encode()
        targets = [(path, os.path.join(folder, name_for(path, shot, stem))) for path in (*fresh, *shot.sidecars)]
        if all(_fits(work, path, target, hashes) for path, target in targets):
            return stem
    raise Unreadable("There are too many files of that name.")


def _fits(work: _Work, path: bytes, target: bytes, hashes: dict[bytes, str]) -> bool:
    """Whether a name is free, or is that of the same content."""
    if target in work.planned:
        return False
    if not os.path.lexists(target):
        return True
    if not os.path.isfile(target) or os.path.getsize(target) != os.path.getsize(path):
        return False
    if path not in hashes:
        hashes[path] = copied_files.digest(path, work.stopped)
    return copied_files.digest(target, work.stopped) == hashes[path]


def _make(work: _Work, folder: bytes) -> None:
    _stay(work)
    if folder not in work.visited:
        os.makedirs(folder, exist_ok=True)
        copied_files.clear(folder)
        work.visited.add(folder)


def _fail(work: _Work, path: bytes, reason: str) -> None:
    """A file could not be copied; without the card, or the disk, there is no use in going on."""
    if _is_gone(work.request.source):
        raise _Gone(f"{work.request.source} is not there any more. Put the card in again and start the import again.")
    if not work.dry_run:
        _stay(work)
    work.files.append(CopiedFile(_path(path), None, CopyResult.FAILED, reason))


def _stay(work: _Work) -> None:
    """Looks whether the target is what it was: without its drive, the folder at which that was mounted may be there."""
    if number_of(work.request.to) != work.target:
        raise _Gone(f"{work.request.to} is not there any more. Connect its drive and start the import again.")


def _is_gone(source: Path) -> bool:
    """Whether the card was taken out: its folder went, or stands there empty."""
    try:
        return not os.listdir(source) if source.is_dir() else not source.exists()
    except OSError:
        return True


def _words(error: Exception) -> str:
    return f"It cannot be copied: {error.strerror or error}." if isinstance(error, OSError) else str(error)


def _path(path: bytes) -> Path:
    return Path(os.fsdecode(path))
