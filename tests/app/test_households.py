"""Arbitrary households: every query of every service tells every viewer what a second statement of the rules says.

A service or a method that is new fails here until it has a line: in `QUERIES`, with what it may tell, or in `CHANGES`,
with what becomes of it for somebody who does not see what it would change.
"""

from __future__ import annotations

import inspect
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from PIL import Image

from app.errors import NotAllowed, NotFound
from app.library import Library
from app.ownership import Visibility
from app.privacy import View, Viewer
from app.session import Session
from core.errors import ImageUnavailable
from tests import samples
from tests.app import household_changes, household_services, households
from tests.app.household_told import GONE, check_timeline, faces, indexed, timeline_of, told, told_of_faces
from tests.app.households import PROFILES, Case, HousePlan, Row

# Photos


def photos_timeline(case: Case) -> None:
    check_timeline(case, case.session.photos.timeline(), timeline_of(indexed(case)))


def photos_get(case: Case) -> None:
    for photo_id in case.every_photo:
        found = told(lambda photo_id=photo_id: str(case.session.photos.get(photo_id).path))
        seen = photo_id in case.rules.photo_ids
        assert found == (case.rules.paths(photo_id)[0] if seen else GONE)


def photos_at(case: Case) -> None:
    for place in case.rules.rows["place"]:
        found = told(lambda place=place: case.session.photos.at(Path(bytes(place["path"]).decode())))
        assert found == (place["photo_id"] if place["photo_id"] in case.rules.photo_ids else GONE)


def photos_paths(case: Case) -> None:
    expected = {photo_id: Path(case.rules.paths(photo_id)[0]) for photo_id in case.rules.photo_ids}
    assert case.session.photos.paths() == expected


def photos_all_faces(case: Case) -> None:
    assert faces(case.session.photos.all_faces()) == told_of_faces(case.rules.live_faces, case)


def photos_faces(case: Case) -> None:
    for photo_id in case.every_photo:
        expected = [row for row in case.rules.faces if row["photo"]["photo_id"] == photo_id]
        assert faces(case.session.photos.faces(photo_id)) == told_of_faces(expected, case)


def photos_face(case: Case) -> None:
    seen = {row["face_id"]: row for row in case.rules.faces}
    for face_id in case.every_face:
        found = told(lambda face_id=face_id: faces([case.session.photos.face(face_id)]))
        assert found == (told_of_faces([seen[face_id]], case) if face_id in seen else GONE)


def photos_some_faces(case: Case) -> None:
    found = case.session.photos.some_faces(case.every_face)
    assert faces(list(found.values())) == told_of_faces(case.rules.faces, case)


def photos_face_ids(case: Case) -> None:
    assert case.session.photos.face_ids() == sorted(row["face_id"] for row in case.rules.live_faces)


def photos_faces_of_person(case: Case) -> None:
    for ask in (case.session.photos.faces_of_person, case.session.people.faces):
        for person_id in case.every_person:
            expected = [row for row in case.rules.live_faces if row["person_id"] == person_id]
            assert faces(ask(person_id)) == told_of_faces(expected, case)


def photos_pictures(case: Case) -> None:
    """Nothing of these photos is on the disk: who sees one hears of that."""
    photos = case.session.photos
    for photo_id in case.every_photo:
        for ask in (photos.image, lambda photo_id: photos.frame(photo_id, 0.0)):
            with pytest.raises(ImageUnavailable if photo_id in case.rules.photo_ids else NotFound):
                ask(photo_id)
        with pytest.raises(NotFound):
            photos.moving(photo_id)


def photos_skipped(case: Case) -> None:
    expected = [bytes(row["path"]).decode() for row in case.rules.of("skipped", owner_id=case.rules.me)]
    for photo in case.rules.photos:
        if photo["reason"] and photo["state"] != "trashed":
            expected += case.rules.paths(photo["photo_id"])
    assert [str(each.path) for each in case.session.photos.skipped()] == sorted(expected)


def photos_counts(case: Case) -> None:
    for counts in (case.session.photos.counts(), case.session.counts()):
        states = [row["state"] for row in case.rules.photos]
        assert counts.photos == states.count("indexed")
        assert counts.pending == states.count("pending")
        assert counts.trashed == states.count("trashed")
        assert counts.faces == len(case.rules.live_faces)
        assert counts.people == len(case.rules.listed)
        assert counts.skipped == len(case.session.photos.skipped())


