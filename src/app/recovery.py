"""The recovery code: a library's key in letters and digits that a human can write down and type in again.

Crockford's base 32 has no letter that is easily taken for a digit; small letters, dashes and blanks do not matter, and
O, I and L are read as the digits that they look like. Three bytes of a checksum make a slip of the pen known.
"""

from __future__ import annotations

import hashlib

from core.encryption import KEY_BYTES

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_READ_AS = str.maketrans("OIL", "011", " -\t\r\n")
_CHECK_BYTES = 3
"""With the key 35 bytes, 56 characters without a rest; one wrong code in 16 million passes."""

_LENGTH = (KEY_BYTES + _CHECK_BYTES) * 8 // 5
_GROUP = 4


def encode(key: bytes) -> str:
    """The code of a key: 14 groups of four characters."""
    number = int.from_bytes(key + _check(key), "big")
    characters = "".join(_ALPHABET[number >> 5 * place & 31] for place in reversed(range(_LENGTH)))
    return "-".join(characters[start : start + _GROUP] for start in range(0, _LENGTH, _GROUP))


def decode(text: str) -> bytes | None:
    """The key of a code, however it was typed; None if it is none, or not copied right."""
    characters = text.upper().translate(_READ_AS)
    if len(characters) != _LENGTH or not set(characters) <= set(_ALPHABET):
        return None
    number = 0
    for character in characters:
        number = number << 5 | _ALPHABET.index(character)
    both = number.to_bytes(KEY_BYTES + _CHECK_BYTES, "big")
    key, check = both[:KEY_BYTES], both[KEY_BYTES:]
    return key if check == _check(key) else None


def _check(key: bytes) -> bytes:
    return hashlib.sha256(b"sietch recovery code" + key).digest()[:_CHECK_BYTES]
