"""What albums, claims, searches and the other services of a household may tell a viewer of arbitrary households."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.app import households
from tests.app.household_told import GONE, check_timeline, indexed, timeline_of, told
from tests.app.households import Case, Row

# Albums


def album_summary(case: Case, album: Row) -> tuple[Any, ...]:
    photos = [row["photo_id"] for row in case.rules.in_album(album)]
    cover = album["cover_id"] if album["cover_id"] in photos else next(iter(photos), None)
    return (
        album["name"],
        album["owner_id"],
        households.NAMES[album["owner_id"]],
        role(case, album),
        len(photos),
        cover,
    )


def role(case: Case, album: Row) -> str:
    if album["owner_id"] == case.rules.me:
        return "owner"
    return {"accepted": "view", "invited": "invited"}.get(case.rules.member(album) or "", "guest")


def told_of_album(each: Any) -> tuple[Any, ...]:
    return each.name, each.owner_id, each.owner_name, str(each.role), each.photo_count, each.cover_id


def albums_lists(case: Case) -> None:
    every = {row["album_id"]: row for row in case.rules.albums}
    of_others = {number for number, row in every.items() if row["owner_id"] != case.rules.me}
    invited = {number for number in every if case.rules.member(every[number]) == "invited"}
    closed = {number for number in of_others if every[number]["is_private"]}
    listed = set(every) - (invited & closed)
    for found, expected in ((case.session.albums.list(), listed), (case.session.albums.invitations(), invited)):
        told_of = {each.album_id: told_of_album(each) for each in found}
        assert told_of == {number: album_summary(case, every[number]) for number in expected}


def albums_get(case: Case) -> None:
    every = {row["album_id"]: row for row in case.rules.albums}
    for album_id in case.every_album:
        found = told(lambda album_id=album_id: told_of_album(case.session.albums.get(album_id)))
        assert found == (album_summary(case, every[album_id]) if album_id in every else GONE)


def albums_timeline(case: Case) -> None:
    every = {row["album_id"]: row for row in case.rules.albums}
    for album_id in case.every_album:
        found = told(lambda album_id=album_id: case.session.albums.timeline(album_id))
        if album_id not in every:
            assert found == GONE
            continue
        expected = [row["photo_id"] for row in case.rules.in_album(every[album_id])]
        check_timeline(case, found, expected, by_month=every[album_id]["kind"] in ("auto_faces", "smart"))


def albums_can_search(case: Case) -> None:
    assert case.session.albums.can_search


def members(case: Case) -> None:
    """Names of profiles are everybody's; who is in an album out of sight is nobody's to know."""
    service, me = case.session.albums.members, case.rules.me
    assert service.anybody_else()
    seen = {row["album_id"] for row in case.rules.albums}
    for album_id in case.every_album:
        rows = case.rules.of("album_member", album_id=album_id) if album_id in seen else []
        states = {row["profile_id"]: row["state"] for row in rows}
        assert {each.profile_id: str(each.state) for each in service.list(album_id)} == states
        free = {each for each in households.PROFILES if states.get(each, "declined") == "declined"} - {me}
        assert {number for number, _ in service.candidates(album_id)} == free


# Claims


def told_of_claims(found: Any) -> set[tuple[Any, ...]]:
    return {(each.claim_id, each.profile_id, each.person_id, each.person_name, str(each.state)) for each in found}


def claims_as(case: Case, rows: list[Row]) -> set[tuple[Any, ...]]:
    return {
        (row["claim_id"], row["profile_id"], row["person_id"], case.rules.name(row["person_id"]), row["state"])
        for row in rows
    }


def claims_rows(case: Case) -> None:
    service, rules = case.session.claims, case.rules
    own = [row for row in rules.claims if row["profile_id"] == rules.me]
    said = [row for row in own if row["state"] != "refused"]
    assert told_of_claims(service.mine()) == claims_as(case, said)
    held = [row for row in rules.claims if row["state"] == "held"]
    assert told_of_claims(service.holders().values()) == claims_as(case, held)
    for person_id in case.every_person:
        found = service.of(person_id)
        expected = claims_as(case, [row for row in own if row["person_id"] == person_id])
        assert told_of_claims([found] if found else []) == expected


def claims_disputes(case: Case) -> None:
    """The library's owner hears of every dispute, the others of those that they have a part in, whoever hides.

    Of whom it is, no name and no face is told beyond what is in sight.
    """
    rules, expected = case.rules, {}
    for person in rules.rows["person"]:
        said = [row for row in rules.of("claim", person_id=person["person_id"]) if row["state"] != "refused"]
        part = rules.me == 1 or any(row["profile_id"] == rules.me for row in said)
        if part and any(row["state"] == "disputed" for row in said):
            faces = [row for row in rules.live_faces if row["person_id"] == person["person_id"]]
            best = sorted(faces, key=lambda row: (-row["quality"], row["face_id"]))[:6]
            told_of = {(row["profile_id"], row["state"]) for row in said}
            name = rules.name(person["person_id"])
            expected[person["person_id"]] = (name, told_of, tuple(row["face_id"] for row in best), {name})
    found = {
        each.person_id: (
            each.person_name,
            {(claim.profile_id, str(claim.state)) for claim in each.claims},
            each.face_ids,
            {claim.person_name for claim in each.claims},
        )
        for each in case.session.claims.disputes()
    }
    assert found == expected


def claims_decides(case: Case) -> None:
    assert case.session.claims.decides() == (case.rules.me == 1)


def claims_candidates(case: Case) -> None:
    """By a face's own likeness: whoever it is of, if that is somebody in sight whom nobody claimed."""
    rules = case.rules
    assert case.session.claims.candidates() == []  # No two faces of these households are alike.
    held = {row["person_id"] for row in rules.of("claim", profile_id=rules.me, state="held")}
    beside = {row["image_id"] for row in rules.faces if row["person_id"] in held}
    claimed = {
        row["person_id"] for row in rules.rows["claim"] if row["state"] != "refused" or row["profile_id"] == rules.me
    }
    claimed |= {row["person_id"] for row in rules.faces if row["image_id"] in beside}
    live = {row["face_id"]: row for row in rules.live_faces}
    for row, likeness in households.likenesses(rules):
        found = case.session.claims.candidates(likeness)
        face = live.get(row["face_id"])
        asked = face is not None and face["person_id"] is not None and face["person_id"] not in claimed
        expected = [(face["person_id"], rules.name(face["person_id"]), face["face_id"])] if face and asked else []
        assert [(each.person_id, each.name, each.pairs[0].face_id) for each in found] == expected


