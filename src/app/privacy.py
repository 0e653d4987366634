"""Who may see what: the one place that decides it.

A viewer reads through a `View`: connections on which every table of the library holds only the rows that this viewer
may see. On such a connection `photo` is a temporary view over the table `photo`, and so is every other table; a query
that knows nothing of privacy therefore finds, counts and names nothing else, and a query that somebody writes next year
does not either. A table without a rule here cannot be read at all (a test holds that each has one).

The rules, in words (`docs/privacy.md`):

- A photo is seen by its owner; by the household, if its owner left it to the household; by the profiles that it is
  shared with; and by the members of a shared album into which its owner put it. A locked photo is seen by its owner
  alone, for as long as the password was entered just now. What is in the trash is seen by its owner alone.
- A face is seen where its photo is, unless it is of a person that somebody else claimed and hides, or of somebody who
  wants not to be recognised.
- A person is seen who has a face or a tag in a photo that is seen, whom the viewer named, or whom the viewer claims.
- An album is seen by its owner, its members and who is invited; by everybody, if it is not private. Its photos are
  seen as photos are: an album that is not private shows nobody a private photo.
- Of other profiles the name is seen, and nothing else.

The rules are conditions over rows of `main`, so that a change asks the same ones on the connection that writes.
"""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from sqlalchemy import Connection, text

from app import schema
from app.errors import NotAllowed, NotFound
from core.database import Database, Reader

_PHOTO = """(
    (photo.owner_id = {me} AND (photo.locked = 0 OR {unlocked}))
    OR (photo.locked = 0 AND photo.state <> 'trashed' AND (
        photo.visibility = 'household'
        OR (photo.visibility = 'shared' AND EXISTS (
            SELECT 1 FROM main.photo_share AS given
            WHERE given.photo_id = photo.photo_id AND given.profile_id = {me}))
        OR EXISTS (
            SELECT 1 FROM main.album_photo AS put JOIN main.album AS among ON among.album_id = put.album_id
            WHERE put.photo_id = photo.photo_id AND put.added_by = photo.owner_id AND among.kind = 'shared'
              AND (among.owner_id = {me} OR EXISTS (
                  SELECT 1 FROM main.album_member AS one
                  WHERE one.album_id = put.album_id AND one.profile_id = {me} AND one.state = 'accepted')))
    ))
)"""

_HIDES = """
    EXISTS (SELECT 1 FROM main.claim AS hiding WHERE hiding.person_id = {person}
            AND hiding.state = 'held' AND hiding.is_hidden = 1 AND hiding.profile_id <> {{me}})
"""
"""A person whom somebody else claimed and hides."""

_RECOGNISABLE = "NOT EXISTS (SELECT 1 FROM main.excluded AS nobody WHERE nobody.face_id = face.face_id)"
"""A face of somebody who wants not to be recognised is no face to anybody."""


def _of_photo(key: str) -> str:
    return f"EXISTS (SELECT 1 FROM main.photo AS photo WHERE photo.photo_id = {key} AND {_PHOTO})"


def _of_image(key: str) -> str:
    return f"EXISTS (SELECT 1 FROM main.photo AS photo WHERE photo.image_id = {key} AND {_PHOTO})"


def _of_face(key: str) -> str:
    shown = f"{_shown('face.person_id')} AND {_RECOGNISABLE}"
    seen = f"face.face_id = {key} AND {_of_image('face.image_id')} AND {shown}"
    return f"EXISTS (SELECT 1 FROM main.face AS face WHERE {seen})"


def _shown(person: str) -> str:
    return f"NOT {_HIDES.format(person=person).strip()}"


_UNTOLD = """NOT EXISTS (
    SELECT 1 FROM main.claim AS hiding JOIN main.person AS whom USING (person_id)
    WHERE hiding.state = 'held' AND hiding.is_hidden = 1 AND hiding.profile_id <> {me}
      AND (whom.person_id = region.person_id OR whom.name = region.name COLLATE NOCASE))"""
"""A region of the files names nobody who hides."""


def _person(key: str) -> str:
    return f"""(
    {_shown(key)} AND (
        EXISTS (SELECT 1 FROM main.face AS face JOIN main.photo AS photo ON photo.image_id = face.image_id
                WHERE face.person_id = {key} AND {_PHOTO})
        OR EXISTS (SELECT 1 FROM main.tag AS tag JOIN main.photo AS photo ON photo.photo_id = tag.photo_id
                   WHERE tag.person_id = {key} AND {_PHOTO})
        OR EXISTS (SELECT 1 FROM main.naming AS naming WHERE naming.person_id = {key} AND naming.profile_id = {{me}})
        OR EXISTS (SELECT 1 FROM main.claim AS mine WHERE mine.person_id = {key} AND mine.profile_id = {{me}}
                   AND mine.state <> 'refused')
    ))"""


