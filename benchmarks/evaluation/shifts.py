"""Drift metrics and alerts on altered clips."""

from __future__ import annotations

import re
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from scipy import signal
from services import Audio, Cluster, Evaluation, Gauges, Prometheus


def low_pass(samples: np.ndarray, rate: int) -> np.ndarray:
    """Low-pass like a telephone line."""
    return signal.sosfilt(signal.butter(8, 3_400, fs=rate, output="sos"), samples, axis=0)


def speed_up(samples: np.ndarray, rate: int) -> np.ndarray:
    """Play 25 % faster, somewhat more than 44,100 Hz played as 48,000 Hz."""
    return signal.resample_poly(samples, 4, 5, axis=0)


def silence(samples: np.ndarray, rate: int) -> np.ndarray:
    return np.zeros_like(samples)


def clip(samples: np.ndarray, rate: int) -> np.ndarray:
    return np.clip(20 * samples, -1, 1)


SHIFTS = {"low-passed": low_pass, "sped up": speed_up, "silenced": silence, "clipped": clip}


def shifts(folder: Path, clips: list[Path]) -> list[str]:
    audio = [Audio(file, f"{file.stem}{suffix}", day) for day, suffix in enumerate(("", " again")) for file in clips]
    for name, shift in SHIFTS.items():
        target = folder / name
        target.mkdir()
        for file in clips:
            samples, rate = soundfile.read(file, dtype="float32")
            shifted = target / f"{file.stem}.wav"
            soundfile.write(shifted, shift(samples, rate), rate, subtype="PCM_16")
            audio.append(Audio(shifted, f"{file.stem} {name}", 2))
    roots = sorted({item.file.parent for item in audio})
    with Cluster(folder / "shifts", roots) as cluster:
        cluster.submit(audio)
        predictions = cluster.await_predictions(len(audio))
        return check_alerts(folder, cluster, audio, predictions)


def check_alerts(folder: Path, cluster: Cluster, audio: list[Audio], predictions: dict[str, Any]) -> list[str]:
    """Replay each shift's predictions to a separate evaluation; one Prometheus scrapes all of them."""
    failures = []
    with ExitStack() as stack:
        instances = {name: stack.enter_context(Evaluation(folder, cluster, name)) for name in SHIFTS}
        prometheus = stack.enter_context(Prometheus(folder, {n: i.port for n, i in instances.items()}))
        by_day = [[predictions[item.track_id] for item in audio if item.day == day] for day in range(2)]
        for instance in instances.values():
            instance.replay(by_day[0] + by_day[1], day=1)
        before = prometheus.settled()
        for name, instance in instances.items():
            print(f"same clips again: {largest(instance.gauges())}, alerts {sorted(before[name]) or 'none'}")
            if before[name]:
                failures.append(f"the same clips again fire {sorted(before[name])}")
        for name, instance in instances.items():
            instance.replay([predictions[i.track_id] for i in audio if i.track_id.endswith(f" {name}")], day=2)
        after = prometheus.settled()
        for name, instance in instances.items():
            print(f"{name}: {largest(instance.gauges())}, alerts {sorted(after[name]) or 'none'}")
            if not after[name]:
                failures.append(f"{name}: no drift alert fires")
    return failures


def largest(gauges: Gauges) -> str:
    """Return the largest PSI of a feature and of an input against earlier windows."""
    found = []
    for kind, label in (("drift", "feature"), ("input_drift", "input")):
        start = f"reprise_{kind}_score{{"
        scores = {
            match[1]: value
            for name, value in gauges.items()
            if name.startswith(start) and 'method="psi"' in name and 'reference="earlier"' in name
            if (match := re.search(rf'{label}="(\w+)"', name))
        }
        if scores:
            top = max(scores, key=lambda key: scores[key])
            found.append(f"PSI of {top} {scores[top]:.3f}")
    return ", ".join(found)
