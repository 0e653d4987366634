"""What a viewer of arbitrary households cannot change: whatever is out of sight, or somebody else's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import cycle, islice

from app.album_types import MemberRole
from app.notifications import NotificationKind
from app.ownership import Visibility
from app.session import Session
from tests.app.households import PROFILES, Row, Rules

NOWHERE = 987654
"""The id of nothing."""


@dataclass(frozen=True)
class Away:
    """One of each: out of sight, or not the viewer's to decide about; `NOWHERE` where there is none.

    `photo`, `person`, `face`, `album`, `tag`: out of sight. `foreign`: an album of somebody else's, `uninvited`: one
    into which the viewer is not invited, `apart`: one of which the viewer is no member. `unheld`: a person whom the
    viewer does not hold, `unsaid`: of whom the viewer said nothing. `claim`: one that the viewer may not decide.
    `step`, `notification`, `token`: somebody else's. `own_album`, `own_photo`, `own_person`: in
    sight, and the viewer's.
    """

    photo: int
    person: int
    face: int
    album: int
    tag: int
    foreign: int
    uninvited: int
    apart: int
    unheld: int
    unsaid: int
    claim: int
    step: int
    notification: int
    token: str
    own_album: int
    own_photo: int
    own_person: int


def out_of_sight(rules: Rules) -> Iterator[Away]:
    """Each thing out of a viewer's sight at least once; of the many notifications some."""
    pools = _beyond(rules) | _not_theirs(rules) | _in_sight(rules)
    most = max(len(pool) for name, pool in pools.items() if name != "notification")
    filled = [pool or [NOWHERE] for pool in pools.values()]
    tokens = cycle([row["token_hash"] for row in rules.rows["sign_in"] if row["profile_id"] != rules.me])
    for ids in islice(zip(*(cycle(pool) for pool in filled), strict=True), most or 1):
        yield Away(**dict(zip(pools, ids, strict=True)), token=next(tokens))


def _beyond(rules: Rules) -> dict[str, list[int]]:
    persons = {row["person_id"] for row in rules.persons}
    faces = {row["face_id"] for row in rules.faces}

    def hidden_tag(tag: Row) -> bool:
        return tag["photo_id"] not in rules.photo_ids or tag["person_id"] not in persons

    return {
        "photo": [row["photo_id"] for row in rules.rows["photo"] if row["photo_id"] not in rules.photo_ids],
        "person": [row["person_id"] for row in rules.rows["person"] if row["person_id"] not in persons],
        "face": [row["face_id"] for row in rules.rows["face"] if row["face_id"] not in faces],
        "album": [row["album_id"] for row in rules.rows["album"] if row not in rules.albums],
        "tag": [row["tag_id"] for row in rules.rows["tag"] if hidden_tag(row)],
    }


def _not_theirs(rules: Rules) -> dict[str, list[int]]:
    albums, persons = rules.rows["album"], rules.rows["person"]
    others = [each for each in PROFILES if each != rules.me]
    claims = rules.of("claim", profile_id=rules.me)
    held = {row["person_id"] for row in claims if row["state"] == "held"}
    said = {row["person_id"] for row in claims}

    def disputed(claim: Row) -> bool:
        same = rules.of("claim", person_id=claim["person_id"])
        return claim["state"] != "refused" and sum(row["state"] != "refused" for row in same) > 1

    return {
        "foreign": [row["album_id"] for row in albums if row["owner_id"] != rules.me],
        "uninvited": [row["album_id"] for row in albums if rules.member(row) != "invited"],
        "apart": [row["album_id"] for row in albums if rules.member(row) is None],
        "unheld": [row["person_id"] for row in persons if row["person_id"] not in held],
        "unsaid": [row["person_id"] for row in persons if row["person_id"] not in said],
        "claim": [row["claim_id"] for row in rules.rows["claim"] if rules.me != 1 or not disputed(row)],
        "step": [row["step_id"] for row in rules.rows["journal_step"] if row["profile_id"] in others],
        "notification": [row["notification_id"] for row in rules.rows["notification"] if row["profile_id"] in others],
    }


