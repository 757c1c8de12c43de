"""What the page shows of the stream: figures, the latest predictions, drift."""

from __future__ import annotations

from browser import Visit
from server import Api

from steps.track import FEATURES


def figures(visit: Visit) -> None:
    """They are numbers, and the upload moves them."""
    first = "document.querySelector('#live-{} dd').textContent"
    visit.wait("throughput above 0", f"() => Number.parseFloat({first.format('tracks')}) > 0")
    visit.wait("a latency", f"() => Number.parseFloat({first.format('latency')}) > 0")
    shown = {
        name: visit.text(f"#live-{name} dd:nth-of-type(1)")
        for name in ("clips", "tracks", "audio", "latency")
    }
    elsewhere = visit.page.locator("#live-elsewhere").is_visible()
    batches = visit.page.locator(".batches td").count()
    visit.require(
        elsewhere != (batches > 0), "The page shows neither batches nor where they are to be seen."
    )
    said = ", ".join(f"{name} {value}" for name, value in shown.items())
    visit.say(f"live: {said}; {batches} sizes of batches")


def latest(visit: Visit, track_id: str) -> None:
    script = (
        "id => [...document.querySelectorAll('#latest-rows a')].some(a => a.textContent === id)"
    )
    visit.wait(f"{track_id} among the latest predictions", script, track_id)
    visit.require(
        "live" in visit.text("#stream-state"), "The page does not say that the stream is live."
    )
    visit.say("stream: the upload's prediction arrived as an event")


def drift(visit: Visit, api: Api) -> None:
    visit.wait(
        "the charts of drift",
        f"() => document.querySelectorAll('#drift-charts li').length === {len(FEATURES)}",
    )
    answer = api.get("/v1/drift")["features"]
    verdicts = visit.texts("#drift-charts .verdict")
    for feature, verdict in zip(answer, verdicts, strict=True):
        few = sum(feature["current"]) < 100 and bool(feature.get("reference"))
        visit.require(
            not few or "Too few tracks" in verdict,
            f"Drift of {feature['feature']} reads: {verdict}",
        )
    visit.say(f"drift: {len(verdicts)} charts; the first says: {verdicts[0]}")
