"""The whole program, as its users meet it."""

from tests.qt import (  # noqa: F401  (fixtures)
    album_library,
    application,
    context,
    empty_library,
    look,
    make_context,
    open_window,
    settings,
    window,
)
