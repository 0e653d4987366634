"""Small pictures of an encrypted library: AES-GCM with a random nonce, bound to the name of the file."""

from __future__ import annotations

import secrets

_BEGIN = b"SIETCH-1"
"""No picture begins like that."""

_NONCE_BYTES = 12
"""Random ones may be used for 2^32 messages under one key (NIST SP 800-38D, 8.3); no library has as many pictures."""


def sealed(data: bytes, key: bytes, name: str) -> bytes:
    """The content of a file, encrypted."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = secrets.token_bytes(_NONCE_BYTES)
    return _BEGIN + nonce + AESGCM(key).encrypt(nonce, data, name.encode())


def opened(data: bytes, key: bytes, name: str) -> bytes | None:
    """What was sealed; None if it is damaged, another file, or under another key."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    if not is_sealed(data):
        return None
    body = data[len(_BEGIN) :]
    try:
        return AESGCM(key).decrypt(body[:_NONCE_BYTES], body[_NONCE_BYTES:], name.encode())
    except (InvalidTag, ValueError):
        return None


def is_sealed(data: bytes) -> bool:
    """Whether a file is encrypted."""
    return data.startswith(_BEGIN)
