"""Arbitrary households for tests of privacy: drawn by Hypothesis, written as rows, and judged by rules in plain Python.

`Rules` states who may see what a second time, naively, over the raw rows; it shares nothing with `app.privacy`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from hypothesis import strategies as st
from sqlalchemy import Connection

from app import schema
from app.journal_rows import Changes, packed
from app.library import Library
from app.session import Session
from core.database import add_row
from core.types import Embedding
from tests.core import faces as made

NOW = "2024-01-01T00:00:00+00:00"
PROFILES = (1, 2, 3)
NAMES = {1: "Olga", 2: "Piet", 3: "Quin"}
SEARCH = "rating>=3"
"""Of every smart album."""

HEARD = {"found": "photo", "unreadable": "photo", "invited": "album", "claimed": "person", "disputed": "person"}
"""What notifications are of."""

STATES = ("indexed", "indexed", "indexed", "pending", "unreadable", "trashed")

profile = st.sampled_from(PROFILES)
profiles = st.sets(profile)


@dataclass(frozen=True)
class PhotoPlan:
    """One photo. `faces`: of whom each is, by number, or of nobody; `behind`: it stands behind the first photo."""

    owner: int
    visibility: str
    locked: bool
    state: str
    shares: set[int]
    faces: list[int | None]
    tagged: set[int]
    favourite_of: set[int]
    marked: int | None
    month: int
    missing: bool
    behind: bool


@dataclass(frozen=True)
class ClaimPlan:
    """What a profile says of a person."""

    profile: int
    person: int
    state: str
    hidden: bool


@dataclass(frozen=True)
class AlbumPlan:
    """An album, its photos with who put them in (None: their owner), and its members with their state."""

    owner: int
    kind: str
    private: bool
    photos: dict[int, int | None]
    members: dict[int, str]
    cover: int


@dataclass(frozen=True)
class HousePlan:
    """Everything."""

    photos: list[PhotoPlan]
    names: list[int | None]
    claims: list[ClaimPlan]
    albums: list[AlbumPlan]
    folders: list[int]
    skipped: list[int]


person = st.integers(0, 2)
photo_plan = st.builds(
    PhotoPlan,
    owner=profile,
    visibility=st.sampled_from(("household", "shared", "private", "private")),
    locked=st.sampled_from((False, False, False, True)),
    state=st.sampled_from(STATES),
    shares=profiles,
    faces=st.lists(st.none() | person, max_size=3, unique_by=lambda each: -1 if each is None else each),
    tagged=st.sets(person, max_size=2),
    favourite_of=profiles,
    marked=st.sampled_from((None, 0, 1, 2)),
    month=st.integers(1, 12),
    missing=st.booleans(),
    behind=st.sampled_from((False, False, False, True)),
)
album_plan = st.builds(
    AlbumPlan,
    owner=profile,
    kind=st.sampled_from(("personal", "shared", "shared", "auto_faces", "smart")),
    private=st.booleans(),
    photos=st.dictionaries(st.integers(0, 5), st.sampled_from((None, None, *PROFILES)), min_size=1, max_size=6),
    members=st.dictionaries(profile, st.sampled_from(("invited", "accepted", "declined")), min_size=1, max_size=3),
    cover=st.integers(0, 5),
)
claim_plan = st.builds(
    ClaimPlan,
    profile=profile,
    person=person,
    state=st.sampled_from(("held", "held", "refused", "disputed")),
    hidden=st.sampled_from((True, True, False)),
)
households = st.builds(
    HousePlan,
    photos=st.lists(photo_plan, min_size=2, max_size=6),
    names=st.lists(st.none() | profile, min_size=3, max_size=3),
    claims=st.lists(claim_plan, min_size=2, max_size=4, unique_by=lambda each: (each.profile, each.person)),
    albums=st.lists(album_plan, max_size=3),
    folders=st.lists(profile, max_size=3),
    skipped=st.lists(profile, max_size=3),
)


def build(library: Library, plan: HousePlan) -> None:
    """Writes a household into a library, in place of the one that was there."""
    with library.database.write() as db:
        _clear(library, db)
        for number in PROFILES:
            row = {"profile_id": number, "name": NAMES[number], "is_owner": int(number == 1), "created_at": NOW}
            add_row(db, "profile", row)
        persons = [_person(db, number, by) for number, by in enumerate(plan.names)]
        photos = [_photo(library, db, number, each, persons) for number, each in enumerate(plan.photos)]
        for claim in _consistent(plan.claims):
            values = {"profile_id": claim.profile, "person_id": persons[claim.person], "state": claim.state}
            add_row(db, "claim", values | {"is_hidden": int(claim.hidden), "made_at": NOW})
        for number, album in enumerate(plan.albums):
            _album(db, number, album, photos, persons)
        for number, owner in enumerate(plan.folders):
            row = {"path": f"/house/folder {number}".encode(), "added_at": NOW, "vanished": number, "owner_id": owner}
            add_row(db, "folder", row)
        for number, owner in enumerate(plan.skipped):
            row = {"path": f"/house/skipped {number}".encode(), "reason": "odd", "size": 1, "modified_ns": 1}
            add_row(db, "skipped", row | {"owner_id": owner})
        for number in PROFILES:
            _told(db, number)


def _told(db: Connection, profile_id: int) -> None:
    """Everybody was told of everything, did one thing, and stays signed in somewhere."""
    for kind, table in HEARD.items():
        for each in db.exec_driver_sql(f"SELECT {table}_id FROM {table}").scalars():
            subject = json.dumps({f"{table}_id": each, "profile_id": 1})
            add_row(db, "notification", {"profile_id": profile_id, "kind": kind, "subject": subject, "made_at": NOW})
    done = {"turn": profile_id, "kind": "rate", "subject": '{"photos": 1}', "changes": packed(Changes())}
    add_row(db, "journal_step", {"profile_id": profile_id, "done_at": NOW} | done)
    row = {"token_hash": f"token {profile_id}", "profile_id": profile_id, "created_at": NOW, "used_at": NOW}
    add_row(db, "sign_in", row)


def _clear(library: Library, db: Connection) -> None:
    for image in db.exec_driver_sql("SELECT image_id FROM image").scalars().all():
        library.core.remove_image(int(image), db)
    for table in reversed(schema.metadata.sorted_tables):
        if table.name != "setting":
            db.exec_driver_sql(f"DELETE FROM {table.name}")


def _consistent(claims: list[ClaimPlan]) -> list[ClaimPlan]:
    """One person is held by one profile: of several the first, whom the others dispute it with."""
    holders = dict[int, int]()
    kept = []
    for each in claims:
        first = each.state != "held" or holders.setdefault(each.person, each.profile) == each.profile
        kept.append(each if first else ClaimPlan(each.profile, each.person, "disputed", each.hidden))
    return kept


def _person(db: Connection, number: int, named_by: int | None) -> int:
    name = None if named_by is None else f"Person {number}"
    person_id = add_row(db, "person", {"name": name, "created_at": NOW, "updated_at": NOW})
    if named_by is not None:
        add_row(db, "naming", {"person_id": person_id, "profile_id": named_by})
    return person_id


def _photo(library: Library, db: Connection, number: int, plan: PhotoPlan, persons: list[int]) -> int:
    seen = [made.face(made.person(100 * number + each), x=20 + 150 * each) for each in range(len(plan.faces))]
    image_id, found = library.core.add_image(f"photo {number}", 800, 600, seen, db)
    for each, whose in zip(found, plan.faces, strict=True):
        values = (None if whose is None else persons[whose], each.face_id)
        db.exec_driver_sql("UPDATE face SET person_id = ? WHERE face_id = ?", values)
    row = {
        "content_hash": f"{number:064x}", "image_id": image_id, "state": plan.state, "attempts": 0, "size": 10 + number,
        "width": 800, "height": 600, "format": "JPEG", "taken_at": f"2020-{plan.month:02}-01T10:00:00", "retell": 0,
        "told": "{}", "added_at": NOW, "owner_id": plan.owner, "visibility": plan.visibility, "rating": number % 5 + 1,
        "locked": int(plan.locked), "reason": "broken" if plan.state == "unreadable" else None,
    }  # fmt: skip
    photo_id = add_row(db, "photo", row)
    place = {"photo_id": photo_id, "path": f"/house/photo {number}.jpg".encode(), "size": 1, "modified_ns": 1}
    add_row(db, "place", place | {"missing_since": NOW if plan.missing else None})
    add_row(db, "keyword", {"photo_id": photo_id, "word": f"word {number}", "position": 0})
    _beside_photo(db, photo_id, number, plan, persons)
    if plan.state == "trashed":
        library.core.set_aside([image_id], db)
    return photo_id


def _beside_photo(db: Connection, photo_id: int, number: int, plan: PhotoPlan, persons: list[int]) -> None:
    for each in plan.shares:
        add_row(db, "photo_share", {"photo_id": photo_id, "profile_id": each})
    for each in plan.favourite_of:
        add_row(db, "favourite", {"photo_id": photo_id, "profile_id": each})
    for each in plan.tagged:
        add_row(db, "tag", {"photo_id": photo_id, "person_id": persons[each], "tagged_at": NOW})
    if plan.marked is not None:
        region = {"photo_id": photo_id, "name": f"Person {plan.marked}", "source": "mwg", "automatic": 0}
        add_row(db, "region", region | {"x": 0.1, "y": 0.1, "width": 0.1, "height": 0.1})
    if plan.state == "trashed":
        add_row(db, "trash", {"photo_id": photo_id, "state": "indexed", "trashed_at": NOW})
    bits = np.random.default_rng(1).bytes(32)
    values = {"photo_id": photo_id, "content_hash": f"{number:064x}", "bits": bits, "sharpness": 1.0}
    add_row(db, "fingerprint", values)
    add_row(db, "look", {"photo_id": photo_id, "model": "buffalo_s"})
    if plan.behind and number:
        leader = photo_id - number
        add_row(db, "companion", {"photo_id": photo_id, "of_id": leader, "role": "raw"})


def _album(db: Connection, number: int, plan: AlbumPlan, photos: list[int], persons: list[int]) -> None:
    row = {
        "owner_id": plan.owner, "kind": plan.kind, "name": f"Album {number}", "is_private": int(plan.private),
        "cover_id": photos[plan.cover % len(photos)], "position": number, "created_at": NOW,
        "person_id": persons[0] if plan.kind == "auto_faces" else None,
        "query": SEARCH if plan.kind == "smart" else None,
    }  # fmt: skip
    album_id = add_row(db, "album", row)
    for which, by in plan.photos.items():
        if which < len(photos) and plan.kind != "smart":
            owner = db.exec_driver_sql("SELECT owner_id FROM photo WHERE photo_id = ?", (photos[which],)).scalar()
            values = {"album_id": album_id, "photo_id": photos[which], "position": which, "added_by": by or owner}
            add_row(db, "album_photo", values | {"added_at": NOW})
    for who, state in plan.members.items():
        values = {"album_id": album_id, "profile_id": who, "role": "view", "state": state, "invited_at": NOW}
        add_row(db, "album_member", values)


Row = Mapping[str, Any]


def likenesses(rules: Rules) -> Iterator[tuple[Row, Embedding]]:
    """Every face, and what it looks like."""
    for number, photo in enumerate(rules.rows["photo"]):
        for each, face in enumerate(rules.of("face", image_id=photo["image_id"])):
            yield face, Embedding(made.person(100 * number + each), "buffalo_s")


@dataclass
class Rules:
    """Who may see what, said a second time: loops over all rows, and the sentences of `docs/privacy.md`."""

    library: Library
    me: int
    unlocked: bool
    rows: dict[str, list[Row]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        with self.library.database.read() as db:
            for table in schema.metadata.sorted_tables:
                found = db.exec_driver_sql(f"SELECT * FROM {table.name}").mappings()
                self.rows[table.name] = [dict(row) for row in found]

    def of(self, table: str, **values: object) -> list[Row]:
        """The rows with these values, whoever may see them."""
        return [row for row in self.rows[table] if all(row[key] == value for key, value in values.items())]

    def one(self, table: str, **values: object) -> Row | None:
        """The only one."""
        found = self.of(table, **values)
        return found[0] if found else None

    def sees_photo(self, photo: Row) -> bool:
        """The owner; the household; those it is shared with; members of the shared album that its owner put it into."""
        if photo["owner_id"] == self.me:
            return not photo["locked"] or self.unlocked
        if photo["locked"] or photo["state"] == "trashed":
            return False
        if photo["visibility"] == "household":
            return True
        shared = self.of("photo_share", photo_id=photo["photo_id"], profile_id=self.me)
        return bool(photo["visibility"] == "shared" and shared) or self._by_album(photo)

    def _by_album(self, photo: Row) -> bool:
        for put in self.of("album_photo", photo_id=photo["photo_id"], added_by=photo["owner_id"]):
            album = self.one("album", album_id=put["album_id"])
            assert album is not None
            member = self.of("album_member", album_id=put["album_id"], profile_id=self.me, state="accepted")
            if album["kind"] == "shared" and (album["owner_id"] == self.me or member):
                return True
        return False

    def hides(self, person_id: int | None) -> bool:
        """Somebody else claimed this person and hides."""
        return any(
            row["is_hidden"] and row["profile_id"] != self.me
            for row in self.of("claim", person_id=person_id, state="held")
        )

    @property
    def photos(self) -> list[Row]:
        """In sight."""
        return [row for row in self.rows["photo"] if self.sees_photo(row)]

    @property
    def photo_ids(self) -> set[int]:
        """Of those."""
        return {row["photo_id"] for row in self.photos}

    @property
    def faces(self) -> list[Row]:
        """In photos that are in sight, of nobody who hides; each with its photo."""
        of_image = {row["image_id"]: row for row in self.photos}
        found = [row for row in self.rows["face"] if row["image_id"] in of_image and not self.hides(row["person_id"])]
        return [{**row, "photo": of_image[row["image_id"]]} for row in found]

    @property
    def live_faces(self) -> list[Row]:
        """Those that are not in the trash."""
        return [row for row in self.faces if row["photo"]["state"] != "trashed"]

    def photos_of(self, person_id: int) -> list[Row]:
        """The photos in sight, and not in the trash, that a person has a face or a tag in."""
        if self.hides(person_id):
            return []
        found = {row["photo"]["photo_id"] for row in self.live_faces if row["person_id"] == person_id}
        found |= {row["photo_id"] for row in self.of("tag", person_id=person_id)}
        return [row for row in self.photos if row["photo_id"] in found and row["state"] != "trashed"]

    @property
    def persons(self) -> list[Row]:
        """Who has a face or a tag in a photo in sight, whom the viewer named or says to be."""
        known = {row["person_id"] for row in self.faces}
        known |= {row["person_id"] for row in self.rows["tag"] if row["photo_id"] in self.photo_ids}
        known |= {row["person_id"] for row in self.of("naming", profile_id=self.me)}
        known |= {row["person_id"] for row in self.of("claim", profile_id=self.me) if row["state"] != "refused"}
        return [row for row in self.rows["person"] if row["person_id"] in known and not self.hides(row["person_id"])]

    @property
    def listed(self) -> list[Row]:
        """The persons on the people page: not somebody without a name all of whose photos are in the trash."""
        every = {row["person_id"] for row in self.faces}
        return [
            row
            for row in self.persons
            if row["name"] or row["person_id"] not in every or self.photos_of(row["person_id"])
        ]

    def sees_album(self, album: Row) -> bool:
        """The owner, members, who is invited; everybody, if it is not private."""
        member = self.one("album_member", album_id=album["album_id"], profile_id=self.me)
        return (
            album["owner_id"] == self.me
            or not album["is_private"]
            or (member is not None and member["state"] in ("invited", "accepted"))
        )

    def member(self, album: Row) -> str | None:
        """Where the viewer's invitation into an album stands."""
        row = self.one("album_member", album_id=album["album_id"], profile_id=self.me)
        return row["state"] if row else None

    @property
    def albums(self) -> list[Row]:
        """In sight."""
        return [row for row in self.rows["album"] if self.sees_album(row)]

    def in_album(self, album: Row) -> list[Row]:
        """The photos of an album in sight, in its order: a smart one shows what its search finds for the viewer."""
        seen = {row["photo_id"]: row for row in self.photos if row["state"] == "indexed"}
        newest = sorted(seen.values(), key=lambda row: (row["taken_at"], row["photo_id"]), reverse=True)
        if album["kind"] == "smart":
            return [row for row in newest if row["rating"] >= 3]
        put = {row["photo_id"]: row["position"] for row in self.of("album_photo", album_id=album["album_id"])}
        if album["kind"] == "auto_faces":
            return [row for row in newest if row["photo_id"] in put]
        return sorted((seen[each] for each in put if each in seen), key=lambda row: put[row["photo_id"]])

    @property
    def claims(self) -> list[Row]:
        """The viewer's own, and what others say to be, of the persons in sight."""
        persons = {row["person_id"] for row in self.persons}
        return [
            row
            for row in self.rows["claim"]
            if row["profile_id"] == self.me or (row["state"] != "refused" and row["person_id"] in persons)
        ]

    def name(self, person_id: int | None) -> str | None:
        """Of a person in sight."""
        row = self.one("person", person_id=person_id)
        return row["name"] if row and row in self.persons else None

    def paths(self, photo_id: int) -> list[str]:
        """Where a photo's files are."""
        return [bytes(row["path"]).decode() for row in self.of("place", photo_id=photo_id)]


@dataclass(frozen=True)
class Case:
    """A viewer's services, and what they may tell."""

    session: Session
    rules: Rules

    @property
    def every_photo(self) -> list[int]:
        """The ids of all photos, in sight or not, and of one that does not exist."""
        return [row["photo_id"] for row in self.rules.rows["photo"]] + [987654]

    @property
    def every_face(self) -> list[int]:
        """Likewise of faces."""
        return [row["face_id"] for row in self.rules.rows["face"]] + [987654]

    @property
    def every_person(self) -> list[int]:
        """Likewise of persons."""
        return [row["person_id"] for row in self.rules.rows["person"]] + [987654]

    @property
    def every_album(self) -> list[int]:
        """Likewise of albums."""
        return [row["album_id"] for row in self.rules.rows["album"]] + [987654]
