"""A pool of training processes with a common progress bar."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from types import TracebackType
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

import torch
from threadpoolctl import threadpool_limits
from tqdm import tqdm

from reprise_models.runlog import RunLog

P = ParamSpec("P")
R = TypeVar("R")


def _one_thread() -> None:
    """Use one thread, since parallel sums are not reproducible to the last bit."""
    torch.set_num_threads(1)
    threadpool_limits(1)


class Work:
    """A pool of `jobs` processes; each training gets a log under its name and the device.

    The number of processes does not change results: every training has its own seed and one thread.
    """

    def __init__(self, jobs: int, logs: Path | None, device: str) -> None:
        # Spawned, not forked: a fork of a process that has used torch may hang in its thread pool.
        context = get_context("spawn")
        self._pool = ProcessPoolExecutor(jobs, mp_context=context, initializer=_one_thread)
        self._manager = context.Manager()
        self._ticks: Any = self._manager.Queue()
        self._logs = logs
        self._device = device
        self._bar = tqdm(total=0, unit="epoch", desc="training", mininterval=1.0)
        self._ticker = threading.Thread(target=self._update_bar, daemon=True)

    def __enter__(self) -> Self:
        self._ticker.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(cancel_futures=error is not None)
        self._ticks.put(0)
        self._ticker.join()
        self._bar.close()
        self._manager.shutdown()

    def submit(
        self, name: str, epochs: int, train: Callable[Concatenate[RunLog, str, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> Future[R]:
        """Run `train(log, device, *args)` in the pool; `epochs` is its maximum number of epochs."""
        self._bar.total = (self._bar.total or 0) + epochs
        self._bar.refresh()
        log = RunLog(None if self._logs is None else self._logs / name, self._ticks)
        return self._pool.submit(train, log, self._device, *args, **kwargs)

    def _update_bar(self) -> None:
        while (tick := self._ticks.get()) > 0:
            self._bar.update(tick)
