"""What was found."""

from __future__ import annotations

import sys


class Report:
    """Prints a line for each thing that is checked, and counts those that do not hold."""

    def __init__(self) -> None:
        self._faults = 0

    def check(self, what: str, holds: bool, found: object = "") -> None:
        if holds:
            print("ok:", what, flush=True)
        else:
            self._faults += 1
            print(f"FAULT: {what}; found {found}", file=sys.stderr, flush=True)

    def equal(self, what: str, found: object, expected: object) -> None:
        self.check(what, found == expected, f"{found!r}, not {expected!r}")

    def finish(self) -> int:
        if self._faults:
            print(f"{self._faults} faults", file=sys.stderr)
        return 1 if self._faults else 0