# What a viewer hears of, and looks for


def notifications(case: Case) -> None:
    """Everybody was told of everything: what is shown is what is in sight."""
    rules, service = case.rules, case.session.notifications
    held = {row["person_id"] for row in rules.of("claim", profile_id=rules.me, state="held")}
    found_in = {row["photo"]["photo_id"] for row in rules.live_faces if row["person_id"] in held}
    broken = [row for row in rules.photos if row["state"] == "unreadable"]
    persons = {(row["person_id"], row["name"]) for row in rules.persons}
    shown = service.list()
    by_kind = {kind: [each for each in shown if each.kind == kind] for kind in households.HEARD}
    assert [set(each.photo_ids) for each in by_kind["found"]] == ([found_in] if found_in else [])
    assert [each.files for each in by_kind["unreadable"]] == ([len(broken)] if broken else [])
    albums = {(row["album_id"], row["name"]) for row in rules.albums}
    assert {(each.album_id, each.album_name) for each in by_kind["invited"]} == albums
    for kind in ("claimed", "disputed"):
        assert {(each.person_id, each.person_name) for each in by_kind[kind]} == persons
    own = {row["notification_id"] for row in rules.of("notification", profile_id=rules.me)}
    assert {each.notification_id for each in shown} <= own
    assert service.unread() == len(shown) == bool(found_in) + bool(broken) + len(albums) + 2 * len(persons)
    assert service.muted() == frozenset()


def favourites(case: Case) -> None:
    own = {row["photo_id"] for row in case.rules.of("favourite", profile_id=case.rules.me)} & case.rules.photo_ids
    assert case.session.favourites.of(case.every_photo) == own
    shown = [row for row in indexed(case) if row["photo_id"] in own]
    check_timeline(case, case.session.favourites.timeline(), timeline_of(shown))


def tags_of(case: Case) -> None:
    rules = case.rules
    for photo_id in case.every_photo:
        shown = {row["person_id"] for row in rules.faces if row["photo"]["photo_id"] == photo_id}
        tags = rules.of("tag", photo_id=photo_id) if photo_id in rules.photo_ids else []
        left = [row for row in tags if not rules.hides(row["person_id"]) and row["person_id"] not in shown]
        expected = {(row["tag_id"], row["person_id"], rules.name(row["person_id"]) or "") for row in left}
        assert {(each.tag_id, each.person_id, each.name) for each in case.session.tags.of(photo_id)} == expected


def people_in(case: Case, photo: Row) -> tuple[set[int], int]:
    """Who is in a photo by face or tag, and how many faces are nobody's, as the viewer sees it."""
    faces = [row for row in case.rules.faces if row["photo"]["photo_id"] == photo["photo_id"]]
    tags = case.rules.of("tag", photo_id=photo["photo_id"])
    known = {row["person_id"] for row in (*faces, *tags)} - {None}
    return {each for each in known if not case.rules.hides(each)}, sum(row["person_id"] is None for row in faces)


