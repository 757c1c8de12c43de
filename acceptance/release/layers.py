"""Build the image twice from a release archive, and compare the layers.

All layers must be the same but the last, which holds the archives of class data sharing (decision 57). Needs root, and
Debian's packages buildah and mmdebstrap; a Debian made by the latter is the base image.

    python3 acceptance/release/layers.py deploy/tarball/target/release/reprise-X.Y.Z-linux-x86_64.tar.gz
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

HOME = Path(__file__).resolve().parents[2]
# The second is named in a stage that is not used here.
IMAGES = ("docker.io/library/debian:trixie-slim", "docker.io/library/eclipse-temurin:17-jdk")
TIMESTAMP = "1700000000"


def main() -> int:
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    archive = Path(sys.argv[1]).resolve().relative_to(HOME)
    with tempfile.TemporaryDirectory(prefix="reprise-layers-") as name:
        folder = Path(name)
        run("mmdebstrap", "--variant=minbase", "trixie", str(folder / "root.tar"))
        first, second = (layers(folder, archive) for _ in range(2))
    for number, (one, other) in enumerate(zip(first, second, strict=True), start=1):
        print(f"layer {number}: {one[:19]} {'is the same' if one == other else f'and {other[:19]} differ'}")
    if first[:-1] != second[:-1]:
        print("FAILED: a layer differs that is not the last.", file=sys.stderr)
        return 1
    return 0


def layers(folder: Path, archive: Path) -> list[str]:
    """Build the image from nothing, and return the digests of its layers."""
    with tempfile.TemporaryDirectory(prefix="storage-", dir=folder) as storage:
        buildah = ["buildah", "--storage-driver", "vfs", "--root", f"{storage}/root", "--runroot", f"{storage}/run"]
        base = run(*buildah, "from", "scratch")
        run(*buildah, "add", base, str(folder / "root.tar"), "/")
        for image in IMAGES:
            run(*buildah, "commit", "--timestamp", TIMESTAMP, base, image)
        arguments = {"BUILD_IMAGE": IMAGES[0], "BASE_IMAGE": IMAGES[0], "ARCHIVE": str(archive)}
        options = [it for name, value in arguments.items() for it in ("--build-arg", f"{name}={value}")]
        options += ["--isolation", "chroot", "--pull-never", "--layers", "--timestamp", TIMESTAMP, "--format", "docker"]
        dockerfile = str(HOME / "deploy" / "docker" / "Dockerfile")
        run(*buildah, "build", *options, "--tag", "reprise", "--file", dockerfile, str(HOME))
        image = json.loads(run(*buildah, "inspect", "--type", "image", "reprise"))
        run(*buildah, "rm", "--all")
        return image["OCIv1"]["rootfs"]["diff_ids"]


def run(*command: str) -> str:
    completed = subprocess.run(command, capture_output=True, text=True, check=False)
    if completed.returncode != 0:
        tail = "\n".join(completed.stderr.strip().splitlines()[-5:])
        raise SystemExit(f"{' '.join(command[:8])} exited with {completed.returncode}:\n{tail}")
    return completed.stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
