"""One run of the bench: everybody in turn, then latency, then cold starts; the figures as a tree."""

from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from time import perf_counter

from services.cli.bench.cold import cold_start
from services.cli.bench.latency import delays, quantile
from services.cli.bench.machine import busy_seconds, own_pid, usage
from services.cli.bench.others import KINDS, other
from services.cli.bench.pipeline import Pipeline, pipeline
from services.cli.bench.rounds import Contender, Score, in_turn
from services.cli.bench.standing import on
from shared.errors import UserError


@dataclass(frozen=True, slots=True)
class Plan:
    """What is asked for."""

    items: int
    against: Sequence[str]
    rounds: int = 9
    cold_starts: int = 5


async def measured(plan: Plan) -> dict[str, object]:
    """Return all figures. Raises UserError when something cannot start."""
    names = checked(plan.against)
    async with AsyncExitStack() as stack:
        house = await stack.enter_async_context(pipeline(plan.items))
        contenders: dict[str, Contender] = {"pipeline": house}
        for name in names:
            contenders[name] = await stack.enter_async_context(other(name, plan.items))
        busy, began = busy_seconds(), perf_counter()
        own = usage([("bench", own_pid())])
        scores = await in_turn(contenders, plan.rounds)
        seconds, ours = perf_counter() - began, _sum(scores)
        ours += sum(usage([("bench", own_pid())]).since(own).values())
        foreign = max(busy_seconds() - busy - ours, 0.0) / seconds
        figures = await _house(house, scores["pipeline"])
        figures["on"] = on(house.supervisor.pids, house.data.part("nats") / "nats.conf")
    figures |= {name: scores[name].figures() for name in names}
    figures |= _ratios(scores)
    if plan.cold_starts:
        figures["cold_start_s"] = await cold_start(plan.cold_starts)
    return {**figures, "foreign_load": round(foreign, 2)}


def checked(against: Sequence[str]) -> list[str]:
    """Return those that are there. Raises UserError for a name nobody has."""
    unknown = sorted(set(against) - set(KINDS))
    if unknown:
        raise UserError(
            f"nobody is called {unknown[0]!r}", where="--against", fix=f"name {', '.join(KINDS)}"
        )
    return [name for name in against if KINDS[name].path.exists()]


def missing(against: Sequence[str]) -> list[str]:
    """Return a line for each who cannot be measured here."""
    absent = [name for name in against if name in KINDS and not KINDS[name].path.exists()]
    return [f"zhishou: {name} is measured only in the source tree; left out" for name in absent]


async def _house(house: Pipeline, score: Score) -> dict[str, object]:
    figures = score.figures()
    waits = await delays(house, float(str(figures["items_per_s"])))
    figures |= {
        "cases": house.cases,
        "p50_ms": quantile(waits, 0.5),
        "p99_ms": quantile(waits, 0.99),
        "peak_rss_mb": round(sum(house.usage().peak_rss_mb.values())),
    }
    return {"pipeline": figures}


def _ratios(scores: dict[str, Score]) -> dict[str, object]:
    found: dict[str, object] = {}
    if "relay" in scores:
        found["cpu_ratio_to_relay"] = scores["pipeline"].ratio_to(scores["relay"])
    if "faststream" in scores:
        ratio = scores["faststream"].ratio_to(scores["pipeline"])
        found["cpu_ratio_faststream_to_pipeline"] = ratio
    return found


def _sum(scores: dict[str, Score]) -> float:
    rounds = (each for score in scores.values() for each in score.rounds)
    return sum(sum(each.cpu_seconds.values()) for each in rounds)
