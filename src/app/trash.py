"""The trash: photos that the user deleted, with everything that is known of them, until it is emptied.

A photo in the trash is hidden, not moved: its file stays where it is, its rows stay in the database under their ids,
and Core sets its faces aside. So it comes back exactly as it was, and a scan that meets its file knows it. Its state is
`trashed`, which no query for photos asks for; the state that it had is kept in the table `trash`. What stands behind a
photo, its raw file or its video, goes and comes with it, and is listed among its files; unless it lies beside another
picture as well, for which it stays.

Emptying hands the files to the system's trash (`app.leaving`). Only when all files of a photo are there and may go do
any go, and only when all are gone is the photo forgotten. The sidecars that tell of nothing else go after them.
"""

from __future__ import annotations

import builtins
import contextlib
import json
import os
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from app import auto_albums, leaving, sidecars, stacks
from app.errors import NotFound
from app.events import Events
from app.journal import Action, Concerned, Journal
from app.journal_forgetting import Forgotten, forget
from app.leaving import Place
from app.photos import timeline_of, with_marks
from app.privacy import View
from app.thumbnail_files import ThumbnailFiles
from app.types import Kept, LibraryChanged, PhotoState, Removal, Timeline, TrashedPhoto
from core.service import FaceCore

_AMONG = "photo_id IN (SELECT value FROM json_each(:ids))"

_LISTED = """
    SELECT trash.photo_id, trashed_at, trash.reason, photo.size, photo.last_path,
           (SELECT json_group_array(hex(path)) FROM (
               SELECT path FROM place JOIN trash AS other USING (photo_id) LEFT JOIN companion USING (photo_id)
               WHERE place.photo_id = trash.photo_id OR of_id = trash.photo_id ORDER BY of_id, place_id)) AS paths
    FROM trash JOIN photo USING (photo_id) WHERE {alone} ORDER BY trashed_at DESC, trash.photo_id DESC
"""

_ALONE = (
    "trash.photo_id NOT IN (SELECT companion.photo_id FROM companion JOIN trash AS other ON other.photo_id = of_id)"
)
"""What stands behind another photo of the trash is in its row."""

_PUT = (
    f"INSERT INTO trash (photo_id, state, trashed_at) SELECT photo_id, state, :now FROM photo WHERE {_AMONG}",
    f"UPDATE photo SET state = 'trashed' WHERE {_AMONG}",
)

_RESTORE = (
    f"UPDATE photo SET state = (SELECT state FROM trash WHERE trash.photo_id = photo.photo_id) WHERE {_AMONG}",
    f"DELETE FROM trash WHERE {_AMONG}",
)

_WAITING = f"""
    SELECT 1 FROM photo WHERE {_AMONG} AND (state = 'pending' OR (state = 'indexed' AND NOT EXISTS
        (SELECT 1 FROM look WHERE look.photo_id = photo.photo_id AND look.model = :model))) LIMIT 1
"""


