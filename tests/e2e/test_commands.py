"""Every command of `sietch` on real photographs: what it prints for people and for programs, and how it ends."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from app import settings
from app.library import Library
from core.models import ModelPack, default_folder
from tests import samples
from tests.program import SIETCH
from ui.cli import main


@dataclass(frozen=True, slots=True)
class Result:
    """How a command ended and what it printed."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Sietch = Callable[..., Result]


@pytest.fixture
def sietch(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Sietch:
    """Runs a command in this process, as the installed program does, by default on an empty library."""

    def run(*arguments: object, library: Path | None = None) -> Result:
        folder = library or tmp_path / "empty library"
        monkeypatch.setattr(sys, "argv", ["sietch", "--library", str(folder), *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return Result(ended.value.code, printed.out, printed.err)

    return run


@pytest.fixture
def own_models(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Where models are added, away from those of whoever runs the tests."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return default_folder()


@pytest.fixture(scope="module")
def album(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The photos of `samples.write_album`, and three files that are none; not to be changed."""
    folder = samples.write_album(tmp_path_factory.mktemp("album"))
    (folder / "broken.jpg").write_bytes((folder / "group.jpg").read_bytes()[:600])
    (folder / "empty.jpg").write_bytes(b"")
    (folder / "film.mp4").write_bytes(b"\0\0\0\x18ftypisom")
    return folder


@pytest.fixture(scope="module")
def first_run(tmp_path_factory: pytest.TempPathFactory, album: Path) -> tuple[Path, Result]:
    """The library of the album, and what indexing it in a process of its own printed."""
    library = tmp_path_factory.mktemp("indexed") / "library"
    command = [*SIETCH, "--library", str(library), "index", str(album), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    return library, Result(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def indexed(first_run: tuple[Path, Result], tmp_path: Path) -> Path:
    """A library of the album for each test."""
    shutil.copytree(first_run[0], tmp_path / "library")
    return tmp_path / "library"


def assert_one_line(result: Result, *words: str) -> None:
    """A failure is told in one clear line, without a traceback."""
    assert result.code == 1
    assert result.out == ""
    assert result.err.startswith("sietch: ")
    assert len(result.err.splitlines()) == 1
    for word in words:
        assert word in result.err


def test_index_prints_json_and_nothing_else(first_run: tuple[Path, Result], album: Path) -> None:
    result = first_run[1]
    assert result.code == 0
    assert result.json["photos"] == samples.ALBUM_PHOTOS
    assert result.json["faces"] == samples.ALBUM_FACES
    assert result.json["people"] == samples.ALBUM_PEOPLE
    reasons = {Path(each["path"]).name: each["reason"] for each in result.json["skipped"]}
    assert list(reasons) == ["broken.jpg", "empty.jpg", "film.mp4"]
    assert reasons["broken.jpg"].startswith("The picture is damaged")
    assert reasons["empty.jpg"] == "The file is empty."
    assert reasons["film.mp4"] == "The video is damaged (its header cannot be read)."
    assert "Traceback" not in result.err


def test_indexing_again_tells_the_same(
    sietch: Sietch, indexed: Path, first_run: tuple[Path, Result], album: Path
) -> None:
    assert sietch("index", album, "--json", library=indexed).json == first_run[1].json


def test_index_prints_for_people(sietch: Sietch, indexed: Path, album: Path) -> None:
    result = sietch("index", album / "group.jpg", album / "coffee.jpg", library=indexed)
    assert result.code == 0
    lines = result.out.splitlines()
    assert lines[0] == "9 photos · 18 faces · 5 people"
    assert lines[1] == "3 files could not be read:"
    assert lines[3] == f"  {album / 'empty.jpg'}: The file is empty."


def test_index_tells_what_is_not_there(sietch: Sietch, tmp_path: Path, album: Path) -> None:
    assert_one_line(sietch("index", album, tmp_path / "nowhere"), "nowhere is not there")


def test_awkward_names_are_printed_safely(sietch: Sietch, tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    for name in (b"new\nline.jpg", b"esc\x1b[31mred.jpg", b"invalid \xff.jpg", "[red]rtl\u202e.jpg".encode()):
        with open(os.path.join(os.fsencode(folder), name), "wb") as file:
            file.write(b"no picture")
    plain = sietch("index", folder)
    assert plain.code == 0
    assert len(plain.out.splitlines()) == 2 + 4
    assert "\x1b" not in plain.out
    assert "\u202e" not in plain.out
    assert "[red]" in plain.out
    skipped = sietch("index", folder, "--json").json["skipped"]
    assert {os.fsencode(each["path"]) for each in skipped} == {
        os.fsencode(path) for path in map(os.fsencode, folder.iterdir())
    }


def test_people(sietch: Sietch, indexed: Path) -> None:
    people = sietch("people", "--json", library=indexed).json
    assert [(each["name"], each["faces"], each["photos"]) for each in people] == [
        (None, 5, 5),
        (None, 4, 4),
        (None, 3, 3),
        (None, 3, 3),
        (None, 3, 3),
    ]
    plain = sietch("people", library=indexed)
    assert plain.code == 0
    assert plain.out.splitlines()[0].split() == ["person_id", "name", "faces", "photos"]
    assert len(plain.out.splitlines()) == 1 + samples.ALBUM_PEOPLE


def test_faces(sietch: Sietch, indexed: Path, album: Path) -> None:
    faces = sietch("faces", "--json", library=indexed).json
    assert len(faces) == samples.ALBUM_FACES
    for face in faces:
        assert set(face) == {
            "face_id",
            "person_id",
            "person_name",
            "bbox",
            "confidence",
            "quality",
            "image_path",
        }
        assert set(face["bbox"]) == {"x", "y", "width", "height"}
        assert album in Path(face["image_path"]).parents
        assert 0.5 <= face["confidence"] <= 1
        assert 0 <= face["quality"] <= 1
    plain = sietch("faces", library=indexed)
    assert plain.code == 0
    assert len(plain.out.splitlines()) == 1 + len(faces)
    assert "group.jpg" in plain.out


def test_faces_of_one_person(sietch: Sietch, indexed: Path) -> None:
    person = sietch("people", "--json", library=indexed).json[0]["person_id"]
    faces = sietch("faces", "--person", person, "--json", library=indexed).json
    assert [face["person_id"] for face in faces] == [person] * 5
    assert len(sietch("faces", "--person", person, library=indexed).out.splitlines()) == 1 + 5
    assert_one_line(sietch("faces", "--person", 999, "--json", library=indexed), "no person 999")


def test_name(sietch: Sietch, indexed: Path) -> None:
    person = sietch("people", "--json", library=indexed).json[-1]["person_id"]
    named = sietch("name", person, "Ada [bold]Lovelace", "--json", library=indexed)
    assert named.code == 0
    assert named.json == [{"person_id": person, "name": "Ada [bold]Lovelace", "faces": 3, "photos": 3}]
    assert sietch("people", "--json", library=indexed).json[0] == named.json[0]
    faces = sietch("faces", "--person", person, "--json", library=indexed).json
    assert {face["person_name"] for face in faces} == {"Ada [bold]Lovelace"}
    assert "Ada [bold]Lovelace" in sietch("people", library=indexed).out
    assert "Grace" in sietch("name", person, "Grace", library=indexed).out
    assert sietch("name", person, "", "--json", library=indexed).json[0]["name"] is None
    assert_one_line(sietch("name", 999, "Nobody", library=indexed), "no person 999")
    assert_one_line(sietch("name", person, "a" * 201, library=indexed), "at most 200")


def test_search(sietch: Sietch, indexed: Path, album: Path, tmp_path: Path) -> None:
    picture = samples.save(samples.darker(samples.portrait(0)), tmp_path / "a.jpg")
    (found,) = sietch("search", picture, "--limit", 6, "--json", library=indexed).json
    assert set(found) == {"bbox", "confidence", "matches"}
    assert len(found["matches"]) == 6
    person = sietch("people", "--json", library=indexed).json[0]["person_id"]
    assert [match["person_id"] for match in found["matches"][:5]] == [person] * 5
    assert found["matches"][0]["similarity"] > 0.8
    plain = sietch("search", picture, "--limit", 3, library=indexed)
    assert plain.code == 0
    assert plain.out.splitlines()[0].startswith("Face 1 of 1 at ")
    assert len(plain.out.splitlines()) == 2 + 3
    nobody = sietch("search", album / "coffee.jpg", library=indexed)
    assert (nobody.code, nobody.out) == (0, "There is no face in this picture.\n")
    assert sietch("search", album / "coffee.jpg", "--json", library=indexed).json == []


def test_search_that_cannot_be(sietch: Sietch, indexed: Path, album: Path, tmp_path: Path) -> None:
    assert_one_line(sietch("search", tmp_path / "nowhere.jpg", library=indexed), "No such file")
    assert_one_line(sietch("search", album / "empty.jpg", "--json", library=indexed), "empty")
    assert_one_line(sietch("search", album / "broken.jpg", library=indexed), "damaged")
    assert_one_line(sietch("search", tmp_path, library=indexed))
    assert sietch("search", album / "group.jpg", "--limit", "0", library=indexed).code == 2


def test_search_in_an_empty_library(sietch: Sietch, album: Path) -> None:
    found = sietch("search", album / "group.jpg", "--json").json
    assert [each["matches"] for each in found] == [[]] * 4
    assert sietch("search", album / "group.jpg").code == 0


def test_cluster(sietch: Sietch, indexed: Path) -> None:
    before = sietch("people", "--json", library=indexed).json
    for arguments in ((), ("--dry-run",)):
        found = sietch("cluster", *arguments, "--json", library=indexed).json
        assert {group["person_id"] for group in found.pop("groups")} == {person["person_id"] for person in before}
        nothing: dict[str, list[int]] = {"moves": [], "dissolved_person_ids": [], "noise_face_ids": []}
        assert found == {"dry_run": bool(arguments), **nothing}
    assert sietch("cluster", library=indexed).out.splitlines() == [
        "0 faces became 0 new people",
        "0 faces joined people who are known already",
        "0 faces left the person they were with",
        "0 faces resemble nobody enough",
    ]
    assert "would become" in sietch("cluster", "--dry-run", library=indexed).out
    assert sietch("people", "--json", library=indexed).json == before


def test_stats(sietch: Sietch, indexed: Path) -> None:
    stats = sietch("stats", "--json", library=indexed).json
    assert stats == {
        "photos": samples.ALBUM_PHOTOS,
        "pending_photos": 0,
        "skipped_files": 3,
        "faces": samples.ALBUM_FACES,
        "unassigned_faces": 0,
        "people": samples.ALBUM_PEOPLE,
        "named_people": 0,
        "vectors": {"buffalo_s": samples.ALBUM_FACES},
        "library": str(indexed),
    }
    plain = sietch("stats", library=indexed)
    assert plain.code == 0
    assert f"faces              {samples.ALBUM_FACES}" in plain.out


SUBJECTS = ["environment", "face model", "database", "backups", "disk", "window"]


def test_doctor(sietch: Sietch, indexed: Path) -> None:
    found = sietch("doctor", "--json", library=indexed)
    assert found.code == 0
    assert [each["subject"] for each in found.json] == SUBJECTS
    assert all(each["sound"] for each in found.json)
    plain = sietch("doctor", library=indexed)
    assert plain.code == 0
    assert all(line.startswith("ok ") for line in plain.out.splitlines())


def test_doctor_of_a_damaged_library(sietch: Sietch, tmp_path: Path) -> None:
    (tmp_path / "library.sqlite").write_bytes(b"no database " * 1000)
    plain = sietch("doctor", library=tmp_path)
    assert plain.code == 1
    assert "Traceback" not in plain.err
    assert [line.split()[0] for line in plain.out.splitlines()] == ["ok", "ok", "PROBLEM", "ok", "ok", "ok"]
    found = sietch("doctor", "--json", library=tmp_path)
    assert found.code == 1
    assert [each["sound"] for each in found.json] == [True, True, False, True, True, True]


@pytest.mark.parametrize("command", ["people", "faces"])
def test_an_empty_library_says_what_to_do(sietch: Sietch, command: str) -> None:
    plain = sietch(command)
    assert plain.code == 0
    assert "sietch index" in plain.out
    assert sietch(command, "--json").json == []


@pytest.mark.parametrize(
    "arguments",
    [
        ("dance",),
        ("people", "--colour"),
        ("index",),
        ("name", "1"),
        ("name", "one", "Ada"),
        ("faces", "--person", "x"),
        ("search",),
        ("search", "a.jpg", "--limit", "many"),
        ("stats", "too", "much"),
    ],
)
def test_wrong_usage_is_told(sietch: Sietch, arguments: tuple[str, ...]) -> None:
    result = sietch(*arguments)
    assert result.code == 2
    assert result.out == ""
    assert "Usage:" in result.err
    assert "Traceback" not in result.err


@pytest.mark.parametrize(
    "command",
    ["index", "people", "faces", "name", "search", "cluster", "stats", "doctor", "backup", "restore", "verify"],
)
def test_every_command_explains_itself(sietch: Sietch, command: str) -> None:
    result = sietch(command, "--help")
    assert result.code == 0
    assert result.out.startswith("Usage:")
    assert "--json" in result.out
    assert command in sietch("--help").out


def test_the_models_are_listed_and_their_licences_told(sietch: Sietch, indexed: Path, own_models: Path) -> None:
    result = sietch("models", library=indexed)
    assert result.code == 0
    assert "buffalo_l" in result.out and "not" not in result.out.split("\n")[0]
    assert "non-commercial research use only" in result.out
    listed = {each["name"]: each for each in sietch("models", "--json", library=indexed).json}
    assert {name: each["installed"] for name, each in listed.items()} == {
        "buffalo_s": True,
        "buffalo_l": False,
        "yunet_sface": True,
    }
    assert listed["buffalo_s"]["in_use"] and listed["buffalo_s"]["non_commercial"]
    assert listed["yunet_sface"]["unseen"] == samples.ALBUM_PHOTOS
    assert not own_models.exists()


def test_the_models_can_be_listed_without_a_library(sietch: Sietch, tmp_path: Path) -> None:
    assert len(sietch("models", "--json", library=tmp_path / "nowhere").json) == 3
    assert not (tmp_path / "nowhere").exists()


def test_another_model_is_used_and_names_stay(sietch: Sietch, indexed: Path, tmp_path: Path) -> None:
    library = tmp_path / "own"
    shutil.copytree(indexed, library)
    person = sietch("people", "--json", library=library).json[0]
    sietch("name", person["person_id"], "Ada", library=library)
    used = {each["name"]: each for each in sietch("models", "use", "yunet_sface", "--json", library=library).json}
    assert used["yunet_sface"]["in_use"] and used["yunet_sface"]["unseen"] == 0
    first = sietch("people", "--json", library=library).json[0]
    assert (first["person_id"], first["name"]) == (person["person_id"], "Ada")
    vectors = sietch("stats", "--json", library=library).json["vectors"]
    assert vectors.keys() == {"buffalo_s", "yunet_sface"}
    doctor = {each["subject"]: each["detail"] for each in sietch("doctor", "--json", library=library).json}
    assert "YuNet" in doctor["face model"] and "free to use" in doctor["face model"]
    assert "commercial use too" in sietch("models", library=library).out


def test_a_model_that_is_not_there_is_told(sietch: Sietch, indexed: Path, tmp_path: Path, own_models: Path) -> None:
    assert_one_line(sietch("models", "use", "buffalo_l", library=indexed), "sietch models add PATH")
    assert_one_line(sietch("models", "use", "nobody", library=indexed), "no face model called 'nobody'")
    assert_one_line(sietch("models", "add", tmp_path), "should hold det_10g.onnx and w600k_r50.onnx")
    assert_one_line(sietch("models", "add", tmp_path / "nothing"), "is not there")
    assert sietch("people", "--json", library=indexed).code == 0


def test_a_library_whose_model_is_missing_says_so_and_can_be_helped(
    sietch: Sietch, indexed: Path, tmp_path: Path, own_models: Path
) -> None:
    library = tmp_path / "own"
    shutil.copytree(indexed, library)
    with Library.open(library, resume=False) as opened, opened.database.write() as db:
        settings.put(db, "model", "buffalo_l")
    assert_one_line(sietch("people", library=library), "sietch models use NAME")
    assert [each["name"] for each in sietch("models", "--json", library=library).json if each["in_use"]] == [
        "buffalo_l"
    ]
    doctor = sietch("doctor", "--json", library=library)
    assert doctor.code == 1
    assert [each["subject"] for each in doctor.json if not each["sound"]] == ["face model"]
    assert sietch("models", "use", "buffalo_s", library=library).code == 0
    assert len(sietch("people", "--json", library=library).json) == samples.ALBUM_PEOPLE


def test_a_model_is_added_from_a_zip(sietch: Sietch, pack: ModelPack, tmp_path: Path, own_models: Path) -> None:
    with zipfile.ZipFile(tmp_path / "pack.zip", "w") as archive:
        for file in pack.files:
            archive.write(file.path, f"{pack.name}/{file.path.name}")
    result = sietch("models", "add", tmp_path / "pack.zip")
    assert result.code == 0
    assert "sietch models use buffalo_s" in result.out and "non-commercial" in result.out
    assert (own_models / pack.name / pack.embedder.path.name).is_file()
    assert sietch("models", "add", tmp_path / "pack.zip", "--json").json["name"] == pack.name


def test_the_version_is_told(sietch: Sietch) -> None:
    result = sietch("--version")
    assert result.code == 0
    assert result.out.startswith("sietch, version ")


def test_a_library_that_cannot_be_opened_is_told(sietch: Sietch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert_one_line(sietch("people", library=tmp_path / "file" / "library"), "cannot be made")
    (tmp_path / "library.sqlite").write_bytes(b"no database " * 1000)
    assert_one_line(sietch("people", "--json", library=tmp_path), "not a Sietch database")
    odd = tmp_path / "new\nline"
    odd.write_text("")
    assert_one_line(sietch("people", library=odd), "cannot be made")


def test_the_library_may_come_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], indexed: Path
) -> None:
    monkeypatch.setenv("SIETCH_LIBRARY", str(indexed))
    monkeypatch.setattr(sys, "argv", ["sietch", "people", "--json"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 0
    assert len(json.loads(capsys.readouterr().out)) == samples.ALBUM_PEOPLE


def test_who_reads_only_the_beginning_gets_it_without_complaint(indexed: Path) -> None:
    command = [*SIETCH, "--library", str(indexed), "faces", "--json"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None and process.stderr is not None
    process.stdout.close()
    err = process.stderr.read()
    process.stderr.close()
    process.wait(60)
    assert err == ""


def test_an_interrupted_run_says_so_and_the_next_one_goes_on(sietch: Sietch, tmp_path: Path) -> None:
    library, folder = tmp_path / "library", samples.write_portraits(tmp_path / "photos", 60)
    # Who runs the tests in the background may have told them to ignore it, and children inherit that.
    program = f"import signal; signal.signal(signal.SIGINT, signal.default_int_handler); {SIETCH[-1]}"
    command = [*SIETCH[:-1], program, "--library", str(library), "index", str(folder)]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    while sum(1 for _ in (library / "cache" / "photos").rglob("*.jpg")) < 3:
        assert process.poll() is None
        time.sleep(0.02)
    # As a terminal does it: every process of the group is told.
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert out == ""
    assert "nothing is lost" in err
    assert "Traceback" not in err
    result = sietch("index", folder, "--json", library=library)
    assert result.json == {"photos": 60, "faces": 60, "people": result.json["people"], "skipped": []}


def test_a_backup_is_made_listed_and_restored(sietch: Sietch, indexed: Path, tmp_path: Path) -> None:
    person = sietch("people", "--json", library=indexed).json[0]["person_id"]
    made = sietch("backup", "--json", library=indexed).json
    assert Path(made["path"]).is_file() and made["kind"] == "asked"
    assert sietch("restore", "--json", library=indexed).json[0] == made
    assert str(made["number"]) in sietch("restore", library=indexed).out
    sietch("name", person, "Ada", library=indexed)
    restored = sietch("restore", made["number"], library=indexed)
    assert restored.code == 0 and "What it was before is in" in restored.out
    assert {each["name"] for each in sietch("people", "--json", library=indexed).json} == {None}
    before = sietch("restore", "--json", library=indexed).json[0]
    assert before["kind"] == "restore"
    assert sietch("restore", before["path"], "--json", library=indexed).json["path"] == before["path"]
    assert sietch("people", "--json", library=indexed).json[0]["name"] == "Ada"
    target = tmp_path / "mine.sqlite"
    assert sietch("backup", "--to", target, library=indexed).code == 0
    assert_one_line(sietch("backup", "--to", target, library=indexed), "is there already")
    assert_one_line(sietch("restore", tmp_path / "nowhere", library=indexed), "is not there")
    assert_one_line(sietch("backup", library=tmp_path / "none"), "no library")
    assert sietch("restore", "--json", library=tmp_path / "none").json == []
    assert not (tmp_path / "none").exists()


def test_verify(sietch: Sietch, indexed: Path) -> None:
    whole = sietch("verify", library=indexed)
    assert (whole.code, whole.out) == (0, "The library is whole.\n")
    assert sietch("verify", "--json", library=indexed).json == []
    with Library.open(indexed, resume=False) as library, library.database.write() as db:
        settings.put(db, "model", "buffalo_s")
        db.exec_driver_sql("DELETE FROM vector WHERE face_id = 1")
    for _ in range(2):
        found = sietch("verify", library=indexed)
        assert found.code == 1
        assert "PROBLEM" in found.out and "sietch verify --repair" in found.out
    flaws = sietch("verify", "--json", library=indexed)
    assert flaws.code == 1
    assert {"kind", "count", "detail", "serious", "repairable", "repaired"} == set(flaws.json[0])
    repaired = sietch("verify", "--repair", library=indexed)
    assert repaired.code == 0 and "repaired" in repaired.out
    assert sietch("verify", library=indexed).code == 0


def test_looking_and_backing_up_work_beside_a_window_and_changing_does_not(
    sietch: Sietch, indexed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = "import sys\nfrom pathlib import Path\nfrom app.library import Library\n"
    program += "with Library.open(Path(sys.argv[1])): print('open', flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", program, str(indexed)]
    monkeypatch.setattr("app.locking._WAIT", 0.1)
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as window:
        assert window.stdin is not None and window.stdout is not None
        assert window.stdout.readline() == "open\n"
        for arguments in (("people",), ("faces",), ("stats",), ("cluster", "--dry-run"), ("models",), ("doctor",)):
            assert sietch(*arguments, "--json", library=indexed).code == 0, arguments
        assert sietch("verify", library=indexed).code == 0
        assert sietch("backup", library=indexed).code == 0
        for arguments in (("name", "1", "Ada"), ("cluster",), ("index", "."), ("restore", "1"), ("verify", "--repair")):
            assert_one_line(sietch(*arguments, library=indexed), "open in another Sietch")
        window.stdin.close()
    assert sietch("name", "1", "Ada", library=indexed).code == 0


def test_a_damaged_library_names_its_backup(sietch: Sietch, indexed: Path) -> None:
    made = sietch("backup", "--json", library=indexed).json
    (indexed / "library.sqlite").write_bytes(b"no database " * 1000)
    assert_one_line(sietch("people", library=indexed), "not a Sietch database", f"sietch restore {made['path']}")
    assert sietch("verify", library=indexed).code == 1
    assert sietch("restore", made["number"], library=indexed).code == 0
    assert len(sietch("people", "--json", library=indexed).json) == samples.ALBUM_PEOPLE


def test_sidecars_are_written_and_read(sietch: Sietch, tmp_path: Path) -> None:
    photos, library = tmp_path / "photos", tmp_path / "library"
    samples.save(samples.t1(), photos / "group.jpg")
    samples.save(samples.darker(samples.t1()), photos / "dark.jpg")
    sietch("index", photos, library=library)
    assert sietch("sidecars", "--json", library=library).json == {"automatic": False, "due": 0}
    person = sietch("people", "--json", library=library).json[0]["person_id"]
    sietch("name", person, "Ann", library=library)
    assert sietch("sidecars", library=library).out.splitlines() == [
        "Written only by: sietch sidecars write",
        "2 photos of which their files do not tell everything yet",
    ]
    assert sietch("sidecars", "write", "--json", library=library).json == {"written": 2, "left": 0, "problems": []}
    assert "Ann" in (photos / "group.jpg.xmp").read_text()
    (photos / "dark.jpg.xmp").write_text("no XMP")
    sietch("index", photos, library=library)
    sietch("name", person, "Bea", library=library)
    result = sietch("sidecars", "write", library=library)
    assert (result.code, result.err) == (1, "sietch: Not everything could be written.\n")
    assert "dark.jpg.xmp is left as it is" in result.out
    read_again = sietch("sidecars", "read", "--json", library=library)
    assert read_again.json["photos"] == 2
    assert sietch("sidecars", "on", "--json", library=library).json["automatic"] is True
    assert sietch("sidecars", "off", "--json", library=library).json["automatic"] is False
