"""What is too large, too slow or no request at all is refused with a problem document, before it costs anything."""

from __future__ import annotations

import io
import json
import socket
import struct
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import psutil
import pytest
from PIL import Image

from tests import samples
from tests.core.http.asking import jpeg, ok, refused
from tests.core.http.conftest import serving

HOSTILE = Path(__file__).parents[4] / "shared" / "data" / "hostile-synthetic"

JSON = {"content-type": "application/json"}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    limits = {"MAX_UPLOAD_MB": "2", "MAX_BATCH": "3", "MAX_BATCH_MB": "4", "MAX_JSON_MB": "1", "CLIENT_TIMEOUT": "3"}
    with (
        serving(tmp_path_factory.mktemp("limited"), DEBUG="true", **limits) as address,
        httpx.Client(base_url=address, timeout=60) as opened,
    ):
        yield opened


def speak(client: httpx.Client, text: bytes, seconds: float = 20) -> bytes:
    """What the server answers to these bytes, until it hangs up."""
    parts = urlsplit(str(client.base_url))
    with socket.create_connection((parts.hostname, parts.port), timeout=seconds) as connection:
        connection.sendall(text)
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
    return answer


def png(width: int, height: int, kind: int = 2) -> bytes:
    """A PNG of black pixels, which is much smaller than they are."""
    row = 1 + width * (3 if kind == 2 else 1)
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(bytes(row) * 100) for _ in range(height // 100)) + packer.flush()
    chunks = ((b"IHDR", struct.pack(">IIBBBBB", width, height, 8, kind, 0, 0, 0)), (b"IDAT", packed), (b"IEND", b""))
    written = (
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(written)


def gray_jpeg(width: int, height: int) -> bytes:
    file = io.BytesIO()
    Image.new("L", (width, height)).save(file, "JPEG", quality=10, optimize=True)
    return file.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_three_hundred_megapixels_are_refused_quickly_and_in_little_memory(client: httpx.Client, kind: str) -> None:
    picture = png(20_000, 15_000) if kind == "PNG" else gray_jpeg(20_000, 15_000)
    assert len(picture) < 2_000_000
    ok(client.post("/detect", files={"file": jpeg(samples.t1())}))
    port = urlsplit(str(client.base_url)).port
    server = next(each for each in psutil.Process().children() if str(port) in " ".join(each.cmdline()))
    before, start = server.memory_info().rss, time.perf_counter()
    for path in ("/detect", "/recognize", "/search/image"):
        refused(client.post(path, files={"file": picture}), 413, "megapixels")
    batch = ok(client.post("/detect/batch", files=[("files", picture), ("files", jpeg(samples.portrait(0)))]))
    assert [each["status"] for each in batch["results"]] == [413, 200]
    assert time.perf_counter() - start < 10
    assert server.memory_info().rss - before < 300_000_000


@pytest.mark.skipif(not HOSTILE.is_dir(), reason="the shared pictures are not here")
def test_hostile_pictures_are_read_or_refused_and_nothing_is_left_of_those_refused(client: httpx.Client) -> None:
    for path in sorted(HOSTILE.iterdir()):
        if path.suffix in (".csv", ".tar") or path.stat().st_size > 2_000_000:
            continue
        before = client.get("/images", params={"limit": 10_000}).json()
        answer = client.post("/detect", files={"file": (path.name, path.read_bytes())})
        if answer.status_code != 200:
            assert answer.status_code in (413, 415), (path.name, answer.text)
            refused(answer, answer.status_code)
            assert client.get("/images", params={"limit": 10_000}).json() == before


def test_a_request_that_says_it_is_too_large_is_not_read(client: httpx.Client) -> None:
    head = b"POST /detect HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: %d\r\n"
    answer = speak(client, head % 900_000_000 + b"content-type: multipart/form-data; boundary=x\r\n\r\n")
    assert b" 413 " in answer.split(b"\r\n")[0]
    assert b"application/problem+json" in answer


@pytest.mark.parametrize(
    ("path", "content", "says"),
    [("/search", "application/json", "1 MB"), ("/detect", "multipart/form-data; boundary=x", "3 MB")],
)
def test_a_request_that_does_not_say_how_large_it_is_is_read_no_further_than_allowed(
    client: httpx.Client, path: str, content: str, says: str
) -> None:
    sent = 0

    def pieces() -> Iterator[bytes]:
        nonlocal sent
        yield b'--x\r\ncontent-disposition: form-data; name="file"; filename="f"\r\n\r\n' if "form" in content else b"["
        for _ in range(60):
            sent += 1
            yield b" " * 100_000

    refused(client.post(path, content=pieces(), headers={"content-type": content}), 413, says)
    assert sent <= 60


def test_many_files_are_bounded_in_number_and_together(client: httpx.Client) -> None:
    small = jpeg(samples.portrait(0))
    for path in ("/detect/batch", "/recognize/batch", "/search/image/batch"):
        for count in (4, 40):
            refused(client.post(path, files=[("files", small)] * count), 413)
    large = b"\xff\xd8\xff" + bytes(1_900_000)
    refused(client.post("/detect/batch", files=[("files", large)] * 3), 413, "5 MB")
    fields = {f"field{number}": "x" for number in range(200)}
    refused(client.post("/detect", files={"file": small}, data=fields), 413, "fields")
    refused(client.post("/recognize", files={"file": small}, data={"boxes": " " * 1_100_000}), 413, "Part")
    one_too_large = ok(
        client.post("/detect/batch", files=[("files", b"\xff\xd8\xff" + bytes(2_100_000)), ("files", small)])
    )
    assert [each["status"] for each in one_too_large["results"]] == [413, 200]


@pytest.mark.parametrize(
    ("content", "headers", "status"),
    [
        (b"{", JSON, 422),
        (b"", JSON, 422),
        (b"[" * 100_000, JSON, 400),
        (b'{"embedding": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", JSON, 400),
        (b'{"embedding": [' + b"1" * 10_000 + b"]}", JSON, 400),
        (b"\xff\xfe\xfd", JSON, 400),
        (b"{}", {"content-type": "text/plain"}, 415),
        (b"<a/>", {"content-type": "application/xml"}, 415),
        (b"a=b", {"content-type": "application/x-www-form-urlencoded"}, 415),
    ],
)
def test_what_is_no_json_is_a_problem_document(
    client: httpx.Client, content: bytes, headers: dict[str, str], status: int
) -> None:
    refused(client.post("/search", content=content, headers=headers), status)


def nested(depth: int) -> str:
    return '{"metadata": {"a": ' + "[" * (depth - 1) + "]" * (depth - 1) + "}}"


@pytest.mark.parametrize("depth", [65, 300, 900, 5000])
def test_deep_metadata_is_refused_and_nobody_is_made(client: httpx.Client, depth: int) -> None:
    before = ok(client.get("/stats"))["total_persons"]
    answer = client.post("/persons", content=nested(depth), headers=JSON)
    refused(answer, answer.status_code)
    assert answer.status_code in (400, 422)
    assert ok(client.get("/stats"))["total_persons"] == before


def test_metadata_as_deep_as_may_be_is_given_back(client: httpx.Client) -> None:
    made = ok(client.post("/persons", content=nested(64), headers=JSON), 201)
    assert made["metadata"] == json.loads(nested(64))["metadata"]
    assert made in client.get("/persons", params={"limit": 10_000}).json()


@pytest.mark.parametrize(
    ("path", "content_type"),
    [("/detect", "application/json"), ("/detect", "multipart/form-data"), ("/recognize", "image/jpeg")],
)
def test_what_is_no_form_is_a_problem_document(client: httpx.Client, path: str, content_type: str) -> None:
    answer = client.post(path, content=b'{"file": 1}', headers={"content-type": content_type})
    assert answer.status_code in (400, 415, 422)
    refused(answer, answer.status_code)


def test_another_method_is_told_which_there_are(client: httpx.Client) -> None:
    answer = client.patch("/persons")
    refused(answer, 405)
    assert "GET" in answer.headers["allow"]


@pytest.mark.parametrize("host", ["evil.example", "[", "127.0.0.1.evil.example", "testserver"])
def test_only_the_name_of_this_computer_is_answered(client: httpx.Client, host: str) -> None:
    answer = speak(client, f"GET /persons HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n".encode())
    assert b" 400 " in answer.split(b"\r\n")[0]
    assert b"application/problem+json" in answer


def test_no_page_of_another_site_is_allowed_to_read_answers(client: httpx.Client) -> None:
    answer = client.get("/persons", headers={"origin": "https://evil.example"})
    assert not [name for name in answer.headers if name.startswith("access-control")]
    refused(client.options("/persons", headers={"origin": "https://evil.example"}), 405)


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "http://127.0.0.1.evil.example"},
        {"origin": "http://localhost@evil.example"},
        {"origin": "null"},
        {"origin": ""},
        {"origin": "http://localhost", "sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "cross-site"},
        [("origin", "http://localhost"), ("origin", "https://evil.example")],
    ],
)
def test_no_page_of_another_site_changes_anything(
    client: httpx.Client, headers: dict[str, str] | list[tuple[str, str]]
) -> None:
    before = ok(client.get("/stats"))
    # What a form can send without being asked first.
    files = {"file": jpeg(samples.portrait(0))}
    refused(client.post("/detect", files=files, headers=headers), 403, "pages of this computer")
    refused(client.post("/persons", json={"name": "Ada"}, headers=headers), 403)
    refused(client.put("/persons/1", json={"name": "Ada"}, headers=headers), 403)
    refused(client.delete("/faces/1", headers=headers), 403)
    assert ok(client.get("/stats", headers=headers)) == before


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://localhost:3000", "sec-fetch-site": "same-site"},
        {"origin": "http://127.0.0.1:8000", "sec-fetch-site": "same-origin"},
        {"origin": "http://[::1]:8000"},
        {"sec-fetch-site": "none"},
    ],
)
def test_a_page_of_this_computer_may_change_things(client: httpx.Client, headers: dict[str, str]) -> None:
    made = ok(client.post("/persons", json={"name": "Ada"}, headers=headers), 201)
    ok(client.delete(f"/persons/{made['id']}", headers=headers))


def test_what_is_no_http_is_a_problem_document(client: httpx.Client) -> None:
    answer = speak(client, b"hello there\r\n\r\n")
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"application/problem+json" in head
    assert json.loads(body)["status"] == 400


def test_a_client_who_stops_in_the_middle_is_not_waited_for(client: httpx.Client) -> None:
    head = (
        b"POST /persons HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"
    )
    start = time.monotonic()
    answer = speak(client, head)
    assert b" 408 " in answer.split(b"\r\n")[0]
    assert b"application/problem+json" in answer
    assert time.monotonic() - start < 10


def test_a_client_who_says_nothing_is_hung_up_on(client: httpx.Client) -> None:
    assert speak(client, b"GET /health HTT", seconds=30) == b""
