""" "This is me": asked with a reason, said, refused, withdrawn, disputed and decided; over real faces."""

from __future__ import annotations

import pytest

from app.claiming import ClaimState, carry_over
from app.errors import NotAllowed, NotFound
from app.library import Library
from app.notifications import NotificationKind
from app.session import Session
from core.errors import Conflict
from tests import house, samples
from tests.app.conftest import Witness
from tests.whole import contents


@pytest.fixture
def anna(indexed: Library) -> Session:
    return house.add_profile(indexed, "Anna")


@pytest.fixture
def ben(indexed: Library) -> Session:
    return house.add_profile(indexed, "Ben")


def persons(library: Library) -> list[int]:
    """The five of the album: the first and second of `t1`, and three others."""
    return [each.person_id for each in house.first(library).people.list()]


def in_two(library: Library, person_id: int) -> int:
    """Some photos of somebody are another person; that one's id."""
    faces = library.core.faces(person_id)
    with library.database.write() as db:
        db.exec_driver_sql("DELETE FROM decision")
    return library.core.assign([each.face_id for each in faces[:2]], None).person_id


def test_a_claim_is_held_and_names_a_person_without_a_name(indexed: Library, anna: Session) -> None:
    first, second, *_ = persons(indexed)
    house.first(indexed).people.rename(second, "The second")
    claim = anna.claims.claim(first)
    assert (claim.state, claim.person_name, claim.profile_name) == (ClaimState.HELD, "Anna", "Anna")
    anna.claims.claim(second)
    assert anna.people.get(second).name == "The second"
    assert [each.person_id for each in anna.claims.mine()] == [first, second]
    assert anna.claims.claim(first) == claim, "said twice it is said once"
    assert {key: each.profile_name for key, each in house.first(indexed).claims.holders().items()} == {
        first: "Anna",
        second: "Anna",
    }


def test_only_the_holder_has_the_say(indexed: Library, anna: Session, ben: Session) -> None:
    first, *_ = persons(indexed)
    anna.claims.claim(first)
    with pytest.raises(NotAllowed, match="Anna"):
        ben.people.rename(first, "Somebody")
    anna.people.rename(first, "Me")
    for change in (ben.claims.hide, ben.claims.no_album, ben.claims.do_not_recognise, ben.claims.withdraw):
        with pytest.raises(NotFound):
            change(first)


def test_what_is_not_in_sight_cannot_be_claimed(indexed: Library, anna: Session) -> None:
    first, *_, last = persons(indexed)
    owner = house.first(indexed)
    house.own(indexed, owner, *owner.people.timeline(last).photo_ids)
    for change in (anna.claims.claim, anna.claims.refuse):
        with pytest.raises(NotFound):
            change(last)
    assert anna.claims.candidates() == []
    anna.claims.claim(first)


def test_who_looks_alike_is_asked_about_with_the_faces(indexed: Library, anna: Session) -> None:
    first, *others = persons(indexed)
    other = in_two(indexed, first)
    assert anna.claims.candidates() == [], "who holds nobody looks like nobody"
    anna.claims.claim(first)
    (found,) = anna.claims.candidates()
    assert (found.person_id, found.photo_count, found.is_sure) == (other, 2, True)
    assert found.similarity == found.pairs[0].similarity >= found.accept > found.suggest
    best = found.pairs[0]
    why = indexed.core.compare([best.own_face_id or 0], [best.face_id])[0]
    assert best.similarity == pytest.approx(why.similarity)
    assert indexed.core.face(best.own_face_id or 0).person_id == first
    assert indexed.core.face(best.face_id).person_id == other
    assert other not in others


def test_it_never_is_who_stands_beside_in_a_photo(indexed: Library, anna: Session) -> None:
    """However alike: two faces in one photo are two people."""
    first, *_ = persons(indexed)
    other = in_two(indexed, first)
    anna.claims.claim(first)
    beside = next(each for each in indexed.core.faces(first))
    with indexed.database.write() as db:
        image = {"image": beside.image_id, "face": indexed.core.faces(other)[0].face_id}
        db.exec_driver_sql("UPDATE face SET image_id = :image WHERE face_id = :face", image)
    assert anna.claims.candidates() == []


def test_who_refuses_is_never_asked_again(indexed: Library, anna: Session) -> None:
    first, *_ = persons(indexed)
    other = in_two(indexed, first)
    anna.claims.claim(first)
    anna.claims.refuse(other)
    assert anna.claims.candidates() == []
    assert [each.person_id for each in anna.claims.mine()] == [first]
    indexed.core.cluster()
    assert anna.claims.candidates() == []
    assert indexed.core.person(other).face_count == 2, "they are two, and stay two"
    # Not by way of a new name, nor after the one that is held is given back.
    anna.claims.withdraw(first)
    anna.claims.claim(first)
    assert anna.claims.candidates() == []


