"""What is told of profiles."""

from __future__ import annotations

from dataclasses import dataclass

from app.ownership import Visibility


@dataclass(frozen=True, slots=True)
class Profile:
    """What everybody may know of a profile, before anybody has signed in, too.

    Attributes:
        name: empty for the first one, until somebody introduces himself.
        is_owner: of the library.
        face_id: a face of it in a photo that the whole household sees, if there is any.
    """

    profile_id: int
    name: str
    is_owner: bool
    has_password: bool
    face_id: int | None


@dataclass(frozen=True, slots=True)
class OwnProfile:
    """What a profile may know and change of itself.

    Attributes:
        visibility: of the photos that it adds.
        lock_minutes: without use, after which the password is asked for; 0: never.
    """

    profile_id: int
    name: str
    email: str | None
    visibility: Visibility
    lock_minutes: int
    is_owner: bool
    has_password: bool
