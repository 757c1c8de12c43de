"""Concurrent uploads, each retried until it is accepted."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field

import aiohttp


@dataclass
class Uploads:
    """A client that uploads clips, and counts the response statuses."""

    url: str
    clips: list[bytes]
    prefer: str = ""
    responses: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    longest_seconds: float = 0

    async def send(self, session: aiohttp.ClientSession, track_ids: list[str]) -> None:
        """Send one clip for each track concurrently; return when all are accepted."""
        pairs = enumerate(track_ids)
        await asyncio.gather(*(self._send(session, name, self.clips[i % len(self.clips)]) for i, name in pairs))

    async def _send(self, session: aiohttp.ClientSession, track_id: str, clip: bytes) -> None:
        while (pause := await self._attempt(session, track_id, clip)) is not None:
            await asyncio.sleep(pause)

    async def _attempt(self, session: aiohttp.ClientSession, track_id: str, clip: bytes) -> float | None:
        """Send a clip; return the seconds to wait before a retry, or None if none is needed."""
        headers = {"Content-Type": "audio/mpeg"} | ({"Prefer": self.prefer} if self.prefer else {})
        parameters = {"track_id": track_id}
        began = time.monotonic()
        try:
            async with session.post(self.url + "/v1/audio", params=parameters, data=clip, headers=headers) as response:
                self.responses[str(response.status)] += 1
                self.longest_seconds = max(self.longest_seconds, time.monotonic() - began)
                body = await response.json(content_type=None)
                if response.status == 503:
                    return self._pause(response)
                if response.status not in (200, 202):
                    self.failures.append(f"an upload got status {response.status}: {body.get('detail')}")
                elif body["track_id"] != track_id:
                    self.failures.append(f"the upload of {track_id} got a response for {body['track_id']}")
                return None
        except aiohttp.ClientError as e:
            self.responses[type(e).__name__] += 1
            self.failures.append(f"an upload failed: {e}")
            return 1

    def _pause(self, response: aiohttp.ClientResponse) -> float:
        retry_after = response.headers.get("Retry-After", "")
        if response.content_type != "application/problem+json" or not retry_after.isdigit():
            self.failures.append("a rejection was not a problem document with Retry-After")
            return 1
        return float(retry_after)

    def text(self) -> str:
        """Return the count of each status, and the longest response time."""
        counts = ", ".join(f"{count} x {status}" for status, count in sorted(self.responses.items()))
        return f"responses {counts}, the longest after {self.longest_seconds:.1f} s"