def _in_sight(rules: Rules) -> dict[str, list[int]]:
    own = [row for row in rules.of("album", owner_id=rules.me) if row["kind"] in ("personal", "shared")]
    claimed = {row["person_id"] for row in rules.of("claim", state="held") if row["profile_id"] != rules.me}
    return {
        "own_album": [row["album_id"] for row in own],
        "own_photo": [row["photo_id"] for row in rules.photos if row["owner_id"] == rules.me],
        "own_person": [row["person_id"] for row in rules.persons if row["person_id"] not in claimed],
    }


Change = Callable[[Session, Away], object]

CHANGES: dict[str, tuple[Change, ...] | None] = {
    "details.rate": (lambda session, away: session.details.rate([away.photo], 1),),
    "details.describe": (lambda session, away: session.details.describe(away.photo, title="Mine"),),
    "people.rename": (lambda session, away: session.people.rename(away.person, "Mine"),),
    "people.merge": (
        lambda session, away: session.people.merge(away.own_person, [away.person]),
        lambda session, away: session.people.merge(away.person, [away.own_person]),
    ),
    "people.split": (
        lambda session, away: session.people.split(away.person, [away.face]),
        lambda session, away: session.people.split(away.own_person, [away.face]),
    ),
    "people.assign": (
        lambda session, away: session.people.assign([away.face]),
        lambda session, away: session.people.assign([away.face], away.own_person),
        lambda session, away: session.people.assign([], away.person),
    ),
    "people.reject": (
        lambda session, away: session.people.reject([away.face], away.own_person),
        lambda session, away: session.people.reject([], away.person),
    ),
    "people.separate": (lambda session, away: session.people.separate(away.own_person, away.person),),
    "trash.put": (lambda session, away: session.trash.put([away.photo]),),
    "trash.restore": (lambda session, away: session.trash.restore([away.photo]),),
    "trash.remove": (lambda session, away: session.trash.remove([away.photo]),),
    "duplicates.resolve": (lambda session, away: session.duplicates.resolve([away.photo], [NOWHERE]),),
    "duplicates.set_apart": (lambda session, away: session.duplicates.set_apart([away.photo]),),
    "sharing.show_to": (lambda session, away: session.sharing.show_to([away.photo], Visibility.HOUSEHOLD),),
    "sharing.unlock": (lambda session, away: session.sharing.unlock([away.photo]),),
    "sharing.hand_over": (lambda session, away: session.sharing.hand_over([away.photo], 1),),
    "favourites.set": (
        lambda session, away: session.favourites.set([away.photo]),
        lambda session, away: session.favourites.set([away.photo], on=False),
    ),
    "tags.add": (
        lambda session, away: session.tags.add(away.photo, away.own_person),
        lambda session, away: session.tags.add(away.photo, "Mine"),
        lambda session, away: session.tags.add(away.own_photo, away.person),
    ),
    "tags.remove": (lambda session, away: session.tags.remove([away.tag]),),
    "claims.claim": (lambda session, away: session.claims.claim(away.person),),
    "claims.refuse": (lambda session, away: session.claims.refuse(away.person),),
    "claims.withdraw": (lambda session, away: session.claims.withdraw(away.unsaid),),
    "claims.hide": (lambda session, away: session.claims.hide(away.unheld),),
    "claims.no_album": (lambda session, away: session.claims.no_album(away.unheld),),
    "claims.unite": (
        lambda session, away: session.claims.unite(away.unheld, away.own_person),
        lambda session, away: session.claims.unite(away.own_person, away.unheld),
    ),
    # The library's owner decides every dispute, of whomever; see `claims_disputes`.
    "claims.decide": (
        lambda session, away: session.claims.decide(away.claim, None),
        lambda session, away: session.claims.decide(away.claim, session.viewer.profile_id),
    ),
    "claims.do_not_recognise": (lambda session, away: session.claims.do_not_recognise(away.unheld),),
    "albums.add": (
        lambda session, away: session.albums.add(away.album, [away.own_photo]),
        lambda session, away: session.albums.add(away.own_album, [away.photo]),
    ),
    "albums.remove": (
        lambda session, away: session.albums.remove(away.album, [away.own_photo]),
        lambda session, away: session.albums.remove(away.own_album, [away.photo]),
    ),
    "albums.order": (
        lambda session, away: session.albums.order(away.foreign, []),
        lambda session, away: session.albums.order(away.own_album, [away.photo]),
    ),
    "albums.import_into": (lambda session, away: session.albums.import_into(away.album, []),),
    "albums.create": (lambda session, away: session.albums.create("Mine", [away.photo]),),
    "albums.change_search": (lambda session, away: session.albums.change_search(away.foreign, "rating>=1"),),
    "albums.rename": (lambda session, away: session.albums.rename(away.foreign, "Mine"),),
    "albums.describe": (lambda session, away: session.albums.describe(away.foreign, "Mine"),),
    "albums.set_private": (lambda session, away: session.albums.set_private(away.foreign, False),),
    "albums.set_cover": (
        lambda session, away: session.albums.set_cover(away.foreign, None),
        lambda session, away: session.albums.set_cover(away.album, away.photo),
    ),
    "albums.move": (lambda session, away: session.albums.move([away.foreign]),),
    "albums.delete": (lambda session, away: session.albums.delete(away.foreign),),
    "albums.members.invite": (lambda session, away: session.albums.members.invite(away.foreign, 2, MemberRole.ADD),),
    "albums.members.accept": (lambda session, away: session.albums.members.accept(away.uninvited),),
    "albums.members.decline": (lambda session, away: session.albums.members.decline(away.uninvited),),
    "albums.members.leave": (lambda session, away: session.albums.members.leave(away.apart),),
    "albums.members.remove": (lambda session, away: session.albums.members.remove(away.foreign, 2),),
    "albums.members.change_role": (
        lambda session, away: session.albums.members.change_role(away.foreign, 2, MemberRole.ADD),
    ),
    "journal.undo": (lambda session, away: session.journal.undo(away.step),),
    "journal.redo": (lambda session, away: session.journal.redo(away.step),),
    "me.revoke": (lambda session, away: session.me.revoke(away.token),),
    # These name only the viewer's own; `QUIET` and tests of their own say what they do.
    "albums.create_smart": None,
    "notifications.read": None,
    "notifications.read_all": None,
    "notifications.clear": None,
    "notifications.mute": None,
    "me.change": None,
    "me.change_password": None,
    "me.stay": None,
    "photo_locks.open": None,
    "photo_locks.close": None,
    "photo_locks.close_when_due": None,
    "photo_locks.used": None,
    "unlock": None,
    "sharing.lock": None,
    "sharing.set_folder_default": None,
    "folders.remember": None,
    "folders.remove": None,
    "folders.set_polled": None,
    "folders.seen_by": None,
    "models.add": None,
    "models.use": None,
    "thumbnails.close": None,
    "trash.empty": None,
    "trash.recover": None,
    "trash.stop": None,
    # A step writes what the changes here write; the rest of the journal tells the machine what to do within one.
    "journal.step": None,
    "journal.follow": None,
    "journal.leave_out": None,
    "require_household": None,
    "close": None,
}
"""By change: how it is asked for with what is out of sight or somebody else's; it refuses, and nothing changes."""

QUIET: tuple[Change, ...] = (lambda session, away: session.notifications.read(away.notification),)
"""These say nothing, and change nothing either."""

OWN: tuple[Callable[[Session], object], ...] = (
    lambda session: session.notifications.mute(NotificationKind.FOUND),
    lambda session: session.notifications.read_all(),
    lambda session: session.notifications.clear(),
    lambda session: session.me.change(email="mine@example.org", lock_minutes=3),
    lambda session: session.photo_locks.used(),
    lambda session: session.photo_locks.close_when_due(),
)
"""These change rows of the viewer alone."""
