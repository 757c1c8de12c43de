"""The results of the checks."""

from __future__ import annotations

import sys


class Report:
    """Printed results of the checks, with a count of failures."""

    def __init__(self) -> None:
        self._failures = 0

    def check(self, what: str, passed: bool, found: object = "") -> None:
        if passed:
            print("ok:", what, flush=True)
        else:
            self._failures += 1
            print(f"FAILED: {what}; found {found}", file=sys.stderr, flush=True)

    def equal(self, what: str, found: object, expected: object) -> None:
        self.check(what, found == expected, f"{found!r}, expected {expected!r}")

    def finish(self) -> int:
        if self._failures:
            print(f"{self._failures} checks failed", file=sys.stderr)
        return 1 if self._failures else 0
