"""Profiles on the real engine: signing up with a face, signing in, what changes and what goes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import keyring
import pytest
from argon2 import PasswordHasher
from PIL import Image

from app import passwords
from app.errors import NotAllowed, NotFound, SignInNeeded
from app.library import Library
from app.own_face import FaceUnclear, Unclear
from app.ownership import Visibility
from app.passwords import UnfitPassword, WrongPassword
from app.privacy import Viewer
from app.session import Session
from app.sign_ins import NotKept
from app.sign_up import SOMEBODY_NEW, NameTaken, NewProfile
from app.tries import TooManyTries
from app.verifying import repair
from core.errors import InvalidInput
from tests import house, samples
from tests.app.conftest import Opener, index
from tests.keyrings import ForgetfulKeyring, MemoryKeyring

PASSWORD = "a horse on a stapler"


class Clock:
    """Stands until it is told to go on."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def wait(self, **time: float) -> None:
        self.now += timedelta(**time)


@pytest.fixture
def clock(indexed: Library) -> Clock:
    made = indexed.profiles.clock = Clock()
    return made


@pytest.fixture(autouse=True)
def memory() -> Iterator[MemoryKeyring]:
    before, made = keyring.get_keyring(), MemoryKeyring()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


def picture(image: Image.Image, folder: Path, name: str = "me.jpg") -> Path:
    return samples.save(image, folder / name)


def owner(library: Library, password: str | None = PASSWORD) -> Session:
    """The first profile, which has introduced itself."""
    return library.profiles.create(NewProfile("Ada", password)).session


def person_of(library: Library, box: tuple[int, ...], name: str) -> int:
    """Who is at a place of `group.jpg`, which is `t1` at three quarters of its size."""
    session = house.first(library)
    photo_id = next(each for each, path in session.photos.paths().items() if path.name == name)
    left, top, width, height = (side * 0.75 for side in box)
    return next(
        face.person_id
        for face in session.photos.faces(photo_id)
        if face.person_id is not None
        and abs(face.box.x + face.box.width / 2 - left - width / 2) < width / 2
        and abs(face.box.y + face.box.height / 2 - top - height / 2) < height / 2
    )


def album(library: Library, session: Session) -> tuple[str, set[int]]:
    """The album of the profile's own photos, as the profile sees it."""
    with session.view.read() as db:
        ((album_id, name),) = db.exec_driver_sql(
            "SELECT album_id, name FROM album WHERE kind = 'auto_faces' AND is_private = 1 AND owner_id = :me",
            {"me": session.viewer.profile_id},
        ).all()
        photos = db.exec_driver_sql("SELECT photo_id FROM album_photo WHERE album_id = :id", {"id": album_id})
        return name, set(photos.scalars())


def test_who_signs_up_with_a_face_is_found_and_gets_an_album_of_exactly_those_photos(
    indexed: Library, tmp_path: Path
) -> None:
    ada = owner(indexed)
    person = person_of(indexed, samples.FACES_IN_T1[0], "group.jpg")
    faces = indexed.profiles.look([picture(samples.darker(samples.portrait(0)), tmp_path)])
    (alike,) = indexed.profiles.resembling(faces)
    assert (alike.person_id, alike.sure, alike.name) == (person, True, None)
    ben = indexed.profiles.create(NewProfile("Ben", PASSWORD, faces=faces), ada)
    assert ben.made.person_id == person
    theirs = set(ada.people.timeline(person).photo_ids)
    assert alike.photo_count == len(theirs) == 5
    assert album(indexed, ben.session) == ("Photos of Ben", theirs)
    assert ben.session.people.get(person).name == "Ben"
    with pytest.raises(NotAllowed):
        ada.people.rename(person, "Somebody else")
    shown = next(each for each in indexed.profiles.list() if each.name == "Ben")
    assert shown.face_id is not None and indexed.profiles.face(shown.profile_id)


