"""Everything one person says, in one thread: what it costs at the beginning and at the end."""

from dataclasses import dataclass

from services.cli.bench.machine import usage
from services.cli.chaos.console import Json
from services.cli.chaos.steps import CANDIDATES
from services.cli.mock_link import account_id
from shared.bus.port import MAX_BATCH, outgoing
from shared.contracts.items import ItemReceived
from tests.fakes.builders import a_comment
from tests.fakes.waiting import until
from tests.lasting.house import COMPLAINT, Lasting

WARM_UP = 512
COUNT = "zhishou_counts items_classified"


@dataclass(frozen=True)
class Flood:
    """CPU seconds of respond for a part at the beginning and at the end; the case as people see it.

    Of a third of the parts the cheapest counts: how many items a commit holds is the machine's mood.
    """

    first: float
    last: float
    items: int
    kept: int
    history: int
    smallest: int
    largest: int


async def flood(lasting: Lasting, parts: int, part: int) -> Flood:
    """Let one person say `parts` times `part` things; all join one case."""
    account = account_id(str(lasting.house.report("mock")["accounts"][0]["native_id"]))
    await _say(lasting, account, 0, WARM_UP)
    sizes: list[int] = []
    spent: list[float] = []
    for number in range(parts):
        before = _cpu(lasting)
        await _say(lasting, account, WARM_UP + number * part, part)
        spent.append(_cpu(lasting) - before)
        sizes.append(len(str(await _case(lasting))))
    case = await _case(lasting)
    return Flood(
        first=min(spent[: parts // 3]),
        last=min(spent[-(parts // 3) :]),
        items=case["item_count"],
        kept=len(case["items"]),
        history=len(case["history"]),
        smallest=min(sizes),
        largest=max(sizes),
    )


async def _case(lasting: Lasting) -> Json:
    queue = await lasting.writer.read("/api/queue?limit=200")
    assert queue is not None
    [row] = queue["rows"]
    case: Json = row["case"]
    return case


def _cpu(lasting: Lasting) -> float:
    """Return what both candidates used; one of them only stands by."""
    return sum(usage((each, lasting.house.pid(each)) for each in CANDIDATES).cpu_seconds.values())


async def _say(lasting: Lasting, account: str, start: int, count: int) -> None:
    """Append so many items to the log and wait until all are judged and folded."""
    items: list[ItemReceived] = [
        a_comment(f"flood{number}", f"{COMPLAINT}（{number}）", account=account)
        for number in range(start, start + count)
    ]
    folded = lasting.prober.highest(COUNT)
    for at in range(0, count, MAX_BATCH):
        await lasting.bus.publish([outgoing(each) for each in items[at : at + MAX_BATCH]])
    await until(lambda: lasting.prober.highest(COUNT) >= folded + count, 600, pause_seconds=0.1)
