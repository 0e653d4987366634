"""A pack is intact, or the user hears which file is not."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from core.detection import Scrfd, Yunet
from core.engine import FaceEngine
from core.errors import ModelError
from core.models import DEFAULT_PACK, ModelFile, ModelPack, find_pack, packs
from core.resources import resource
from core.sessions import open_session


@pytest.fixture
def copied(pack: ModelPack, tmp_path: Path) -> Path:
    """A folder with the pack's two files."""
    for file in (pack.detector, pack.embedder):
        shutil.copy(file.path, tmp_path)
    return tmp_path


def test_the_default_pack_is_found_and_intact(pack: ModelPack) -> None:
    pack.verify()
    assert pack.name == DEFAULT_PACK
    assert pack.dimension == 512
    assert pack.folder.is_dir()
    assert pack.non_commercial
    assert "non-commercial" in pack.licence


def test_every_pack_is_listed_the_default_first(tmp_path: Path) -> None:
    listed = packs(tmp_path)
    assert [(each.name, each.installed) for each in listed] == [
        ("buffalo_s", True),
        ("buffalo_l", False),
        ("yunet_sface", True),
    ]
    for each in listed:
        assert ("non-commercial" in each.licence) == each.non_commercial
        assert each.title in each.licence
        means = each.thresholds
        assert -1 < means.suggest < means.support < means.accept < 1
        assert 0 < means.join_quality < means.found_quality < 1
        assert 0 < means.dbscan_eps <= 2


def test_the_permissive_pack_is_installed_and_intact(other_pack: ModelPack) -> None:
    other_pack.verify()
    assert (other_pack.dimension, other_pack.non_commercial) == (128, False)


def test_a_pack_of_an_unknown_kind_is_not_run(pack: ModelPack) -> None:
    with pytest.raises(ModelError, match="cannot run"):
        FaceEngine(replace(pack, detector=replace(pack.detector, kind="hog")))


def test_a_pack_may_lie_in_another_folder(copied: Path) -> None:
    assert find_pack(folder=copied).folder == copied


@pytest.mark.parametrize("part", ["detector", "embedder"])
def test_a_missing_file_is_named(pack: ModelPack, copied: Path, part: str) -> None:
    name = getattr(pack, part).path.name
    (copied / name).unlink()
    with pytest.raises(ModelError, match=f"{name} is missing"):
        find_pack(folder=copied)


@pytest.mark.parametrize("part", ["detector", "embedder"])
def test_one_changed_byte_is_damage_and_its_file_is_named(pack: ModelPack, copied: Path, part: str) -> None:
    path = copied / getattr(pack, part).path.name
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(ModelError, match=f"{path.name} is damaged"):
        find_pack(folder=copied)


def test_a_truncated_file_is_damaged(pack: ModelPack, copied: Path) -> None:
    path = copied / pack.embedder.path.name
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(ModelError, match=f"{path.name} is damaged"):
        find_pack(folder=copied)


def test_a_folder_in_place_of_a_file_is_named(pack: ModelPack, tmp_path: Path) -> None:
    (tmp_path / pack.detector.path.name).mkdir()
    with pytest.raises(ModelError, match=pack.detector.path.name):
        find_pack(folder=tmp_path)


def test_an_unknown_pack_is_named() -> None:
    with pytest.raises(ModelError, match="no face model called 'buffalo_z'"):
        find_pack("buffalo_z")


def test_a_file_that_onnxruntime_cannot_load_is_named(pack: ModelPack, copied: Path) -> None:
    path = copied / pack.detector.path.name
    path.write_bytes(b"not a network")
    damaged = replace(pack, detector=ModelFile(path, pack.detector.sha256, "scrfd"))
    with pytest.raises(ModelError, match=f"{path.name} cannot be run"):
        FaceEngine(damaged)


def test_another_network_is_no_detector(pack: ModelPack) -> None:
    with pytest.raises(ModelError, match="not an SCRFD model"):
        Scrfd(open_session(pack.embedder.path))
    with pytest.raises(ModelError, match="not a YuNet model"):
        Yunet(open_session(pack.detector.path))


def test_resources_are_found_or_named() -> None:
    assert resource("models").is_dir()
    with pytest.raises(FileNotFoundError, match=r"models/none\.toml"):
        resource("models/none.toml")
