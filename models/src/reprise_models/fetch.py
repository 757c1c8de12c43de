"""The command `reprise-fetch`: download, verification and unpacking of the public datasets.

pooch keeps a file only if its checksum matches, but restarts interrupted downloads, which is too slow for 7 GiB; its
downloader is replaced by one that resumes.
"""

from __future__ import annotations

import argparse
import hashlib
import logging
import shutil
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import pooch
import requests
from tqdm import tqdm

_CHUNK_BYTES = 1 << 16
_TIMEOUT_SECONDS = 60.0
_CHECKSUMS_FILE = "checksums"  # lists the SHA-1 of each file, in the folder of each of FMA's archives
_TERMINAL_ONLY = None  # tqdm's value of `disable` for a bar on terminals only


@dataclass(frozen=True)
class Dataset:
    """An archive. `checksum` is `algorithm:hex`; `folder` is the top-level folder in it."""

    url: str
    checksum: str
    folder: str
    size: str


# FMA's checksums: README.md of https://github.com/mdeff/fma, section Usage.
# GTZAN: the author's host is offline and he published no checksum; the MD5 of his genres.tar.gz is pinned by mirdata
# and torchaudio. The URL is the copy of his project Marsyas.
_FMA = "https://os.unil.cloud.switch.ch/fma/"
DATASETS: dict[str, Dataset] = {
    "fma-metadata": Dataset(
        _FMA + "fma_metadata.zip", "sha1:f0df49ffe5f2a6008d7dc83c6915b31835dfe733", "fma_metadata", "342 MiB"
    ),
    "fma-small": Dataset(
        _FMA + "fma_small.zip", "sha1:ade154f733639d52e35e32f5593efe5be76c6d70", "fma_small", "7.2 GiB"
    ),
    "fma-medium": Dataset(
        _FMA + "fma_medium.zip", "sha1:c67b69ea232021025fca9231fc1c7c1a063ab50b", "fma_medium", "22 GiB"
    ),
    "fma-large": Dataset(
        _FMA + "fma_large.zip", "sha1:497109f4dd721066b5ce5e5f250ec604dc78939e", "fma_large", "93 GiB"
    ),
    "gtzan": Dataset(
        "https://huggingface.co/datasets/marsyas/gtzan/resolve/main/data/genres.tar.gz",
        "md5:5b3d6dddb579ab49814ab86dba69e7c7",
        "genres",
        "1.2 GiB",
    ),
}


def fetch(dataset: Dataset, to: Path) -> str:
    """Download the dataset into the folder `to`, or verify it if present; return a message.

    A second call verifies the files against the checksums in FMA's folders. An interrupted download resumes at the next
    call; the archive is kept next to the folder.
    Raises ValueError if a checksum is wrong or an archive unsafe, OSError if the network or the disk fails.
    """
    folder = to / dataset.folder
    if folder.is_dir():
        return _verify(folder)
    name = PurePosixPath(dataset.url).name
    archive = pooch.retrieve(
        dataset.url, dataset.checksum, fname=name, path=to, downloader=ResumingDownloader(to / f"{name}.part")
    )
    _unpack(Path(archive), dataset.folder, to)
    return f"{folder}: downloaded, checksum verified, unpacked; {archive} can be deleted"


class ResumingDownloader:
    """A downloader for pooch that resumes the partial download in `part`, if the server supports ranges."""

    def __init__(self, part: Path) -> None:
        self._part = part

    def __call__(self, url: str, output_file: str, pooch: Any, check_only: bool = False) -> None:  # noqa: ANN401, ARG002 - pooch's signature
        """Download to `output_file`; on requests' exceptions `part` contains the data received so far."""
        done = self._part.stat().st_size if self._part.exists() else 0
        headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={done}-"} if done else {})
        with requests.get(url, headers=headers, stream=True, timeout=_TIMEOUT_SECONDS) as response:
            # 416 means that the part is complete; pooch verifies its checksum.
            if response.status_code != requests.codes.requested_range_not_satisfiable:
                response.raise_for_status()
                self._append(response, done if response.status_code == requests.codes.partial_content else 0)
        shutil.move(self._part, output_file)

    def _append(self, response: requests.Response, start: int) -> None:
        rest = int(response.headers.get("Content-Length", 0))
        with (
            self._part.open("ab" if start else "wb") as file,
            tqdm(total=start + rest or None, initial=start, unit="B", unit_scale=True, disable=_TERMINAL_ONLY) as bar,
        ):
            for chunk in response.iter_content(_CHUNK_BYTES):
                file.write(chunk)
                bar.update(len(chunk))


