"""Runs Helm on the chart."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import yaml

from checks.report import CheckAborted

HOME = Path(__file__).resolve().parents[3]
CHART = HOME / "deploy" / "helm" / "reprise"
CI = CHART / "ci"
NAMESPACE = "music"

NOTES = """
apiVersion: v1
kind: ConfigMap
metadata: {name: notes}
data: {notes: {{ include "notes" . | toJson }}}
"""

Object = dict[str, Any]
Values = dict[str, Any]


def value_sets() -> list[Path]:
    return sorted(CI.glob("*-values.yaml"))


class Objects(list[Object]):
    """The rendered objects of a release."""

    def of_kind(self, *kinds: str) -> list[Object]:
        return [item for item in self if item["kind"] in kinds]

    def one(self, kind: str, name: str) -> Object:
        found = [item for item in self.of_kind(kind) if item["metadata"]["name"] == name]
        if len(found) != 1:
            names = sorted(item["metadata"]["name"] for item in self.of_kind(kind))
            raise CheckAborted(f"expected one {kind} {name}, found {names}")
        return found[0]

    def pods(self) -> list[tuple[str, Object]]:
        """Return the specification of each pod, with the name of its controller."""
        pods = [
            (item["metadata"]["name"], item["spec"]["template"]["spec"]) for item in self.of_kind("StatefulSet", "Job")
        ]
        return pods + [(item["metadata"]["name"], item["spec"]) for item in self.of_kind("Pod")]


class Chart:
    def __init__(self, folder: Path, kubernetes_version: str) -> None:
        self.folder = folder
        self._version = ["--kube-version", f"{kubernetes_version}.0"]

    def version(self) -> str:
        return "Helm " + run("version", "--short").stdout.strip()

    def lint(self, values: Path) -> list[str]:
        """Return the errors and warnings of helm lint."""
        done = run("lint", "--strict", *self._version, str(CHART), "--values", str(values))
        lines = [line for line in done.stdout.splitlines() if line.startswith(("[ERROR]", "[WARNING]"))]
        return lines or ([] if done.returncode == 0 else [done.stdout + done.stderr])

    def render(self, values: Path | Values, chart: Path = CHART) -> Objects:
        done = self.try_render(values, chart)
        if done.returncode != 0:
            raise CheckAborted(f"helm template --values {self._file(values)}: {done.stderr}")
        return Objects(item for item in yaml.safe_load_all(done.stdout) if item)

    def try_render(self, values: Path | Values, chart: Path = CHART) -> subprocess.CompletedProcess[str]:
        file = str(self._file(values))
        return run("template", "reprise", str(chart), "--namespace", NAMESPACE, *self._version, "--values", file)

    def notes(self, values: Path | Values) -> str:
        """Return NOTES.txt, which Helm renders only for an installation: here as part of an object."""
        copy = self.folder / "with-notes"
        if not copy.exists():
            shutil.copytree(CHART, copy)
            text = (copy / "templates" / "NOTES.txt").read_text()
            (copy / "templates" / "_notes.tpl").write_text('{{ define "notes" }}' + text + "{{ end }}")
            (copy / "templates" / "notes.yaml").write_text(NOTES)
        return self.render(values, copy).one("ConfigMap", "notes")["data"]["notes"]

    def package(self) -> Path:
        done = run("package", str(CHART), "--destination", str(self.folder))
        if done.returncode != 0:
            raise CheckAborted(f"helm package: {done.stderr}")
        return Path(done.stdout.rpartition(": ")[2].strip())

    def _file(self, values: Path | Values) -> Path:
        if isinstance(values, Path):
            return values
        file = self.folder / "values.yaml"
        file.write_text(yaml.safe_dump(values))
        return file


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["helm", *arguments], capture_output=True, text=True, check=False)


def environment(container: Object) -> dict[str, Any]:
    """Return the value of each environment variable, or where it comes from."""
    return {item["name"]: item.get("value", item.get("valueFrom")) for item in container.get("env", [])}