class Trash:
    """The trash of one library. All methods may be called from any thread."""

    def __init__(
        self,
        view: View,
        journal: Journal,
        core: FaceCore,
        events: Events,
        files: ThumbnailFiles,
        waiting: Callable[[], None],
        send: Callable[[bytes], None] = leaving.send,
    ) -> None:
        """Composes the trash.

        Args:
            files: the small pictures, which go with their photo.
            waiting: told when a photo came back that waits to be looked at.
            send: hands a file to the system's trash, or raises `OSError`.
        """
        self._view = view
        self._journal = journal
        self._core = core
        self._events = events
        self._files = files
        self._waiting = waiting
        self._send = send
        # Nothing is restored while its file is on its way out.
        self._moving = journal.moving
        self._stopped = False
        journal.follow(self._follow)

    def list(self) -> list[TrashedPhoto]:
        """What is in it, the latest first."""
        with self._view.read() as db:
            rows = db.execute(text(_LISTED.format(alone=_ALONE))).all()
        return [_trashed(row) for row in rows]

    def timeline(self) -> Timeline:
        """The same as a list of photos by the month in which they were deleted."""
        months = f"SELECT photo_id, substr(trashed_at, 1, 7) FROM trash WHERE {_ALONE}"
        query = f"{months} ORDER BY trashed_at DESC, photo_id DESC"
        with self._view.read() as db:
            return with_marks(db, timeline_of(db.execute(text(query))))

    def put(self, photo_ids: Collection[int], action: Action = Action.TRASH) -> tuple[int, ...]:
        """Moves photos to the trash, all in one step.

        Args:
            action: what this is done for.

        Returns:
            Those that were not there already: what `restore` takes back.

        Raises:
            NotFound: one of them does not exist; then nothing was moved.
            NotAllowed: one of them is somebody else's; likewise.
        """
        with self._journal.step(action, photos=len(set(photo_ids))) as db:
            self._view.require_own_photos(db, photo_ids)
            states = _states(db, photo_ids)
            moved = tuple(each for each in dict.fromkeys(photo_ids) if states[each] != "trashed")
            every = [*moved, *(each for each in stacks.behind(db, moved) if each not in moved)]
            values = {"ids": json.dumps(every), "now": datetime.now(UTC).isoformat(timespec="seconds")}
            for statement in _PUT:
                db.execute(text(statement), values)
            images = _images(db, moved)
            persons = self._core.set_aside(images, db) if images else frozenset()
        self._tell(moved, persons)
        return moved

    def restore(self, photo_ids: Collection[int]) -> tuple[int, ...]:
        """Brings photos back exactly as they were, all in one step.

        Returns:
            Those that were in the trash.

        Raises:
            NotFound: one of them does not exist any more; then nothing came back.
        """
        with self._moving, self._journal.step(Action.RESTORE, photos=len(set(photo_ids))) as db:
            self._view.require_own_photos(db, photo_ids)
            states = _states(db, photo_ids)
            back = tuple(each for each in dict.fromkeys(photo_ids) if states[each] == "trashed")
            values = {"ids": json.dumps(_with_companions(db, back))}
            for statement in _RESTORE:
                db.execute(text(statement), values)
            images = _images(db, back)
            persons = self._core.bring_back(images, db) if images else frozenset()
            self._journal.leave_out(db)
            about = self._follow(db, Concerned(frozenset(back), persons, frozenset(back)))
            auto_albums.follow(db, about.photo_ids)
        self._tell(about.photo_ids, about.person_ids)
        if about.waits:
            self._waiting()
        return back

    def empty(self, forget_missing: bool = False) -> Removal:
        """Removes everything that is in the trash for ever, as `remove`."""
        return self.remove([each.photo_id for each in self.list()], forget_missing)

    def remove(self, photo_ids: Collection[int], forget_missing: bool = False) -> Removal:
        """Hands the files of photos in the trash to the system's trash, and forgets the photos.

        A photo of which a file is not there, is write-protected or has changed stays in the trash with the reason.

        Args:
            forget_missing: do not mind files that are not there; they are forgotten and not touched if they come back.

        Raises:
            NotFound: one of them is not in the trash; then nothing was removed.
        """
        self.recover()
        with self._view.read() as db:
            states = _states(db, photo_ids)
            about = {each: _about(db, each) for each in photo_ids}
        for each in photo_ids:
            if states[each] != "trashed":
                raise NotFound(f"Photo {each} is not in the trash.")
        gone: builtins.list[int] = []
        files: builtins.list[Path] = []
        kept: builtins.list[Kept] = []
        for each in dict.fromkeys(photo_ids):
            if self._stopped:
                break
            with self._moving:
                went, stays = self._remove(each, forget_missing)
            files += went
            if stays:
                kept.append(stays)
            else:
                gone.append(each)
        if gone:
            with self._view.write() as db:
                forget(db, _together([about[each] for each in gone]))
        self._tell(tuple(photo_ids), frozenset())
        return Removal(tuple(gone), tuple(files), tuple(kept))

    def recover(self) -> None:
        """Finds out what became of a file that was being handed over when the program was killed."""
        with self._moving:
            with self._view.read() as db:
                query = "SELECT photo_id, leaving, device FROM trash WHERE leaving IS NOT NULL"
                rows = db.execute(text(query)).all()
            for row in rows:
                went = leaving.went(row.leaving, row.device)
                if went is not None:
                    self._settle(row.photo_id, row.leaving, went)

    def stop(self) -> None:
        """Ends `remove` after the photo that it is at: the program is being closed."""
        self._stopped = True

    def _follow(self, db: Connection, about: Concerned) -> Concerned:
        """Of photos that come back: the files of their shots that came meanwhile, and whether they are to be seen.

        Of those that go again: such files stand for themselves again.
        """
        late = stacks.behind(db, about.away)
        late = [each for each in late if _states(db, late)[each] == PhotoState.STACKED]
        for each in late:
            stacks.stand_alone(db, each)
        waits = bool(stacks.release(db)) if late else False
        hidden, lost = stacks.gather_again(db, self._core, about.back) if about.back else (set[int](), set[int]())
        values = {"ids": json.dumps(_with_companions(db, about.back)), "model": self._core.pack.name}
        waits = waits or db.execute(text(_WAITING), values).first() is not None
        photos, persons = about.photo_ids | hidden | frozenset(late), about.person_ids | lost
        return replace(about, photo_ids=photos, person_ids=persons, waits=about.waits or waits)

    def _remove(self, photo_id: int, forget_missing: bool) -> tuple[tuple[Path, ...], Kept | None]:
        """One photo: the files that went, and why it stays, if it stays."""
        with self._view.read() as db:
            places = leaving.places(db, photo_id)
            if _states(db, [photo_id])[photo_id] != "trashed":
                # It was restored while others were removed.
                return (), Kept(photo_id, Path(), "It was restored.")
        if forget_missing:
            missing = [place for place in places if leaving.is_missing(place.path)]
            places = [place for place in places if place not in missing]
            for place in missing:
                self._settle(photo_id, place.path, went=True)
        for place in places:
            reason = leaving.obstacle(place)
            if reason:
                return (), self._keep(photo_id, place.path, reason)
        gone: builtins.list[bytes] = []
        for place, *same in leaving.by_file(places):
            reason = self._hand_over(photo_id, place)
            if reason:
                return _paths(gone), self._keep(photo_id, place.path, reason)
            gone.append(place.path)
            for each in same:
                self._settle(photo_id, each.path, went=True)
        if not places:
            self._settle(photo_id, None, went=True)
        return _paths([*gone, *self._sidecars_gone(gone)]), None

    def _sidecars_gone(self, gone: Collection[bytes]) -> builtins.list[bytes]:
        """Hands over the sidecars of files that went, and tells which; one that cannot go harms nobody where it is."""
        went: builtins.list[bytes] = []
        for path in gone:
            with contextlib.suppress(OSError):
                with self._view.read() as db:
                    beside = leaving.sidecars(db, path)
                for each in beside:
                    self._send(each)
                    went.append(each)
        if went:
            with self._view.write() as db:
                sidecars.forget(db, went)
        return went

    def _hand_over(self, photo_id: int, place: Place) -> str | None:
        """One file; why it is still there, if it is.

        The row says what is about to happen before it does: whoever finds it so after a crash looks at the file.
        """
        with self._view.write() as db:
            values = {"id": photo_id, "path": place.path, "device": leaving.device(place.path)}
            db.execute(text("UPDATE trash SET leaving = :path, device = :device WHERE photo_id = :id"), values)
        reason = None
        try:
            self._send(place.path)
        except OSError as error:
            reason = f"The system's trash does not take the file: {error.strerror or error}."
        self._settle(photo_id, place.path, went=reason is None)
        return reason

    def _settle(self, photo_id: int, path: bytes | None, went: bool) -> None:
        """A file went, or stays; with its last file the photo goes."""
        released = 0
        with self._view.write() as db:
            values = {"id": photo_id, "path": path, "ids": json.dumps(_with_companions(db, (photo_id,)))}
            db.execute(text("UPDATE trash SET leaving = NULL, device = NULL WHERE photo_id = :id"), values)
            if went:
                db.execute(text(f"DELETE FROM place WHERE {_AMONG} AND path = :path"), values)
                released = stacks.release(db) if self._forget(db, photo_id) else 0
        if released:
            self._waiting()

    def _forget(self, db: Connection, photo_id: int) -> bool:
        """Forgets a photo if no file of it is left, and says whether it did."""
        values = {"ids": json.dumps(_with_companions(db, (photo_id,)))}
        left = text(f"SELECT 1 FROM place WHERE {_AMONG} LIMIT 1")
        trashed = text(f"SELECT content_hash, image_id FROM photo WHERE {_AMONG} AND state = 'trashed'")
        rows = db.execute(trashed, values).all()
        if not rows or db.execute(left, values).first():
            return False
        for row in rows:
            # Before the photo: of one that is forgotten nobody would know any more which pictures were its own.
            self._files.remove(str(row.content_hash))
            if row.image_id is not None:
                self._core.remove_image(row.image_id, db, keep_persons=True)
        db.execute(text(f"DELETE FROM photo WHERE {_AMONG} AND state = 'trashed'"), values)
        return True

    def _keep(self, photo_id: int, path: bytes, reason: str) -> Kept:
        with self._view.write() as db:
            values = {"id": photo_id, "reason": reason}
            db.execute(text("UPDATE trash SET reason = :reason WHERE photo_id = :id"), values)
        return Kept(photo_id, Path(os.fsdecode(path)), reason, leaving.is_missing(path))

    def _tell(self, photo_ids: Collection[int], person_ids: frozenset[int]) -> None:
        if photo_ids:
            # One of them may have been a file that could not be read.
            self._events.publish(LibraryChanged(frozenset(photo_ids), person_ids, skipped=True, albums=True))


