"""Expressions of rules and panels: the names in them, and whether they have data."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass

from checking.dashboards import Dashboard
from checking.report import Report
from checking.server import Prometheus, QueryError, Rule
from checking.system import HOME, SCRAPE_SECONDS

# Micrometer looks for new Kafka meters once a minute, counted from when a service began; it may find some the second
# time only. Nobody waits for what is there.
KAFKA_METERS_SECONDS = 180

# Panels and rules that may be without data, as faults name them, each with the reason.
EXEMPT: dict[str, str] = {}


@dataclass(frozen=True)
class Question:
    """An expression that must have data."""

    where: str
    expression: str
    instant: bool


def check_data(
    report: Report, prometheus: Prometheus, rules: list[Rule], dashboards: list[Dashboard]
) -> None:
    for rule in rules:
        if rule.error:
            report.fault(f"rule {rule.name}: {rule.error}")
    questions = [question for rule in rules for question in of_rule(rule)]
    report.say(f"rules.yml: {len(rules)} rules, {len(questions)} expressions")
    for dashboard in dashboards:
        asked = {
            Question(f"{dashboard.name}: {panel.title}", expression, instant): None
            for panel, expression, instant in dashboard.questions(prometheus)
        }
        report.say(f"{dashboard.name}: {len(dashboard.panels)} panels, {len(asked)} expressions")
        questions += asked
    silent = ask(report, prometheus, questions)
    for question in silent:
        if question.where in EXEMPT:
            report.say(f"{question.where} may be without data: {EXEMPT[question.where]}")
        else:
            report.fault(f"{question.where} has no data: {question.expression}")
    report.say(f"{len(questions) - len(silent)} of {len(questions)} expressions have data")


def of_rule(rule: Rule) -> Iterator[Question]:
    """What a rule records; of an alert, what stands left of each comparison."""
    if not rule.alert:
        yield Question(f"rule {rule.name}", rule.query, True)
        return
    for part in split(rule.query, r"\b(?:and|or|unless)\b"):
        left, *_ = split(part, r"==|!=|>=|<=|>|<")
        yield Question(f"alert {rule.name}", left, True)


def split(expression: str, operator: str) -> list[str]:
    """The operands of an operator that stands outside of quotes and brackets."""
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


def ask(report: Report, prometheus: Prometheus, questions: list[Question]) -> list[Question]:
    """Those without data, once nothing can come late any more."""
    silent = questions
    while True:
        silent = [question for question in silent if not has_data(report, prometheus, question)]
        if not silent or time.time() > prometheus.start + KAFKA_METERS_SECONDS:
            return silent
        time.sleep(SCRAPE_SECONDS)


def has_data(report: Report, prometheus: Prometheus, question: Question) -> bool:
    try:
        if question.instant:
            return bool(prometheus.ask(question.expression))
        return any(map(math.isfinite, prometheus.seen(question.expression)))
    except QueryError as e:
        report.fault(f"{question.where}: {e}: {question.expression}")
        return True


def check_names(report: Report, rules: list[Rule], dashboards: list[Dashboard]) -> None:
    """Meters must be in docs/METRICS.md, and what has a colon must be recorded."""
    catalogue = set(documented())
    recorded = {rule.name for rule in rules if not rule.alert}
    used = set()
    for where, expression in everywhere(rules, dashboards):
        for name in names(expression):
            if ":" in name and name not in recorded:
                report.fault(f"{where} reads {name}, which no rule records")
            if ":" not in name and name.startswith("reprise_"):
                used.add(name)
                if name not in catalogue:
                    report.fault(f"{where} reads {name}, which is not in docs/METRICS.md")
    report.say(f"{len(used)} series of docs/METRICS.md are read by rules and dashboards")


def everywhere(rules: list[Rule], dashboards: list[Dashboard]) -> Iterator[tuple[str, str]]:
    """Where each expression stands, and the expression."""
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


def documented() -> Iterator[str]:
    text = (HOME / "docs" / "METRICS.md").read_text()
    for name, kind in re.findall(r"^\| `(reprise_\w+)` \| (\w+) \|", text, re.MULTILINE):
        suffixes = ("_bucket", "_count", "_sum", "_max") if kind == "histogram" else ("",)
        yield from (name + suffix for suffix in suffixes)


def names(expression: str) -> set[str]:
    """Words outside of quotes: series, and also functions and labels."""
    return set(re.findall(r"[a-zA-Z_:][\w:]*", re.sub(r'"(?:\\.|[^"\\])*"', '""', expression)))
