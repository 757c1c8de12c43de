"""Grafana's dashboards: their panels and variables, and what Grafana would ask Prometheus."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from checking.report import GaveUp
from checking.server import Prometheus

# Over the whole run, and long enough for rates of what happened at its beginning.
INTERVALS = {"__rate_interval": "5m", "__interval": "15s", "__range": "5m"}

Choice = dict[str, str]


@dataclass
class Panel:
    title: str
    description: str
    unit: str
    repeat: str
    """The variable for each of whose values it is shown; empty if it is shown once."""

    expressions: list[tuple[str, bool]]
    """Each, and whether it is asked for one instant only."""


class Dashboard:
    def __init__(self, file: Path) -> None:
        self.name = file.name
        board = json.loads(file.read_text())
        self.uid = board["uid"]
        every = list(flat(board["panels"]))
        self.ids = [panel["id"] for panel in every]
        self.panels = [parsed(panel) for panel in every if panel["type"] != "row"]
        self.annotations = [a["expr"] for a in board["annotations"]["list"] if "expr" in a]
        self._variables = board["templating"]["list"]

    @property
    def variables(self) -> list[tuple[str, str]]:
        """Name and query of those that ask Prometheus."""
        queried = [v for v in self._variables if v["type"] == "query"]
        return [(variable["name"], variable["query"]["query"]) for variable in queried]

    def questions(self, prometheus: Prometheus) -> Iterator[tuple[Panel, str, bool]]:
        """Each expression, with every choice that a reader has."""
        for choice, several in self._choices(prometheus):
            for panel in self.panels:
                repeated = several.get(panel.repeat, [""]) if panel.repeat else [""]
                for value in repeated:
                    chosen = {**choice, panel.repeat: value} if panel.repeat else choice
                    for expression, instant in panel.expressions:
                        yield panel, filled_in(expression, chosen), instant

    def _choices(self, prometheus: Prometheus) -> Iterator[tuple[Choice, dict[str, list[str]]]]:
        """Every combination of what can be chosen, and the values where several can be at once.

        Those are all chosen, which is how the dashboard opens.
        """
        choices: list[tuple[Choice, dict[str, list[str]]]] = [({}, {})]
        for variable in self._variables:
            if variable["type"] in ("datasource", "constant"):
                continue
            name, longer = variable["name"], []
            for choice, several in choices:
                found = values(prometheus, variable, choice)
                if variable["multi"]:
                    every = "(" + "|".join(map(re.escape, found)) + ")"
                    longer.append(({**choice, name: every}, {**several, name: found}))
                else:
                    longer += [({**choice, name: value}, several) for value in found]
            choices = longer
        yield from choices


def flat(panels: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The panels, those of collapsed rows among them."""
    for panel in panels:
        yield panel
        yield from flat(panel.get("panels", []))


def parsed(panel: dict[str, Any]) -> Panel:
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
        raise GaveUp(f"The variable {variable['name']} asks for no values of a label.")
    found = prometheus.label_values(query[2], filled_in(query[1], choice))
    if not found:
        raise GaveUp(f"The variable {variable['name']} has no values where {choice}.")
    return found


def filled_in(expression: str, choice: Choice) -> str:
    """The expression as Grafana would send it."""

    def value(match: re.Match[str]) -> str:
        known = {**choice, **INTERVALS}
        if match[1] not in known:
            raise GaveUp(f"There is no variable {match[1]}, as in {expression}")
        # Within the quotes of an expression, a backslash must be doubled.
        return known[match[1]].replace("\\", "\\\\")

    return re.sub(r"\$\{?(\w+)\}?", value, expression)