def details_of(case: Case) -> None:
    hidden = {row["name"] for row in case.rules.rows["person"] if row["name"] and case.rules.hides(row["person_id"])}
    for photo_id in case.every_photo:
        found = told(lambda photo_id=photo_id: case.session.details.of(photo_id))
        if photo_id not in case.rules.photo_ids:
            assert found == GONE
            continue
        words = [row["word"] for row in case.rules.of("keyword", photo_id=photo_id)]
        # Who is tagged in the photo is told of as that.
        beside = hidden | {case.rules.name(row["person_id"]) for row in case.rules.of("tag", photo_id=photo_id)}
        regions = [row["name"] for row in case.rules.of("region", photo_id=photo_id) if row["name"] not in beside]
        photo = case.rules.one("photo", photo_id=photo_id)
        assert photo is not None
        assert (found.rating, list(found.keywords)) == (photo["rating"], words)
        assert [each.name for each in found.marked] == regions


# People


def people_list(case: Case) -> None:
    assert {each.person_id: summary(each) for each in case.session.people.list()} == expected_people(case)


def people_get(case: Case) -> None:
    expected = expected_people(case)
    for person_id in case.every_person:
        found = told(lambda person_id=person_id: summary(case.session.people.get(person_id)))
        assert found == expected.get(person_id, GONE)


def summary(each: Any) -> tuple[Any, ...]:
    taken = tuple(time.isoformat() if time else None for time in (each.first_taken, each.last_taken))
    return each.name, each.face_count, each.photo_count, each.cover_face_id, *taken


def expected_people(case: Case) -> dict[int, tuple[Any, ...]]:
    found = {}
    for person in case.rules.listed:
        own = [row for row in case.rules.live_faces if row["person_id"] == person["person_id"]]
        photos = {row["photo_id"]: row["taken_at"] for row in case.rules.photos_of(person["person_id"])}
        cover = min(own, key=lambda row: (-row["quality"], row["face_id"]))["face_id"] if own else None
        times = (min(photos.values()), max(photos.values())) if photos else (None, None)
        found[person["person_id"]] = (person["name"], len(own), len(photos), cover, *times)
    return found


def people_timeline(case: Case) -> None:
    for person_id in case.every_person:
        expected = timeline_of(case.rules.photos_of(person_id))
        check_timeline(case, case.session.people.timeline(person_id), expected)


def people_group(case: Case) -> None:
    if case.rules.me != 1:
        with pytest.raises(NotAllowed, match="only Olga"):
            case.session.people.group(dry_run=True)
        return
    done = case.session.people.group(dry_run=True)
    seen = {row["face_id"] for row in case.rules.live_faces}
    told_faces = {each for group in done.groups for each in (*group.face_ids, group.representative_face_id)}
    assert told_faces | {move.face_id for move in done.moves} | set(done.noise) <= seen
    assert set(done.dissolved) <= {row["person_id"] for row in case.rules.persons}
    assert all(move.after is None or move.face_id in done.groups[move.after].face_ids for move in done.moves)


# Small pictures, trash, duplicates


def thumbnails_photo(case: Case) -> None:
    for photo_id in case.every_photo:
        found = told(lambda photo_id=photo_id: case.session.thumbnails.photo(photo_id)[:2])
        assert found == (b"\xff\xd8" if photo_id in case.rules.photo_ids else GONE)


def thumbnails_face(case: Case) -> None:
    seen = {row["face_id"] for row in case.rules.faces}
    for face_id in case.every_face:
        with pytest.raises(ImageUnavailable if face_id in seen else NotFound):
            case.session.thumbnails.face(face_id)


def thumbnails_moving(case: Case) -> None:
    for photo_id in case.every_photo:
        with pytest.raises(NotFound):
            case.session.thumbnails.moving(photo_id)


def in_trash(case: Case) -> list[int]:
    """What is listed: not what stands behind another photo of the trash."""
    trashed = {row["photo_id"] for row in case.rules.photos if row["state"] == "trashed"}
    behind = {row["photo_id"] for row in case.rules.rows["companion"] if {row["photo_id"], row["of_id"]} <= trashed}
    return sorted(trashed - behind, reverse=True)


def trash_list(case: Case) -> None:
    listed = case.session.trash.list()
    assert [each.photo_id for each in listed] == in_trash(case)
    paths = {str(path) for each in listed for path in each.paths}
    every = [row["photo_id"] for row in case.rules.photos if row["state"] == "trashed"]
    assert paths == {path for photo_id in every for path in case.rules.paths(photo_id)}


def trash_timeline(case: Case) -> None:
    check_timeline(case, case.session.trash.timeline(), in_trash(case))


def duplicates_list(case: Case) -> None:
    """Every photo of these households shows the same."""
    seen = {row["photo_id"] for row in indexed(case)}
    groups = [{each.photo_id for each in group.photos} for group in case.session.duplicates.list()]
    assert groups == ([seen] if len(seen) > 1 else [])


# Who may see what


