"""One library: a folder with the database and the caches, and everything that works on them."""

from __future__ import annotations

import contextlib
import threading
from pathlib import Path
from typing import Self

import platformdirs

from app import encrypting, models, unlocking, worklist
from app.backups import Backup, Backups
from app.copy_import import CopyImport
from app.errors import LibraryError, SignInNeeded
from app.events import Events
from app.fingerprints import Fingerprinter
from app.folders import Folders
from app.importing import Importer
from app.indexing import Indexer
from app.keeping import BackupKeeper
from app.keys import LibraryKey
from app.locking import LibraryLock
from app.models import Models
from app.mounts import Mounts, system_mounts
from app.opening import open_database
from app.privacy import Everything, View, Viewer
from app.profiles import Profiles
from app.session import Session
from app.sidecar_keeping import Sidecars
from app.starting import opened
from app.thumbnail_files import ThumbnailFiles
from app.types import LibraryChanged
from app.volumes import VolumeChanges, Volumes
from app.watching import Watcher
from core.database import Database
from core.models import ModelPack
from core.service import FaceCore


def default_folder() -> Path:
    """Where the library is when the user names no other place."""
    return Path(platformdirs.user_data_dir("sietch", appauthor=False)) / "Library"


class Library:
    """The composition of the app layer for one folder.

    Attributes:
        folder: holds `library.sqlite` and `cache`, which can be deleted at any time.
        encrypted: its database, backups and small pictures are.
        events: tells what changed.
        small: the small pictures.
        backups: of the database; `keeper` makes them.
        upgraded: the backup of before, if the library was brought up to date when it was opened.
        core: the face engine over the same database.
        profiles: the people of the house, who sign in to get a session.
    """

    def __init__(
        self,
        folder: Path,
        database: Database,
        pack: ModelPack,
        lock: LibraryLock,
        upgraded: Backup | None = None,
        key: LibraryKey | None = None,
        mounts: Mounts = system_mounts,
    ) -> None:
        self.encrypted = key is not None
        self.small = ThumbnailFiles(folder / "cache", key)
        self.folder = folder
        self.upgraded = upgraded
        self.backups = Backups(folder, key=key)
        self.database = database
        self.events = Events()
        self.core = FaceCore(database, pack)
        self.volumes = Volumes(database, mounts)
        self.folders = Folders(Everything(database), self.core, self.events, self.volumes, self.small)
        importer = Importer(database, folder, self.volumes)
        self.indexer = Indexer(database, self.core, self.events, importer, self.small, self.folders.remember)
        self.watcher = Watcher(self.folders, self.volumes, importer, self.indexer, folder)
        self.models = Models(Everything(database), self.core, self.indexer)
        self.volumes.subscribe(self._volumes_changed)
        self.sidecars = Sidecars(database, self.events, self.indexer.retell)
        self.copying = CopyImport(database, self.events, self.indexer, self.folders.remember)
        self._sessions: list[Session] = []
        self._signing_in = threading.Lock()
        self.profiles = Profiles(self, self._small_face, lambda: open_database(folder, key=key))
        self._background = Session(self, Everything(database))
        self.fingerprints = Fingerprinter(database, self._background.thumbnails, self._compared)
        self._lock = lock
        self.keeper = BackupKeeper(folder, self.backups, told=self._backups_changed)

    @classmethod
    def open(
        cls,
        folder: Path | None = None,
        resume: bool = True,
        model: str | None = None,
        reading: bool = False,
        key: LibraryKey | None = None,
        watch: bool = False,
        mounts: Mounts = system_mounts,
    ) -> Self:
        """Opens the library in a folder, or makes a new one there.

        Args:
            folder: by default one in the user's data folder.
            resume: go on, in the background, with indexing that was not finished, and keep backups.
            model: the face model that the library is to use from now on; by default the one that it used last.
            reading: only look at what is there, also beside a process that has the library open. A library that has to
                be made or brought up to date first is opened as usual, and then is only looked at.
            key: of an encrypted library, if it was asked for; by default the one in the system's keyring.
            watch: follow what happens in the folders that were added, until the library is closed.
            mounts: tells what volumes there are.

        Raises:
            LibraryError: the folder cannot be made.
            LibraryLocked: it is encrypted, and its passphrase or recovery code has to be asked for.
            LibraryInUse: another process has the library open.
            LibraryDamaged: the database is damaged or gone.
            DatabaseError: it cannot be used; also `DatabaseNewer`.
            ModelMissing: the face model that it used last is missing or damaged.
            ModelError: so is the one that was asked for.
        """
        where = (folder or default_folder()).expanduser().absolute()
        try:
            # Names and faces are nobody else's business on a computer with several users.
            where.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise LibraryError(f"The library {where} cannot be made: {error.strerror}.") from error
        key, lock = key or unlocking.find(where), LibraryLock(where)
        with contextlib.ExitStack() as undo:
            database, upgraded = opened(where, lock, reading, key)
            undo.callback(lock.release)
            undo.callback(database.close)
            if not database.reading:
                models.adopt(database)
                encrypting.finish(where, key)
            pack = models.choose(database, model) if model else models.find(database)
            library = cls(where, database, pack, lock, upgraded, key, mounts)
            library.volumes.refresh()
            if not database.reading:
                library._background.trash.recover()
                ThumbnailFiles(where / "cache").clear()
            undo.pop_all()
        if resume and not database.reading:
            library.indexer.start()
            library.sidecars.start()
            library.fingerprints.start()
            library.keeper.start()
        if watch and not database.reading:
            library.watcher.start()
        return library

    @property
    def session(self) -> Session:
        """What the only profile works with, whom nobody has to ask for a password.

        Raises:
            SignInNeeded: there are several profiles, or a password.
        """
        with self.database.read() as db:
            rows = db.exec_driver_sql("SELECT profile_id, password FROM profile LIMIT 2").all()
        if len(rows) != 1 or rows[0].password is not None:
            raise SignInNeeded
        return self.session_of(Viewer(rows[0].profile_id))

    @property
    def is_shared(self) -> bool:
        """Whether several people use it."""
        with self.database.read() as db:
            return int(db.exec_driver_sql("SELECT count(*) FROM profile").scalar_one()) > 1

    def session_of(self, viewer: Viewer) -> Session:
        """What a profile works with that has signed in; it ends with the library, or when it is closed before."""
        with self._signing_in:
            self._sessions = [each for each in self._sessions if not each.closed]
            for each in self._sessions:
                if each.viewer.profile_id == viewer.profile_id:
                    return each
            made = Session(self, View(self.database, viewer))
            self._sessions.append(made)
            return made

    def end_sessions_of(self, profile_id: int) -> None:
        """A profile is gone, and with it what it worked with."""
        with self._signing_in:
            for each in self._sessions:
                if each.viewer.profile_id == profile_id:
                    each.close()

    def _small_face(self, face_id: int) -> bytes:
        return self._background.thumbnails.face(face_id)

    def _compared(self) -> None:
        """More photos can be compared than before."""
        self.events.publish(LibraryChanged(duplicates=True))

    def _backups_changed(self) -> None:
        self.events.publish(LibraryChanged(backups=True))

    def close(self) -> None:
        """Stops the work in the background, which goes on at the next `open`, and closes the database.

        If a backup is due, it is made first.
        """
        try:
            self.watcher.close()
            for each in (*self._sessions, self._background):
                each.trash.stop()
            self.copying.close()
            self.fingerprints.close()
            self.sidecars.close()
            self.indexer.close()
            self.keeper.close()
            for each in (*self._sessions, self._background):
                each.close()
            self.database.close()
        finally:
            self._lock.release()

    def _volumes_changed(self, changes: VolumeChanges) -> None:
        """A drive came, went, or is elsewhere: its photos look different, and what waits for it can go on."""
        touched = changes.came | changes.went | changes.moved
        worklist.forget_faults(self.database, touched)
        self.events.publish(LibraryChanged(worklist.photos_on(self.database, touched), skipped=True, folders=True))
        if changes.came:
            self.indexer.retry()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()
