"""The key of an encrypted library, and what is made of it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Self

from app import recovery
from core.encryption import KEY_BYTES


@dataclass(frozen=True, slots=True)
class LibraryKey:
    """32 random bytes, which no message, log or `repr` shows."""

    raw: bytes = field(repr=False)

    @classmethod
    def new(cls) -> Self:
        """A key that nobody has yet."""
        return cls(secrets.token_bytes(KEY_BYTES))

    @classmethod
    def of_code(cls, code: str) -> Self | None:
        """The key that a recovery code is; None if it is no code, or not copied right."""
        raw = recovery.decode(code)
        return None if raw is None else cls(raw)

    @property
    def code(self) -> str:
        """The recovery code: to be shown once, and never kept."""
        return recovery.encode(self.raw)

    @property
    def check(self) -> bytes:
        """Tells whether a key is the right one, and nothing about it."""
        return self._derived(b"sietch key check")[:16]

    @property
    def pictures(self) -> bytes:
        """The key of the small pictures, 32 bytes."""
        return self._derived(b"sietch small pictures")

    def _derived(self, purpose: bytes) -> bytes:
        # Here and not above: a library that is not encrypted is not to wait for it.
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF

        return HKDF(SHA256(), KEY_BYTES, None, purpose).derive(self.raw)


def raw(key: LibraryKey | None) -> bytes | None:
    """What Core's functions want."""
    return key.raw if key else None
