"""The commands that delete and bring back, on a library of real photographs."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from app.library import Library
from tests import samples
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
    """Runs a command in this process, as the installed program does."""

    def run(*arguments: object) -> Result:
        monkeypatch.setattr(sys, "argv", ["sietch", "--library", str(tmp_path / "library"), *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return Result(ended.value.code, printed.out, printed.err)

    return run


@pytest.fixture
def album(tmp_path: Path) -> Path:
    """The photos of `samples.write_album`, and a library of them."""
    folder = samples.write_album(tmp_path / "album")
    with Library.open(tmp_path / "library") as library:
        library.indexer.add([folder])
        assert library.indexer.wait(60)
    return folder


@pytest.fixture
def bin_(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder in place of the system's trash."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setattr("send2trash.send2trash", lambda path: os.rename(path, folder / os.path.basename(path)))
    return folder


def test_deleted_and_brought_back(sietch: Sietch, album: Path) -> None:
    before = sietch("faces", "--json").json
    put = sietch("trash", "put", album / "group.jpg", "--json")
    assert put.code == 0
    (photo_id,) = put.json["photo_ids"]
    (listed,) = sietch("trash", "list", "--json").json
    assert (listed["photo_id"], listed["paths"], listed["available"]) == (photo_id, [str(album / "group.jpg")], True)
    assert len(sietch("faces", "--json").json) == len(before) - 4
    assert sietch("trash", "restore", photo_id).out == "Brought 1 photo back.\n"
    assert sietch("faces", "--json").json == before
    assert "empty" in sietch("trash", "list").out


def test_emptied_after_asking(sietch: Sietch, album: Path, bin_: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert sietch("trash", "put", album / "group.jpg", album / "coffee.jpg").out == "Moved 2 photos to the trash.\n"
    told = sietch("trash", "list").out
    assert "group.jpg" in told and "coffee.jpg" in told
    monkeypatch.setattr("click.confirm", lambda text, **_options: pytest.fail(text) if "3" in text else sys.exit(1))
    assert sietch("trash", "empty").code == 1
    assert (album / "coffee.jpg").exists()
    one = sietch("trash", "empty", album / "coffee.jpg", "--yes", "--json")
    assert one.code == 0
    assert one.json["files"] == [str(album / "coffee.jpg")]
    (album / "group.jpg").chmod(0o444)
    stays = sietch("trash", "empty", "--yes")
    assert stays.code == 1
    assert f"{album / 'group.jpg'}: The file is write-protected." in stays.out
    assert "write-protected" in sietch("trash", "list").out
    (album / "group.jpg").unlink()
    assert sietch("trash", "empty", "--yes", "--forget-missing", "--json").json["kept"] == []
    assert sietch("trash", "list", "--json").json == []
    assert [path.name for path in bin_.iterdir()] == ["coffee.jpg"]
    assert sietch("stats", "--json").json["photos"] == samples.ALBUM_PHOTOS - 2


def test_called_wrongly(sietch: Sietch, album: Path) -> None:
    assert sietch("trash", "restore").code == 2
    missing = sietch("trash", "put", album / "not there.jpg")
    assert missing.code == 1
    assert missing.err.startswith("sietch: ") and "no photo of the library" in missing.err
    assert "There is no photo 4000" in sietch("trash", "put", 4000).err
    assert "not in the trash" in sietch("trash", "empty", album / "coffee.jpg", "--yes").err


def test_copies_are_listed_and_settled(sietch: Sietch, tmp_path: Path) -> None:
    people, pilot = samples.t1(), samples.astronaut()
    for name, image, quality in (("a", people, 95), ("b", people, 50), ("c", pilot, 95), ("d", pilot, 50)):
        samples.save(image, tmp_path / "copies" / f"{name}.jpg", quality=quality)
    assert "no duplicates" in sietch("duplicates", "list").out
    assert sietch("index", tmp_path / "copies").code == 0
    rows = sietch("duplicates", "list", "--json").json
    assert [Path(row["image_path"]).name for row in rows] == ["a.jpg", "b.jpg", "c.jpg", "d.jpg"]
    assert [row["suggested"] for row in rows] == [True, False, True, False]
    assert "a.jpg" in sietch("duplicates", "list").out
    other = sietch("duplicates", "resolve", tmp_path / "copies" / "b.jpg", "--json").json
    assert other["trashed"] == [rows[0]["photo_id"]]
    assert "not be shown again" in sietch("duplicates", "resolve", rows[2]["photo_id"], "--different").out
    assert sietch("duplicates", "list", "--json").json == []
    assert sietch("trash", "restore", "--all").code == 0
    assert sietch("duplicates", "resolve", "--all").out == "Kept 1, moved 1 to the trash.\n"
    assert sietch("duplicates", "resolve").code == 2
    assert "has no duplicates" in sietch("duplicates", "resolve", rows[0]["photo_id"]).err


def test_a_card_is_imported(sietch: Sietch, tmp_path: Path) -> None:
    card, to = samples.write_album(tmp_path / "card"), tmp_path / "Photos"
    (card / "group.xmp").write_text("<xmp/>")
    unsaid = sietch("import", card)
    assert unsaid.code == 1 and "--to FOLDER" in unsaid.err
    planned = sietch("import", card, "--to", to, "--dry-run", "--json").json
    assert len(planned["copied"]) == samples.ALBUM_PHOTOS and not to.exists()
    done = sietch("import", card, "--to", to)
    assert done.code == 0
    assert done.out == f"{samples.ALBUM_PHOTOS} copied and verified · 0 there already · 0 failed\n"
    assert (to / "2021" / "2021-05-01" / "group.xmp").exists()
    stats = sietch("stats", "--json").json
    assert (stats["photos"], stats["pending_photos"]) == (samples.ALBUM_PHOTOS, 0)
    again = sietch("import", card, "--json").json
    assert len(again["skipped"]) == samples.ALBUM_PHOTOS and again["to"] == str(to)
    assert sietch("import", tmp_path / "nowhere").code == 1
    assert "may hold {year}" in sietch("import", card, "--pattern", "{camera}").err