def _unpack(archive: Path, folder: str, to: Path) -> None:
    """Unpack into a temporary folder and rename it, so that a folder of that name is always complete."""
    partial = to / f".{folder}.partial"
    if partial.exists():
        shutil.rmtree(partial)
    partial.mkdir()
    if tarfile.is_tarfile(archive):
        with tarfile.open(archive) as tar:
            tar.extractall(partial, filter="data")  # rejects members outside the folder
    else:
        with zipfile.ZipFile(archive) as zipped:
            for member in tqdm(zipped.infolist(), unit=" files", leave=False, disable=_TERMINAL_ONLY):
                if PurePosixPath(member.filename).is_absolute() or ".." in PurePosixPath(member.filename).parts:
                    raise ValueError(f"{archive} would write outside its folder: {member.filename}")
                zipped.extract(member, partial)
    if not (partial / folder).is_dir():
        raise ValueError(f"{archive} has no folder {folder}")
    (partial / folder).rename(to / folder)
    shutil.rmtree(partial)


def _verify(folder: Path) -> str:
    listed = folder / _CHECKSUMS_FILE
    if not listed.is_file():
        return f"{folder}: already present, without checksums to verify; delete it to download it again"
    files = list(_checksums(listed))
    wrong = [
        file
        for sha1, file in tqdm(files, unit=" files", leave=False, disable=_TERMINAL_ONLY)
        if not _matches(folder / file, sha1)
    ]
    if wrong:
        raise ValueError(
            f"{folder}: {len(wrong)} of {len(files)} files are missing or differ from the published ones,"
            f" the first is {wrong[0]}; delete the folder to download it again"
        )
    return f"{folder}: already present, {len(files)} files verified"


def _checksums(listed: Path) -> Iterator[tuple[str, str]]:
    """Yield SHA-1 and path of each line, in the format of sha1sum."""
    for number, line in enumerate(listed.read_text(encoding="utf-8").splitlines(), start=1):
        sha1, _, file = line.partition(" ")
        if len(sha1) != hashlib.sha1(usedforsecurity=False).digest_size * 2 or not file.strip():
            raise ValueError(f"{listed}, line {number}: expected a SHA-1 and a path, found {line!r}")
        yield sha1, file.strip().removeprefix("*")


def _matches(file: Path, sha1: str) -> bool:
    if not file.is_file():
        return False
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha1").hexdigest() == sha1


def main() -> None:
    parser = argparse.ArgumentParser(
        description="Downloads a public dataset, verifies its checksum and unpacks it. Run again, it resumes an"
        " interrupted download, or verifies the unpacked files.",
        epilog="Sizes: " + ", ".join(f"{name} {dataset.size}" for name, dataset in DATASETS.items()) + ".",
    )
    parser.add_argument("dataset", choices=DATASETS)
    parser.add_argument("--to", type=Path, required=True, metavar="DIR", help="target folder, created if missing")
    options = parser.parse_args()
    pooch.get_logger().setLevel(logging.WARNING)
    dataset = DATASETS[options.dataset]
    try:
        options.to.mkdir(parents=True, exist_ok=True)
        print(f"{options.dataset}: {dataset.size} from {dataset.url}", file=sys.stderr)
        print(fetch(dataset, options.to))
    except requests.RequestException as e:
        sys.exit(f"{dataset.url}: {e}. The partial download is kept; run the command again to resume.")
    except (OSError, ValueError, tarfile.TarError, zipfile.BadZipFile) as e:
        sys.exit(f"{e}")