def test_the_faces_that_are_shown_are_in_sight(indexed: Library, anna: Session) -> None:
    first, *_ = persons(indexed)
    other = in_two(indexed, first)
    anna.claims.claim(first)
    owner = house.first(indexed)
    hidden, shown = owner.people.faces(other)
    house.own(indexed, owner, hidden.photo_id)
    (found,) = anna.claims.candidates()
    assert found.photo_count == 1
    assert {pair.face_id for pair in found.pairs} == {shown.face_id}
    house.own(indexed, owner, shown.photo_id)
    assert anna.claims.candidates() == []


def test_a_face_that_is_not_in_the_library_finds_its_persons(
    indexed: Library, anna: Session, ben: Session, tmp_path_factory: pytest.TempPathFactory
) -> None:
    picture = samples.save(samples.portrait(0), tmp_path_factory.mktemp("webcam") / "me.jpg")
    (face,) = indexed.core.detect(picture)
    first, *_ = persons(indexed)
    found = anna.claims.candidates(face.embedding)
    assert found[0].person_id == first
    assert found[0].pairs[0].own_face_id is None
    ben.claims.claim(first)
    assert anna.claims.candidates(face.embedding) == found[1:], "who is somebody already is not asked about"


def test_a_claimed_person_is_not_dissolved(indexed: Library, anna: Session) -> None:
    """Core makes persons without a name anew; what somebody said of one keeps it."""
    first = persons(indexed)[0]
    nobody = house.first(indexed)
    nobody.claims.claim(first)
    assert indexed.core.person(first).name is None
    indexed.core.cluster_dbscan(min_samples=2, eps=1e-6)
    assert [each.person_id for each in nobody.claims.mine()] == [first]
    assert indexed.core.person(first).face_count == 5
    nobody.claims.withdraw(first)
    assert indexed.core.person(first).metadata == {}


def test_a_dispute_is_the_owner_s_to_decide(indexed: Library, anna: Session, ben: Session) -> None:
    first, *_ = persons(indexed)
    owner = house.first(indexed)
    anna.claims.claim(first)
    assert ben.claims.claim(first).state is ClaimState.DISPUTED
    assert anna.claims.holders()[first].profile_id == anna.viewer.profile_id, "until it is decided"
    (dispute,) = owner.claims.disputes()
    assert [each.profile_name for each in dispute.claims] == ["Anna", "Ben"]
    assert dispute.face_ids
    assert [each.person_id for each in ben.claims.disputes()] == [first]
    mine = dispute.claims[1]
    for session in (anna, ben):
        with pytest.raises(NotAllowed):
            session.claims.decide(mine.claim_id, session.viewer.profile_id)
    with pytest.raises(NotFound):
        owner.claims.decide(mine.claim_id, owner.viewer.profile_id)
    owner.claims.decide(dispute.claims[0].claim_id, ben.viewer.profile_id)
    assert owner.claims.holders()[first].profile_name == "Ben"
    assert owner.claims.disputes() == anna.claims.mine() == []
    with pytest.raises(NotFound):
        owner.claims.decide(mine.claim_id, ben.viewer.profile_id)
    assert anna.claims.candidates() == []


def test_the_owner_may_find_that_it_is_neither(indexed: Library, anna: Session, ben: Session) -> None:
    first, *_ = persons(indexed)
    anna.claims.claim(first)
    claim = ben.claims.claim(first)
    house.first(indexed).claims.decide(claim.claim_id, None)
    assert anna.claims.mine() == ben.claims.mine() == []
    assert anna.claims.holders() == {}


def test_who_disputes_holds_it_when_the_first_gives_it_back(indexed: Library, anna: Session, ben: Session) -> None:
    first, *_ = persons(indexed)
    anna.claims.claim(first)
    ben.claims.claim(first)
    anna.claims.withdraw(first)
    assert [each.state for each in ben.claims.mine()] == [ClaimState.HELD]
    assert house.first(indexed).claims.disputes() == []


def test_the_owner_sees_no_face_that_is_not_in_sight(indexed: Library, anna: Session, ben: Session) -> None:
    first, *_ = persons(indexed)
    owner = house.first(indexed)
    anna.claims.claim(first)
    ben.claims.claim(first)
    house.own(indexed, anna, *owner.people.timeline(first).photo_ids)
    (dispute,) = owner.claims.disputes()
    assert (dispute.face_ids, dispute.person_name) == ((), None)
    assert {each.profile_name for each in dispute.claims} == {"Anna", "Ben"}


