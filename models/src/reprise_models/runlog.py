"""What a training says while it runs: scalars for TensorBoard, passes for the progress bar."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from torch.utils.tensorboard import SummaryWriter


@dataclass
class RunLog:
    """The log of one network; picklable until its first pass.

    folder: where TensorBoard's event files go, one folder a network; None for none.
    ticks: a queue that is told of each pass; None for none.
    """

    folder: Path | None = None
    ticks: Any = None
    _writer: Any = field(default=None, repr=False)

    def of(self, network: str) -> RunLog:
        """The log of a network of this one."""
        return replace(self, folder=None if self.folder is None else self.folder / network, _writer=None)

    def passed(self, done: int, scalars: dict[str, float]) -> None:
        """Another pass over the labelled tracks is done, the `done`th."""
        if self.folder is not None:
            if self._writer is None:
                self._writer = SummaryWriter(str(self.folder))
            for name, value in scalars.items():
                self._writer.add_scalar(name, value, done)
            self._writer.flush()
        if self.ticks is not None:
            self.ticks.put(1)
