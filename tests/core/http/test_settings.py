"""What the operator sets wrongly is said in one line; what goes wrong inside is told to nobody but the log."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import httpx
import pytest

from core.http.settings import Settings
from tests.core.http.asking import refused
from tests.core.http.conftest import SIETCH, serving


@pytest.mark.parametrize(
    ("settings", "host", "says"),
    [
        ({"MAX_BATCH": "many"}, "127.0.0.1", "MAX_BATCH"),
        ({"MAX_WORKING": "0"}, "127.0.0.1", "MAX_WORKING"),
        ({"WEBHOOK_ORIGINS": "hooks.example"}, "127.0.0.1", "WEBHOOK_ORIGINS"),
        ({"DATABASE_URL": "postgresql://elsewhere"}, "127.0.0.1", "DATABASE_URL"),
        ({}, "0.0.0.0", "CORE_API_KEY"),
        ({"CORE_API_KEY": ""}, "::", "CORE_API_KEY"),
    ],
)
def test_a_setting_that_cannot_be_is_said_in_a_line(
    tmp_path: Path, settings: dict[str, str], host: str, says: str
) -> None:
    environment = os.environ | {"DATABASE_URL": f"sqlite:///{tmp_path / 'core.sqlite'}"} | settings
    command = [*SIETCH, "serve", "--host", host, "--port", "0"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert says in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_uploads_lie_beside_the_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("UPLOAD_DIR", raising=False)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'core.sqlite'}")
    assert Settings().upload_path == tmp_path / "uploads"


def test_a_bug_is_a_problem_document_and_the_next_request_is_answered(tmp_path: Path) -> None:
    with serving(tmp_path, DEBUG="true") as address:
        from sqlcipher3 import dbapi2

        opened = dbapi2.connect(str(tmp_path / "core.sqlite"))
        opened.execute("ALTER TABLE image RENAME TO elsewhere")
        opened.commit()
        opened.close()
        # Whoever asks without a key makes the server count nothing.
        assert httpx.get(f"{address}/health").status_code == 200
        told = refused(httpx.get(f"{address}/images"), 500)
        assert "image" not in told["detail"]
        assert httpx.get(f"{address}/persons").json() == []