def test_who_is_hidden_is_nowhere_for_others(indexed: Library, anna: Session, ben: Session) -> None:
    first, *_ = persons(indexed)
    anna.claims.claim(first)
    witness = Witness(indexed)
    anna.claims.hide(first)
    assert first in witness.changes[0].person_ids
    assert len(ben.people.list()) == 4
    with pytest.raises(NotFound):
        ben.people.get(first)
    assert not [each for each in ben.photos.all_faces() if each.person_id == first]
    assert len(ben.photos.all_faces()) == samples.ALBUM_FACES - 5
    assert first not in ben.claims.holders()
    assert anna.people.get(first).face_count == 5
    anna.claims.hide(first, False)
    assert len(ben.people.list()) == 5


def test_two_persons_who_are_one_are_united(indexed: Library, anna: Session, ben: Session) -> None:
    first, second, *_ = persons(indexed)
    other = in_two(indexed, first)
    anna.claims.claim(first)
    anna.claims.claim(other)
    anna.claims.hide(other)
    ben.claims.claim(second)
    with pytest.raises(NotFound):
        anna.claims.unite(second, first)
    anna.claims.unite(other, first)
    (claim,) = anna.claims.mine()
    assert (claim.person_id, claim.is_hidden) == (first, True), "what was hidden stays hidden"
    assert anna.people.get(first).face_count == 5


def test_a_merge_keeps_the_claim(indexed: Library, anna: Session, ben: Session) -> None:
    first, second, third, *_ = persons(indexed)
    anna.claims.claim(first)
    anna.claims.no_album(first)
    ben.claims.claim(second)
    ben.claims.claim(first)
    with indexed.database.write() as db, pytest.raises(Conflict):
        carry_over(db, indexed.core, [first], second)
    before = contents(indexed.database)
    with pytest.raises(NotAllowed):
        anna.people.merge(second, [first])
    anna.people.merge(third, [first])
    (claim,) = anna.claims.mine()
    assert (claim.person_id, claim.state, claim.no_album) == (third, ClaimState.HELD, True)
    assert {(each.person_id, each.state) for each in ben.claims.mine()} == {
        (second, ClaimState.HELD),
        (third, ClaimState.DISPUTED),
    }
    assert indexed.core.person(third).metadata == {"claimed": True}
    anna.journal.undo()
    assert {name: rows for name, rows in contents(indexed.database).items() if name != "journal_step"} == {
        name: rows for name, rows in before.items() if name != "journal_step"
    }


def test_what_was_said_is_taken_back(indexed: Library, anna: Session, ben: Session) -> None:
    """Every action is a step: undone in turn, the library is as it was."""
    first, second, *_ = persons(indexed)
    other = in_two(indexed, first)

    def state() -> dict[str, object]:
        left = ("journal_step", "notification", "sqlite_sequence")
        return {name: rows for name, rows in contents(indexed.database).items() if name not in left}

    steps = [
        (anna, lambda: anna.claims.claim(first)),
        (anna, lambda: anna.claims.hide(first)),
        (anna, lambda: anna.claims.hide(first, False)),
        (anna, lambda: anna.claims.no_album(first)),
        (anna, lambda: anna.claims.refuse(other)),
        (ben, lambda: ben.claims.claim(first)),
        (ben, lambda: ben.claims.claim(second)),
    ]
    states = []
    for _, act in steps:
        states.append(state())
        act()
    for session, _ in reversed(steps):
        session.journal.undo()
        assert state() == states.pop()


def test_those_whom_it_concerns_hear_of_it(indexed: Library, anna: Session, ben: Session) -> None:
    first, *_ = persons(indexed)
    owner = house.first(indexed)
    anna.claims.claim(first)
    (told,) = owner.notifications.list()
    assert (told.kind, told.person_id, told.person_name, told.by_name) == (
        NotificationKind.CLAIMED,
        first,
        "Anna",
        "Anna",
    )
    claim = ben.claims.claim(first)
    assert [each.kind for each in owner.notifications.list()] == [NotificationKind.DISPUTED, NotificationKind.CLAIMED]
    assert [(each.kind, each.by_name) for each in anna.notifications.list()] == [(NotificationKind.DISPUTED, "Ben")]
    assert ben.notifications.list() == []
    owner.claims.decide(claim.claim_id, ben.viewer.profile_id)
    assert [(each.decided, each.by_name) for each in ben.notifications.list()] == [(True, "Ben")]
    assert anna.notifications.unread() == 2