def _paths(paths: Collection[bytes]) -> tuple[Path, ...]:
    return tuple(Path(os.fsdecode(path)) for path in paths)


def _states(db: Connection, photo_ids: Collection[int]) -> dict[int, str]:
    query = text(f"SELECT photo_id, state FROM photo WHERE {_AMONG}")
    rows = db.execute(query, {"ids": json.dumps(list(photo_ids))})
    states = {int(row.photo_id): str(row.state) for row in rows}
    for photo_id in photo_ids:
        if photo_id not in states:
            raise NotFound(f"There is no photo {photo_id}.")
    return states


def _with_companions(db: Connection, photo_ids: Collection[int]) -> builtins.list[int]:
    """Photos in the trash, and what stands behind them there."""
    among = "of_id IN (SELECT value FROM json_each(:ids))"
    query = text(f"SELECT photo_id FROM companion JOIN trash USING (photo_id) WHERE {among} ORDER BY photo_id")
    behind = db.execute(query, {"ids": json.dumps(list(photo_ids))}).scalars()
    return list(dict.fromkeys([*photo_ids, *behind]))


def _images(db: Connection, photo_ids: Collection[int]) -> builtins.list[int]:
    query = text(f"SELECT image_id FROM photo WHERE {_AMONG} AND image_id IS NOT NULL")
    return [int(each) for each in db.execute(query, {"ids": json.dumps(list(photo_ids))}).scalars()]


def _about(db: Connection, photo_id: int) -> Forgotten:
    """What goes for ever with a photo."""
    photo_ids = _with_companions(db, (photo_id,))
    images = _images(db, photo_ids)
    query = text("SELECT face_id FROM face WHERE image_id IN (SELECT value FROM json_each(:ids))")
    faces = db.execute(query, {"ids": json.dumps(images)}).scalars()
    return Forgotten(frozenset(photo_ids), frozenset(images), frozenset(faces))


def _together(every: Collection[Forgotten]) -> Forgotten:
    kinds = ("photo_ids", "image_ids", "face_ids")
    return Forgotten(**{kind: frozenset().union(*(getattr(each, kind) for each in every)) for kind in kinds})


def _trashed(row: Any) -> TrashedPhoto:
    paths = [bytes.fromhex(each) for each in json.loads(row.paths)] or [row.last_path or b""]
    return TrashedPhoto(
        photo_id=row.photo_id,
        paths=_paths(paths),
        available=all(os.path.lexists(path) for path in paths),
        size=row.size,
        trashed_at=datetime.fromisoformat(row.trashed_at),
        reason=row.reason,
    )
