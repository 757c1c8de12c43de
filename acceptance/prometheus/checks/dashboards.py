"""Grafana's dashboards: panels, variables, and the queries that Grafana would send to Prometheus."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from checks.report import CheckAborted
from checks.server import Prometheus

# As long as the whole run, so that rates include its beginning.
INTERVALS = {"__rate_interval": "5m", "__interval": "15s", "__range": "5m"}

Choice = dict[str, str]


@dataclass
class Panel:
    title: str
    description: str
    unit: str
    repeat: str
    """The variable that the panel is repeated for; empty if none."""

    expressions: list[tuple[str, bool]]
    """Each expression, and whether it is an instant query."""


class Dashboard:
    def __init__(self, file: Path) -> None:
        self.name = file.name
        board = json.loads(file.read_text())
        self.uid = board["uid"]
        panels = list(flat(board["panels"]))
        self.ids = [panel["id"] for panel in panels]
        self.panels = [parse_panel(panel) for panel in panels if panel["type"] != "row"]
        self.annotations = [a["expr"] for a in board["annotations"]["list"] if "expr" in a]
        self._variables = board["templating"]["list"]

    @property
    def variables(self) -> list[tuple[str, str]]:
        """Name and query of each variable whose values come from Prometheus."""
        queried = [v for v in self._variables if v["type"] == "query"]
        return [(variable["name"], variable["query"]["query"]) for variable in queried]

    def queries(self, prometheus: Prometheus) -> Iterator[tuple[Panel, str, bool]]:
        """Yield each expression with every combination of variable values, and whether it is instant."""
        for choice, multiple in self._choices(prometheus):
            for panel in self.panels:
                repeated = multiple.get(panel.repeat, [""]) if panel.repeat else [""]
                for value in repeated:
                    chosen = {**choice, panel.repeat: value} if panel.repeat else choice
                    for expression, instant in panel.expressions:
                        yield panel, interpolate(expression, chosen), instant

    def _choices(self, prometheus: Prometheus) -> Iterator[tuple[Choice, dict[str, list[str]]]]:
        """Yield every combination of variable values, and the values of each multi-value variable.

        All values of a multi-value variable are selected, as when the dashboard opens.
        """
        choices: list[tuple[Choice, dict[str, list[str]]]] = [({}, {})]
        for variable in self._variables:
            if variable["type"] in ("datasource", "constant"):
                continue
            name, extended = variable["name"], []
            for choice, multiple in choices:
                found = values(prometheus, variable, choice)
                if variable["multi"]:
                    all_values = "(" + "|".join(map(re.escape, found)) + ")"
                    extended.append(({**choice, name: all_values}, {**multiple, name: found}))
                else:
                    extended += [({**choice, name: value}, multiple) for value in found]
            choices = extended
        yield from choices


def flat(panels: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield the panels, including those in collapsed rows."""
    for panel in panels:
        yield panel
        yield from flat(panel.get("panels", []))


def parse_panel(panel: dict[str, Any]) -> Panel:
    return Panel(
        panel.get("title", ""),
        panel.get("description", ""),
        panel.get("fieldConfig", {}).get("defaults", {}).get("unit", ""),
        panel.get("repeat", ""),
        [(target["expr"], target.get("instant", False)) for target in panel.get("targets", [])],
    )


def values(prometheus: Prometheus, variable: dict[str, Any], choice: Choice) -> list[str]:
    if variable["type"] == "custom":
        return [option["value"] for option in variable["options"]]
    query = re.fullmatch(r"label_values\((.+), (\w+)\)", variable["query"]["query"])
    if query is None:
        raise CheckAborted(f"The variable {variable['name']} does not query the values of a label.")
    found = prometheus.label_values(query[2], interpolate(query[1], choice))
    if not found:
        raise CheckAborted(f"The variable {variable['name']} has no values for {choice}.")
    return found


def interpolate(expression: str, choice: Choice) -> str:
    """Return the expression with its variables replaced, as Grafana would send it."""

    def value(match: re.Match[str]) -> str:
        known = {**choice, **INTERVALS}
        if match[1] not in known:
            raise CheckAborted(f"Undefined variable {match[1]} in {expression}")
        # Within the quotes of an expression, a backslash must be doubled.
        return known[match[1]].replace("\\", "\\\\")

    return re.sub(r"\$\{?(\w+)\}?", value, expression)
