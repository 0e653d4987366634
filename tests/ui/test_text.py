"""Names of files as they may be shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import Qt, QTextDocument
from PySide6.QtWidgets import QApplication

from ui.text import hint, listed, shown, unlisted


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("holiday.jpg", "holiday.jpg"),
        ("été 写真 😀.jpg", "été 写真 😀.jpg"),
        ("line\nbreak\t.jpg", "line\\nbreak\\t.jpg"),
        ("\udcff.jpg", "\\udcff.jpg"),
        ("right\u202eto left.jpg", "right\\u202eto left.jpg"),
        ("\x1b[31mred.jpg", "\\x1b[31mred.jpg"),
        ("क्\u200dष 👩\u200d👧.jpg", "क्\u200dष 👩\u200d👧.jpg"),
    ],
)
def test_what_cannot_be_printed_is_made_visible(name: str, expected: str) -> None:
    assert shown(name) == expected


@given(st.text(st.characters(exclude_categories=())))
def test_any_name_can_be_shown(name: str) -> None:
    text = shown(name)
    assert text.replace("\u200c", "").replace("\u200d", "").isprintable()
    assert text.encode("utf-8").decode() == text


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["cup", "table"], "cup, table"),
        (["Paris, France", "a"], '"Paris, France", a'),
        (['"The" one', 'the 5" one', 'one, "two"'], '"""The"" one", the 5" one, "one, ""two"""'),
        ([], ""),
    ],
)
def test_words_come_back_from_their_list(words: list[str], text: str) -> None:
    assert listed(words) == text
    assert unlisted(text) == words


def test_a_list_is_read_as_a_human_writes_it() -> None:
    assert unlisted(' cup, ,"half open, x') == ["cup", "", "half open, x"]


@pytest.mark.parametrize(
    "text", ["<b>bold</b>.jpg", "a <img src='/etc/hostname'>", "&lt;b>", "Ann & Bob", "3 < 4", "plain"]
)
def test_a_tooltip_shows_what_looks_like_markup_as_it_is(application: QApplication, text: str) -> None:
    shown_as = hint(text)
    if Qt.mightBeRichText(shown_as):
        document = QTextDocument()
        document.setHtml(shown_as)
        shown_as = document.toPlainText()
    assert shown_as == text


@given(st.lists(st.text(min_size=1).map(lambda word: " ".join(word.replace("\0", "").split())).filter(bool)))
def test_all_words_come_back(words: list[str]) -> None:
    assert unlisted(listed(words)) == words
