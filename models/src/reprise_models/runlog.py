"""What a training says while it runs: scalars for TensorBoard, passes for the progress bar."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from queue import Queue
from typing import Any

from torch.utils.tensorboard import SummaryWriter


@dataclass
class RunLog:
    """The log of one network; picklable until its first pass.

    folder: where TensorBoard's event files go, one folder a network; None for none.
    ticks: told of each pass; None for nobody.
    stopped_after: the best pass, if a validation decided.
    """

    folder: Path | None = None
    ticks: Queue[int] | None = None
    stopped_after: int | None = None
    _writer: Any = field(default=None, repr=False)

    def of(self, network: str) -> RunLog:
        """The log of a network of this one."""
        return replace(self, folder=None if self.folder is None else self.folder / network, _writer=None)

    def passed(self, done: int, scalars: dict[str, float]) -> None:
        """Another pass over the labelled tracks is done, the `done`th."""
        if self.folder is not None:
            if self._writer is None:
                self._writer = SummaryWriter(str(self.folder))  # type: ignore[no-untyped-call]
            for name, value in scalars.items():
                self._writer.add_scalar(name, value, done)
            self._writer.flush()
        if self.ticks is not None:
            self.ticks.put(1)

    def stopped(self, best: int) -> None:
        """Early stopping found that pass `best` was the best one."""
        self.stopped_after = best