def search_photos(case: Case) -> None:
    search_names(case)
    rules, shown = case.rules, indexed(case)
    inside = {row["photo_id"]: people_in(case, row) for row in shown}
    unnamed = {
        row["photo"]["photo_id"]
        for row in rules.faces
        if row["person_id"] is None or rules.name(row["person_id"]) is None
    }
    liked = {row["photo_id"] for row in rules.of("favourite", profile_id=rules.me)}
    finds: dict[str, Callable[[Row], bool]] = {
        "": lambda _row: True,
        "rating>=3": lambda row: row["rating"] >= 3,
        "is:favourite": lambda row: row["photo_id"] in liked,
        "is:private": lambda row: row["visibility"] == "private",
        "is:locked": lambda row: bool(row["locked"]),
        "unnamed:": lambda row: row["photo_id"] in unnamed,
        "people:2..": lambda row: len(inside[row["photo_id"]][0]) + inside[row["photo_id"]][1] >= 2,
        "people:0": lambda row: inside[row["photo_id"]] == (set(), 0),
        "date:2020-03..2020-08": lambda row: "2020-03" <= row["taken_at"][:7] <= "2020-08",
    }
    for query, fits in finds.items():
        expected = timeline_of([row for row in shown if fits(row)])
        check_timeline(case, case.session.search.photos(query), expected)


def search_names(case: Case) -> None:
    rules, shown, search = case.rules, indexed(case), case.session.search
    inside = {row["photo_id"]: people_in(case, row) for row in shown}
    for number in range(3):
        name = f"Person {number}"
        ids = {row["person_id"] for row in rules.persons if row["name"] == name}
        expected = timeline_of([row for row in shown if inside[row["photo_id"]][0] & ids])
        assert list(search.photos(f'person:"{name}"').photo_ids) == expected
        only = timeline_of([row for row in shown if ids and inside[row["photo_id"]] == (ids, 0)])
        assert list(search.photos(f'only:"{name}"').photo_ids) == only
        without = timeline_of([row for row in shown if not inside[row["photo_id"]][0] & ids])
        assert list(search.photos(f'NOT person:"{name}"').photo_ids) == without
        assert list(search.photos(f'"{name}"').photo_ids) == expected
    for number, photo in enumerate(rules.rows["photo"]):
        expected = [photo["photo_id"]] if photo in shown else []
        for query in (f'keyword:"word {number}"', f'"word {number}"', f'file:"photo {number}"'):
            assert list(search.photos(query).photo_ids) == expected
    for album in rules.rows["album"]:
        within = rules.in_album(album) if album in rules.albums else []
        assert list(search.photos(f'album:"{album["name"]}"').photo_ids) == timeline_of(within)


def search_complete(case: Case) -> None:
    rules, complete = case.rules, case.session.search.complete
    offered = {each.label: each.face_id for each in complete("person:pers", 11)}
    live = sorted(rules.live_faces, key=lambda row: (-row["quality"], row["face_id"]))
    named = [row for row in rules.persons if row["name"]]
    best = {
        row["name"]: next((face["face_id"] for face in live if face["person_id"] == row["person_id"]), None)
        for row in named
    }
    assert offered == best
    assert {each.label for each in complete("pers", 4) if not each.detail} == set(best)
    assert {each.label for each in complete("album:alb", 9)} == {row["name"] for row in rules.albums}
    words = {row["word"] for row in rules.rows["keyword"] if row["photo_id"] in rules.photo_ids}
    for typed, most in (("keyword:wor", 8), ("wor", 4)):
        found = {each.label for each in complete(typed, len(typed)) if each.face_id is None}
        assert found <= words
        assert len(found) == min(most, len(words))


def search_check(case: Case) -> None:
    """It looks at the words alone."""
    case.session.search.check("rating>=3")


# The viewer's own


def journal(case: Case) -> None:
    (own,) = case.rules.of("journal_step", profile_id=case.rules.me)
    assert [each.step_id for each in case.session.journal.list()] == [own["step_id"]]
    undo, redo = case.session.journal.next()
    assert (undo and undo.step_id, redo) == (own["step_id"], None)
    assert case.session.journal.last is None


def me(case: Case) -> None:
    mine = case.session.me.get()
    assert (mine.profile_id, mine.name, mine.is_owner) == (
        case.rules.me,
        households.NAMES[case.rules.me],
        case.rules.me == 1,
    )
    assert [each.key for each in case.session.me.stays()] == [f"token {case.rules.me}"]


def photo_locks(case: Case) -> None:
    """Nobody entered a password in these sessions."""
    assert not case.session.photo_locks.are_open


QUERIES: dict[str, Callable[[Case], None]] = {
    "albums.list": albums_lists,
    "albums.invitations": albums_lists,
    "albums.get": albums_get,
    "albums.timeline": albums_timeline,
    "albums.can_search": albums_can_search,
    "albums.members.list": members,
    "albums.members.candidates": members,
    "albums.members.anybody_else": members,
    "claims.mine": claims_rows,
    "claims.of": claims_rows,
    "claims.holders": claims_rows,
    "claims.disputes": claims_disputes,
    "claims.decides": claims_decides,
    "claims.candidates": claims_candidates,
    "notifications.list": notifications,
    "notifications.unread": notifications,
    "notifications.muted": notifications,
    "favourites.of": favourites,
    "favourites.timeline": favourites,
    "tags.of": tags_of,
    "search.photos": search_photos,
    "search.complete": search_complete,
    "search.check": search_check,
    "journal.list": journal,
    "journal.next": journal,
    "journal.last": journal,
    "me.get": me,
    "me.stays": me,
    "photo_locks.are_open": photo_locks,
}
"""By query of a session: what checks it for one viewer."""
