"""The chart against CONFIGURATION.md, METRICS.md, OPERATIONS.md, KUBERNETES.md and pom.xml."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import yaml

from checks.chart import CHART, HOME, Object, Objects, Values, environment
from checks.report import Report

MIB = 1 << 20
UNITS = {"Ki": 1 << 10, "Mi": MIB, "Gi": 1 << 30}


@cache
def document(name: str) -> str:
    return (HOME / "docs" / name).read_text()


def rows(text: str, heading: str) -> list[list[str]]:
    """Return the cells of the tables below a heading."""
    section = re.split(r"^## ", text.split(f"\n## {heading}\n", 1)[1], flags=re.MULTILINE)[0]
    lines = [line for line in section.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


@cache
def options() -> dict[str, set[str]]:
    """Return the commands that know each environment variable."""
    found: dict[str, set[str]] = {}
    for row in rows(document("CONFIGURATION.md"), "Options"):
        if row[1].startswith("`REPRISE_"):
            found.setdefault(row[1].strip("`"), set()).update(row[4].split(", "))
    return found


def check_environment(report: Report, name: str, objects: Objects) -> None:
    for pod, spec in objects.pods():
        container = spec["containers"][0]
        command = container["args"][0]
        names = [item["name"] for item in container["env"]]
        title = f"{name}: {pod}"
        report.expect(len(set(names)) == len(names), f"{title}: a variable is set twice: {sorted(names)}")
        for variable in names:
            if variable.startswith("REPRISE_KAFKA_") or not variable.startswith("REPRISE_"):
                continue
            known = variable == "REPRISE_JAVA_OPTS" or command in options().get(variable, set())
            report.expect(known, f"{title}: docs/CONFIGURATION.md has no {variable} of {command}")
        for argument in container["args"]:
            if argument.startswith("--"):
                option = argument.removeprefix("--").partition("=")[0]
                known = command in options().get(f"REPRISE_{option.upper().replace('-', '_')}", set())
                report.expect(known, f"{title}: docs/CONFIGURATION.md has no --{option} of {command}")
        for position, item in enumerate(container["env"]):
            # Kubernetes leaves a reference as it is unless the variable precedes it.
            for used in re.findall(r"\$\((\w+)\)", item.get("value", "")):
                report.expect(
                    used in names[:position], f"{title}: {item['name']} refers to {used}, which does not precede"
                )


def check_ports(report: Report, name: str, objects: Objects) -> None:
    text = document("METRICS.md")
    documented = dict(
        zip(("extractor", "inference", "api"), map(int, re.findall(r"(?:port|at) (94\d\d)", text)), strict=True)
    )
    api = next(int(row[3]) for row in rows(document("CONFIGURATION.md"), "Options") if row[0] == "`--api-port`")
    for item in objects.of_kind("StatefulSet"):
        container = item["spec"]["template"]["spec"]["containers"][0]
        command = container["args"][0]
        ports = {port["name"]: port["containerPort"] for port in container["ports"]}
        expected = {"metrics": documented[command]} | ({"http": api} if command == "api" else {})
        report.expect(ports == expected, f"{name}: {command}: ports {ports}, expected {expected}")
        for probe, path in (("startup", "live"), ("liveness", "live"), ("readiness", "ready")):
            get = container[f"{probe}Probe"]["httpGet"]
            expected_get = {"path": f"/health/{path}", "port": "metrics"}
            report.expect(get == expected_get, f"{name}: {command}: {probe}Probe asks {get}")
        variable = environment(container)["REPRISE_HTTP_PORT"]
        report.expect(int(variable) == documented[command], f"{name}: {command}: REPRISE_HTTP_PORT is {variable}")


def check_memory(report: Report, name: str, objects: Objects) -> None:
    """Check heap and limits by the table that the services check at their start."""
    table = {row[0].strip("`"): row for row in rows(document("OPERATIONS.md"), "Memory and open files")}
    partitions = 12
    for item in objects.of_kind("Job"):
        partitions = int(environment(item["spec"]["template"]["spec"]["containers"][0])["REPRISE_PARTITIONS"])
    for item in objects.of_kind("StatefulSet"):
        container = item["spec"]["template"]["spec"]["containers"][0]
        command = container["args"][0]
        variables = environment(container)
        threads = int(variables.get("REPRISE_THREADS", 0))
        heap = int(re.search(r"-Xmx(\d+)m", variables["REPRISE_JAVA_OPTS"])[1])
        needed_heap, other = (evaluate(cell, threads) for cell in table[command][1:3])
        if command == "extractor":
            # "Each partition beyond the number of threads therefore needs 16 MiB more."
            needed_heap += 16 * max(0, partitions - threads)
        limit = mebibytes(container["resources"]["limits"]["memory"])
        report.expect(heap >= needed_heap, f"{name}: {command}: a heap of {heap} MiB, but it needs {needed_heap}")
        report.expect(limit >= heap + other, f"{name}: {command}: a limit of {limit} MiB, but it needs {heap + other}")
        if command == "extractor" and name != "minimal":
            # Where the kernel ends all processes of a container, no decoder at its bound may end the extractor.
            bound = heap + 256 + threads * 1024
            report.expect(limit >= bound, f"{name}: extractor: a limit of {limit} MiB, but decoders may take {bound}")


def evaluate(cell: str, threads: int) -> int:
    """Return a cell such as "128 + 64 a thread: a decoder" in MiB."""
    base, per_thread = re.match(r"([\d,]+)(?: \+ (\d+) a thread)?", cell).groups()
    return int(base.replace(",", "")) + threads * int(per_thread or 0)


def mebibytes(quantity: str) -> int:
    return int(quantity[:-2]) * UNITS[quantity[-2:]] // MIB


def check_values_table(report: Report) -> None:
    """Check that KUBERNETES.md names each value and its default, and no other."""
    values = yaml.safe_load((CHART / "values.yaml").read_text())
    documented: dict[str, str] = {}
    for row in rows(document("KUBERNETES.md"), "Values"):
        if row[0].startswith("`"):
            for key in row[0].split(", "):
                documented[key.strip("`")] = row[1]
    actual = dict(leaves(values))
    for key in sorted(set(documented) - set(actual)):
        report.failure(f"docs/KUBERNETES.md#values has {key}, which is not in values.yaml")
    for key, default in sorted(actual.items()):
        if key not in documented:
            report.failure(f"docs/KUBERNETES.md#values lacks {key}")
        else:
            text = shown(default)
            if len(text) > 100 and documented[key] == "as in values.yaml":
                continue
            report.expect(documented[key] == text, f"docs/KUBERNETES.md#values: {key} is {documented[key]}, not {text}")


# Values that the table lists as a whole.
WHOLE = re.compile(
    r"(resources|probes|podSecurityContext|containerSecurityContext|serviceAccount|podDisruptionBudget"
    r"|persistence|dns\.to|nodeSelector|labels|annotations|podLabels|podAnnotations|options|kafkaSettings"
    r"|clientSettings|affinity)$"
)
# Values that all three services have are listed once, as `*.replicas`, where the defaults are equal.
SERVICES = ("extractor", "inference", "api")


def leaves(values: Values) -> list[tuple[str, object]]:
    found = list(flat("", values))
    defaults: dict[str, list[str]] = {}
    for key, value in found:
        service, _, rest = key.partition(".")
        if service in SERVICES:
            defaults.setdefault(rest, []).append(repr(value))
    common = {key for key, seen in defaults.items() if len(seen) == 3 and len(set(seen)) == 1}
    result: dict[str, object] = {}
    for key, value in found:
        service, _, rest = key.partition(".")
        result[f"*.{rest}" if service in SERVICES and rest in common else key] = value
    return list(result.items())


def flat(prefix: str, values: Object) -> Iterator[tuple[str, object]]:
    for key, value in values.items():
        path = f"{prefix}{key}"
        if isinstance(value, dict) and value and not WHOLE.search(path):
            yield from flat(f"{path}.", value)
        else:
            yield path, value


def shown(value: object) -> str:
    """Return a default as the table shows it: YAML in one line; nothing where there is none."""
    if value in ("", None, [], {}):
        return ""
    text = yaml.safe_dump(value, default_flow_style=True, width=10_000, sort_keys=False).strip().removesuffix("\n...")
    return f"`{text}`"


def check_chart_version(report: Report) -> None:
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text())
    pom = re.search(r"^  <version>(.*)</version>$", (HOME / "pom.xml").read_text(), re.MULTILINE)[1]
    version = pom.removesuffix("-SNAPSHOT")
    report.expect(chart["appVersion"] == version, f"Chart.yaml: appVersion is {chart['appVersion']}, pom.xml has {pom}")
