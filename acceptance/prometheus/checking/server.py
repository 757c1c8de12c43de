"""Prometheus' HTTP API."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from typing import Any


class QueryError(Exception):
    """Prometheus does not understand the query."""


@dataclass
class Rule:
    name: str
    query: str
    alert: bool
    labels: dict[str, str]
    annotations: dict[str, str]
    error: str
    """What its last evaluation failed of; empty if it did not."""


class Prometheus:
    def __init__(self, url: str) -> None:
        self.url = url
        self.start = time.time()

    def ask(self, query: str) -> list[tuple[dict[str, str], float]]:
        """The samples now."""
        result = self._get("query", {"query": query})["result"]
        return [(sample["metric"], float(sample["value"][1])) for sample in result]

    def numbers(self, query: str) -> list[float]:
        return [value for _, value in self.ask(query)]

    def seen(self, query: str) -> list[float]:
        """All samples since the start, as a panel would draw them."""
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

    def _get(self, path: str, parameters: dict[str, Any]) -> Any:
        url = f"{self.url}/api/v1/{path}?{urllib.parse.urlencode(parameters)}"
        try:
            with urllib.request.urlopen(url, timeout=30) as response:
                return json.load(response)["data"]
        except urllib.error.HTTPError as e:
            raise QueryError(json.load(e).get("error", e.reason)) from e
