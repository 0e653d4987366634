"""The recovery code: back to the key however it was typed, and no slip of the pen passes."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from app import recovery

KEYS = st.binary(min_size=32, max_size=32)


@given(KEYS)
def test_a_code_is_its_key(key: bytes) -> None:
    code = recovery.encode(key)
    assert re.fullmatch(r"([0-9A-HJKMNP-TV-Z]{4}-){13}[0-9A-HJKMNP-TV-Z]{4}", code)
    assert recovery.decode(code) == key


@given(KEYS)
def test_how_it_was_typed_does_not_matter(key: bytes) -> None:
    code = recovery.encode(key)
    assert recovery.decode(f"  {code.lower().replace('-', ' ')}\n") == key
    assert recovery.decode(code.replace("-", "").replace("0", "O").replace("1", "l")) == key


@given(KEYS, st.integers(0, 55), st.sampled_from("0123456789ABCDEFGHJKMNPQRSTVWXYZ"))
def test_a_wrong_character_is_known(key: bytes, place: int, character: str) -> None:
    code = recovery.encode(key).replace("-", "")
    typed = code[:place] + character + code[place + 1 :]
    assert recovery.decode(typed) == (key if typed == code else None)


@given(KEYS, st.integers(0, 54))
def test_two_that_changed_places_are_known(key: bytes, place: int) -> None:
    code = recovery.encode(key).replace("-", "")
    typed = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert recovery.decode(typed) == (key if typed == code else None)


@given(st.text())
def test_anything_else_is_no_code(text: str) -> None:
    assert recovery.decode(text) is None
