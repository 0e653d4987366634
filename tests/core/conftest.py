"""A fresh Core for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core import schema
from core.database import Database
from core.models import ModelPack
from core.service import FaceCore


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A new, empty file with Core's tables."""
    opened = Database(tmp_path / "core.sqlite", schema.metadata, 1)
    yield opened
    opened.close()


@pytest.fixture
def core(database: Database, pack: ModelPack) -> FaceCore:
    """Core over the empty database; its engine opens at first use."""
    return FaceCore(database, pack)
