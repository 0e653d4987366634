"""Photos that are copies of one another: the same picture at another size, compressed again, brightened.

Files that are the same to the last byte are one photo with several places already. For the others fingerprints say
which may be copies, and the small pictures, place by place, whether they are (`core.likeness`). A group is one photo,
the best, and those that are copies of that one: nothing is a copy of a copy alone.
"""

from __future__ import annotations

import builtins
import itertools
import json
import os
import threading
from collections import OrderedDict, defaultdict
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import text

from app.errors import NotFound
from app.events import Events
from app.journal import Action, Journal
from app.privacy import View
from app.thumbnails import Thumbnails
from app.trash import Trash
from app.types import DuplicateGroup, DuplicatePhoto, LibraryChanged
from core import images, likeness
from core.errors import CoreError
from core.types import Pixels

AS_SHARP = 0.5
"""A photo of the same resolution is less sharp below this share of the sharpest one's: compression changes it to
between 0.67 and 1.5, being slightly out of focus to below 0.3 (`python -m tests.benchmarks duplicates`)."""

_KEPT_PICTURES = 64

_PRINTS = text("""
    SELECT photo_id, fingerprint.content_hash, bits, sharpness FROM fingerprint JOIN photo USING (photo_id)
    WHERE photo.state = 'indexed' AND bits IS NOT NULL AND fingerprint.content_hash = photo.content_hash
    ORDER BY width * height DESC, size DESC, photo_id
""")

_PHOTOS = text("""
    SELECT photo.*, (SELECT path FROM place WHERE place.photo_id = photo.photo_id ORDER BY place_id LIMIT 1) AS path,
           (SELECT sharpness FROM fingerprint WHERE fingerprint.photo_id = photo.photo_id) AS sharpness,
           (SELECT json_group_array(hex(path)) FROM place
            WHERE place.photo_id = photo.photo_id AND missing_since IS NULL) AS there,
           EXISTS (SELECT 1 FROM place JOIN volume USING (volume_id)
                   WHERE place.photo_id = photo.photo_id AND missing_since IS NULL AND NOT connected) AS offline,
           format = 'RAW' OR EXISTS (SELECT 1 FROM companion WHERE of_id = photo.photo_id AND role = 'raw') AS raw
    FROM photo WHERE photo_id IN (SELECT value FROM json_each(:ids))
""")