def _album(key: str) -> str:
    # Not called `album`, as the row is whose key this may be: every album would be compared with itself.
    return f"""EXISTS (
    SELECT 1 FROM main.album AS shelf WHERE shelf.album_id = {key} AND (
        shelf.owner_id = {{me}} OR shelf.is_private = 0
        OR EXISTS (SELECT 1 FROM main.album_member AS one WHERE one.album_id = shelf.album_id
                   AND one.profile_id = {{me}} AND one.state IN ('invited', 'accepted'))))"""


def _own_album(key: str) -> str:
    return f"EXISTS (SELECT 1 FROM main.album AS album WHERE album.album_id = {key} AND album.owner_id = {{me}})"


_ALL, _NONE = "1", "0"

RULES: dict[str, str] = {
    # Core's tables.
    "image": _of_image("image.image_id"),
    "person": _person("person.person_id"),
    "face": f"{_shown('face.person_id')} AND {_RECOGNISABLE} AND {_of_image('face.image_id')}",
    "decision": f"{_person('decision.person_id')} AND {_of_image('decision.image_id')}",
    "not_same": f"{_person('not_same.person_id')} AND {_person('not_same.other_id')}",
    "aside": _of_image("aside.image_id"),
    "vector": _of_face("vector.face_id"),
    **dict.fromkeys(("aside_vector", "exclusion", "excluded", "guard"), _NONE),
    # Photos, and what is known of them.
    "photo": _PHOTO,
    **{
        table: _of_photo(f"{table}.photo_id")
        for table in ("keyword", "look", "trash", "fingerprint", "video", "motion", "place")
    },
    "region": f"{_of_photo('region.photo_id')} AND {_UNTOLD} "
    f"AND (region.face_id IS NULL OR {_of_face('region.face_id')})",
    "moment": _of_face("moment.face_id"),
    "companion": f"{_of_photo('companion.photo_id')} AND {_of_photo('companion.of_id')}",
    "not_duplicate": f"{_of_photo('not_duplicate.photo_id')} AND {_of_photo('not_duplicate.other_id')}",
    "tag": f"{_shown('tag.person_id')} AND {_of_photo('tag.photo_id')}",
    "favourite": f"favourite.profile_id = {{me}} AND {_of_photo('favourite.photo_id')}",
    "photo_share": f"(photo_share.profile_id = {{me}} AND {_of_photo('photo_share.photo_id')}) OR EXISTS ("
    "SELECT 1 FROM main.photo AS photo WHERE photo.photo_id = photo_share.photo_id AND photo.owner_id = {me} "
    "AND (photo.locked = 0 OR {unlocked}))",
    # Folders and files: whoever added them.
    **{table: f"{table}.owner_id = {{me}}" for table in ("folder", "skipped", "import_request")},
    "sidecar": _NONE,
    "passed": _NONE,
    "volume": _ALL,
    "setting": _ALL,
    # People of the house.
    "profile": _ALL,
    "claim": f"claim.profile_id = {{me}} OR (claim.state <> 'refused' AND {_person('claim.person_id')})",
    "album": _album("album.album_id"),
    "album_left_out": f"{_own_album('album_left_out.album_id')} AND {_of_photo('album_left_out.photo_id')}",
    "album_photo": f"{_album('album_photo.album_id')} AND {_of_photo('album_photo.photo_id')}",
    "album_member": _album("album_member.album_id"),
    **{table: f"{table}.profile_id = {{me}}" for table in ("naming", "sign_in", "notification", "journal_step")},
}
"""By table: what a viewer sees of it, as an SQL condition over its rows."""

_SECRET = {
    "profile": (
        "email",
        "visibility",
        "lock_minutes",
        "password",
        "recovery",
        "muted",
        "failures",
        "failed_at",
        "image_id",
    )
}
"""Columns that are seen in the viewer's own rows alone."""

_KEPT_TO_ITSELF = ("password", "recovery")
"""Of these not even their owner: `app.profiles` compares them."""


_POINTERS = {
    ("album", "cover_id"): _of_photo("album.cover_id"),
    ("album", "person_id"): _shown("album.person_id"),
}
"""Columns that may point at what is out of sight: then they point at nothing."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks. `unlocked`: the password was entered just now, so that locked photos are in sight."""

    profile_id: int
    unlocked: bool = False


