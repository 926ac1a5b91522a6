"""The strings behind the simulated platform: it misbehaves, it stops, it says what really arrived."""

from collections.abc import Mapping, Sequence
from typing import Any

import aiohttp

from services.cli.chaos.plan import Times

Json = Mapping[str, Any]
PAGE = 1_000
REPLY, COMMENT = "2/comments/reply", "2/comments/create"
OFTEN, SELDOM = 0.1, 0.03
VISIBLE_SHARE = 0.8
"""Of the horizon the adapter declares: what it declares holds."""


class Platform:
    """The control side of the mock of one run."""

    def __init__(self, session: aiohttp.ClientSession, report: Json) -> None:
        self._session = session
        self._address = f"{report['http']}/control"
        self._headers = {"Authorization": f"Bearer {report['control_token']}"}

    async def misbehave(self, times: Times) -> None:
        """Cut connections before and after the write, hide what was written, take texts twice."""
        await self.call("POST", "faults", {"faults": [*faults(times)]})

    async def behave(self) -> None:
        """Stop misbehaving, but go on taking repeats: who sends twice must still be seen."""
        await self.call("DELETE", "faults")
        repeats = [{"kind": "takes_repeats", "endpoint": each} for each in (REPLY, COMMENT)]
        await self.call("POST", "faults", {"faults": repeats})

    async def pause(self) -> None:
        """Let nobody say anything more; a stream that has ended is quiet by itself."""
        await self.call("POST", "player", {"action": "pause"})

    async def items_total(self) -> int:
        """Return how many items the public has said."""
        return int((await self.call("GET", "state"))["items_total"])

    async def items(self) -> Sequence[Json]:
        """Return everything the public has said."""
        found: list[Json] = []
        while True:
            after = found[-1]["id"] if found else 0
            page = (await self.call("GET", f"items?after={after}&limit={PAGE}"))["items"]
            found += page
            if len(page) < PAGE:
                return found

    async def call(self, method: str, path: str, body: Json | None = None) -> Json:
        """Ask or tell one of its control addresses (docs/mock.md). Raises aiohttp.ClientError."""
        async with self._session.request(
            method, f"{self._address}/{path}", json=body, headers=self._headers
        ) as answer:
            answer.raise_for_status()
            said: Json = await answer.json()
            return said


def faults(times: Times) -> Sequence[Json]:
    """Return the platform's own faults of a run."""
    hidden = times.horizon * VISIBLE_SHARE
    on_replies: list[Json] = [
        {"kind": "takes_repeats"},
        {"kind": "drop_before", "probability": OFTEN},
        {"kind": "drop_after_commit", "probability": OFTEN},
        {"kind": "visible_after", "probability": 3 * OFTEN, "seconds": hidden},
    ]
    return [
        *({**each, "endpoint": endpoint} for endpoint in (REPLY, COMMENT) for each in on_replies),
        {"kind": "error", "endpoint": "2/comments/to_me", "probability": SELDOM},
    ]
