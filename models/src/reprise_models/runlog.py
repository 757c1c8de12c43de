"""Progress of a training: scalars for TensorBoard, epochs for the progress bar."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from torch.utils.tensorboard import SummaryWriter


@dataclass
class RunLog:
    """The log of one network; picklable until its first epoch.

    folder: folder for TensorBoard's event files, one per network; None to write none.
    ticks: queue that receives an item per epoch; None for no progress.
    """

    folder: Path | None = None
    ticks: Any = None
    _writer: Any = field(default=None, repr=False)

    def of(self, network: str) -> RunLog:
        """Return the log of a named branch."""
        return replace(self, folder=None if self.folder is None else self.folder / network, _writer=None)

    def log_epoch(self, epoch: int, scalars: dict[str, float]) -> None:
        """Log the scalars of a finished epoch, counted from 1."""
        if self.folder is not None:
            if self._writer is None:
                self._writer = SummaryWriter(str(self.folder))
            for name, value in scalars.items():
                self._writer.add_scalar(name, value, epoch)
            self._writer.flush()
        if self.ticks is not None:
            self.ticks.put(1)