class View:
    """A library as one viewer sees it. All methods may be called from any thread.

    Attributes:
        database: everything, for changes; whoever changes asks `require_photos` and its like first.
    """

    def __init__(self, database: Database, viewer: Viewer) -> None:
        self.database = database
        self._viewer = viewer
        self._reader: Database | Reader = database.reader(statements(viewer))
        self._changing = threading.Lock()

    @property
    def viewer(self) -> Viewer:
        """Who looks."""
        return self._viewer

    @contextlib.contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees one unchanging state of what the viewer may see."""
        with self._reader.read() as db:
            yield db

    @contextlib.contextmanager
    def write(self) -> Iterator[Connection]:
        """As `Database.write`, on all rows."""
        with self.database.write() as db:
            yield db

    def unlock(self, unlocked: bool) -> None:
        """Locked photos come into sight, or go out of it."""
        with self._changing:
            old, viewer = self._reader, replace(self._viewer, unlocked=unlocked)
            self._reader, self._viewer = self.database.reader(statements(viewer)), viewer
            old.close()

    def require_photos(self, db: Connection, photo_ids: Collection[int]) -> None:
        """All of these photos are in sight.

        Raises:
            NotFound: one of them does not exist, for this viewer at least.
        """
        self._require(db, "photo", "photo", photo_ids)

    def require_own_photos(self, db: Connection, photo_ids: Collection[int]) -> None:
        """All of these photos are the viewer's own, and in sight.

        Raises:
            NotFound: one of them does not exist, for this viewer at least.
            NotAllowed: one of them is somebody else's.
        """
        _note(db, "require_own_photos", photo_ids)
        self.require_photos(db, photo_ids)
        query = "SELECT 1 FROM photo WHERE owner_id <> :me AND photo_id IN (SELECT value FROM json_each(:ids)) LIMIT 1"
        values = {"me": self._viewer.profile_id, "ids": json.dumps(sorted(set(photo_ids)))}
        if db.exec_driver_sql(query, values).first():
            raise NotAllowed("Only whoever added a photo may do that with it.")

    def require_persons(self, db: Connection, person_ids: Collection[int]) -> None:
        """All of these persons are in sight.

        Raises:
            NotFound: one of them does not exist, for this viewer at least.
        """
        self._require(db, "person", "person", person_ids)

    def require_say(self, db: Connection, person_ids: Collection[int]) -> None:
        """The viewer may say who these persons are: they are in sight, and nobody else said "this is me".

        Raises:
            NotFound: one of them does not exist, for this viewer at least.
            NotAllowed: one of them is claimed by somebody else.
        """
        _note(db, "require_say", person_ids)
        self.require_persons(db, person_ids)
        query = (
            "SELECT name FROM claim JOIN profile USING (profile_id) WHERE state = 'held' AND profile_id <> :me "
            "AND person_id IN (SELECT value FROM json_each(:ids)) LIMIT 1"
        )
        values = {"me": self._viewer.profile_id, "ids": json.dumps(sorted(set(person_ids)))}
        holder = db.exec_driver_sql(query, values).scalar()
        if holder is not None:
            raise NotAllowed(f"{holder} said “this is me”, and alone decides about that.")

    def require_faces(self, db: Connection, face_ids: Collection[int]) -> None:
        """All of these faces are in sight.

        Raises:
            NotFound: one of them does not exist, for this viewer at least.
        """
        self._require(db, "face", "face", face_ids)

    def require_albums(self, db: Connection, album_ids: Collection[int]) -> None:
        """All of these albums are in sight.

        Raises:
            NotFound: one of them does not exist, for this viewer at least.
        """
        self._require(db, "album", "album", album_ids)

    def require_folders(self, db: Connection, folder_ids: Collection[int]) -> None:
        """All of these folders are in sight: the viewer added them.

        Raises:
            NotFound: one of them does not exist, for this viewer at least.
        """
        self._require(db, "folder", "folder", folder_ids)

    def require_household(self, db: Connection) -> None:
        """The viewer may decide what concerns everybody: there is nobody else, or the library is the viewer's.

        Raises:
            NotAllowed: it is somebody else's.
        """
        rows = db.exec_driver_sql("SELECT profile_id, name, is_owner FROM profile").all()
        if len(rows) > 1 and not any(row.is_owner and row.profile_id == self._viewer.profile_id for row in rows):
            name = next((row.name for row in rows if row.is_owner), "") or "whoever set up this library"
            raise NotAllowed(f"That concerns everybody who uses this library, and only {name} may do it.")

    def close(self) -> None:
        """Gives back its connections."""
        self._reader.close()

    def _require(self, db: Connection, table: str, what: str, ids: Collection[int]) -> None:
        _note(db, f"require_{table}s", ids)
        wanted = sorted(set(ids))
        query = (
            f"SELECT {table}_id FROM main.{table} AS {table} "
            f"WHERE {table}_id IN (SELECT value FROM json_each(:ids)) AND ({rule(table, self._viewer)})"
        )
        found = set(db.execute(text(query), {"ids": json.dumps(wanted)}).scalars())
        missing = [each for each in wanted if each not in found]
        if missing:
            raise NotFound(f"There is no {what} {missing[0]}.")


_ASKED = "rights asked for"


@contextlib.contextmanager
def rights(db: Connection) -> Iterator[dict[str, set[int]]]:
    """What is asked for on a connection meanwhile, by method of `View`: whoever takes it back needs the same."""
    asked: dict[str, set[int]] = {}
    db.info[_ASKED] = asked
    try:
        yield asked
    finally:
        del db.info[_ASKED]


def table_of(right: str) -> str:
    """Of the rows that a right is about: `require_photos` is about photos."""
    return {"require_say": "person"}.get(right, right.rsplit("_", 1)[1].removesuffix("s"))


def _note(db: Connection, right: str, ids: Collection[int]) -> None:
    asked = db.info.get(_ASKED)
    if asked is not None:
        asked.setdefault(right, set()).update(ids)


class Everything(View):
    """The library as the program itself sees it when nobody looks: what works in the background."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._viewer = Viewer(0, unlocked=True)
        self._reader = database

    def unlock(self, unlocked: bool) -> None:
        """Nothing is out of sight."""

    def require_own_photos(self, db: Connection, photo_ids: Collection[int]) -> None:
        """As `require_photos`."""
        self.require_photos(db, photo_ids)

    def require_say(self, db: Connection, person_ids: Collection[int]) -> None:
        """As `require_persons`."""
        self.require_persons(db, person_ids)

    def require_household(self, db: Connection) -> None:
        """The program itself may."""

    def close(self) -> None:
        """The connections are the database's."""

    def _require(self, db: Connection, table: str, what: str, ids: Collection[int]) -> None:
        query = f"SELECT {table}_id FROM {table} WHERE {table}_id IN (SELECT value FROM json_each(:ids))"
        found = set(db.execute(text(query), {"ids": json.dumps(sorted(set(ids)))}).scalars())
        for each in ids:
            if each not in found:
                raise NotFound(f"There is no {what} {each}.")


