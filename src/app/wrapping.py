"""A library's key under a passphrase: Argon2id makes a key of the passphrase, AES-GCM wraps the library's key in it."""

from __future__ import annotations

import secrets
import unicodedata
from dataclasses import dataclass

from app.errors import PassphraseTooShort
from app.keys import LibraryKey

LEAST_CHARACTERS = 8
"""NIST SP 800-63B, 5.1.1.2: the least of a secret that its user chose."""

PASSES, KIB, LANES = 3, 64 * 1024, 4
"""RFC 9106, 4: the second recommended option, for where memory is limited: 64 MiB."""

_MOST_PASSES, _MOST_KIB, _MOST_LANES = 100, 1024 * 1024, 64
"""More is a damaged or hostile file, and would take the memory of the computer."""

_SALT_BYTES, _NONCE_BYTES = 16, 12


@dataclass(frozen=True, slots=True)
class Wrapped:
    """A wrapped key, and with which parameters: of it nobody learns the key who does not know the passphrase.

    Attributes:
        passes: over the memory.
        kib: of memory.
        lanes: at the same time.
        sealed: the key, encrypted, with AES-GCM's tag.
    """

    passes: int
    kib: int
    lanes: int
    salt: bytes
    nonce: bytes
    sealed: bytes

    @property
    def sound(self) -> bool:
        """Whether it can be what `wrap` made."""
        within = 1 <= self.passes <= _MOST_PASSES and 1 <= self.lanes <= _MOST_LANES
        # Argon2 wants eight KiB for each lane.
        enough = within and 8 * self.lanes <= self.kib <= _MOST_KIB
        return enough and len(self.salt) == _SALT_BYTES and len(self.nonce) == _NONCE_BYTES


def wrap(key: LibraryKey, passphrase: str, library: str) -> Wrapped:
    """Wraps a key.

    Args:
        library: the id of the library, which is bound to it.

    Raises:
        PassphraseTooShort: it has less than eight characters.
    """
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    require_long_enough(passphrase)
    salt, nonce = secrets.token_bytes(_SALT_BYTES), secrets.token_bytes(_NONCE_BYTES)
    made = _made_of(passphrase, salt, PASSES, KIB, LANES)
    sealed = AESGCM(made).encrypt(nonce, key.raw, library.encode())
    return Wrapped(PASSES, KIB, LANES, salt, nonce, sealed)


def require_long_enough(passphrase: str) -> None:
    """Looks at a passphrase that somebody chose.

    Raises:
        PassphraseTooShort: it has less than eight characters.
    """
    if len(passphrase) < LEAST_CHARACTERS:
        raise PassphraseTooShort(f"A passphrase has at least {LEAST_CHARACTERS} characters; several words are best.")


def unwrap(wrapped: Wrapped, passphrase: str, library: str) -> LibraryKey | None:
    """The key; None if the passphrase is another one. Takes a good part of a second."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    made = _made_of(passphrase, wrapped.salt, wrapped.passes, wrapped.kib, wrapped.lanes)
    try:
        return LibraryKey(AESGCM(made).decrypt(wrapped.nonce, wrapped.sealed, library.encode()))
    except InvalidTag:
        return None


def _made_of(passphrase: str, salt: bytes, passes: int, kib: int, lanes: int) -> bytes:
    from argon2.low_level import Type, hash_secret_raw

    # One passphrase, whichever keyboard wrote its accents.
    secret = unicodedata.normalize("NFC", passphrase).encode()
    return hash_secret_raw(secret, salt, passes, kib, lanes, hash_len=32, type=Type.ID)
