"""Progress and failures of the checks."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, field


class CheckAborted(Exception):
    """The chart cannot be rendered, so that the remaining checks cannot run."""


@dataclass
class Report:
    failures: list[str] = field(default_factory=list)
    passed: int = 0
    start: float = field(default_factory=time.monotonic)

    def info(self, line: str) -> None:
        print(line, flush=True)

    def expect(self, condition: object, line: str) -> None:
        """Count a check; `line` says what is wrong if it fails."""
        if condition:
            self.passed += 1
        else:
            self.failure(line)

    def failure(self, line: str) -> None:
        self.failures.append(line)
        print("FAILED:", line, file=sys.stderr, flush=True)

    def seconds(self) -> float:
        return time.monotonic() - self.start

    def finish(self) -> int:
        count = len(self.failures)
        result = f"{count} check{'s' * (count > 1)} failed" if count else f"all {self.passed} checks passed"
        self.info(f"{result} after {self.seconds():.0f} s")
        return 1 if self.failures else 0