def sharing_of(case: Case) -> None:
    for photo_id in case.every_photo:
        found = told(lambda photo_id=photo_id: case.session.sharing.of(photo_id))
        if photo_id not in case.rules.photo_ids:
            assert found == GONE
            assert told(lambda photo_id=photo_id: case.session.sharing.of_all([photo_id])) == GONE
            continue
        photo = case.rules.one("photo", photo_id=photo_id)
        assert photo is not None
        own = photo["owner_id"] == case.rules.me
        shared = {row["profile_id"] for row in case.rules.of("photo_share", photo_id=photo_id)}
        assert (found.own, found.owner.name) == (own, households.NAMES[photo["owner_id"]])
        assert (found.visibility, found.locked) == (photo["visibility"], bool(photo["locked"]))
        assert {each.profile_id for each in found.shared_with} == (shared if own else shared & {case.rules.me})
    seen = sorted(case.rules.photo_ids)
    assert [each.photo_id for each in case.session.sharing.of_all(seen)] == seen


def sharing_housemates(case: Case) -> None:
    found = {each.profile_id: each.name for each in case.session.sharing.housemates()}
    assert found == households.NAMES
    assert case.session.is_shared()


def sharing_default(case: Case) -> None:
    assert case.session.sharing.default() is Visibility.HOUSEHOLD


def folders(case: Case) -> None:
    own = [row for row in case.rules.rows["folder"] if row["owner_id"] == case.rules.me]
    expected = [(row["folder_id"], bytes(row["path"]).decode(), row["vanished"]) for row in own]
    for listed in (case.session.folders.list(), case.session.folders.brief()):
        assert [(each.folder_id, str(each.path), each.vanished) for each in listed] == expected
    for row in case.rules.rows["folder"]:
        found = told(lambda row=row: case.session.folders.get(Path(bytes(row["path"]).decode())).folder_id)
        assert found == (row["folder_id"] if row in own else GONE)


def folders_awaited(case: Case) -> None:
    assert case.session.folders.awaited() == []


def models_list(case: Case) -> None:
    seen = len(indexed(case))
    expected = {"buffalo_s": 0}
    for each in case.session.models.list():
        assert each.unseen == expected.get(each.name, seen)


def models_current(case: Case) -> None:
    assert case.session.models.current.name == "buffalo_s"


def decides_for_all(case: Case) -> None:
    assert case.session.decides_for_all() == (case.rules.me == 1)


def face_counts(case: Case) -> None:
    found = case.session.face_counts()
    every = case.rules.faces
    assert (found.faces, found.people) == (len(every), len(case.rules.persons))
    assert found.unassigned_faces == sum(row["person_id"] is None for row in every)
    assert found.named_people == sum(row["name"] is not None for row in case.rules.persons)
    assert sum(found.vectors.values()) == len(case.rules.live_faces)


QUERIES: dict[str, Callable[[Case], None]] = {
    "photos.timeline": photos_timeline,
    "photos.get": photos_get,
    "photos.at": photos_at,
    "photos.paths": photos_paths,
    "photos.all_faces": photos_all_faces,
    "photos.faces": photos_faces,
    "photos.face": photos_face,
    "photos.some_faces": photos_some_faces,
    "photos.face_ids": photos_face_ids,
    "photos.faces_of_person": photos_faces_of_person,
    "photos.image": photos_pictures,
    "photos.frame": photos_pictures,
    "photos.moving": photos_pictures,
    "photos.skipped": photos_skipped,
    "photos.counts": photos_counts,
    "details.of": details_of,
    "people.list": people_list,
    "people.get": people_get,
    "people.timeline": people_timeline,
    "people.faces": photos_faces_of_person,
    "people.group": people_group,
    "thumbnails.photo": thumbnails_photo,
    "thumbnails.face": thumbnails_face,
    "thumbnails.moving": thumbnails_moving,
    "trash.list": trash_list,
    "trash.timeline": trash_timeline,
    "duplicates.list": duplicates_list,
    "sharing.of": sharing_of,
    "sharing.of_all": sharing_of,
    "sharing.housemates": sharing_housemates,
    "sharing.default": sharing_default,
    "folders.list": folders,
    "folders.brief": folders,
    "folders.get": folders,
    "folders.awaited": folders_awaited,
    "models.list": models_list,
    "models.current": models_current,
    "counts": photos_counts,
    "face_counts": face_counts,
    "is_shared": sharing_housemates,
    "decides_for_all": decides_for_all,
    **household_services.QUERIES,
}
"""By query of a session: what checks it for one viewer."""

CHANGES = household_changes.CHANGES

ELSEWHERE = frozenset({"people.similar"})
"""What needs real photographs: `test_the_most_similar_faces_are_those_in_sight`."""

NOT_SERVICES = frozenset({"library", "view", "closed", "viewer"})


