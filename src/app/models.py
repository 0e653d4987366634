"""The face models: which there are, which one this library uses, and how it comes to use another.

A library remembers its model by name. When another is chosen, every photo at which that one has not looked waits to be
looked at again (`worklist`), and stays in sight meanwhile. Faces keep their ids, persons and what humans said of them
where they are found again; what the model before saw is kept, so that the way back costs nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from sqlalchemy import Connection, text

from app import privacy, settings, unlocking, worklist
from app.errors import ModelMissing
from app.indexing import Indexer
from app.keys import LibraryKey
from app.opening import database_path, open_database
from app.privacy import View
from app.types import ModelSummary
from core import models
from core.database import Database
from core.errors import DatabaseError, ModelError
from core.installing import install_pack
from core.models import DEFAULT_PACK, ModelPack
from core.service import FaceCore

_MODEL = "model"
"""The setting."""


def remembered(database: Database) -> str:
    """The name of the model that the library uses."""
    with database.read() as db:
        return settings.get(db, _MODEL) or DEFAULT_PACK


def remembered_in(folder: Path, key: LibraryKey | None = None) -> str:
    """The same for the library in a folder; the default one where there is no library that could tell."""
    if not database_path(folder).is_file():
        return DEFAULT_PACK
    with suppress(DatabaseError), _opened(folder, key) as database:
        return remembered(database)
    return DEFAULT_PACK


def find(database: Database) -> ModelPack:
    """The model that the library uses, verified.

    Raises:
        ModelMissing: it is not there, or damaged.
    """
    name = remembered(database)
    try:
        return models.find_pack(name)
    except ModelError as error:
        others = (pack.name for pack in models.packs() if pack.installed and pack.name != name)
        raise ModelMissing(name, str(error), next(others, None)) from error


def choose(database: Database, name: str) -> ModelPack:
    """The library uses this model from now on.

    Raises:
        ModelError: there is no such model, or it cannot be used; then nothing was changed.
    """
    pack = models.find_pack(name)
    with database.write() as db:
        _choose(db, name)
    return pack


def adopt(database: Database) -> None:
    """Writes down the model of a library that is new, or older than the choice of models.

    Before there was a choice there was one model, and it has looked at every photo that is indexed.
    """
    with database.write() as db:
        if settings.get(db, _MODEL) is None:
            every = text("INSERT OR IGNORE INTO look SELECT photo_id, :model FROM photo WHERE state = 'indexed'")
            db.execute(every, {"model": DEFAULT_PACK})
            settings.put(db, _MODEL, DEFAULT_PACK)


def listed(folder: Path, key: LibraryKey | None = None) -> list[ModelSummary]:
    """Every model that Sietch knows, the default one first, as the library in a folder sees them.

    For that the library need not be there, nor its model.

    Raises:
        LibraryLocked: it is encrypted, and its key has to be asked for.
    """
    if not database_path(folder).is_file():
        return [_summary(pack, DEFAULT_PACK, 0) for pack in models.packs()]
    with _opened(folder, key or unlocking.find(folder)) as database, closing(privacy.of_whoever(database)) as view:
        return _summaries(view)


def add(path: Path) -> ModelPack:
    """Adds a model from a folder or zip; no library uses it before it is chosen.

    Raises:
        ModelError: what is there is no model that Sietch knows, or it cannot be copied.
    """
    return install_pack(path)


class Models:
    """The models, as a viewer of one open library sees them. Methods take seconds: not for a thread that paints."""

    def __init__(self, view: View, core: FaceCore, indexer: Indexer) -> None:
        self._view = view
        self._core = core
        self._indexer = indexer

    @property
    def current(self) -> ModelPack:
        """The model in use."""
        return self._core.pack

    def list(self) -> list[ModelSummary]:
        """Every model that Sietch knows, the default one first."""
        return _summaries(self._view)

    def add(self, path: Path) -> ModelPack:
        """As the function of that name."""
        return add(path)

    def use(self, name: str) -> ModelSummary:
        """Uses another model from now on; the photos at which it has not looked are looked at in the background.

        Raises:
            ModelError: there is no such model, or it cannot be used; then nothing was changed.
            NotAllowed: the library is somebody else's.
        """
        with self._view.read() as reading:
            self._view.require_household(reading)
        pack, before = models.find_pack(name), self._core.pack
        try:
            # In one step: no transaction is to begin with one model and end with another.
            with self._view.write() as db:
                _choose(db, name)
                self._core.use(pack)
        except BaseException:
            self._core.use(before)
            raise
        if pack.name != before.name:
            self._indexer.renew()
        return _summary(pack, name, worklist.unseen_count(self._view, name))


@contextmanager
def _opened(folder: Path, key: LibraryKey | None) -> Iterator[Database]:
    with closing(open_database(folder, reading=True, key=key)) as database:
        yield database


def _summaries(view: View) -> list[ModelSummary]:
    used = remembered(view.database)
    return [_summary(pack, used, worklist.unseen_count(view, pack.name)) for pack in models.packs()]


def _summary(pack: ModelPack, used: str, unseen: int) -> ModelSummary:
    return ModelSummary(
        name=pack.name,
        title=pack.title,
        description=pack.description,
        licence=pack.licence,
        non_commercial=pack.non_commercial,
        files=(pack.detector.path.name, pack.embedder.path.name),
        installed=pack.installed,
        in_use=pack.name == used,
        unseen=unseen,
    )


def _choose(db: Connection, name: str) -> None:
    if settings.get(db, _MODEL) != name:
        settings.put(db, _MODEL, name)
        worklist.group_anew(db)
