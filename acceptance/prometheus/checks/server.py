"""A client of Prometheus' HTTP API."""

from __future__ import annotations

import json
import re
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from datetime import datetime
from typing import Any


class QueryError(Exception):
    """A query that Prometheus rejected."""


@dataclass
class Rule:
    name: str
    query: str
    alert: bool
    labels: dict[str, str]
    annotations: dict[str, str]
    error: str
    """The error of the last evaluation; empty if it succeeded."""


class Prometheus:
    def __init__(self, url: str) -> None:
        self.url = url
        self.start = time.time()

    def query(self, query: str) -> list[tuple[dict[str, str], float]]:
        """Return the labels and the current value of each series."""
        result = self._get("query", {"query": query})["result"]
        return [(sample["metric"], float(sample["value"][1])) for sample in result]

    def query_values(self, query: str) -> list[float]:
        return [value for _, value in self.query(query)]

    def query_range(self, query: str) -> list[float]:
        """Return all values since the start, as a panel would draw them."""
        times = {"start": self.start, "end": time.time(), "step": 5}
        result = self._get("query_range", {"query": query, **times})["result"]
        return [float(value) for series in result for _, value in series["values"]]

    def label_values(self, label: str, series: str) -> list[str]:
        return sorted(self._get(f"label/{label}/values", {"match[]": series}))

    def rules(self) -> list[Rule]:
        return [
            Rule(
                rule["name"],
                rule["query"],
                rule["type"] == "alerting",
                rule.get("labels", {}),
                rule.get("annotations", {}),
                rule.get("lastError", ""),
            )
            for group in self._get("rules", {})["groups"]
            for rule in group["rules"]
        ]

    def evaluated_since(self, seconds: float) -> bool:
        """Return whether every group of rules was evaluated at that time or later."""
        groups = self._get("rules", {})["groups"]
        # RFC 3339 with nanoseconds, which fromisoformat does not read.
        evaluated = (datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", g["lastEvaluation"])) for g in groups)
        return all(moment.timestamp() >= seconds for moment in evaluated)

    def _get(self, path: str, parameters: dict[str, Any]) -> Any:
        url = f"{self.url}/api/v1/{path}?{urllib.parse.urlencode(parameters)}"
        try:
            with urllib.request.urlopen(url, timeout=30) as response:
                return json.load(response)["data"]
        except urllib.error.HTTPError as e:
            raise QueryError(json.load(e).get("error", e.reason)) from e
