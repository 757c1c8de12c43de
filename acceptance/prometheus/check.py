# /// script
# requires-python = ">=3.11"
# dependencies = ["confluent-kafka==2.16.1"]
# ///
"""Test alerting rules, dashboards and their documents against running services.

Starts a broker, an extractor, an inference service and a Prometheus with deploy/prometheus/rules.yml,
each in its own process on a free port. Sends the same clips in two windows of event time and other
clips in a third, truth for most of them, and invalid records. Then queries Prometheus:

- each expression of each rule and of each panel, with every value of the dashboards' variables,
  must return data;
- the drift alerts must not fire for the same clips, and must fire for the others;
- each meter that is used must be in docs/METRICS.md, each panel must have a description and a
  unit, each alert a section in docs/RUNBOOK.md.

Prints its findings. Exits 0 if all checks pass, else 1.

    uv run acceptance/prometheus/check.py
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from pathlib import Path

from checks.client import DAY_SECONDS, Client
from checks.clips import synthesise_damage, synthesise_music, write_wav
from checks.dashboards import Dashboard
from checks.documents import check_panels, check_runbook
from checks.expressions import check_data, check_names
from checks.report import CheckAborted, Report
from checks.server import Prometheus
from checks.system import HOME, SCRAPE_SECONDS, System, print_logs, running

CLIPS = 24
FEATURES = 8
INFERENCE = [
    "--evaluation-window",
    "24h",
    # All clips of a window, so that no window is evaluated before it has all its tracks.
    "--evaluation-minimum",
    str(CLIPS),
    # The model is its own shadow, so that the shadow's meters exist.
    "--shadow-model",
    "echonest-cnn",
]

DRIFT = {"RepriseFeatureDrift", "RepriseInputDrift"}
MUST_FIRE = DRIFT | {"RepriseQualityBelowBaseline", "RepriseTempoAccuracy"}
# Tones and noise are not what the model was trained on.
MAY_FIRE = MUST_FIRE | {"RepriseTrainingDrift"}


def main() -> int:
    if shutil.which("prometheus") is None:
        print("prometheus is missing: install Debian's package prometheus.", file=sys.stderr)
        return 1
    report = Report()
    files = sorted((HOME / "deploy" / "grafana" / "dashboards").glob("*.json"))
    dashboards = [Dashboard(file) for file in files]
    check_panels(report, dashboards)
    with tempfile.TemporaryDirectory() as folder:
        try:
            with running(Path(folder), INFERENCE) as system:
                report.info(f"broker, services and Prometheus are up after {report.seconds():.0f} s")
                check_alerts(report, system)
                rules = system.prometheus.rules()
                check_runbook(report, rules)
                check_names(report, rules, dashboards)
                check_data(report, system.prometheus, rules, dashboards)
        except CheckAborted as e:
            report.failure(str(e))
        if report.failures:
            print_logs(Path(folder))
    return report.finish()


def check_alerts(report: Report, system: System) -> None:
    """Send the same clips in two windows, then others in a third, and check the alerts."""
    prometheus = system.prometheus
    clips = [write_wav(system.folder / f"clip-{i}.wav", synthesise_music(i)) for i in range(CLIPS)]
    others = [write_wav(system.folder / f"other-{i}.wav", synthesise_damage(i)) for i in range(CLIPS)]
    midnight = int(time.time()) // DAY_SECONDS * DAY_SECONDS
    days = [midnight - age * DAY_SECONDS for age in (3, 2, 1)]

    with Client(system) as client:
        client.send_invalid(days[0])
        client.send_truth(client.send_events("first", clips, days[0]), good_truth)
        client.send_truth(client.send_events("again", clips, days[1]), good_truth)
        system.wait("the metrics of the second window", lambda: evaluated_windows(prometheus) == {days[1]})
        # An alert would fire within some evaluations.
        settled = time.time() + 6 * SCRAPE_SECONDS
        system.wait("the rules' evaluation", lambda: prometheus.evaluated_since(settled))
        report.info(f"the same clips again: PSI of {largest(prometheus)}")
        for name in sorted(DRIFT & ever_fired(prometheus)):
            report.failure(f"{name} fired, although the clips were the same")

        client.send_truth(client.send_events("others", others, days[2]), bad_truth)
        client.send_events("without-truth", others[:3], days[2])
        system.wait("the metrics of the third window", lambda: evaluated_windows(prometheus) == {days[2]})
        system.wait("the alerts", lambda: firing(prometheus) >= MUST_FIRE)
        report.info(f"other clips: PSI of {largest(prometheus)}")
        report.info(f"firing: {', '.join(sorted(firing(prometheus)))}")
        for name in sorted(firing(prometheus) - MAY_FIRE):
            report.failure(f"{name} fires unexpectedly")

    done = "sum(reprise_events_total)"
    system.wait("all events", lambda: prometheus.query_values(done) == [client.events])
    dead_letters = prometheus.query("sum by (stage) (reprise_dead_letters_total) > 0")
    stages = ", ".join(f"{labels['stage']} {number:.0f}" for labels, number in dead_letters)
    report.info(f"{client.events} events; dead letters: {stages}")
    check_gpu(report, prometheus)


def check_gpu(report: Report, prometheus: Prometheus) -> None:
    """Check the rule for missing GPUs: the target is labelled as one with a GPU, which only a GPU build uses."""
    serving = prometheus.query('reprise_model_info{role="serving"}')
    expected = [0.0 if labels["provider"] == "cuda" else 1.0 for labels, _ in serving]
    missing = prometheus.query_values('instance:reprise_gpu_missing:max{accelerator="cuda"}')
    if missing != expected:
        report.failure(f"instance:reprise_gpu_missing:max is {missing}, expected {expected}")


def good_truth(feature: str, predicted: float) -> float:
    """Return a true value close to the prediction."""
    return predicted if feature == "tempo" else min(1.0, predicted + 0.01)


def bad_truth(feature: str, predicted: float) -> float:
    """Return a true value far from the prediction."""
    return predicted * 1.3 if feature == "tempo" else float(predicted < 0.5)


def evaluated_windows(prometheus: Prometheus) -> set[float]:
    """Return the start of the latest window, once all features have drift and quality in it."""
    drift = 'reprise_drift_score{method="psi", reference="earlier", role="serving"}'
    quality = 'reprise_quality_mae{role="serving", window="latest"}'
    if any(len(prometheus.query(series)) != FEATURES for series in (drift, quality)):
        return set()
    starts = 'reprise_evaluation_window_start_seconds{role="serving"}'
    return set(prometheus.query_values(starts))


def largest(prometheus: Prometheus) -> str:
    """Return the three largest scores of features and inputs."""
    scores = 'method="psi", reference="earlier", role="serving", window="latest"'
    found = prometheus.query(f"model:reprise_drift_score:max{{{scores}}}")
    found += prometheus.query(f"model:reprise_input_drift_score:max{{{scores}}}")
    found.sort(key=lambda sample: -sample[1])
    named = [(labels.get("feature") or labels["input"], score) for labels, score in found]
    return ", ".join(f"{name} {score:.2f}" for name, score in named[:3]) + " (largest)"


def firing(prometheus: Prometheus) -> set[str]:
    return {labels["alertname"] for labels, _ in prometheus.query('ALERTS{alertstate="firing"}')}


def ever_fired(prometheus: Prometheus) -> set[str]:
    lately = prometheus.query('max_over_time(ALERTS{alertstate="firing"}[1h])')
    return {labels["alertname"] for labels, _ in lately}


if __name__ == "__main__":
    raise SystemExit(main())
