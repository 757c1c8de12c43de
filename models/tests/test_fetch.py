from __future__ import annotations

import dataclasses
import hashlib
import io
import tarfile
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
import requests
from conftest import run_command

from reprise_models import fetch
from reprise_models.fetch import Dataset

FILES = {"000/000002.mp3": np.random.default_rng(1).bytes(200_000), "000/000005.mp3": b"second"}


class Server(ThreadingHTTPServer):
    """A server of `content` that disconnects after `break_after` bytes if set, and records the requested ranges."""

    content = b""
    break_after: int | None = None
    supports_ranges = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.ranges: list[str | None] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/fma_tiny.zip"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        wanted = self.headers["Range"]
        self.server.ranges.append(wanted)
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and self.server.supports_ranges else 0
        if self.path != "/fma_tiny.zip":
            self.send_error(404)
        elif start and start >= len(self.server.content):
            self.send_error(416)
        else:
            rest = self.server.content[start:]
            self.send_response(206 if start else 200)
            self.send_header("Content-Length", str(len(rest)))
            self.end_headers()
            self.wfile.write(rest[: self.server.break_after])

    def log_message(self, *_: object) -> None:
        """Suppress logging."""


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        server.content = _zip({f"fma_tiny/{name}": content for name, content in FILES.items()})
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def _zip(files: dict[str, bytes], compression: int = zipfile.ZIP_BZIP2) -> bytes:
    """Return an archive like FMA's, which use bzip2 and contain a list of SHA-1 checksums."""
    sums = "".join(
        f"{hashlib.sha1(content).hexdigest()}  {name.partition('/')[2]}\n" for name, content in files.items()
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, content in {**files, "fma_tiny/checksums": sums.encode()}.items():
            archive.writestr(name, content)
    return out.getvalue()


def _dataset(server: Server) -> Dataset:
    return Dataset(server.url, f"sha1:{hashlib.sha1(server.content).hexdigest()}", "fma_tiny", "1 kB")


def test_fetches_checks_and_unpacks(server: Server, tmp_path: Path) -> None:
    message = fetch.fetch(_dataset(server), tmp_path)
    assert "checksum verified, unpacked" in message
    assert {name: (tmp_path / "fma_tiny" / name).read_bytes() for name in FILES} == FILES
    assert sorted(path.name for path in tmp_path.iterdir()) == ["fma_tiny", "fma_tiny.zip"]


def test_a_second_call_verifies_without_the_network(server: Server, tmp_path: Path) -> None:
    dataset = _dataset(server)
    fetch.fetch(dataset, tmp_path)
    (tmp_path / "fma_tiny.zip").unlink()
    assert fetch.fetch(dataset, tmp_path).endswith("already present, 2 files verified")
    assert len(server.ranges) == 1
    (tmp_path / "fma_tiny/000/000005.mp3").write_bytes(b"rotten")
    (tmp_path / "fma_tiny/000/000002.mp3").unlink()
    with pytest.raises(
        ValueError, match=r"2 of 2 files are missing or differ from the published ones, the first is 000/000002\.mp3"
    ):
        fetch.fetch(dataset, tmp_path)


def test_resumes_after_an_interruption(server: Server, tmp_path: Path) -> None:
    dataset = _dataset(server)
    server.break_after = 100_000
    with pytest.raises(requests.RequestException):
        fetch.fetch(dataset, tmp_path)
    assert not (tmp_path / "fma_tiny.zip").exists()
    received = (tmp_path / "fma_tiny.zip.part").read_bytes()
    assert received == server.content[: len(received)]
    assert len(received) > 50_000  # all but the last, broken block
    server.break_after = None
    fetch.fetch(dataset, tmp_path)
    assert server.ranges == [None, f"bytes={len(received)}-"]
    assert (tmp_path / "fma_tiny.zip").read_bytes() == server.content
    assert not (tmp_path / "fma_tiny.zip.part").exists()


def test_restarts_if_the_server_does_not_support_ranges(server: Server, tmp_path: Path) -> None:
    server.supports_ranges = False
    (tmp_path / "fma_tiny.zip.part").write_bytes(server.content[:100])
    fetch.fetch(_dataset(server), tmp_path)
    assert (tmp_path / "fma_tiny.zip").read_bytes() == server.content


def test_a_complete_part_needs_no_download(server: Server, tmp_path: Path) -> None:
    (tmp_path / "fma_tiny.zip.part").write_bytes(server.content)
    fetch.fetch(_dataset(server), tmp_path)
    assert (tmp_path / "fma_tiny" / "checksums").exists()


def test_keeps_nothing_on_a_wrong_checksum(server: Server, tmp_path: Path) -> None:
    right = _dataset(server)
    with pytest.raises(ValueError, match="does not match the known hash"):
        fetch.fetch(dataclasses.replace(right, checksum="sha1:" + "0" * 40), tmp_path)
    assert list(tmp_path.iterdir()) == []
    fetch.fetch(right, tmp_path)  # and restarts


def test_unpacks_again_after_an_interruption(server: Server, tmp_path: Path) -> None:
    dataset = _dataset(server)
    (tmp_path / ".fma_tiny.partial" / "fma_tiny").mkdir(parents=True)
    (tmp_path / ".fma_tiny.partial" / "fma_tiny" / "half.mp3").touch()
    fetch.fetch(dataset, tmp_path)
    assert not (tmp_path / "fma_tiny" / "half.mp3").exists()
    assert not (tmp_path / ".fma_tiny.partial").exists()


@pytest.mark.parametrize("name", ["../escaped.txt", "/escaped.txt", "fma_tiny/../../escaped.txt"])
def test_rejects_a_zip_that_would_write_elsewhere(server: Server, tmp_path: Path, name: str) -> None:
    server.content = _zip({name: b""})
    with pytest.raises(ValueError, match="would write outside"):
        fetch.fetch(_dataset(server), tmp_path / "to")
    assert not list(tmp_path.rglob("escaped.txt"))
    assert not (tmp_path / "to" / "fma_tiny").exists()


def test_rejects_a_tar_that_would_write_elsewhere(server: Server, tmp_path: Path) -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        tar.addfile(tarfile.TarInfo("../escaped.txt"))
    server.content = out.getvalue()
    with pytest.raises(tarfile.OutsideDestinationError):
        fetch.fetch(_dataset(server), tmp_path / "to")
    assert not list(tmp_path.rglob("escaped.txt"))


def test_unpacks_a_tar_that_has_no_checksums(server: Server, tmp_path: Path) -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        tar.addfile(tarfile.TarInfo("genres/blues/blues.00000.au"))
    server.content = out.getvalue()
    dataset = dataclasses.replace(_dataset(server), folder="genres")
    fetch.fetch(dataset, tmp_path)
    assert (tmp_path / "genres/blues/blues.00000.au").exists()
    assert "without checksums to verify" in fetch.fetch(dataset, tmp_path)


def test_rejects_another_archive(server: Server, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="has no folder fma_small"):
        fetch.fetch(dataclasses.replace(_dataset(server), folder="fma_small"), tmp_path)


def test_the_command(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(fetch.DATASETS, "gtzan", _dataset(server))
    run_command(fetch.main, "gtzan", "--to", tmp_path / "new")
    assert "unpacked" in capsys.readouterr().out

    monkeypatch.setitem(fetch.DATASETS, "gtzan", dataclasses.replace(_dataset(server), url=server.url + "x"))
    with pytest.raises(SystemExit, match=r"404.*run the command again to resume"):
        run_command(fetch.main, "gtzan", "--to", tmp_path / "other")
    monkeypatch.setitem(fetch.DATASETS, "gtzan", dataclasses.replace(_dataset(server), checksum="md5:" + "0" * 32))
    with pytest.raises(SystemExit, match="does not match"):
        run_command(fetch.main, "gtzan", "--to", tmp_path / "other")


def test_the_checksums_are_complete() -> None:
    digits = {"sha1": 40, "md5": 32}
    for dataset in fetch.DATASETS.values():
        algorithm, _, hexadecimal = dataset.checksum.partition(":")
        assert len(bytes.fromhex(hexadecimal)) * 2 == digits[algorithm]
        assert dataset.url.startswith("https://")
