"""Looks at the house as a monitoring system does: is it ready, what does it count; keeps what showed."""

import asyncio
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import aiohttp
from prometheus_client.parser import text_string_to_metric_families

from services.cli.chaos.receiver import Row

LOOK_SECONDS = 0.5
ANSWER_SECONDS = 1.2
LAGGED_SECONDS = 0.7
GROWING = frozenset({"zhishou_bus_reconnects_total", "zhishou_bus_follower_remade_total"})
QUIET = frozenset({"debug", "info"})
TOLD = frozenset(
    {
        "service.started",
        "leader.elected",
        "leader.stepped_down",
        "bus.reconnected",
        "bus.follower_remade",
        "lease.taken",
    }
)
"""Lines that are no warning and still say that something happened."""


class Prober:
    """Asks every process for its readiness and figures; what is out of the ordinary is a sign."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        names: Sequence[str],
        health: Callable[[str], str],
        now: Callable[[], datetime],
        signs: list[Row],
    ) -> None:
        self._session, self._names, self._health = session, names, health
        self._now, self._signs = now, signs
        self._seen: dict[tuple[str, str, str], float] = {}
        self._figures: dict[str, dict[str, float]] = {}

    async def run(self, stop: asyncio.Event) -> None:
        """Look until told to stop."""
        async with asyncio.TaskGroup() as group:
            for name in self._names:
                group.create_task(self._watch(name, stop), name=f"probe {name}")

    async def _watch(self, name: str, stop: asyncio.Event) -> None:
        while not stop.is_set():
            await self._look(name)
            await asyncio.sleep(LOOK_SECONDS)

    async def _look(self, name: str) -> None:
        address = self._health(name)
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                async with self._session.get(f"{address}/readyz") as answer:
                    checks = (await answer.json())["checks"].items()
                    if failing := [check for check, said in checks if said != "ok"]:
                        self._sign(name, "not ready", " ".join(failing))
                async with self._session.get(f"{address}/metrics") as answer:
                    self._read(name, await answer.text())
        except (aiohttp.ClientError, OSError, ValueError) as error:
            self._figures.pop(name, None)
            self._sign(name, "no answer", type(error).__name__)

    def _read(self, name: str, text: str) -> None:
        figures: dict[str, float] = {}
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                labels = " ".join(map(str, sample.labels.values()))
                figures[f"{sample.name} {labels}".strip()] = sample.value
                self._compare(name, sample.name, labels, sample.value)
        self._figures[name] = figures

    def highest(self, figure: str) -> float:
        """Return the highest value that any process says now."""
        return max((each.get(figure, 0.0) for each in self._figures.values()), default=0.0)

    def leader(self) -> str:
        """Return who leads as far as can be seen now; empty when nobody says so."""
        terms = {
            name: each.get("zhishou_term", 0.0)
            for name, each in self._figures.items()
            if each.get("zhishou_leader")
        }
        return max(terms, key=terms.__getitem__, default="")

    def open_effects(self) -> float:
        """Return what waits or is on its way, as the leader knows it; many when nobody leads."""
        figures = self._figures.get(self.leader())
        if figures is None:
            return float("inf")
        return sum(
            value for name, value in figures.items() if name.startswith("zhishou_effects_open")
        )

    def _compare(self, name: str, metric: str, labels: str, value: float) -> None:
        place = (name, metric, labels)
        before = self._seen.get(place)
        self._seen[place] = value
        lagged = metric == "zhishou_loop_lag_seconds" and value > LAGGED_SECONDS
        failed = metric == "zhishou_polls_total" and labels.split()[-1:] != ["ok"]
        if (lagged and value != before) or (
            (metric in GROWING or failed) and value > (before or 0.0)
        ):
            self._sign(name, "metric", f"{metric} {labels} {value:g}")

    def _sign(self, name: str, what: str, detail: str) -> None:
        at = self._now().isoformat()
        self._signs.append({"at": at, "who": name, "what": what, "detail": detail[:200]})


def lines_of(name: str, log: Path) -> Iterator[Row]:
    """Yield what a process's log says that is out of the ordinary; never a word of the public."""
    if not log.exists():
        return
    for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
        with suppress(ValueError):
            row = json.loads(line)
            if row.get("level") not in QUIET or row.get("event") in TOLD:
                detail = " ".join(
                    str(row[key])
                    for key in ("loop", "what", "part_failed", "why", "reason")
                    if key in row
                )
                yield {
                    "at": row["timestamp"], "who": name,
                    "what": f"said {row['event']}", "detail": detail[:200],
                }  # fmt: skip
