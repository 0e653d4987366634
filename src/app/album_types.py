"""What a window or a command is told of albums."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class AlbumKind(StrEnum):
    """How photos come into an album."""

    PERSONAL = "personal"
    """Its owner puts them there."""
    AUTO_FACES = "auto_faces"
    """By themselves: those that its owner is in."""
    SHARED = "shared"
    """Its owner and its members put them there."""
    SMART = "smart"
    """They are what a search finds."""


class AlbumRole(StrEnum):
    """What an album's viewer may do with it."""

    OWNER = "owner"
    ADD = "add"
    """May add photos, and take out those again."""
    VIEW = "view"
    INVITED = "invited"
    """Has not answered yet."""
    GUEST = "guest"
    """Sees it because it is not private."""


class MemberRole(StrEnum):
    """What a member may do: `AlbumRole` of the same names."""

    VIEW = "view"
    ADD = "add"


class MemberState(StrEnum):
    """Where an invitation stands."""

    INVITED = "invited"
    ACCEPTED = "accepted"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class AlbumSummary:
    """An album as its viewer sees it.

    Attributes:
        name: of the album.
        is_private: only its owner and its members see that it is there; otherwise the household does.
        owner_name: empty for somebody who gave no name.
        role: of the viewer.
        photo_count: photos in it that the viewer sees.
        cover_id: the photo that stands for it, one of these; None where there is none.
        query: of a smart album.
    """

    album_id: int
    kind: AlbumKind
    name: str
    description: str
    is_private: bool
    owner_id: int
    owner_name: str
    role: AlbumRole
    photo_count: int
    cover_id: int | None
    query: str | None = None

    @property
    def may_add(self) -> bool:
        """Whether the viewer may put photos into it."""
        return self.kind is not AlbumKind.SMART and self.role in (AlbumRole.OWNER, AlbumRole.ADD)

    @property
    def ordered(self) -> bool:
        """Whether its photos have an order of their own; otherwise the newest come first."""
        return self.kind in (AlbumKind.PERSONAL, AlbumKind.SHARED)


@dataclass(frozen=True, slots=True)
class AlbumMember:
    """Somebody with whom an album is shared."""

    profile_id: int
    name: str
    role: MemberRole
    state: MemberState
