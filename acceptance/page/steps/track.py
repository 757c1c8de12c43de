"""The upload of a track and its sections on the page."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote, unquote

from browser import Visit
from server import Api

FEATURES = (
    "acousticness",
    "danceability",
    "energy",
    "instrumentalness",
    "liveness",
    "speechiness",
    "tempo",
    "valence",
)
LOW_CONFIDENCE_R2 = 0.2
# The track in the URL is shown; the previous one stays for a moment.
SHOWN = """
() => document.querySelector('#value-energy')
  && !document.querySelector('#track[aria-busy]')
  && decodeURIComponent(location.hash)
    === '#/track/' + document.querySelector('#track-heading').textContent
"""


def upload(visit: Visit, api: Api, file: Path) -> str:
    """Upload through the file input; return the id of the new track."""
    before = visit.page.url
    visit.page.set_input_files("#file", file)
    visit.wait(f"{file.name} to be predicted", "before => location.href !== before", before)
    visit.wait(f"the features of {file.name}", SHOWN)
    track_id = shown(visit)
    known = api.track(track_id)["track_id"]
    visit.require(known == track_id, f"The API returns {known} for the track {track_id}.")
    visit.info(f"upload: {file.name} became track {track_id}, and the page opened it")
    return track_id


def upload_several(visit: Visit, api: Api, files: list[Path]) -> str:
    """Upload a valid and an invalid file, selected together."""
    before = shown(visit)
    visit.page.set_input_files("#file", files)
    visit.wait(
        "both files to be done",
        f"() => document.querySelectorAll('.upload.done').length >= {len(files) + 1}",
    )
    visit.wait(
        "the page to open the valid one",
        f"before => ({SHOWN})() && !location.hash.endsWith(before)",
        quote(before),
    )
    track_id = shown(visit)
    api.track(track_id)
    visit.info(f"upload: {len(files)} files selected together, uploaded together; the page opened {track_id}")
    return track_id


def open_link(visit: Visit, track_id: str) -> None:
    visit.page.goto(f"{visit.url}/#/track/{quote(track_id, safe='')}")
    visit.wait(f"the link to {track_id} to open", SHOWN)
    heading = visit.text("#track-heading")
    visit.require(heading == track_id, f"The link to {track_id} shows {heading}.")
    visit.info(f"link: #/track/{track_id} opens the track")


def shown(visit: Visit) -> str:
    return unquote(visit.page.url.partition("#/track/")[2])


def features(visit: Visit, api: Api, track_id: str) -> None:
    """Compare the eight features and the low-confidence marks with the API."""
    prediction = api.track(track_id)["prediction"]
    low_confidence = []
    for feature in FEATURES:
        row = f"tr:has(#value-{feature})"
        shown_value, expected = (
            float(visit.text(f"#value-{feature}").lstrip("~")),
            prediction["features"][feature],
        )
        unit = 0.1 if feature == "tempo" else 0.001
        visit.require(
            abs(shown_value - expected) <= 0.51 * unit,
            f"The page shows {feature} {shown_value}, the API returns {expected}.",
        )
        is_low = prediction["r2"][feature] < LOW_CONFIDENCE_R2
        is_marked = "low confidence" in visit.text(row)
        visit.require(
            is_low == is_marked,
            f"{feature} has R2 {prediction['r2'][feature]}, but marked as low confidence: {is_marked}.",
        )
        visit.require(
            f"{prediction['r2'][feature]:.2f}" in visit.text(f"{row} .r2"),
            f"The R2 of {feature} is missing.",
        )
        visit.require("±" in visit.text(row), f"{feature} has no uncertainty.")
        low_confidence += [feature] if is_low else []
    notes = visit.text(".features .notes")
    visit.require(f"{prediction['tempo_alternate']:.1f} BPM" in notes, f"No alternate tempo in: {notes}")
    visit.require("Confidence" in notes, f"No confidence of the tempo in: {notes}")
    visit.info(f"features: all eight as in the API; low confidence: {', '.join(low_confidence) or 'none'}")


def curve(visit: Visit, api: Api, track_id: str) -> None:
    clips = api.track(track_id)["clips"]
    if len(clips) == 1:
        message = visit.text(".pair")
        visit.require(
            "One clip of" in message and visit.page.locator(".curve").count() == 0,
            f"A single clip shows: {message}",
        )
        visit.info("curve: one clip, and the page states it")
        return
    visit.page.locator(".pair select").select_option("valence")
    points = visit.page.locator(".curve .points").get_attribute("d") or ""
    visit.require(
        points.count("M") == len(clips),
        f"The curve has {points.count('M')} points of {len(clips)} clips.",
    )
    visit.page.get_by_text("Clips as a table").click()
    # Its rows are created on the toggle event, a moment later.
    visit.wait_for("the table of clips", ".pair details tbody tr")
    rows = visit.page.locator(".pair details tbody tr").count()
    visit.require(rows == len(clips), f"The clips' table has {rows} rows of {len(clips)} clips.")
    visit.info(f"curve: {len(clips)} points, and as many rows in its table")


def genres(visit: Visit, api: Api, track_id: str) -> None:
    expected = [genre["name"] for genre in api.track(track_id)["prediction"]["genres"]]
    found = visit.texts(".pair .shares th")
    visit.require(found == expected, f"The page's genres are {found}, the API's {expected}.")
    visit.info(f"genres: {len(found)}, {found[0]} first")
