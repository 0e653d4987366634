"""What every test may use: the real models, and photographs that come inside installed packages."""

from __future__ import annotations

import gc
import importlib.util
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from PIL import Image

from app.library import Library
from core.engine import FaceEngine
from core.models import ModelPack, find_pack
from tests import samples

# A shared machine is slow now and then: how long one example takes says nothing about the code.
settings.register_profile("sietch", deadline=None)
settings.load_profile("sietch")

_SHARED_DATA = Path(__file__).parents[2] / "shared" / "data"


@pytest.fixture(autouse=True)
def _garbage() -> Iterator[None]:
    """Once a test had a window, only the window's thread collects garbage, as in the program; here after each test."""
    yield
    if not gc.isenabled():
        gc.collect(0)


@pytest.fixture(scope="session")
def pack() -> ModelPack:
    """The model pack that the program comes with."""
    return find_pack()


@pytest.fixture(scope="session")
def engine(pack: ModelPack) -> FaceEngine:
    """The real engine; opened once, it keeps nothing of what it sees."""
    return FaceEngine(pack, threads=2)


@pytest.fixture(scope="session", params=["buffalo_s", "yunet_sface"])
def any_pack(request: pytest.FixtureRequest) -> ModelPack:
    """Each of the packs that install with the program."""
    return find_pack(request.param)


@pytest.fixture(scope="session")
def any_engine(any_pack: ModelPack, engine: FaceEngine) -> FaceEngine:
    """The engine of that pack."""
    return engine if engine.pack == any_pack else FaceEngine(any_pack, threads=2)


@pytest.fixture(scope="session")
def other_pack() -> ModelPack:
    """The permissive pack, where a test needs a second one."""
    return find_pack("yunet_sface")


@pytest.fixture(scope="session")
def other_engine(other_pack: ModelPack) -> FaceEngine:
    """Its engine."""
    return FaceEngine(other_pack, threads=2)


@pytest.fixture(scope="session")
def t1() -> Path:
    """A photo of six people, 1280 x 886 (insightface's own example)."""
    # Found, not imported: importing insightface takes seconds.
    spec = importlib.util.find_spec("insightface")
    assert spec is not None
    assert spec.submodule_search_locations
    return Path(spec.submodule_search_locations[0]) / "data" / "images" / "t1.jpg"


@pytest.fixture(scope="session")
def astronaut(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A portrait of one person as PNG, 512 x 512 (scikit-image's example)."""
    path = tmp_path_factory.mktemp("astronaut") / "astronaut.png"
    samples.astronaut().save(path)
    return path


@pytest.fixture(scope="session")
def astronaut_jpeg(astronaut: Path) -> Path:
    """The same portrait as JPEG."""
    path = astronaut.with_suffix(".jpg")
    with Image.open(astronaut) as image:
        image.save(path, quality=95)
    return path


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of test photos that may not be redistributed; the test is skipped where it is not at hand."""
    if not _SHARED_DATA.is_dir():
        pytest.skip(f"{_SHARED_DATA} is not there")
    return _SHARED_DATA


@pytest.fixture(scope="session")
def album(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The photos of `samples.write_album`; not to be changed."""
    return samples.write_album(tmp_path_factory.mktemp("album"))


@pytest.fixture(scope="session")
def indexed_folder(tmp_path_factory: pytest.TempPathFactory, album: Path) -> Path:
    """A closed library of the album, indexed with the real models; not to be changed, but quickly copied."""
    folder = tmp_path_factory.mktemp("indexed") / "library"
    with Library.open(folder) as library:
        library.indexer.add([album])
        assert library.indexer.wait(120)
        assert library.indexer.progress.error is None
    return folder
