"""The libraries that `kills` works on, and what it begins in them: small, with everything that could be lost."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from sqlalchemy import text

from app.backups import Backups, Kind
from app.encrypting import encrypt
from app.keys import LibraryKey
from app.library import Library
from app.opening import database_path, open_database
from app.thumbnail_files import ThumbnailFiles
from app.unlocking import by_secret
from core.encryption import is_encrypted
from core.types import BoundingBox
from tests import samples, schemas

OLD = Path(__file__).parent.parent / "app" / "old"

KEY, PASSPHRASE = LibraryKey(bytes(range(32))), "a horse on a stapler"

NAMED = "Ada"
"""A person of every library, by whom names are looked after."""

_HELD, _MORE, _ON_CARD = range(0, 18, 3), range(18, 24), range(24, 30)
"""Which of the portraits are in the library, with two people, and which are still to come, with these and others."""

_PICTURES = 60
"""Small ones, of which an encryption has to convert each."""

_MEGABYTES = 4
"""Of rows without a meaning, so that whatever copies the database is met in the middle."""

_CONVERTING = """
from app.encrypting import decrypt, encrypt
from app.opening import database_path
from core.encryption import is_encrypted
from tests.benchmarks.killed_libraries import KEY, PASSPHRASE
"""
_ENCRYPT = "is_encrypted(database_path(folder)) or encrypt(folder, KEY, PASSPHRASE)"
_DECRYPT = "is_encrypted(database_path(folder)) and decrypt(folder, KEY)"


@dataclass(frozen=True, slots=True)
class World:
    """Where everything is that an operation can touch.

    Attributes:
        folder: holds all of it, the system's trash too.
    """

    folder: Path

    @property
    def library(self) -> Path:
        return self.folder / "library"

    @property
    def photos(self) -> Path:
        """Folders of photos that are added where they are."""
        return self.folder / "photos"

    @property
    def held(self) -> Path:
        """The one among them that is in the library already."""
        return self.photos / "held"

    @property
    def card(self) -> Path:
        """Photos to be copied."""
        return self.folder / "card"

    @property
    def copies(self) -> Path:
        """Where they are copied to."""
        return self.folder / "copies"

    @property
    def trashed(self) -> Path:
        """Where the system's trash has its files."""
        return self.folder / "data" / "Trash" / "files"

    @property
    def key(self) -> LibraryKey | None:
        """The key of the library, if it is encrypted at the moment."""
        return KEY if is_encrypted(database_path(self.library)) else None

    def environment(self) -> dict[str, str]:
        """That of a process: the system's trash is on the drive of the photos."""
        data = str(self.folder / "data")
        return os.environ | {"HOME": str(self.folder), "XDG_DATA_HOME": data, "SIETCH_LIBRARY": str(self.library)}


@dataclass(frozen=True, slots=True)
class Operation:
    """Something that can be killed.

    Attributes:
        arguments: of the command `sietch`; made of the paths of a world.
        prepare: makes of a library with photos the one that it works on.
        program: what is done instead of a command, for what asks its user something.
        loads: what the program needs; it is loaded before the time is taken.
        noted: kinds of flaws that it is to repair, or that its library cannot be without.
        script: an old database on which the library stands, instead of one with photos.
    """

    name: str
    arguments: Callable[[World], Sequence[object]] = lambda world: ()
    prepare: Callable[[World], None] = lambda world: None
    program: str = ""
    loads: str = "import app.library, app.verifying, app.restoring, app.workers, send2trash, ui.cli.output"
    noted: frozenset[str] = field(default_factory=frozenset)
    script: Path | None = None

    def code(self, world: World) -> str:
        """A program that says when it begins: the time that Python takes to start is none of its own."""
        arguments = [str(argument) for argument in self.arguments(world)]
        work = self.program or f"sys.argv[1:] = {arguments!r}\nmain()"
        return (
            f"import sys\nfrom pathlib import Path\nfrom ui.cli import main\n{self.loads}\n"
            f"folder = Path({str(world.library)!r})\nprint('begins', flush=True)\n{work}"
        )


