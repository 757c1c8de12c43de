"""Similar tracks and the comparison of similarity searches."""

from __future__ import annotations

from browser import Visit
from server import Api

from steps.track import SHOWN

HEADING = "id => document.querySelector('#track-heading').textContent === id"
ROWS = ".neighbours tbody tr:not(.own) th"


def nearest(visit: Visit, api: Api, track_id: str) -> None:
    """Compare the neighbours with the API's for two groups, and open the first."""
    page = visit.page
    for group, metric in (("predicted_features", "cosine"), ("embedding", "cosine")):
        for label, value in (("Group", group), ("Metric", metric)):
            page.locator("#track").get_by_label(label, exact=True).select_option(value)
        visit.wait("the neighbours", "() => !document.querySelector('.neighbours[aria-busy]')")
        neighbours = api.track(track_id, f"/similar?group={group}&metric={metric}&k=10")["neighbours"]
        expected, found = [neighbour["track_id"] for neighbour in neighbours], visit.texts(ROWS)
        visit.require(expected, f"The API returns no neighbours in {group}.")
        visit.require(
            found == expected,
            f"By {group}, {metric} the page's neighbours are {found}, the API's {expected}.",
        )
    page.locator(f"{ROWS} a").first.click()
    visit.wait("the neighbour's heading", HEADING, found[0])
    page.go_back()
    visit.wait("the previous track", f"id => ({SHOWN})() && ({HEADING})(id)", track_id)
    visit.info(f"neighbours: as in the API, by features and by embedding; {found[0]} opened")


def comparison(visit: Visit) -> None:
    visit.page.get_by_role("button", name="Compare").click()
    visit.wait_for("the comparison", ".matrix")
    searches = visit.page.locator(".matrix tbody tr").count()
    cells = visit.page.locator(".matrix tbody td").count()
    visit.require(cells == searches**2, f"{searches} searches are compared in {cells} cells.")
    visit.require(
        "Euclidean" in visit.text(".scales summary"),
        "The comparison does not show which columns dominate the distance.",
    )
    visit.info(f"comparison: {searches} searches pairwise, with the contribution of each column")
