"""Videos are looked through at a few frames, upright and within bounds, whatever their clocks say."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from core import images, video
from core.errors import CoreError, DamagedImage, ImageTooLarge, ImageUnavailable, NotAnImage
from tests import media, samples
from tests.core.test_formats import UPRIGHT_LARGE
from tests.core.test_images import distance

KINDS = ["mp4", "mov", "mkv", "avi"]


def scenes(seconds: int = 4, rate: int = 10) -> Iterator[Image.Image]:
    """Each second another colour."""
    for number in range(seconds * rate):
        yield Image.new("RGB", (320, 240), ["red", "lime", "blue", "white"][number // rate % 4])


@pytest.mark.parametrize("kind", KINDS)
def test_every_scene_is_seen(tmp_path: Path, kind: str) -> None:
    clip = video.look_through(media.film(tmp_path / f"film.{kind}", scenes()))

    assert (clip.width, clip.height, clip.format) == (320, 240, kind.upper())
    assert clip.seconds == pytest.approx(4.0, abs=0.2)
    colours = {tuple((frame.image.pixels[120, 160] > 100).tolist()) for frame in clip.frames}
    assert colours == {(True, False, False), (False, True, False), (False, False, True), (True, True, True)}
    assert [frame.seconds for frame in clip.frames] == sorted(frame.seconds for frame in clip.frames)


@pytest.mark.parametrize("kind", KINDS)
def test_a_frame_is_found_again_by_its_second(tmp_path: Path, kind: str) -> None:
    path = media.film(tmp_path / f"film.{kind}", scenes())

    for frame in video.look_through(path).frames:
        assert distance(video.frame_at(path, frame.seconds).pixels, frame.image.pixels) < 2


@pytest.mark.parametrize("kind", ["mp4", "mov"])
@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_a_turned_video_comes_upright(tmp_path: Path, kind: str, rotation: int) -> None:
    upright = Image.fromarray(UPRIGHT_LARGE)
    lying = upright.rotate(rotation, expand=True)

    clip = video.look_through(media.film(tmp_path / f"film.{kind}", [lying] * 8, rotation=rotation))

    assert (clip.width, clip.height) == (480, 320)
    assert distance(clip.frames[0].image.pixels, UPRIGHT_LARGE) < 12


def test_a_video_in_which_nothing_moves_is_looked_at_once(tmp_path: Path) -> None:
    clip = video.look_through(media.film(tmp_path / "film.mp4", [Image.fromarray(UPRIGHT_LARGE)] * 60))

    assert len(clip.frames) == 1


def test_a_long_video_is_looked_at_all_over(tmp_path: Path) -> None:
    colours = [Image.new("RGB", (64, 48), (number * 20, 255 - number * 20, 90)) for number in range(12)]
    path = media.film(tmp_path / "film.mp4", (colours[number // 300] for number in range(3600)), rate=30)

    clip = video.look_through(path)

    assert len(clip.frames) == video.MOST_FRAMES
    assert clip.frames[0].seconds < 20 and clip.frames[-1].seconds > 100


def test_after_the_deadline_no_more_is_decoded(tmp_path: Path) -> None:
    path = media.film(tmp_path / "film.mp4", scenes(200, 30), rate=30)

    assert len(video.look_through(path, deadline=0).frames) == 1


def test_large_frames_come_reduced_and_tell_their_full_size(tmp_path: Path) -> None:
    clip = video.look_through(media.film(tmp_path / "film.mp4", [Image.new("RGB", (3840, 2160), "red")] * 3))

    assert (clip.width, clip.height) == (3840, 2160)
    assert clip.frames[0].image.pixels.shape == (1080, 1920, 3) and clip.frames[0].image.scale == 2


def test_a_video_that_claims_to_last_for_years_is_still_seen(tmp_path: Path) -> None:
    path = media.film(tmp_path / "film.mp4", scenes())
    data = bytearray(path.read_bytes())
    # ISO/IEC 14496-12, 8.2.2 and 8.4.2: time scale and duration of the film and of its track.
    for name in (b"mvhd", b"mdhd"):
        place = data.index(name) + 4 + 12
        data[place : place + 8] = (1).to_bytes(4) + (0xFFFFFFFE).to_bytes(4)
    path.write_bytes(data)

    started = time.monotonic()
    clip = video.look_through(path)

    assert clip.frames and 0 <= clip.seconds <= 7 * 24 * 3600
    assert time.monotonic() - started < 40


@pytest.mark.parametrize("kind", KINDS)
def test_broken_videos_are_refused_or_seen_and_never_a_fault_of_sietch(tmp_path: Path, kind: str) -> None:
    path = media.film(tmp_path / f"film.{kind}", scenes(2))
    sound, rng = path.read_bytes(), np.random.default_rng(5)
    for turn in range(12):
        broken = bytearray(sound)
        for place in rng.integers(12, len(sound), 40 if turn % 2 else 400):
            broken[place] = rng.integers(0, 256)
        path.write_bytes(broken[: len(broken) * (12 - turn // 2) // 12])
        try:
            clip = video.look_through(path, deadline=3)
        except CoreError as error:
            assert str(error).endswith(".")  # noqa: PT017
        else:
            assert clip.frames


def test_a_video_cut_off_before_its_index_has_a_reason(tmp_path: Path) -> None:
    path = media.film(tmp_path / "film.mp4", scenes())
    path.write_bytes(path.read_bytes()[:200])

    with pytest.raises(DamagedImage, match="video is damaged"):
        video.look_through(path)


def test_frames_that_are_too_large_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(video, "MAX_FRAME_PIXELS", 50_000)

    with pytest.raises(ImageTooLarge, match="320 × 240"):
        video.look_through(media.film(tmp_path / "film.mp4", scenes()))


def test_a_video_that_lies_about_the_size_of_its_frames_is_seen_as_they_are(tmp_path: Path) -> None:
    path = media.film(tmp_path / "film.avi", scenes())
    data, size = path.read_bytes(), (320).to_bytes(4, "little") + (240).to_bytes(4, "little")
    assert size in data
    path.write_bytes(data.replace(size, (32000).to_bytes(4, "little") * 2))

    assert video.look_through(path).width == 320


def test_a_video_of_ten_hours_is_looked_at_all_over_in_no_time(tmp_path: Path) -> None:
    colours = (Image.new("RGB", (64, 48), (number * 20, 255 - number * 20, 90)) for number in range(12))
    frames = (colour for colour in colours for _ in range(300))
    path = media.film(tmp_path / "film.avi", frames, rate=0.1)

    started = time.monotonic()
    clip = video.look_through(path)

    assert clip.seconds == pytest.approx(36_000, rel=0.01)
    assert clip.frames[-1].seconds - clip.frames[0].seconds > 25_000
    assert time.monotonic() - started < 20


def test_what_only_has_the_name_of_a_video_is_none(tmp_path: Path) -> None:
    playlist = tmp_path / "film.mp4"
    playlist.write_bytes(b"#EXTM3U\n#EXTINF:1,\n/etc/hostname\n")

    with pytest.raises(NotAnImage, match="not a video"):
        video.look_through(playlist)


def test_a_video_that_is_gone_may_be_there_another_time(tmp_path: Path) -> None:
    with pytest.raises(ImageUnavailable):
        video.look_through(tmp_path / "nowhere.mp4")


def test_a_video_is_no_picture(tmp_path: Path) -> None:
    with pytest.raises(NotAnImage, match="is a video"):
        images.decode(media.film(tmp_path / "film.mp4", scenes()).read_bytes())


def test_a_name_that_is_no_text_or_looks_like_a_pattern_is_a_name(tmp_path: Path) -> None:
    plain = media.film(tmp_path / "film.mp4", scenes())
    for name in (b"film-\xff\xfe.mp4", b"%05d.mp4", b"file:film?x=1.mp4"):
        path = Path(bytes(tmp_path).decode() + "/" + name.decode("utf-8", "surrogateescape"))
        path.write_bytes(plain.read_bytes())
        assert video.look_through(path).width == 320


def panning(count: int = 30) -> Iterator[Image.Image]:
    """A camera that goes over six people and back: each of them on several frames, some of them together."""
    group = samples.t1()
    for number in range(count):
        left = round((1280 - 640) * (1 - abs(1 - 2 * number / (count - 1))))
        yield ImageOps.fit(group.crop((left, 0, left + 640, 640)), (640, 640))
