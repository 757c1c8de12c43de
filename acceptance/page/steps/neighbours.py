"""Which tracks the page calls alike, and how it compares the ways to tell."""

from __future__ import annotations

from browser import Visit
from server import Api

from steps.track import SHOWN

HEADING = "id => document.querySelector('#track-heading').textContent === id"
ROWS = ".neighbours tbody tr:not(.own) th"


def nearest(visit: Visit, api: Api, track_id: str) -> None:
    """The same as the API's, by another group and metric, and one of them to go to."""
    page = visit.page
    for group, metric in (("predicted_features", "cosine"), ("embedding", "cosine")):
        for label, value in (("Group", group), ("Metric", metric)):
            page.locator("#track").get_by_label(label, exact=True).select_option(value)
        visit.wait("the neighbours", "() => !document.querySelector('.neighbours[aria-busy]')")
        answer = api.track(track_id, f"/similar?group={group}&metric={metric}&k=10")["neighbours"]
        expected, found = [neighbour["track_id"] for neighbour in answer], visit.texts(ROWS)
        visit.require(expected, f"The API names no neighbours in {group}.")
        visit.require(
            found == expected,
            f"By {group}, {metric} the page's neighbours are {found}, the API's {expected}.",
        )
    page.locator(f"{ROWS} a").first.click()
    visit.wait("the neighbour's heading", HEADING, found[0])
    page.go_back()
    visit.wait("the way back", f"id => ({SHOWN})() && ({HEADING})(id)", track_id)
    visit.say(f"neighbours: as the API has them, by features and by embedding; {found[0]} opened")


def comparison(visit: Visit) -> None:
    visit.page.get_by_role("button", name="Compare").click()
    visit.wait_for("the comparison", ".matrix")
    searches = visit.page.locator(".matrix tbody tr").count()
    cells = visit.page.locator(".matrix tbody td").count()
    visit.require(cells == searches**2, f"{searches} searches are compared in {cells} cells.")
    visit.require(
        "Euclidean" in visit.text(".scales summary"),
        "The comparison does not say what rules the distance.",
    )
    visit.say(f"comparison: {searches} searches against each other, and what rules each distance")
