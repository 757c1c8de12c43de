"""Requests that schemathesis generates from openapi.yaml; schemathesis.toml configures it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from checks.instance import Instance
from checks.report import Report

TIMEOUT_SECONDS = 150


def check(report: Report, instance: Instance, folder: Path) -> None:
    completed = subprocess.run(
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
        timeout=TIMEOUT_SECONDS,
    )
    generated = re.search(r"(\d+) generated", completed.stdout)
    # A run with few requests proves nothing.
    count = int(generated[1]) if generated else 0
    report.check(
        f"schemathesis finds no errors in {count} requests",
        completed.returncode == 0 and count > 500,
        completed.stdout + completed.stderr,
    )