def of_whoever(database: Database) -> View:
    """A library as the only profile sees it; where there are several, as somebody does who is none of them."""
    with database.read() as db:
        profiles = list(db.exec_driver_sql("SELECT profile_id FROM profile LIMIT 2").scalars())
    return View(database, Viewer(profiles[0] if len(profiles) == 1 else 0))


def rule(table: str, viewer: Viewer) -> str:
    """What a viewer sees of a table, as an SQL condition over rows of `main`, whose table has its own name."""
    return _filled(RULES[table], viewer)


def statements(viewer: Viewer) -> list[str]:
    """What makes of a connection one on which a viewer looks."""
    # Where words are found, whatever photo they are of: `app.search` asks that in `main`, and keeps what is in sight.
    hidden = [f"CREATE TEMP VIEW {table} AS SELECT NULL AS {table} WHERE 0" for table in schema.WORD_TABLES]
    return hidden + [
        f"CREATE TEMP VIEW {table.name} AS SELECT {_columns(table.name, viewer)} "
        f"FROM main.{table.name} AS {table.name} WHERE {rule(table.name, viewer)}"
        for table in schema.metadata.sorted_tables
    ]


def _columns(table: str, viewer: Viewer) -> str:
    names = (str(column.name) for column in schema.metadata.tables[table].columns)
    return ", ".join(f'{_column(table, name, viewer)} AS "{name}"' for name in names)


def _column(table: str, name: str, viewer: Viewer) -> str:
    if name in _SECRET.get(table, ()):
        own = f'CASE WHEN {table}.profile_id = {viewer.profile_id:d} THEN {table}."{name}" END'
        return "NULL" if name in _KEPT_TO_ITSELF else own
    if (table, name) in _POINTERS:
        seen = _filled(_POINTERS[table, name], viewer)
        return f'CASE WHEN {seen} THEN {table}."{name}" END'
    return f'{table}."{name}"'


def _filled(condition: str, viewer: Viewer) -> str:
    return condition.format(me=int(viewer.profile_id), unlocked=int(viewer.unlocked))
