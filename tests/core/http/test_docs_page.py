"""The page at `/docs` is complete, and every file of it comes from the server itself."""

from __future__ import annotations

import re

import httpx

from tests.core.http.asking import refused


def test_the_page_loads_nothing_from_elsewhere(address: str) -> None:
    with httpx.Client(base_url=address) as client:
        page = client.get("/docs")
        assert page.headers["content-type"].startswith("text/html")
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert not re.search(r"https?:|unsafe|\*", policy)
        assert not re.search(r"(src|href)=.?(https?:)?//", page.text)
        assert not re.search(r"<script(?![^>]*src)|<style|\son\w+=", page.text)
        for name in re.findall(r'(?:src|href)="([^"]+)"', page.text):
            file = client.get(f"/{name}")
            assert file.status_code == 200, name
            assert file.headers.get("x-content-type-options") == "nosniff" or name == "openapi.json"
        refused(client.get("/docs/..%2f..%2fpyproject.toml"), 404)
        refused(client.get("/docs/nothing.js"), 404)


def test_every_operation_says_what_it_does(address: str) -> None:
    document = httpx.get(f"{address}/openapi.json").json()
    operations = [each for path in document["paths"].values() for each in path.values()]
    summaries = [each["summary"] for each in operations]
    assert len(set(summaries)) == len(summaries)
    assert all(len(each.split()) >= 2 for each in summaries)
    assert {tag for each in operations for tag in each["tags"]} == {each["name"] for each in document["tags"]}
