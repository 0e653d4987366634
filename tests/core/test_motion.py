"""The video inside a motion photo is found where cameras put it, and nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.motion import embedded_video
from tests import media, samples
from tests.core.test_formats import DATA
from tests.core.test_video import scenes


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return media.film(tmp_path_factory.mktemp("film") / "film.mp4", scenes(1)).read_bytes()


@pytest.fixture(scope="module")
def photo() -> bytes:
    return media.jpeg(samples.astronaut())


def with_xmp(photo: bytes, words: str) -> bytes:
    """A JPEG with an XMP block in which these words are."""
    block = b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>" + words.encode() + b"</x:xmpmeta>"
    return photo[:2] + b"\xff\xe1" + (len(block) + 2).to_bytes(2) + block + photo[2:]


@pytest.mark.parametrize(
    "words",
    [
        '<rdf:Description GCamera:MicroVideo="1" GCamera:MicroVideoOffset="{}"/>',
        "<GCamera:MicroVideoOffset>{}</GCamera:MicroVideoOffset>",
        '<Container:Item Item:Mime="video/mp4" Item:Semantic="MotionPhoto" Item:Length="{}" Item:Padding="0"/>',
        '<Container:Item Item:Length="{}" Item:Mime="video/mp4" Item:Semantic="MotionPhoto"/>',
    ],
)
def test_what_the_xmp_tells_is_found_at_the_end(photo: bytes, film: bytes, words: str) -> None:
    data = with_xmp(photo, words.format(len(film)))

    assert embedded_video(data + film) == (len(data), len(film))


def test_what_lies_behind_samsungs_marker_is_found(photo: bytes, film: bytes) -> None:
    data = photo + b"MotionPhoto_Data"

    assert embedded_video(data + film) == (len(data), len(film))


@pytest.mark.parametrize("words", ["GCamera:MicroVideoOffset='99999999999'", "GCamera:MicroVideoOffset='40'", ""])
def test_what_is_told_and_is_not_there_is_none(photo: bytes, words: str) -> None:
    assert embedded_video(with_xmp(photo, words)) is None
    assert embedded_video(photo + b"MotionPhoto_Data") is None
    assert embedded_video(b"") is None


@pytest.mark.skipif(not DATA.exists(), reason="the shared photographs are not here")
def test_a_photograph_of_a_phone_moves() -> None:
    data = Path(DATA / "library-immich/formats/motionphoto/samsung-one-ui-6.heic").read_bytes()

    found = embedded_video(data)

    assert found is not None and data[found[0] + 4 : found[0] + 8] == b"ftyp" and found[1] > 3_000_000
