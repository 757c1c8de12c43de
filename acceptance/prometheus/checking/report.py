"""What was seen, and what is wrong."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, field


class GaveUp(Exception):
    """What was waited for did not come; nothing after it is worth checking."""


@dataclass
class Report:
    faults: list[str] = field(default_factory=list)
    start: float = field(default_factory=time.monotonic)

    def say(self, line: str) -> None:
        print(line, flush=True)

    def fault(self, line: str) -> None:
        self.faults.append(line)
        print("FAULT:", line, file=sys.stderr, flush=True)

    def seconds(self) -> float:
        return time.monotonic() - self.start

    def finish(self) -> int:
        faults = len(self.faults)
        held = f"{faults} fault{'s' * (faults > 1)}" if faults else "all of it holds"
        self.say(f"{held}, after {self.seconds():.0f} s")
        return 1 if self.faults else 0