def public_methods(session: Session) -> set[str]:
    """Everything that a window or a command can ask of a session: "service.method", or "method" of its own."""
    found = set()
    for name, value in inspect.getmembers(session):
        if name.startswith("_") or name in NOT_SERVICES:
            continue
        if callable(value):
            found.add(name)
            continue
        found |= {f"{name}.{each}" for each in dir(type(value)) if not each.startswith("_")}
    # A service within a service.
    found |= {f"albums.members.{each}" for each in dir(type(session.albums.members)) if not each.startswith("_")}
    return found


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """A library that each example fills anew."""
    with Library.open(tmp_path_factory.mktemp("house") / "library", resume=False) as library:
        picture = np.asarray(Image.fromarray(np.asarray(samples.scenery())).resize((400, 300)))
        for number in range(6):
            library.small.write_photo(f"{number:064x}", picture)
        yield library


arbitrary = settings(
    max_examples=8,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


def test_every_query_and_every_change_has_a_line(house: Library) -> None:
    with closing(Session(house, View(house.database, Viewer(1)))) as session:
        assert public_methods(session) == {*QUERIES, *CHANGES, *ELSEWHERE}
    assert not set(QUERIES) & set(CHANGES)


@arbitrary
@given(plan=households.households)
def test_every_query_tells_every_viewer_what_the_rules_say(house: Library, plan: HousePlan) -> None:
    households.build(house, plan)
    checks = dict.fromkeys(QUERIES.values())
    for me in PROFILES:
        for unlocked in (False, True):
            with closing(Session(house, View(house.database, Viewer(me, unlocked)))) as session:
                case = Case(session, households.Rules(house, me, unlocked))
                for check in checks:
                    check(case)


@settings(arbitrary, max_examples=5)  # Each asks for some sixty changes, several times over.
@given(plan=households.households)
def test_what_is_out_of_sight_cannot_be_changed(house: Library, plan: HousePlan) -> None:
    households.build(house, plan)
    before = everything(house)
    for me in PROFILES:
        with closing(Session(house, View(house.database, Viewer(me)))) as session:
            rules = households.Rules(house, me, unlocked=False)
            for away in household_changes.out_of_sight(rules):
                for tries in filter(None, CHANGES.values()):
                    for change in tries:
                        with pytest.raises((NotFound, NotAllowed)):
                            change(session, away)
                for quiet in household_changes.QUIET:
                    quiet(session, away)
    assert everything(house) == before


@arbitrary
@given(plan=households.households)
def test_what_is_the_viewers_own_is_changed_for_the_viewer_alone(house: Library, plan: HousePlan) -> None:
    households.build(house, plan)
    for me in PROFILES:
        before = of_others(house, me)
        with closing(Session(house, View(house.database, Viewer(me)))) as session:
            for change in household_changes.OWN:
                change(session)
        assert of_others(house, me) == before


def of_others(house: Library, me: int) -> dict[str, list[Row]]:
    """The rows that are not a profile's own."""
    every = everything(house)
    return {table: [row for row in rows if row.get("profile_id") != me] for table, rows in every.items()}


def everything(house: Library) -> dict[str, list[Row]]:
    """All rows."""
    return households.Rules(house, 0, unlocked=True).rows


def test_the_most_similar_faces_are_those_in_sight(indexed_folder: Path, tmp_path: Path, astronaut: Path) -> None:
    folder = Path(shutil.copytree(indexed_folder, tmp_path / "library"))
    with Library.open(folder, resume=False) as library:
        with library.database.write() as db:
            db.exec_driver_sql("INSERT INTO profile (name, is_owner, created_at) VALUES ('Piet', 0, '2024')")
            guest = int(db.exec_driver_sql("SELECT max(profile_id) FROM profile").scalar_one())
            # Everything of the astronaut is private but one photo.
            like = [face for face, _ in library.session_of(Viewer(1)).people.similar(astronaut, 3)[0].matches]
            db.exec_driver_sql(
                "UPDATE photo SET visibility = 'private' WHERE photo_id IN (?, ?)",
                tuple(each.photo_id for each in like[:2]),
            )
        owner, other = library.session_of(Viewer(1)), library.session_of(Viewer(guest))
        every = owner.people.similar(astronaut, 50)[0].matches
        hidden = {each.photo_id for each in like[:2]}
        expected = [each.face_id for each, _ in every if each.photo_id not in hidden]
        assert len(expected) == len(every) - 2
        for limit in (1, 3, 50):
            found = other.people.similar(astronaut, limit)[0].matches
            assert [face.face_id for face, _ in found] == expected[:limit]
        with library.database.write() as db:
            db.exec_driver_sql("UPDATE photo SET visibility = 'private'")
        assert other.people.similar(astronaut, 5)[0].matches == ()
