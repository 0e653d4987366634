"""Passwords of profiles, and the code that helps who forgot one: only what Argon2id makes of them is kept."""

from __future__ import annotations

import functools
import secrets
import unicodedata
from typing import TYPE_CHECKING

from app import recovery
from app.errors import AppError
from app.wrapping import KIB, LANES, LEAST_CHARACTERS, PASSES
from core.encryption import KEY_BYTES

if TYPE_CHECKING:
    from argon2 import PasswordHasher

MOST_CHARACTERS = 1024
"""More is no password, and would only keep the computer busy."""


class WrongPassword(AppError):
    """What was entered is not the password, or not the recovery code."""


class UnfitPassword(AppError):
    """It would be guessed, or is none."""


def hashed(password: str) -> str:
    """What is kept of a password. Takes a good part of a second.

    Raises:
        UnfitPassword: it has less than eight characters, or more than a thousand.
    """
    if len(password) < LEAST_CHARACTERS:
        raise UnfitPassword(f"A password has at least {LEAST_CHARACTERS} characters; several words are best.")
    if len(password) > MOST_CHARACTERS:
        raise UnfitPassword(f"A password has at most {MOST_CHARACTERS:,} characters.")
    return _hasher().hash(_plain(password))


def matches(kept: str | None, password: str) -> bool:
    """Whether it is the password. A wrong one takes as long as the right one, and so does a profile without any."""
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        _hasher().verify(kept or _nobodys(), _plain(password[:MOST_CHARACTERS]))
    except (InvalidHashError, VerificationError):
        return False
    return kept is not None


def new_code() -> str:
    """A recovery code that was never given to anybody."""
    return recovery.encode(secrets.token_bytes(KEY_BYTES))


def hashed_code(code: str) -> str:
    """What is kept of a recovery code."""
    return _hasher().hash(code)


def matches_code(kept: str | None, typed: str) -> bool:
    """Whether it is the recovery code, however it was typed."""
    raw = recovery.decode(typed)
    return raw is not None and matches(kept, recovery.encode(raw))


def _plain(password: str) -> str:
    # One password, whichever keyboard wrote its accents.
    return unicodedata.normalize("NFC", password)


@functools.cache
def _nobodys() -> str:
    """Of a password that nobody knows."""
    return _hasher().hash(secrets.token_urlsafe())


def _hasher() -> PasswordHasher:
    # Here and not above: most libraries ask nobody for a password.
    from argon2 import PasswordHasher

    return PasswordHasher(PASSES, KIB, LANES)
