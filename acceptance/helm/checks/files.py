"""Rules and dashboards, in the chart, in its package and in what both render, against the originals."""

from __future__ import annotations

import tarfile
from pathlib import Path

import yaml

from checks.chart import CHART, HOME, Chart, Objects
from checks.report import Report

RULES = HOME / "deploy" / "prometheus" / "rules.yml"
DASHBOARDS = HOME / "deploy" / "grafana" / "dashboards"
VALUES = CHART / "ci" / "monitoring-values.yaml"


def check_files(report: Report, chart: Chart) -> None:
    originals = {"files/rules.yml": RULES.read_bytes()}
    originals |= {f"files/dashboards/{file.name}": file.read_bytes() for file in sorted(DASHBOARDS.glob("*.json"))}
    report.expect(len(originals) == 4, f"expected rules and three dashboards, found {sorted(originals)}")
    for path, content in originals.items():
        file = CHART / path
        copied = file.is_file() and file.read_bytes() == content
        report.expect(copied, f"{file.relative_to(HOME)} is missing or differs from the original")
    links = [CHART / "files" / "rules.yml", CHART / "files" / "dashboards"]
    report.expect(all(link.is_symlink() for link in links), "files of the chart are copies, not links")

    package = chart.package()
    with tarfile.open(package) as archive:
        packaged = {member.name.removeprefix("reprise/"): member for member in archive.getmembers()}
        for path, content in originals.items():
            member = packaged.get(path)
            same = member is not None and member.isreg() and archive.extractfile(member).read() == content
            report.expect(same, f"{package.name}: {path} is missing or differs from the original")
    report.expect(not [path for path in packaged if path.startswith("ci/")], f"{package.name} contains ci/")
    for source, objects in (("chart", chart.render(VALUES)), ("package", chart.render(VALUES, package))):
        check_rendered(report, source, objects)
    report.info(f"rules and {len(originals) - 1} dashboards: equal in {CHART.relative_to(HOME)} and {package.name}")


def check_rendered(report: Report, source: str, objects: Objects) -> None:
    rule = objects.one("PrometheusRule", "reprise")["spec"]
    report.expect(rule == yaml.safe_load(RULES.read_text()), f"{source}: PrometheusRule differs from {RULES.name}")
    summaries = [
        rule["annotations"]["summary"] for group in rule["groups"] for rule in group["rules"] if "alert" in rule
    ]
    report.expect(
        any("{{ $labels.job }}" in text for text in summaries), f"{source}: Helm has interpreted the rules' braces"
    )
    boards = [item for item in objects.of_kind("ConfigMap") if "-dashboard-" in item["metadata"]["name"]]
    rendered = {name: text for item in boards for name, text in item["data"].items()}
    expected = {f"reprise-{file.name}": text(file) for file in DASHBOARDS.glob("*.json")}
    report.expect(rendered == expected, f"{source}: ConfigMaps of dashboards differ from {DASHBOARDS.name}")


def text(file: Path) -> str:
    return file.read_text()