def make(world: World) -> None:
    """A library with photos, a name, decisions, stars and words, and photos that are not in it yet."""
    every = sorted(samples.write_portraits(world.folder / "every", _ON_CARD.stop).rglob("*.jpg"))
    for numbers, folder in ((_HELD, world.held), (_MORE, world.photos / "more"), (_ON_CARD, world.card)):
        folder.mkdir(parents=True)
        for number in numbers:
            every[number].rename(folder / every[number].name)
    shutil.rmtree(world.folder / "every")
    with Library.open(world.library) as library:
        library.indexer.add([world.held])
        library.folders.remember([world.held])
        library.indexer.wait()
        person = library.session.people.list()[0].person_id
        library.session.people.rename(person, NAMED)
        faces = library.session.photos.all_faces()
        library.core.assign([face.face_id for face in faces if face.person_id == person], person)
        library.core.reject([next(face.face_id for face in faces if face.person_id != person)], person)
        first, *others = library.session.photos.paths()
        library.session.details.describe(first, title="The first", caption="Of them all.", keywords=["one", "two"])
        library.session.details.rate(others, 4)


def make_old(world: World, script: Path) -> None:
    """A library as an earlier version left it."""
    world.library.mkdir(parents=True)
    schemas.make_old(database_path(world.library), script)
    fill(world)


def fill(world: World) -> None:
    """Makes the database large enough to be met in the middle of a copy, and backs it up."""
    with schemas.raw(database_path(world.library)) as db:
        for number in range(_MEGABYTES * 4):
            db.execute("INSERT INTO skipped VALUES (?, ?, '1', 1, 1, 1)", (b"%d" % number, "x" * 250_000))


def _with_backup(world: World) -> None:
    fill(world)
    Backups(world.library).make(Kind.ASKED)


def _changed_since(world: World) -> None:
    """Something is to come back by a backup."""
    _with_backup(world)
    with Library.open(world.library, resume=False) as library:
        first, *others = library.session.photos.paths()
        library.session.details.rate([first, *others], 1)
        library.session.trash.put(others[:2])


def _contradicting(world: World) -> None:
    """The program never leaves an image without a photo, which a repair removes."""
    _with_backup(world)
    database = open_database(world.library)
    with database.write() as db:
        for number in range(200):
            row = {"source": f"nothing {number}"}
            db.execute(text("INSERT INTO image (source, width, height) VALUES (:source, 1, 1)"), row)
    database.close()


def _much(world: World) -> None:
    """So many faces that people are made in the middle of the work, too, and files that are none."""
    samples.write_many(world.photos / "many", 48)
    (world.photos / "broken.jpg").write_bytes(next(world.held.iterdir()).read_bytes()[:500])
    (world.photos / "no picture.jpg").write_text("no picture")


def _trashed(world: World) -> None:
    with Library.open(world.library, resume=False) as library:
        library.session.trash.put(list(library.session.photos.paths())[:4])


def _readable(world: World) -> None:
    _with_backup(world)
    database = open_database(world.library, reading=True)
    with database.read() as db:
        content_hash = str(db.execute(text("SELECT content_hash FROM photo")).scalars().first())
    database.close()
    for number in range(_PICTURES):
        box = BoundingBox(number, 1, 20, 20)
        ThumbnailFiles(world.library / "cache").write_face(content_hash, box, np.zeros((60, 60, 3), np.uint8), 1.0)


def _encrypted(world: World) -> None:
    _readable(world)
    encrypt(world.library, KEY, PASSPHRASE)


def opens_by_passphrase(world: World) -> bool:
    """Whether who knows the passphrase gets into the encrypted library."""
    return by_secret(world.library, PASSPHRASE) == KEY


OPERATIONS = (
    Operation("import", lambda world: ("import", world.card, "--to", world.copies)),
    Operation("index", lambda world: ("index", world.photos)),
    Operation("index much", lambda world: ("index", world.photos), _much),
    Operation("models", lambda world: ("models", "use", "yunet_sface")),
    Operation("trash", lambda world: ("trash", "put", *sorted(world.held.iterdir())[:4])),
    Operation("bring back", lambda world: ("trash", "restore", "--all"), _trashed),
    Operation("empty", lambda world: ("trash", "empty", "--yes"), _trashed),
    Operation("sidecars", lambda world: ("sidecars", "write")),
    Operation("backup", lambda world: ("backup",), fill),
    Operation("restore", lambda world: ("restore", "1"), _changed_since),
    Operation(
        "repair", lambda world: ("verify", "--repair"), _contradicting, noted=frozenset({"images without photo"})
    ),
    Operation("encrypt", prepare=_readable, program=_ENCRYPT, loads=_CONVERTING),
    Operation("decrypt", prepare=_encrypted, program=_DECRYPT, loads=_CONVERTING),
    *(
        Operation(f"upgrade of {script.stem}", lambda world: ("stats",), script=script)
        for script in sorted(OLD.glob("*.sql"))
    ),
)
