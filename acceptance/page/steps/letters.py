"""What the page shows of a file that came to nothing."""

from __future__ import annotations

from browser import Visit


def rejected(visit: Visit, name: str) -> None:
    """In words beside the upload, and among the dead letters."""
    said = visit.text(f".upload.failed:has-text('{name}')")
    visit.require("unknown-format" in said, f"The rejected {name} reads: {said or 'nothing'}")
    visit.require(
        len(said) > len(name) + len("unknown-format") + 20,
        f"The rejected {name} has no words: {said}",
    )
    script = "() => document.querySelector('#letters-list')?.textContent.includes('unknown-format')"
    visit.wait("unknown-format among the dead letters", script)
    counts = visit.text("#letters-reasons tr:has-text('unknown-format')")
    visit.require(any(c.isdigit() for c in counts), f"Dead letters by reason read: {counts}")
    visit.say(f"rejected: {said.partition('Failed. ')[2]}")
