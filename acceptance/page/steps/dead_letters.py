"""A rejected file on the page."""

from __future__ import annotations

from browser import Visit


def rejected(visit: Visit, name: str) -> None:
    """Check the message next to the upload and the list of dead letters."""
    message = visit.text(f".upload.failed:has-text('{name}')")
    visit.require("unknown-format" in message, f"The rejected {name} shows: {message or 'nothing'}")
    visit.require(
        len(message) > len(name) + len("unknown-format") + 20,
        f"The rejected {name} has no description: {message}",
    )
    script = "() => document.querySelector('#dead-letters-list')?.textContent.includes('unknown-format')"
    visit.wait("unknown-format among the dead letters", script)
    counts = visit.text("#dead-letters-reasons tr:has-text('unknown-format')")
    visit.require(any(c.isdigit() for c in counts), f"Dead letters by reason show: {counts}")
    visit.info(f"rejected: {message.partition('Failed. ')[2]}")
