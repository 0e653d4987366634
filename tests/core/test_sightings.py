"""The people in a video: each once, at their best, and two in one frame never the same."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from core import video
from core.engine import FaceEngine
from core.models import ModelPack
from core.sightings import poster_and_people
from core.types import AnalyzedFace, BoundingBox, Detection, Embedding
from tests import media
from tests.core.test_video import panning


def seen(angle: float, quality: float, model: str = "m") -> AnalyzedFace:
    """A face whose likeness to another is the cosine of the angle between them, in degrees."""
    vector = np.zeros(512, np.float32)
    vector[:2] = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    box = BoundingBox(angle, 0, 10, 10)
    return AnalyzedFace(Detection(box, np.zeros((5, 2), np.float32), 0.9), Embedding(vector, model), quality)


def test_a_person_on_several_frames_is_one_at_their_best(pack: ModelPack) -> None:
    frames = [[seen(0, 0.5)], [seen(10, 0.9)], [seen(20, 0.6)]]

    poster, people = poster_and_people(frames, pack.thresholds)

    assert [sighting.face for sighting in people] == [frames[1][0]] and poster == 1


def test_two_faces_in_one_frame_are_two_people_however_alike(pack: ModelPack) -> None:
    twins = [[seen(0, 0.9), seen(1, 0.8)], [seen(0, 0.7), seen(1, 0.6)]]

    _, people = poster_and_people(twins, pack.thresholds)

    assert len(people) == 2


def test_the_poster_shows_most_people_and_their_faces_are_taken_from_it(pack: ModelPack) -> None:
    frames = [[seen(0, 0.95)], [seen(0, 0.9), seen(90, 0.9)], [seen(90, 0.95)]]

    poster, people = poster_and_people(frames, pack.thresholds)

    assert poster == 1 and {sighting.frame for sighting in people} == {1}


def test_a_much_better_face_is_not_given_up_for_the_poster(pack: ModelPack) -> None:
    frames = [[seen(0, 0.95)], [seen(0, 0.4), seen(90, 0.9), seen(180, 0.9)]]

    poster, people = poster_and_people(frames, pack.thresholds)

    assert poster == 1 and sorted(sighting.frame for sighting in people) == [0, 1, 1]


def test_a_blurred_face_beside_others_is_nobody_and_alone_is_somebody(pack: ModelPack) -> None:
    poor = pack.thresholds.found_quality / 2

    assert len(poster_and_people([[seen(0, 0.9)], [seen(90, poor)]], pack.thresholds)[1]) == 1
    assert len(poster_and_people([[], [seen(90, poor)]], pack.thresholds)[1]) == 1
    assert poster_and_people([[], []], pack.thresholds) == (None, [])


def test_a_camera_that_pans_over_six_people_sees_six(tmp_path: Path, any_engine: FaceEngine) -> None:
    clip = video.look_through(media.film(tmp_path / "film.mp4", panning()))
    found = [any_engine.analyze(frame.image) for frame in clip.frames]
    assert sum(len(faces) for faces in found) > 15

    _, people = poster_and_people(found, any_engine.pack.thresholds)

    # The one who looks far to the side may be nobody, or on some frame somebody else.
    assert 5 <= len(people) <= 7
