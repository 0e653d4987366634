"""The revisions of Core's tables, one module each: `r0001_start`, `r0002_...`; see `core.migrating`."""

from pathlib import Path

FOLDER = Path(__file__).parent