class Duplicates:
    """The duplicates of one library. All methods may be called from any thread."""

    def __init__(self, view: View, journal: Journal, thumbnails: Thumbnails, trash: Trash, events: Events) -> None:
        self._view = view
        self._journal = journal
        self._thumbnails = thumbnails
        self._trash = trash
        self._events = events
        self._comparing = threading.Lock()
        # Whether two contents are copies: it never changes, and costs two small pictures to find out.
        self._known: dict[tuple[str, str], bool] = {}
        self._pictures: OrderedDict[int, Pixels | None] = OrderedDict()

    def list(self) -> builtins.list[DuplicateGroup]:
        """Every group, those with the largest photos first; of each the one to keep comes first."""
        with self._view.read() as db:
            prints = db.execute(_PRINTS).all()
            pairs = db.execute(text("SELECT photo_id, other_id FROM not_duplicate")).all()
        apart = {(row.photo_id, row.other_id) for row in pairs}
        with self._comparing:
            groups = self._groups(prints, apart)
            self._pictures.clear()
        photos = self._photos([photo_id for group in groups for photo_id in group])
        found = [_ordered([photos[each] for each in group if each in photos]) for group in groups]
        return [DuplicateGroup(tuple(group)) for group in found if len(group) > 1]

    def resolve(self, keep: Sequence[int], others: Collection[int]) -> tuple[int, ...]:
        """Moves the others to the trash in one step, which `Trash.restore` takes back.

        Args:
            keep: at least one photo, which stays.
            others: its copies.

        Raises:
            NotFound: a photo does not exist, is to be kept as well, or nothing is to be kept, or nothing of which the
                file is there; then nothing was moved.
        """
        if not keep or set(keep) & set(others):
            raise NotFound("Say which photos to keep, and which others to move to the trash.")
        kept = self._photos(keep)
        for photo_id in keep:
            if photo_id not in kept or kept[photo_id].trashed:
                raise NotFound(f"Photo {photo_id}, which is to be kept, is not in the library.")
        if all(kept[photo_id].missing for photo_id in keep):
            raise NotFound("The file of the photo that is to be kept is not there. Nothing was moved to the trash.")
        return self._trash.put(others, Action.RESOLVE_DUPLICATES)

    def set_apart(self, photo_ids: Collection[int]) -> None:
        """These are no duplicates of one another, and are not shown as such again.

        Raises:
            NotFound: one of them does not exist.
        """
        ids = sorted(set(photo_ids))
        now = datetime.now(UTC).isoformat(timespec="seconds")
        rows = [{"low": low, "high": high, "now": now} for low, high in itertools.combinations(ids, 2)]
        insert = "INSERT OR IGNORE INTO not_duplicate (photo_id, other_id, decided_at) VALUES (:low, :high, :now)"
        with self._journal.step(Action.SET_APART, photos=len(ids)) as db:
            self._view.require_photos(db, ids)
            if rows:
                db.execute(text(insert), rows)
        self._events.publish(LibraryChanged(frozenset(ids)))

    def _groups(self, prints: Sequence[Any], apart: set[tuple[int, int]]) -> builtins.list[builtins.list[int]]:
        """Ids in groups; `prints` come best first."""
        bits = likeness.packed([row.bits for row in prints])
        near: defaultdict[int, builtins.list[int]] = defaultdict(list)
        for better, worse in likeness.near_pairs(bits).tolist():
            near[better].append(worse)
        taken: set[int] = set()
        groups = []
        for better in sorted(near):
            if better in taken:
                continue
            group = [better]
            for worse in near[better]:
                free = worse not in taken and not any(_pair(prints, each, worse) in apart for each in group)
                if free and self._same(prints[better], prints[worse]):
                    group.append(worse)
            if len(group) > 1:
                taken.update(group)
                groups.append([int(prints[each].photo_id) for each in group])
        return groups

    def _same(self, one: Any, other: Any) -> bool:
        key = (one.content_hash, other.content_hash)
        if key not in self._known:
            pictures = [self._picture(each.photo_id) for each in (one, other)]
            if pictures[0] is None or pictures[1] is None:
                # Not kept: the picture may be there the next time.
                return False
            self._known[key] = likeness.difference(pictures[0], pictures[1]) <= likeness.SAME
        return self._known[key]

    def _picture(self, photo_id: int) -> Pixels | None:
        if photo_id not in self._pictures:
            try:
                self._pictures[photo_id] = images.decode(self._thumbnails.photo(photo_id)).pixels
            except CoreError:
                self._pictures[photo_id] = None
            while len(self._pictures) > _KEPT_PICTURES:
                self._pictures.popitem(last=False)
        return self._pictures[photo_id]

    def _photos(self, photo_ids: Sequence[int]) -> dict[int, DuplicatePhoto]:
        with self._view.read() as db:
            rows = db.execute(_PHOTOS, {"ids": json.dumps(list(photo_ids))}).all()
        return {row.photo_id: _photo(row) for row in rows}


def best(photos: Sequence[DuplicatePhoto]) -> DuplicatePhoto:
    """The one to keep: the largest; of several the sharpest, and of those that are as sharp the one of most bytes.

    One whose file is not there is none to keep, and one with the camera's raw file holds more than all the others.
    """
    there = [photo for photo in photos if not photo.missing] or photos
    chosen = [photo for photo in there if photo.raw] or there
    most = max(photo.width * photo.height for photo in chosen)
    large = [photo for photo in chosen if photo.width * photo.height == most]
    sharpest = max(photo.sharpness for photo in large)
    sharp = [photo for photo in large if photo.sharpness >= AS_SHARP * sharpest]
    return max(sharp, key=lambda photo: (photo.size, -photo.photo_id))


def _ordered(photos: builtins.list[DuplicatePhoto]) -> builtins.list[DuplicatePhoto]:
    if not photos:
        return []
    first = best(photos)
    rest = (photo for photo in photos if photo is not first)
    return [first, *sorted(rest, key=lambda photo: (-photo.width * photo.height, -photo.size, photo.photo_id))]


def _pair(prints: Sequence[Any], one: int, other: int) -> tuple[int, int]:
    low, high = sorted((prints[one].photo_id, prints[other].photo_id))
    return low, high


def _photo(row: Any) -> DuplicatePhoto:
    return DuplicatePhoto(
        photo_id=row.photo_id,
        path=Path(os.fsdecode(row.path or row.last_path or b"")),
        width=row.width,
        height=row.height,
        size=row.size,
        format=row.format,
        taken_at=datetime.fromisoformat(row.taken_at),
        sharpness=row.sharpness or 0.0,
        trashed=row.state == "trashed",
        missing=not (row.offline or any(os.path.exists(bytes.fromhex(each)) for each in json.loads(row.there))),
        raw=bool(row.raw),
    )
