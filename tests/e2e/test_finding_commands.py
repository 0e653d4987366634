"""The commands that find, tag and like, on a library of real photographs."""

from __future__ import annotations

from pathlib import Path

from tests import samples
from tests.e2e.test_keeping_commands import Sietch, album, sietch  # noqa: F401  (fixtures)


def test_tagged_found_and_liked(sietch: Sietch, album: Path) -> None:  # noqa: F811  (the fixtures)
    coffee = album / "coffee.jpg"
    added = sietch("tag", "add", coffee, "Grandma Rose", "--box", "10,20,60,80", "--json").json
    photo_id = added["photo_id"]
    assert added["name"] == "Grandma Rose"
    [tag] = sietch("tag", "list", coffee, "--json").json
    assert tag["bbox"] == {"x": 10, "y": 20, "width": 60, "height": 80}
    assert "Grandma Rose" in sietch("tag", "list", photo_id).out
    for query in ("rose", 'only:"grandma rose"', "file:coffee"):
        assert sietch("find", query, "--json").json == [{"photo_id": photo_id, "image_path": str(coffee)}], query
    assert len(sietch("find", "NOT", "rose", "--json").json) == samples.ALBUM_PHOTOS - 1
    assert len(sietch("find", "people:3..", "--limit", 2, "--json").json) == 2
    assert str(coffee) in sietch("find", "rose").out
    assert sietch("favourite", "add", coffee, album / "group.jpg").out == "You have 2 favourites.\n"
    assert sietch("favourite", "remove", album / "group.jpg", "--json").json == {"favourites": 1}
    assert [row["photo_id"] for row in sietch("favourite", "list", "--json").json] == [photo_id]
    assert [row["photo_id"] for row in sietch("find", "is:favourite", "--json").json] == [photo_id]
    assert sietch("tag", "remove", coffee, "grandma rose", "--json").json == []
    assert "No photo" in sietch("find", "rose").out


def test_what_is_wrong_is_pointed_at(sietch: Sietch, album: Path) -> None:  # noqa: F811
    wrong = sietch("find", "people:2", "date:2019-13")
    assert wrong.code == 1
    query, pointer, sentence = wrong.err.splitlines()
    assert pointer.index("^") == query.index("2019-13")
    assert pointer.count("^") == len("2019-13")
    assert sentence.startswith("sietch: “date:” takes")
    assert sietch("tag", "add", album / "coffee.jpg", "Rose", "--box", "1,2").code == 2
    assert "too small" in sietch("tag", "add", album / "coffee.jpg", "Rose", "--box", "1,2,1,1").err
    assert "Nobody is tagged" in sietch("tag", "remove", album / "coffee.jpg", "Rose").err
