"""Every line of docs/api.md runs on a fresh server, from the first to the last, and every operation has one."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from string import Template

import httpx

from core.http.settings import Settings
from tests import samples
from tests.core.http.conftest import serving

API = Path(__file__).parents[3] / "docs" / "api.md"


def request(line: str, client: httpx.Client, folder: Path) -> httpx.Response:
    """Does what a curl line says: the options that the page uses, and no other."""
    words = iter(shlex.split(line)[1:])
    method, headers, fields, files, body, url = "", {}, {}, [], None, ""
    for word in words:
        match word:
            case "-s":
                pass
            case "-X":
                method = next(words)
            case "-H":
                name, _, value = next(words).partition(": ")
                headers[name] = value
            case "-d":
                data = next(words)
                body = (folder / data[1:]).read_text() if data.startswith("@") else data
            case "-F":
                name, _, value = next(words).partition("=")
                if value.startswith("@"):
                    files.append((name, (value[1:], (folder / value[1:]).read_bytes())))
                else:
                    fields[name] = value
            case _:
                assert not word.startswith("-"), word
                url = word
    method = method or ("POST" if body is not None or files else "GET")
    if files:
        return client.request(method, url, headers=headers, data=fields, files=files)
    return client.request(method, url, headers=headers, content=body)


def test_every_setting_is_in_the_table() -> None:
    told = set(re.findall(r"^\| `([A-Z_]+)` \|", API.read_text(encoding="utf-8"), re.MULTILINE))
    assert told == {name.upper() for name in Settings.model_fields}


def test_every_line_runs_and_every_operation_has_one(tmp_path: Path) -> None:
    samples.save(samples.t1(), tmp_path / "group.jpg")
    samples.save(samples.mirrored(samples.t1()), tmp_path / "mirrored.jpg")
    samples.save(samples.portrait(2), tmp_path / "portrait.jpg")
    lines = re.findall(r"^    (curl .*)$", API.read_text(encoding="utf-8"), re.MULTILINE)
    with serving(tmp_path, CORE_API_KEY="secret") as address, httpx.Client(timeout=60) as client:
        operations = {
            (method.upper(), re.compile(re.sub(r"\{\w+\}", r"[^/]+", path) + r"$"))
            for path, each in client.get(f"{address}/openapi.json").json()["paths"].items()
            for method in each
        }
        (tmp_path / "search.json").write_text(json.dumps({"embedding": [1.0] * 512, "threshold": 0.6, "limit": 10}))
        job = ""
        for line in lines:
            response = request(Template(line).substitute(A=address, K="secret", J=job), client, tmp_path)
            assert response.is_success, f"{line}: {response.text}"
            job = response.json()["id"] if response.status_code == 202 else job
            path, method = response.url.path, response.request.method
            done = {each for each in operations if each[0] == method and each[1].match(path)}
            operations -= done if len(done) == 1 else {each for each in done if "[^/]" not in each[1].pattern}
        assert not operations
