"""Checks of the expressions of rules and panels: their metric names, and that they return data."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass

from checks.dashboards import Dashboard
from checks.report import Report
from checks.server import Prometheus, QueryError, Rule
from checks.system import HOME, SCRAPE_SECONDS

# Micrometer polls for new Kafka meters once a minute after the start of a service, and may find some only at the second
# poll. The check waits only while data is missing.
KAFKA_METERS_SECONDS = 180

# Panels and rules that may have no data, as failures name them, each with the reason.
EXEMPT: dict[str, str] = {}


@dataclass(frozen=True)
class Query:
    """An expression that must return data."""

    where: str
    expression: str
    instant: bool


def check_data(report: Report, prometheus: Prometheus, rules: list[Rule], dashboards: list[Dashboard]) -> None:
    for rule in rules:
        if rule.error:
            report.failure(f"rule {rule.name}: {rule.error}")
    queries = [query for rule in rules for query in rule_queries(rule)]
    report.info(f"rules.yml: {len(rules)} rules, {len(queries)} expressions")
    for dashboard in dashboards:
        panel_queries = {
            Query(f"{dashboard.name}: {panel.title}", expression, instant): None
            for panel, expression, instant in dashboard.queries(prometheus)
        }
        report.info(f"{dashboard.name}: {len(dashboard.panels)} panels, {len(panel_queries)} expressions")
        queries += panel_queries
    empty = await_data(report, prometheus, queries)
    for query in empty:
        if query.where in EXEMPT:
            report.info(f"{query.where} may have no data: {EXEMPT[query.where]}")
        else:
            report.failure(f"{query.where} has no data: {query.expression}")
    report.info(f"{len(queries) - len(empty)} of {len(queries)} expressions have data")


def rule_queries(rule: Rule) -> Iterator[Query]:
    """Yield the expression of a recording rule, or the left operand of each comparison of an alert."""
    if not rule.alert:
        yield Query(f"rule {rule.name}", rule.query, True)
        return
    for part in split(rule.query, r"\b(?:and|or|unless)\b"):
        left, *_ = split(part, r"==|!=|>=|<=|>|<")
        yield Query(f"alert {rule.name}", left, True)


def split(expression: str, operator: str) -> list[str]:
    """Return the operands of an operator outside of quotes and brackets."""
    depth, last, operands = 0, 0, []
    token = re.compile(rf'"(?:\\.|[^"\\])*"|[(\[{{]|[)\]}}]|{operator}')
    for match in token.finditer(expression):
        if match[0] in "([{":
            depth += 1
        elif match[0] in ")]}":
            depth -= 1
        elif depth == 0 and match[0][0] != '"':
            operands.append(expression[last : match.start()].strip())
            last = match.end()
    return [*operands, expression[last:].strip()]


def await_data(report: Report, prometheus: Prometheus, queries: list[Query]) -> list[Query]:
    """Return the queries that still have no data after the longest possible delay of a meter."""
    empty = queries
    while True:
        empty = [query for query in empty if not has_data(report, prometheus, query)]
        if not empty or time.time() > prometheus.start + KAFKA_METERS_SECONDS:
            return empty
        time.sleep(SCRAPE_SECONDS)


def has_data(report: Report, prometheus: Prometheus, query: Query) -> bool:
    try:
        if query.instant:
            return bool(prometheus.query(query.expression))
        return any(map(math.isfinite, prometheus.query_range(query.expression)))
    except QueryError as e:
        report.failure(f"{query.where}: {e}: {query.expression}")
        return True


def check_names(report: Report, rules: list[Rule], dashboards: list[Dashboard]) -> None:
    """Check that meters are in docs/METRICS.md, and that names with a colon are recorded."""
    catalogue = set(documented_series())
    recorded = {rule.name for rule in rules if not rule.alert}
    used = set()
    for where, expression in expressions_by_source(rules, dashboards):
        for name in names(expression):
            if ":" in name and name not in recorded:
                report.failure(f"{where} uses {name}, which no rule records")
            if ":" not in name and name.startswith("reprise_"):
                used.add(name)
                if name not in catalogue:
                    report.failure(f"{where} uses {name}, which is not in docs/METRICS.md")
    report.info(f"{len(used)} series of docs/METRICS.md are used by rules and dashboards")


def expressions_by_source(rules: list[Rule], dashboards: list[Dashboard]) -> Iterator[tuple[str, str]]:
    """Yield each expression with its rule or panel."""
    for rule in rules:
        yield f"rule {rule.name}", rule.query
    for dashboard in dashboards:
        for panel in dashboard.panels:
            for expression, _ in panel.expressions:
                yield f"{dashboard.name}: {panel.title}", expression
        for expression in dashboard.annotations:
            yield f"{dashboard.name}: annotations", expression
        for name, query in dashboard.variables:
            yield f"{dashboard.name}: variable {name}", query


def documented_series() -> Iterator[str]:
    text = (HOME / "docs" / "METRICS.md").read_text()
    for name, kind in re.findall(r"^\| `(reprise_\w+)` \| (\w+) \|", text, re.MULTILINE):
        suffixes = ("_bucket", "_count", "_sum", "_max") if kind == "histogram" else ("",)
        yield from (name + suffix for suffix in suffixes)


def names(expression: str) -> set[str]:
    """Return the identifiers outside of quotes: series, functions and labels."""
    return set(re.findall(r"[a-zA-Z_:][\w:]*", re.sub(r'"(?:\\.|[^"\\])*"', '""', expression)))
