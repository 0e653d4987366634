"""Albums as the command line names and prints them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ui.cli.output import print_json, print_rows
from ui.text import shown

if TYPE_CHECKING:
    from app.album_types import AlbumSummary
    from app.session import Session

KINDS = {"personal": "album", "auto_faces": "fills itself", "shared": "shared", "smart": "search"}
"""By kind: what is said of it."""


def find(session: Session, album: str) -> int | None:
    """The album of an id or a name; one's own before those of others."""
    albums = [*session.albums.list(), *session.albums.invitations()]
    for matches in (
        [each for each in albums if album.isdecimal() and each.album_id == int(album)],
        [each for each in albums if each.name == album],
        [each for each in albums if each.name.casefold() == album.casefold()],
    ):
        if matches:
            return matches[0].album_id
    return None


def album_id_of(session: Session, album: str) -> int:
    """The same.

    Raises:
        NotFound: there is none.
    """
    from app.errors import NotFound

    found = find(session, album)
    if found is None:
        raise NotFound(f"There is no album {shown(album)}.")
    return found


def profile_of(person: str, known: dict[int, str]) -> int:
    """The profile of a name or an id, among some.

    Raises:
        NotFound: there is none.
    """
    from app.errors import NotFound

    for profile_id, name in known.items():
        if name.casefold() == person.casefold() or str(profile_id) == person:
            return profile_id
    raise NotFound(f"There is nobody called {shown(person)}.")


def row(each: AlbumSummary) -> dict[str, Any]:
    """An album for programs."""
    return {
        "album_id": each.album_id,
        "kind": each.kind.value,
        "name": each.name,
        "description": each.description,
        "private": each.is_private,
        "owner": each.owner_name,
        "role": each.role.value,
        "photo_count": each.photo_count,
        "cover_id": each.cover_id,
        "query": each.query,
    }


def print_albums(albums: Sequence[AlbumSummary], as_json: bool) -> None:
    """Albums as a table, or as JSON."""
    if as_json:
        print_json([row(each) for each in albums])
        return
    rows = [
        {
            "album_id": each.album_id,
            "name": shown(each.name),
            "photos": each.photo_count,
            "kind": KINDS[each.kind.value],
            "owner": shown(each.owner_name),
            "you": each.role.value,
        }
        for each in albums
    ]
    print_rows(rows, False, "There are no albums yet.")


def photos_text(count: int) -> str:
    """ "12 photos"."""
    return "1 photo" if count == 1 else f"{count:,} photos"
