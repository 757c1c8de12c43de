"""Descriptions of panels, and sections of the runbook for alerts."""

from __future__ import annotations

import re
from pathlib import Path

from checks.dashboards import Dashboard
from checks.report import Report
from checks.server import Rule
from checks.system import HOME


def check_panels(report: Report, dashboards: list[Dashboard]) -> None:
    uids = [dashboard.uid for dashboard in dashboards]
    if len(set(uids)) != 3:
        report.failure(f"expected three dashboards with different uids, found {uids}")
    for dashboard in dashboards:
        if len(set(dashboard.ids)) != len(dashboard.ids):
            report.failure(f"{dashboard.name}: panels share an id")
        for panel in dashboard.panels:
            for what in ("title", "description", "unit", "expressions"):
                if not getattr(panel, what):
                    report.failure(f"{dashboard.name}: {panel.title or 'a panel'} has no {what}")


def check_runbook(report: Report, rules: list[Rule]) -> None:
    alerts = [rule for rule in rules if rule.alert]
    for alert in alerts:
        if alert.labels.get("severity") not in ("critical", "warning", "info"):
            report.failure(f"{alert.name} has no severity")
        for annotation in ("summary", "description", "runbook_url"):
            if not alert.annotations.get(annotation):
                report.failure(f"{alert.name} has no {annotation}")
        url, _, anchor = alert.annotations.get("runbook_url", "").partition("#")
        if not url.endswith("/docs/RUNBOOK.md") or anchor not in anchors(HOME / "docs" / "RUNBOOK.md"):
            report.failure(f"{alert.name}: {url}#{anchor} is no section of docs/RUNBOOK.md")
    sections = {a for a in anchors(HOME / "docs" / "RUNBOOK.md") if a.startswith("reprise")}
    for anchor in sorted(sections - {alert.name.lower() for alert in alerts}):
        report.failure(f"docs/RUNBOOK.md#{anchor} belongs to no alert")
    report.info(f"{len(alerts)} alerts, {len(sections)} alert sections in docs/RUNBOOK.md")


def anchors(document: Path) -> set[str]:
    if not document.is_file():
        return set()
    headings = re.findall(r"^#+ (.+)$", document.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading).lower().replace(" ", "-") for heading in headings}
