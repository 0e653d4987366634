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
    "tag": ("Said who is in a photo", ""),
    "untag": ("Took somebody out of a photo", ""),
    "favourite": ("Made a photo a favourite", "Made {photos} photos favourites"),
    "unfavourite": ("Made a photo no favourite", "Made {photos} photos no favourites"),
    "claim": ("Said “this is me”", ""),
    "refuse claim": ("Said “this is not me”", ""),
    "withdraw claim": ("Took back “this is me”", ""),
    "hide person": ("Changed whether others are shown a person", ""),
    "no album": ("Changed whether an album follows a person", ""),
    "create album": ("Made the album {name}", ""),
    "rename album": ("Gave an album another name", ""),
    "describe album": ("Wrote what an album is about", ""),
    "choose cover": ("Chose the cover of an album", ""),
    "add to album": ("Put a photo into an album", "Put {photos} photos into an album"),
    "remove from album": ("Took a photo out of an album", "Took {photos} photos out of an album"),
    "order album": ("Moved a photo within an album", "Moved {photos} photos within an album"),
    "order albums": ("Moved an album", ""),
    "delete album": ("Deleted an album", ""),
    "open album": ("Let everybody of the house see an album", ""),
    "close album": ("Made an album private", ""),
    "change search": ("Changed what an album shows", ""),
    "invite": ("Invited somebody to an album", ""),
    "change role": ("Changed what somebody may do in an album", ""),
    "show to": ("Changed who may see a photo", "Changed who may see {photos} photos"),
    "show new to": ("Changed who may see new photos", ""),
    "lock": ("Locked a photo", "Locked {photos} photos"),
    "unlock": ("Took the lock off a photo", "Took the lock off {photos} photos"),
    "hand over": ("Gave a photo to somebody else", "Gave {photos} photos to somebody else"),
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
