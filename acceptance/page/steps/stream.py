"""Live metrics, the latest predictions and drift on the page."""

from __future__ import annotations

from browser import Visit
from server import Api

from steps.track import FEATURES


def metrics(visit: Visit) -> None:
    """Check that the metrics are numbers and that the upload increases them."""
    first = "document.querySelector('#live-{} dd').textContent"
    visit.wait("throughput above 0", f"() => Number.parseFloat({first.format('tracks')}) > 0")
    visit.wait("a latency", f"() => Number.parseFloat({first.format('latency')}) > 0")
    shown = {name: visit.text(f"#live-{name} dd:nth-of-type(1)") for name in ("clips", "tracks", "audio", "latency")}
    is_remote = visit.page.locator("#live-elsewhere").is_visible()
    batches = visit.page.locator(".batches td").count()
    visit.require(is_remote != (batches > 0), "The page shows neither batch sizes nor where to find them.")
    shown_text = ", ".join(f"{name} {value}" for name, value in shown.items())
    visit.info(f"live: {shown_text}; {batches} batch sizes")


def latest(visit: Visit, track_id: str) -> None:
    script = "id => [...document.querySelectorAll('#latest-rows a')].some(a => a.textContent === id)"
    visit.wait(f"{track_id} among the latest predictions", script, track_id)
    visit.require("live" in visit.text("#stream-state"), "The page does not show the stream as live.")
    visit.info("stream: the upload's prediction arrived as an event")


def drift(visit: Visit, api: Api) -> None:
    visit.wait(
        "the drift charts",
        f"() => document.querySelectorAll('#drift-charts li').length === {len(FEATURES)}",
    )
    features = api.get("/v1/drift")["features"]
    verdicts = visit.texts("#drift-charts .verdict")
    for feature, verdict in zip(features, verdicts, strict=True):
        is_small = sum(feature["current"]) < 100 and bool(feature.get("reference"))
        visit.require(
            not is_small or "Too few tracks" in verdict,
            f"Drift of {feature['feature']} shows: {verdict}",
        )
    visit.info(f"drift: {len(verdicts)} charts; the first shows: {verdicts[0]}")
