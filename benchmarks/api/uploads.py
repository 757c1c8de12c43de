"""Uploads that come all at once, each repeated until it is taken."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field

import aiohttp


@dataclass
class Uploads:
    """Sends clips, and counts how they were answered."""

    url: str
    clips: list[bytes]
    prefer: str = ""
    answers: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    longest_seconds: float = 0

    async def send(self, session: aiohttp.ClientSession, track_ids: list[str]) -> None:
        """Sends one clip for each track, all at once; returns when all are taken."""
        pairs = enumerate(track_ids)
        await asyncio.gather(*(self._send(session, name, self.clips[i % len(self.clips)]) for i, name in pairs))

    async def _send(self, session: aiohttp.ClientSession, track_id: str, clip: bytes) -> None:
        while (pause := await self._attempt(session, track_id, clip)) is not None:
            await asyncio.sleep(pause)

    async def _attempt(self, session: aiohttp.ClientSession, track_id: str, clip: bytes) -> float | None:
        """Seconds to wait before the next attempt; none when there need be none."""
        headers = {"Content-Type": "audio/mpeg"} | ({"Prefer": self.prefer} if self.prefer else {})
        parameters = {"track_id": track_id}
        began = time.monotonic()
        try:
            async with session.post(self.url + "/v1/audio", params=parameters, data=clip, headers=headers) as response:
                self.answers[str(response.status)] += 1
                self.longest_seconds = max(self.longest_seconds, time.monotonic() - began)
                body = await response.json(content_type=None)
                if response.status == 503:
                    return self._pause(response)
                if response.status not in (200, 202):
                    self.faults.append(f"an upload was answered {response.status}: {body.get('detail')}")
                elif body["track_id"] != track_id:
                    self.faults.append(f"the upload of {track_id} was answered for {body['track_id']}")
                return None
        except aiohttp.ClientError as e:
            self.answers[type(e).__name__] += 1
            self.faults.append(f"an upload was broken off: {e}")
            return 1

    def _pause(self, response: aiohttp.ClientResponse) -> float:
        retry_after = response.headers.get("Retry-After", "")
        if response.content_type != "application/problem+json" or not retry_after.isdigit():
            self.faults.append("a refusal was no problem document with Retry-After")
            return 1
        return float(retry_after)

    def text(self) -> str:
        """How often each status was answered, and the longest that an answer took."""
        counts = ", ".join(f"{count} x {answer}" for answer, count in sorted(self.answers.items()))
        return f"answers {counts}, the longest after {self.longest_seconds:.1f} s"
