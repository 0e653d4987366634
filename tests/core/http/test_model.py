"""The server uses the model that its operator names, and says which."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import httpx

from tests import samples
from tests.core.http.conftest import SIETCH, serving


def test_the_permissive_model_is_served(tmp_path: Path) -> None:
    samples.save(samples.portrait(0), tmp_path / "portrait.jpg")
    with serving(tmp_path, FACE_MODEL="yunet_sface") as address:
        assert httpx.get(f"{address}/health").json()["model"] == "yunet_sface"
        files = {"file": (tmp_path / "portrait.jpg").read_bytes()}
        (face,) = httpx.post(f"{address}/detect", files=files, timeout=60).json()["faces"]
        assert len(face["embedding"]) == 128
        search = {"embedding": face["embedding"], "limit": 1}
        (match,) = httpx.post(f"{address}/search", json=search).json()["matches"]
        assert match["face_id"] == face["face_id"]
        refused = httpx.post(f"{address}/search", json={"embedding": [1.0] * 512})
        assert refused.status_code == 422 and "128 numbers" in refused.json()["detail"]
    # Another model on the same database compares nothing with what that one saw.
    with serving(tmp_path) as address:
        assert httpx.get(f"{address}/health").json()["model"] == "buffalo_s"
        (face,) = httpx.post(f"{address}/recognize", files=files, timeout=60).json()["embeddings"]
        assert httpx.post(f"{address}/search", json={"embedding": face, "threshold": -1}).json()["matches"] == []


def test_a_model_that_is_not_there_is_told(tmp_path: Path) -> None:
    places = {"DATABASE_URL": f"sqlite:///{tmp_path / 'core.sqlite'}", "UPLOAD_DIR": str(tmp_path)}
    environment = os.environ | places | {"FACE_MODEL": "nobody"}
    done = subprocess.run(
        [*SIETCH, "serve", "--port", "0"], env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    assert done.stderr == (
        "sietch: There is no face model called 'nobody'. There are: buffalo_l, buffalo_s, yunet_sface.\n"
    )
