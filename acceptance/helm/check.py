# /// script
# requires-python = ">=3.11"
# dependencies = ["kubernetes-validate==1.37.0", "pyyaml==6.0.3"]
# ///
"""Check the Helm chart in deploy/helm/reprise, without a cluster.

- `helm lint --strict` and `helm template` with each of the value sets in ci/;
- each object against the schemas of the oldest and the newest Kubernetes version; objects of the
  Prometheus operator and of KEDA, which have no schema there, against a list of their fields;
- each pod against the restricted Pod Security Standard;
- unit tests of the templates: values in, fields of objects out;
- values that must be rejected, and the message;
- rules and dashboards, in the chart and in its package, against the originals, byte for byte;
- environment variables, ports and memory against the documents, and docs/KUBERNETES.md against
  values.yaml.

Prints its findings. Exits 0 if all checks pass, else 1. `--kubernetes-versions` takes others.

    uv run acceptance/helm/check.py
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from checks.chart import CI, Chart, value_sets
from checks.documents import check_chart_version, check_environment, check_memory, check_ports, check_values_table
from checks.files import check_files
from checks.rejections import check_rejections
from checks.report import CheckAborted, Report
from checks.schemas import check_references, check_schemas
from checks.security import check_network, check_pods
from checks.templates import check_templates

VALUE_SETS = 10


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kubernetes-versions", nargs="+", default=["1.27", "1.32", "1.37"], metavar="VERSION")
    versions = parser.parse_args().kubernetes_versions
    if shutil.which("helm") is None:
        print("helm is missing: install Helm 3 (go install helm.sh/helm/v3/cmd/helm@v3.22.0).", file=sys.stderr)
        return 1
    report = Report()
    with tempfile.TemporaryDirectory() as folder:
        try:
            chart = Chart(Path(folder), versions[0])
            report.info(chart.version())
            check_value_sets(report, chart, versions)
            check_templates(report, chart)
            check_rejections(report, chart)
            check_files(report, chart)
            check_values_table(report)
            check_chart_version(report)
        except CheckAborted as e:
            report.failure(str(e))
    return report.finish()


def check_value_sets(report: Report, chart: Chart, versions: list[str]) -> None:
    files = value_sets()
    report.expect(len(files) == VALUE_SETS, f"{CI} has {len(files)} value sets, expected {VALUE_SETS}")
    for file in files:
        name = file.name.removesuffix("-values.yaml")
        for problem in chart.lint(file):
            report.failure(f"{name}: helm lint: {problem}")
        objects = chart.render(file)
        for check in (check_references, check_pods, check_network, check_environment, check_ports, check_memory):
            check(report, name, objects)
        with_schema, without = check_schemas(report, name, objects, versions)
        notes = chart.notes(file)
        report.expect("Reprise" in notes and "<no value>" not in notes, f"{name}: NOTES.txt: {notes!r}")
        report.info(
            f"{name}: {with_schema} objects valid for Kubernetes {', '.join(versions)}, {without} without schema"
        )


if __name__ == "__main__":
    raise SystemExit(main())
