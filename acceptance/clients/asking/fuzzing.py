"""schemathesis, which makes up requests from openapi.yaml; schemathesis.toml says what it may not."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from asking.instance import Instance
from asking.report import Report

PATIENCE_SECONDS = 150


def check(report: Report, instance: Instance, folder: Path) -> None:
    done = subprocess.run(
        [
            str(Path(sys.executable).parent / "schemathesis"),
            "--config-file",
            str(Path(__file__).with_name("schemathesis.toml")),
            "run",
            instance.url + "/openapi.yaml",
            "--exclude-path=/v1/events",
            "--no-color",
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
    )
    made_up = re.search(r"(\d+) generated", done.stdout)
    # A run that asked next to nothing shows nothing.
    count = int(made_up[1]) if made_up else 0
    report.check(
        f"schemathesis finds nothing in {count} requests",
        done.returncode == 0 and count > 500,
        done.stdout + done.stderr,
    )
