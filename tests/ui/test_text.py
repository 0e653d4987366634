"""Names of files as they may be shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.text import shown


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("holiday.jpg", "holiday.jpg"),
        ("été 写真 😀.jpg", "été 写真 😀.jpg"),
        ("line\nbreak\t.jpg", "line\\nbreak\\t.jpg"),
        ("\udcff.jpg", "\\udcff.jpg"),
        ("right\u202eto left.jpg", "right\\u202eto left.jpg"),
        ("\x1b[31mred.jpg", "\\x1b[31mred.jpg"),
    ],
)
def test_what_cannot_be_printed_is_made_visible(name: str, expected: str) -> None:
    assert shown(name) == expected


@given(st.text(st.characters(exclude_categories=())))
def test_any_name_can_be_shown(name: str) -> None:
    text = shown(name)
    assert text.isprintable()
    assert text.encode("utf-8").decode() == text