def test_a_person_who_is_claimed_is_nobody_elses(indexed: Library, tmp_path: Path) -> None:
    faces = indexed.profiles.look([picture(samples.portrait(0), tmp_path)])
    ada = indexed.profiles.create(NewProfile("Ada", faces=faces))
    assert ada.made.person_id is not None
    assert indexed.profiles.resembling(faces) == []
    ben = indexed.profiles.create(NewProfile("Ben", faces=faces), ada.session)
    assert ben.made.person_id not in (None, ada.made.person_id)
    assert album(indexed, ben.session)[1] == set()
    with pytest.raises(NotAllowed):
        indexed.profiles.create(NewProfile("Eve", faces=faces, person_id=ada.made.person_id), ada.session)


def test_whom_no_photo_that_one_may_see_shows_is_not_found(indexed: Library, tmp_path: Path) -> None:
    ada = owner(indexed, None)
    person = person_of(indexed, samples.FACES_IN_T1[0], "group.jpg")
    seen, *hidden = ada.people.timeline(person).photo_ids
    faces = indexed.profiles.look([picture(samples.portrait(0), tmp_path)])
    house.own(indexed, ada, *hidden)
    (alike,) = indexed.profiles.resembling(faces)
    assert alike.photo_count == 1
    house.own(indexed, ada, seen)
    assert indexed.profiles.resembling(faces) == []
    ben = indexed.profiles.create(NewProfile("Ben", faces=faces), ada)
    assert ben.made.person_id != person


def test_the_album_holds_what_its_profile_may_see_alone(indexed: Library, tmp_path: Path) -> None:
    ada = owner(indexed, None)
    person = person_of(indexed, samples.FACES_IN_T1[0], "group.jpg")
    hidden, *seen = ada.people.timeline(person).photo_ids
    house.own(indexed, ada, hidden)
    faces = indexed.profiles.look([picture(samples.portrait(0), tmp_path)])
    ben = indexed.profiles.create(NewProfile("Ben", faces=faces), ada)
    assert (ben.made.person_id, set(ben.made.photo_ids)) == (person, set(seen))
    with indexed.database.read() as db:
        assert set(db.exec_driver_sql("SELECT photo_id FROM album_photo").scalars()) == set(seen)


def test_somebody_new_is_found_in_photos_that_come_later(indexed: Library, tmp_path: Path) -> None:
    ada = owner(indexed, None)
    faces = indexed.profiles.look([picture(samples.portrait(5), tmp_path)])
    assert indexed.profiles.resembling(faces) == []
    ben = indexed.profiles.create(NewProfile("Ben", faces=faces), ada)
    person = ben.made.person_id
    assert person is not None and ben.made.photo_ids == ()
    assert ben.session.people.get(person).photo_count == 0
    indexed.indexer.start()
    index(indexed, picture(samples.mirrored(samples.portrait(5)), tmp_path / "later"))
    assert ben.session.people.get(person).photo_count == 1
    assert all(ada.photos.get(face.photo_id) for face in ada.photos.all_faces())
    (alike,) = ben.session.people.similar(tmp_path / "me.jpg", 3)
    assert next(face.person_id for face, _ in alike.matches) == person and len(alike.matches) == 3


def test_the_face_of_somebody_new_is_no_flaw_and_in_nobodys_sight(indexed: Library, tmp_path: Path) -> None:
    ada = owner(indexed, None)
    before = ada.photos.all_faces()
    faces = indexed.profiles.look([picture(samples.portrait(5), tmp_path)])
    ben = indexed.profiles.create(NewProfile("Ben", faces=faces), ada)
    assert ben.made.person_id is not None
    for session in (ada, ben.session):
        assert session.photos.all_faces() == before
    assert ben.session.people.faces(ben.made.person_id) == []
    assert ben.made.person_id not in {each.person_id for each in ada.people.list()}
    indexed.core.cluster()
    indexed.close()
    assert repair(indexed.folder) == []
    with Library.open(indexed.folder, resume=False) as again:
        assert again.core.faces(ben.made.person_id)[0].confirmed


