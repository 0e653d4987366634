"""The revisions of the app's tables, one module each; in a library they follow upon Core's. See `core.migrating`."""

from pathlib import Path

from core import migrations

FOLDERS = (migrations.FOLDER, Path(__file__).parent)
"""Every revision of a library's database, in the order in which they are carried out: Core's first."""
