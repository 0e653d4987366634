"""`docs/formats.md` tells what is so."""

from tests import formats_table


def test_the_document_is_what_becomes_of_the_files() -> None:
    assert formats_table.DOCUMENT.read_text(encoding="utf-8") == formats_table.document(), (
        "renew it with `make formats`"
    )
