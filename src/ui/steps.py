"""What a step of the journal did, in words: for the window and for the command line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.journal import Step

_COUNTED = ("photos", "faces", "persons")
"""Of what a sentence tells how many: one of them has a sentence of its own."""

SENTENCES: dict[str, tuple[str, str]] = {
    "rename person": ("Gave a person the name {name}", "Took a person's name away"),
    "merge persons": ("Made one person of two", "Made one person of {persons}"),
    "split person": ("Took a face out of a person", "Took {faces} faces out of a person"),
    "assign faces": ("Said who a face is", "Said who {faces} faces are"),
    "reject faces": ("Said who a face is not", "Said who {faces} faces are not"),
    "separate persons": ("Said that two people are not the same", ""),
    "rate": ("Rated a photo", "Rated {photos} photos"),
    "describe": ("Described a photo", "Described {photos} photos"),
    "trash": ("Moved a photo to the trash", "Moved {photos} photos to the trash"),
    "restore": ("Brought a photo back", "Brought {photos} photos back"),
    "resolve duplicates": ("Moved a copy to the trash", "Moved {photos} copies to the trash"),
    "set apart": ("Said that photos are no duplicates", ""),
    "put together": ("Said that photos may be duplicates", ""),
}
"""By `Action`: of one thing, and of several, or of a name and of none."""


def told(step: Step, number: Callable[[int], str] = "{:,}".format, translated: Callable[[str], str] = str) -> str:
    """A sentence without a full stop.

    Args:
        number: how a number is written.
        translated: a sentence in the language of whoever reads it.
    """
    one, several = SENTENCES.get(step.action, (step.action.capitalize(), ""))
    return translated(several if several and _are_several(step.subject) else one).format_map(
        {key: number(value) if key in _COUNTED else value for key, value in step.subject.items()}
    )


def _are_several(subject: Mapping[str, Any]) -> bool:
    if "name" in subject:
        return not subject["name"]
    counts = [subject[key] for key in _COUNTED if key in subject]
    return bool(counts) and counts[0] > (2 if "persons" in subject else 1)