def test_who_says_that_it_is_somebody_new_is(indexed: Library, tmp_path: Path) -> None:
    faces = indexed.profiles.look([picture(samples.portrait(0), tmp_path)])
    (alike,) = indexed.profiles.resembling(faces)
    ada = indexed.profiles.create(NewProfile("Ada", faces=faces, person_id=SOMEBODY_NEW))
    assert ada.made.person_id != alike.person_id


def test_where_nobody_or_several_are_in_the_photo_it_asks(indexed: Library, tmp_path: Path) -> None:
    look = indexed.profiles.look
    with pytest.raises(FaceUnclear) as nobody:
        look([picture(samples.scenery(), tmp_path)])
    assert (nobody.value.why, nobody.value.boxes) == (Unclear.NOBODY, ())
    everybody = picture(samples.t1(), tmp_path, "all.jpg")
    with pytest.raises(FaceUnclear) as several:
        look([picture(samples.portrait(1), tmp_path), everybody])
    assert (several.value.why, several.value.picture) == (Unclear.SEVERAL, 1)
    assert len(several.value.boxes) == len(samples.FACES_IN_T1)
    assert sorted(box.x for box in several.value.boxes) == [box.x for box in several.value.boxes]
    (own,) = look([everybody], {0: several.value.boxes[1]})
    assert own.face.detection.box == several.value.boxes[1]
    both = look([picture(samples.portrait(1), tmp_path), everybody], {1: several.value.boxes[1]})
    assert len(both) == 2


def test_where_the_photos_show_different_people_it_asks(indexed: Library, tmp_path: Path) -> None:
    photos = [picture(samples.portrait(number), tmp_path, f"{number}.jpg") for number in (0, 1)]
    with pytest.raises(FaceUnclear) as different:
        indexed.profiles.look(photos)
    assert (different.value.why, different.value.picture) == (Unclear.DIFFERENT, 1)
    assert len(indexed.profiles.look(photos, {1: different.value.boxes[0]})) == 2


def test_the_first_one_takes_over_the_library_and_the_others_need_its_owner(indexed: Library) -> None:
    before = indexed.session.counts()
    ada = owner(indexed)
    assert [(each.profile_id, each.name, each.is_owner) for each in indexed.profiles.list()] == [(1, "Ada", True)]
    assert ada.counts() == before
    with pytest.raises(SignInNeeded):
        _ = indexed.session
    with pytest.raises(NotAllowed):
        indexed.profiles.create(NewProfile("Ben"))
    ben = indexed.profiles.create(NewProfile("Ben", email="ben@example.org"), ada).session
    assert (ben.me.get().is_owner, ben.me.get().email) == (False, "ben@example.org")
    with pytest.raises(NotAllowed):
        indexed.profiles.create(NewProfile("Eve"), ben)
    for ask in (lambda: indexed.profiles.rename(ben, 1, "Eve"), lambda: indexed.profiles.remove(ben, 1, 2)):
        with pytest.raises(NotAllowed):
            ask()


@pytest.mark.parametrize(
    ("new", "error"),
    [
        (NewProfile("  "), InvalidInput),
        (NewProfile("ada"), NameTaken),
        (NewProfile("Ben", "short"), UnfitPassword),
        (NewProfile("Ben", "x" * 2000), UnfitPassword),
        (NewProfile("Ben", email="ben"), InvalidInput),
    ],
)
def test_what_cannot_be_used_leaves_nothing_half_done(
    indexed: Library, new: NewProfile, error: type[Exception], tmp_path: Path
) -> None:
    ada = owner(indexed, None)
    faces = indexed.profiles.look([picture(samples.portrait(5), tmp_path)])
    before = dump(indexed)
    with pytest.raises(error):
        indexed.profiles.create(NewProfile(new.name, new.password, new.email, faces=faces), ada)
    assert dump(indexed) == before


