"""Downloads the public datasets, checks them and unpacks them: the command `reprise-fetch`.

pooch keeps a file only if its checksum is right. It begins again after an interruption, which with 7 GiB is no use,
so its downloader is replaced by one that asks for the rest.
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
_HIDE = None  # tqdm's word for: show the bar on a terminal only


@dataclass(frozen=True)
class Dataset:
    """An archive. `checksum` is `algorithm:hex`; `folder` is the one folder that it unpacks to."""

    url: str
    checksum: str
    folder: str
    size: str


# FMA's checksums: README.md of https://github.com/mdeff/fma, section Usage.
# GTZAN: the author's host is gone and he published no checksum; the MD5 of his genres.tar.gz is the one that mirdata
# and torchaudio pin. The address is that of the copy in the account of his project Marsyas.
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
    """Brings the dataset into the folder `to`, unless it is there, and says what was done.

    A second call verifies: what was unpacked against the checksums that FMA puts into its folders. An interrupted
    download goes on at the next call; the archive stays beside the folder.
    Raises ValueError where a checksum is wrong or an archive unsafe, OSError where the network or the disk fails.
    """
    folder = to / dataset.folder
    if folder.is_dir():
        return _verify(folder)
    name = PurePosixPath(dataset.url).name
    archive = pooch.retrieve(
        dataset.url, dataset.checksum, fname=name, path=to, downloader=ResumingDownloader(to / f"{name}.part")
    )
    _unpack(Path(archive), dataset.folder, to)
    return f"{folder}: fetched, checksum right, unpacked; {archive} can be deleted"


class ResumingDownloader:
    """A downloader for pooch that goes on with what an earlier call left in `part`, if the server can."""

    def __init__(self, part: Path) -> None:
        self._part = part

    def __call__(self, url: str, output_file: str, pooch: Any, check_only: bool = False) -> None:  # noqa: ANN401, ARG002 - pooch's signature
        """Downloads to `output_file`; raises requests' exceptions, after which `part` holds what came."""
        done = self._part.stat().st_size if self._part.exists() else 0
        headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={done}-"} if done else {})
        with requests.get(url, headers=headers, stream=True, timeout=_TIMEOUT_SECONDS) as response:
            # Nothing lies beyond what is there: it is whole, or the checksum will tell.
            if response.status_code != requests.codes.requested_range_not_satisfiable:
                response.raise_for_status()
                self._append(response, done if response.status_code == requests.codes.partial_content else 0)
        shutil.move(self._part, output_file)

    def _append(self, response: requests.Response, start: int) -> None:
        rest = int(response.headers.get("Content-Length", 0))
        with (
            self._part.open("ab" if start else "wb") as file,
            tqdm(total=start + rest or None, initial=start, unit="B", unit_scale=True, disable=_HIDE) as bar,
        ):
            for chunk in response.iter_content(_CHUNK_BYTES):
                file.write(chunk)
                bar.update(len(chunk))


def _unpack(archive: Path, folder: str, to: Path) -> None:
    """Unpacks beside its place first, so that a folder of that name is always whole."""
    partial = to / f".{folder}.partial"
    if partial.exists():
        shutil.rmtree(partial)
    partial.mkdir()
    if tarfile.is_tarfile(archive):
        with tarfile.open(archive) as tar:
            tar.extractall(partial, filter="data")  # refuses whatever would lie or point outside
    else:
        with zipfile.ZipFile(archive) as zipped:
            for member in tqdm(zipped.infolist(), unit=" files", leave=False, disable=_HIDE):
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
        return f"{folder}: there already, with nothing to check it by; delete it to fetch it again"
    files = list(_checksums(listed))
    wrong = [
        file
        for sha1, file in tqdm(files, unit=" files", leave=False, disable=_HIDE)
        if not _agrees(folder / file, sha1)
    ]
    if wrong:
        raise ValueError(
            f"{folder}: {len(wrong)} of {len(files)} files are missing or not as published, the first is {wrong[0]};"
            " delete the folder to fetch it again"
        )
    return f"{folder}: there already, {len(files)} files verified"


def _checksums(listed: Path) -> Iterator[tuple[str, str]]:
    """SHA-1 and path of each line, as sha1sum writes them."""
    for number, line in enumerate(listed.read_text(encoding="utf-8").splitlines(), start=1):
        sha1, _, file = line.partition(" ")
        if len(sha1) != hashlib.sha1(usedforsecurity=False).digest_size * 2 or not file.strip():
            raise ValueError(f"{listed}, line {number}: expected a SHA-1 and a path, found {line!r}")
        yield sha1, file.strip().removeprefix("*")


def _agrees(file: Path, sha1: str) -> bool:
    if not file.is_file():
        return False
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha1").hexdigest() == sha1


def main() -> None:
    parser = argparse.ArgumentParser(
        description="Downloads a public dataset, checks its checksum and unpacks it. Given once more, it goes on where"
        " it was interrupted, or verifies what is there.",
        epilog="Sizes: " + ", ".join(f"{name} {dataset.size}" for name, dataset in DATASETS.items()) + ".",
    )
    parser.add_argument("dataset", choices=DATASETS)
    parser.add_argument("--to", type=Path, required=True, metavar="DIR", help="folder to put it into; created")
    options = parser.parse_args()
    pooch.get_logger().setLevel(logging.WARNING)
    dataset = DATASETS[options.dataset]
    try:
        options.to.mkdir(parents=True, exist_ok=True)
        print(f"{options.dataset}: {dataset.size} from {dataset.url}", file=sys.stderr)
        print(fetch(dataset, options.to))
    except requests.RequestException as e:
        sys.exit(f"{dataset.url}: {e}. What came is kept; give the command once more to go on.")
    except (OSError, ValueError, tarfile.TarError, zipfile.BadZipFile) as e:
        sys.exit(f"{e}")
