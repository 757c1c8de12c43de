# /// script
# requires-python = ">=3.11"
# dependencies = ["confluent-kafka==2.16.1"]
# ///
"""Holds rules, dashboards and documents to what the services really export.

Starts a broker, an extractor, an inference service and a Prometheus with the rules of this folder,
each in its own process on a free port. Sends the same clips in two windows of event time and others
in a third, truth for most of them, and some that is rejected. Then asks Prometheus:

- each expression of each rule and of each panel, with every choice of the dashboards' variables,
  must have data;
- the drift alerts must not fire for the same clips again, and must fire for the others;
- each meter that is named must be in docs/METRICS.md, each panel must have a description and a
  unit, each alert a section in docs/RUNBOOK.md.

Prints what it saw. Exits 0 if all of it holds, else 1.

    uv run acceptance/prometheus/check.py
"""

from __future__ import annotations

import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

from checking.client import DAY_SECONDS, Client
from checking.clips import damage, music, write_wav
from checking.dashboards import Dashboard
from checking.documents import check_panels, check_runbook
from checking.expressions import check_data, check_names
from checking.report import GaveUp, Report
from checking.server import Prometheus
from checking.system import HOME, SCRAPE_SECONDS, System, print_logs, running

CLIPS = 24
FEATURES = 8
INFERENCE = [
    "--evaluation-window",
    "24h",
    # All clips of a window, so that no window is ever judged by a part of its tracks.
    "--evaluation-minimum",
    str(CLIPS),
    # The model is its own shadow, so that the shadow's meters are there.
    "--shadow-model",
    "echonest-cnn",
]

DRIFT = {"RepriseFeatureDrift", "RepriseInputDrift"}
MUST_FIRE = DRIFT | {"RepriseQualityBelowBaseline", "RepriseTempoAccuracy"}
# Tones and noise are not what the model was trained on.
MAY_FIRE = MUST_FIRE | {"RepriseTrainingDrift"}


def main() -> int:
    # So that whoever ends this ends what it started as well.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("Ended by SIGTERM."))
    if shutil.which("prometheus") is None:
        print("prometheus is missing; install Debian's package prometheus.", file=sys.stderr)
        return 1
    report = Report()
    files = sorted((HOME / "deploy" / "grafana" / "dashboards").glob("*.json"))
    dashboards = [Dashboard(file) for file in files]
    check_panels(report, dashboards)
    with tempfile.TemporaryDirectory() as folder:
        try:
            with running(Path(folder), INFERENCE) as system:
                report.say(f"broker, services and Prometheus run after {report.seconds():.0f} s")
                check_alerts(report, system)
                rules = system.prometheus.rules()
                check_runbook(report, rules)
                check_names(report, rules, dashboards)
                check_data(report, system.prometheus, rules, dashboards)
        except GaveUp as e:
            report.fault(str(e))
        if report.faults:
            print_logs(Path(folder))
    return report.finish()


def check_alerts(report: Report, system: System) -> None:
    """The same clips in two windows, then others in a third; what the alerts say of both."""
    prometheus = system.prometheus
    clips = [write_wav(system.folder / f"clip-{i}.wav", music(i)) for i in range(CLIPS)]
    others = [write_wav(system.folder / f"other-{i}.wav", damage(i)) for i in range(CLIPS)]
    midnight = int(time.time()) // DAY_SECONDS * DAY_SECONDS
    days = [midnight - age * DAY_SECONDS for age in (3, 2, 1)]

    with Client(system) as client:
        client.send_what_is_rejected(days[0])
        client.send_truth(client.send_events("first", clips, days[0]), near)
        client.send_truth(client.send_events("again", clips, days[1]), near)
        system.wait("the second window's figures", lambda: judged(prometheus) == {days[1]})
        time.sleep(6 * SCRAPE_SECONDS)  # the alerts' chance to fire
        report.say(f"the same clips again: PSI of {largest(prometheus)}")
        for name in sorted(DRIFT & ever_fired(prometheus)):
            report.fault(f"{name} fired, although the clips were the same")

        client.send_truth(client.send_events("others", others, days[2]), far)
        client.send_events("without-truth", others[:3], days[2])
        system.wait("the third window's figures", lambda: judged(prometheus) == {days[2]})
        system.wait("the alerts", lambda: fire(prometheus) >= MUST_FIRE)
        report.say(f"other clips: PSI of {largest(prometheus)}")
        report.say(f"firing: {', '.join(sorted(fire(prometheus)))}")
        for name in sorted(fire(prometheus) - MAY_FIRE):
            report.fault(f"{name} fires")

    done = "sum(reprise_events_total)"
    system.wait("all events", lambda: prometheus.numbers(done) == [client.events])
    letters = prometheus.ask("sum by (stage) (reprise_dead_letters_total) > 0")
    stages = ", ".join(f"{labels['stage']} {number:.0f}" for labels, number in letters)
    report.say(f"{client.events} events; dead letters: {stages}")
    check_gpu(report, prometheus)


def check_gpu(report: Report, prometheus: Prometheus) -> None:
    """The target is labelled as one with a GPU, which it has only if this is a GPU's build."""
    serving = prometheus.ask('reprise_model_info{role="serving"}')
    expected = [0.0 if labels["provider"] == "cuda" else 1.0 for labels, _ in serving]
    missing = prometheus.numbers('instance:reprise_gpu_missing:max{accelerator="cuda"}')
    if missing != expected:
        report.fault(f"instance:reprise_gpu_missing:max is {missing}, not {expected}")


def near(feature: str, predicted: float) -> float:
    """A truth that makes the prediction a good one."""
    return predicted if feature == "tempo" else min(1.0, predicted + 0.01)


def far(feature: str, predicted: float) -> float:
    """A truth that makes the prediction a bad one."""
    return predicted * 1.3 if feature == "tempo" else float(predicted < 0.5)


def judged(prometheus: Prometheus) -> set[float]:
    """Where the latest window begins, once all features have drift and quality in it."""
    drift = 'reprise_drift_score{method="psi", reference="earlier", role="serving"}'
    quality = 'reprise_quality_mae{role="serving", window="latest"}'
    if any(len(prometheus.ask(series)) != FEATURES for series in (drift, quality)):
        return set()
    starts = 'reprise_evaluation_window_start_seconds{role="serving"}'
    return set(prometheus.numbers(starts))


def largest(prometheus: Prometheus) -> str:
    """The three largest scores, of features and inputs together."""
    scores = 'method="psi", reference="earlier", role="serving", window="latest"'
    found = prometheus.ask(f"model:reprise_drift_score:max{{{scores}}}")
    found += prometheus.ask(f"model:reprise_input_drift_score:max{{{scores}}}")
    found.sort(key=lambda sample: -sample[1])
    named = [(labels.get("feature") or labels["input"], score) for labels, score in found]
    return ", ".join(f"{name} {score:.2f}" for name, score in named[:3]) + " at most"


def fire(prometheus: Prometheus) -> set[str]:
    return {labels["alertname"] for labels, _ in prometheus.ask('ALERTS{alertstate="firing"}')}


def ever_fired(prometheus: Prometheus) -> set[str]:
    lately = prometheus.ask('max_over_time(ALERTS{alertstate="firing"}[1h])')
    return {labels["alertname"] for labels, _ in lately}


if __name__ == "__main__":
    raise SystemExit(main())