def test_a_step_that_fails_takes_all_others_back(
    indexed: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = owner(indexed, None)
    faces = indexed.profiles.look([picture(samples.portrait(5), tmp_path)])
    before = dump(indexed)

    def full(*_: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr("app.auto_albums.settle", full)
    with pytest.raises(OSError, match="full"):
        indexed.profiles.create(NewProfile("Ben", faces=faces), ada)
    assert dump(indexed) == before


def dump(library: Library) -> dict[str, list[tuple[object, ...]]]:
    tables = ("profile", "person", "claim", "naming", "album", "album_photo", "image", "face", "decision", "vector")
    with library.database.read() as db:
        return {table: [tuple(row) for row in db.exec_driver_sql(f"SELECT * FROM {table}")] for table in tables}


def test_the_password_is_asked_for_and_nothing_of_it_is_kept(indexed: Library, tmp_path: Path) -> None:
    made = indexed.profiles.create(NewProfile("Ada", PASSWORD))
    code = made.recovery_code
    assert code is not None
    with pytest.raises(WrongPassword):
        indexed.profiles.sign_in(1, "a cow on a stapler")
    assert indexed.profiles.enter(1) is None
    assert indexed.profiles.sign_in(1, PASSWORD).viewer == Viewer(1)
    indexed.close()
    kept = b"".join(path.read_bytes() for path in indexed.folder.rglob("*") if path.is_file())
    assert b"$argon2id$v=19$m=65536,t=3,p=4$" in kept
    for secret in (PASSWORD, code, code.replace("-", "")):
        assert secret.encode() not in kept


def test_a_wrong_password_costs_as_much_as_the_right_one(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = passwords.hashed(PASSWORD)
    passwords.matches(None, PASSWORD)
    looked: list[str] = []
    verify = PasswordHasher.verify

    def counted(hasher: PasswordHasher, known: str, given: str) -> bool:
        looked.append(known.rsplit("$", 2)[0])
        return verify(hasher, known, given)

    monkeypatch.setattr(PasswordHasher, "verify", counted)
    assert passwords.matches(kept, PASSWORD)
    assert not passwords.matches(kept, "a cow on a stapler")
    assert not passwords.matches(None, PASSWORD)
    assert looked == ["$argon2id$v=19$m=65536,t=3,p=4"] * 3
    assert not passwords.matches("damaged", PASSWORD)


def test_one_password_whichever_keyboard_wrote_it(indexed: Library) -> None:
    indexed.profiles.create(NewProfile("Ada", "caf\u00e9 cr\u00e8me"))
    assert indexed.profiles.sign_in(1, "cafe\u0301 cre\u0300me")


def test_after_five_wrong_passwords_the_sixth_has_to_wait(indexed: Library, clock: Clock, open_library: Opener) -> None:
    owner(indexed)
    for _ in range(5):
        assert indexed.profiles.waiting(1) == 0
        with pytest.raises(WrongPassword):
            indexed.profiles.sign_in(1, "a cow on a stapler")
    for library in (indexed, open_library(indexed.folder, resume=False)):
        library.profiles.clock = clock
        with pytest.raises(TooManyTries) as waiting:
            library.profiles.sign_in(1, PASSWORD)
        assert waiting.value.seconds == library.profiles.waiting(1) == 30
    clock.wait(days=-1)
    assert indexed.profiles.waiting(1) == 0, "a clock that was set back shuts nobody out"
    clock.wait(days=1, seconds=31)
    with pytest.raises(WrongPassword):
        indexed.profiles.sign_in(1, "a cow on a stapler")
    assert indexed.profiles.waiting(1) == 60
    for _ in range(20):
        clock.wait(hours=1, seconds=1)
        assert indexed.profiles.waiting(1) == 0
        with pytest.raises(WrongPassword):
            indexed.profiles.sign_in(1, "a cow on a stapler")
    assert indexed.profiles.waiting(1) == 3600
    clock.wait(hours=2)
    assert indexed.profiles.sign_in(1, PASSWORD)
    for _ in range(5):
        with pytest.raises(WrongPassword):
            indexed.profiles.sign_in(1, "a cow on a stapler")


def test_wrong_passwords_are_counted_where_the_library_is_only_read(indexed: Library, open_library: Opener) -> None:
    owner(indexed)
    reading = open_library(indexed.folder, reading=True)
    for _ in range(5):
        with pytest.raises(WrongPassword):
            reading.profiles.sign_in(1, "a cow on a stapler")
    with pytest.raises(TooManyTries):
        indexed.profiles.sign_in(1, PASSWORD)


def test_a_recovery_code_is_used_once_and_gives_another(indexed: Library) -> None:
    first = indexed.profiles.create(NewProfile("Ada", PASSWORD)).recovery_code
    assert first is not None
    with pytest.raises(WrongPassword):
        indexed.profiles.recover(1, "0" * 56, "another password")
    with pytest.raises(UnfitPassword):
        indexed.profiles.recover(1, first, "short")
    session, second = indexed.profiles.recover(1, first.lower().replace("-", " "), "another password")
    assert session.viewer == Viewer(1) and second != first
    with pytest.raises(WrongPassword):
        indexed.profiles.sign_in(1, PASSWORD)
    with pytest.raises(WrongPassword):
        indexed.profiles.recover(1, first, "a third password")
    assert indexed.profiles.sign_in(1, "another password")
    indexed.profiles.recover(1, second, "a third password")
    assert indexed.profiles.sign_in(1, "a third password")


def test_who_is_shut_out_gets_in_by_the_recovery_code(indexed: Library, clock: Clock) -> None:
    code = indexed.profiles.create(NewProfile("Ada", PASSWORD)).recovery_code
    assert code is not None
    for _ in range(5):
        with pytest.raises(WrongPassword):
            indexed.profiles.sign_in(1, "a cow on a stapler")
    indexed.profiles.recover(1, code, "another password")
    assert indexed.profiles.waiting(1) == 0


def test_a_password_is_changed_and_removed(indexed: Library) -> None:
    ada = owner(indexed, None)
    code = ada.me.change_password(None, PASSWORD)
    assert code is not None
    with pytest.raises(WrongPassword):
        ada.me.change_password("a cow on a stapler", None)
    assert ada.me.change_password(PASSWORD, "another password") is None
    indexed.profiles.recover(1, code, PASSWORD)
    assert ada.me.change_password(PASSWORD, None) is None
    assert indexed.session.viewer == Viewer(1)
    with pytest.raises(WrongPassword):
        indexed.profiles.recover(1, code, PASSWORD)


def test_who_stays_signed_in_is_not_asked(indexed: Library, memory: MemoryKeyring, clock: Clock) -> None:
    ada = owner(indexed)
    ben = indexed.profiles.create(NewProfile("Ben", PASSWORD), ada).session
    assert indexed.profiles.resume() is None
    indexed.profiles.sign_in(1, PASSWORD, stay=True)
    clock.wait(minutes=1)
    indexed.profiles.sign_in(2, PASSWORD, stay=True)
    (token, _) = memory.kept.values()
    with indexed.database.read() as db:
        assert token not in db.exec_driver_sql("SELECT token_hash FROM sign_in").scalars().all()
    resumed = indexed.profiles.resume()
    assert resumed is not None and resumed.viewer == ben.viewer, "who was here last"
    indexed.profiles.sign_out(resumed)
    assert resumed.closed and indexed.profiles.enter(2) is None
    resumed = indexed.profiles.resume()
    assert resumed is not None and resumed.viewer == ada.viewer
    ((stay),) = resumed.me.stays()
    assert stay.is_here
    resumed.me.revoke(stay.key)
    assert indexed.profiles.resume() is None
    with pytest.raises(NotFound):
        resumed.me.revoke(stay.key)


def test_a_token_opens_one_profile_of_one_library(indexed: Library, memory: MemoryKeyring) -> None:
    ada = owner(indexed)
    indexed.profiles.create(NewProfile("Ben", PASSWORD), ada)
    indexed.profiles.sign_in(1, PASSWORD, stay=True)
    (((service, account), token),) = memory.kept.items()
    memory.kept[service, account.rpartition("/")[0] + "/2"] = token
    assert indexed.profiles.enter(2) is None
    memory.kept[service, account] = token + "x"
    assert indexed.profiles.enter(1) is None


def test_another_password_signs_out_everywhere(indexed: Library) -> None:
    ada = owner(indexed)
    indexed.profiles.sign_in(1, PASSWORD, stay=True)
    assert indexed.profiles.enter(1) is not None
    ada.me.change_password(PASSWORD, "another password")
    assert indexed.profiles.enter(1) is None and ada.me.stays() == []


def test_a_lock_outlives_the_program(indexed: Library, open_library: Opener) -> None:
    owner(indexed)
    session = indexed.profiles.sign_in(1, PASSWORD, stay=True)
    indexed.profiles.lock(session)
    assert session.closed
    for library in (indexed, open_library(indexed.folder, resume=False)):
        assert library.profiles.resume() is None
    again = indexed.profiles.sign_in(1, PASSWORD)
    assert not again.closed
    assert indexed.profiles.resume() is again, "the password unlocks it for the next time, too"
    indexed.profiles.switch(again)
    assert indexed.profiles.enter(1) is not None


def test_without_a_keyring_nobody_stays(indexed: Library) -> None:
    owner(indexed)
    keyring.set_keyring(ForgetfulKeyring())
    with pytest.raises(NotKept):
        indexed.profiles.sign_in(1, PASSWORD, stay=True)
    assert indexed.profiles.resume() is None
    assert indexed.profiles.sign_in(1, PASSWORD).me.stays() == []


def test_locked_photos_need_the_password_and_go_after_a_while(indexed: Library, clock: Clock) -> None:
    ada = owner(indexed)
    every = list(ada.photos.timeline().photo_ids)
    with indexed.database.write() as db:
        db.exec_driver_sql("UPDATE photo SET locked = 1 WHERE photo_id = :id", {"id": every[0]})
    assert list(ada.photos.timeline().photo_ids) == every[1:]
    with pytest.raises(WrongPassword):
        ada.unlock("a cow on a stapler")
    assert not ada.photo_locks.are_open
    ada.unlock(PASSWORD)
    assert list(ada.photos.timeline().photo_ids) == every and ada.photo_locks.are_open
    clock.wait(minutes=4)
    ada.photo_locks.used()
    clock.wait(minutes=4)
    assert not ada.photo_locks.close_when_due()
    clock.wait(minutes=2)
    ada.photo_locks.used()
    assert ada.photo_locks.close_when_due(), "who comes back too late comes too late"
    assert list(ada.photos.timeline().photo_ids) == every[1:]


def test_a_profile_goes_and_its_photos_pass_to_whom_the_owner_chooses(indexed: Library, tmp_path: Path) -> None:
    ada = owner(indexed, None)
    cleo = indexed.profiles.create(NewProfile("Cleo"), ada).session
    faces = indexed.profiles.look([picture(samples.portrait(0), tmp_path)])
    ben = indexed.profiles.create(NewProfile("Ben", faces=faces, visibility=Visibility.PRIVATE), ada)
    person, every = ben.made.person_id, list(ada.photos.timeline().photo_ids)
    assert person is not None
    house.own(indexed, ben.session, *every[:2])
    with indexed.database.write() as db:
        db.exec_driver_sql(
            "INSERT INTO folder (path, added_at, vanished, owner_id) VALUES (x'2f61', '2026', 0, :id)",
            {"id": ben.made.profile_id},
        )
    with pytest.raises(NotAllowed):
        indexed.profiles.remove(ada, 1, cleo.viewer.profile_id)
    with pytest.raises(NotFound):
        indexed.profiles.remove(ada, ben.made.profile_id, 99)
    indexed.profiles.remove(ada, ben.made.profile_id, cleo.viewer.profile_id)
    assert ben.session.closed
    assert [each.name for each in indexed.profiles.list()] == ["Ada", "Cleo"]
    assert list(cleo.photos.timeline().photo_ids) == every
    assert list(ada.photos.timeline().photo_ids) == every[2:], "what was private is the new owner's alone"
    assert cleo.people.get(person).name == "Ben"
    assert [each.person_id for each in indexed.profiles.resembling(faces)] == [person]
    with indexed.database.read() as db:
        for table in ("album", "album_photo", "claim"):
            assert db.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar() == 0
        assert tuple(db.exec_driver_sql("SELECT owner_id, visibility FROM folder WHERE path = x'2f61'").one()) == (
            cleo.viewer.profile_id,
            "private",
        )
    assert indexed.database.problems() == []


def test_the_face_that_a_profile_brought_goes_with_it(indexed: Library, tmp_path: Path) -> None:
    ada = owner(indexed, None)
    before = dump(indexed)
    faces = indexed.profiles.look([picture(samples.portrait(5), tmp_path)])
    ben = indexed.profiles.create(NewProfile("Ben", faces=faces), ada)
    indexed.profiles.remove(ada, ben.made.profile_id, 1)
    after = dump(indexed)
    for table in ("image", "face", "decision", "vector", "profile", "album"):
        assert after[table] == before[table]
    assert len(after["person"]) == len(before["person"]) + 1, "the person has a name and stays"


def test_the_library_passes_to_another_owner(indexed: Library) -> None:
    ada = owner(indexed, None)
    ben = indexed.profiles.create(NewProfile("Ben"), ada).session
    indexed.profiles.rename(ada, ben.viewer.profile_id, "Benjamin")
    indexed.profiles.hand_over(ada, ben.viewer.profile_id)
    with pytest.raises(NotAllowed):
        indexed.profiles.hand_over(ada, 1)
    indexed.profiles.remove(ben, 1, ben.viewer.profile_id)
    assert [(each.name, each.is_owner) for each in indexed.profiles.list()] == [("Benjamin", True)]
    assert indexed.session.viewer == ben.viewer


def test_what_a_profile_says_of_itself(indexed: Library) -> None:
    ada = owner(indexed, None)
    ada.me.change(name="Ada L", email="ada@example.org", visibility=Visibility.PRIVATE, lock_minutes=5)
    me = ada.me.get()
    assert (me.name, me.email, me.visibility, me.lock_minutes) == (
        "Ada L",
        "ada@example.org",
        Visibility.PRIVATE,
        5,
    )
    ada.me.change(email="")
    assert ada.me.get().email is None
    with pytest.raises(InvalidInput):
        ada.me.change(name="")


def test_no_secret_is_readable_through_a_view(indexed: Library) -> None:
    ada = owner(indexed)
    ben = indexed.profiles.create(NewProfile("Ben", PASSWORD, "ben@example.org"), ada).session
    indexed.profiles.sign_in(2, PASSWORD, stay=True)
    for session, mails in ((ada, []), (ben, ["ben@example.org"])):
        with session.view.read() as db:
            rows = db.exec_driver_sql("SELECT password, recovery FROM profile").all()
            assert [tuple(row) for row in rows] == [(None, None), (None, None)]
            found = db.exec_driver_sql("SELECT email FROM profile WHERE email IS NOT NULL").scalars().all()
            assert list(found) == mails
            tokens = db.exec_driver_sql("SELECT count(*) FROM sign_in").scalar()
            assert tokens == (1 if session is ben else 0)
            assert session is ben or not db.exec_driver_sql("SELECT 1 FROM profile WHERE failed_at IS NOT NULL").first()
