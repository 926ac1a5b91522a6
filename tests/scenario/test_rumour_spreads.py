"""A rumour spreads while the house works, dies and comes back: it is weighed in its own times."""

from collections.abc import Mapping
from datetime import timedelta

from pydantic_core import from_json

from services.respond.core.aggregates import Case
from services.respond.core.fold import Folded, fold
from services.respond.core.state import State
from services.respond.ports import QueueFilter
from shared.contracts.facts import Stored, decode
from shared.contracts.items import Author, ItemKind, ItemReceived, Thread
from shared.contracts.verdicts import Label
from tests.fakes.respond_house import ACCOUNT, House, a_house, a_pack
from tests.fakes.rumours import DENIES, DOUBTS, RUMOUR_TEXT, batch, judged

POST = "9100"
MINUTE = 60


def an_item(house: House, native_id: str, text: str, kind: ItemKind) -> ItemReceived:
    return ItemReceived(
        platform="weibo",
        account_id=ACCOUNT,
        item_id=f"item-{native_id}",
        item_version="v1",
        item_kind=kind,
        native_id=native_id,
        author=Author(author_id=f"author-{native_id}", followers=80),
        thread=Thread(post_id=POST),
        text=text,
        published_at=house.clock.now(),
        source="poll",
    )


async def a_rumour(house: House) -> Case:
    item = an_item(house, POST, RUMOUR_TEXT, ItemKind.MENTION)
    await house.put(item, batch([judged(item, Label.RUMOUR)]))
    rows, _ = await house.read.queue(QueueFilter(), offset=0, limit=10)
    return rows[0].case


async def reposts(house: House, first: int, count: int, says: str) -> None:
    items = [
        an_item(house, f"92{first + number:04}", "转发微博", ItemKind.REPOST)
        for number in range(count)
    ]
    await house.put(*items, batch(judged(each, says=says) for each in items))


async def weighed(house: House) -> list[Mapping[str, object]]:
    lines, _ = await house.ledger()
    told: list[Mapping[str, object]] = [from_json(each) for each in lines]
    return [each for each in told if each["kind"] == "rumour.weighed"]


async def test_it_is_weighed_in_its_times_as_reposts_arrive() -> None:
    async with a_house() as house:
        await house.lead()
        case = await a_rumour(house)
        await reposts(house, 0, 12, DOUBTS)
        await house.clock.advance(5 * MINUTE + 1)
        await reposts(house, 100, 30, DENIES)
        await house.clock.advance(10 * MINUTE)
        told = await weighed(house)
        assert [(each["minutes"], each["reposts"]) for each in told] == [
            (0, 0),
            (5, 12),
            (15, 42),
        ]
        later = await house.case(case.case_id)
        opened = later.readings[0].at
        assert [each.at - opened for each in later.readings] == [
            timedelta(minutes=minutes) for minutes in (0, 5, 15)
        ]
        likely = [each.likely for each in later.readings]
        assert likely == sorted(likely)
        assert later.severity > case.severity


async def test_a_new_leader_goes_on_where_the_last_one_died() -> None:
    async with a_house() as house:
        await house.lead("one")
        case = await a_rumour(house)
        await reposts(house, 0, 12, DOUBTS)
        await house.kill("one")
        await house.clock.advance(7 * MINUTE)
        await house.lead("two")
        await house.clock.advance(MINUTE)
        later = await house.case(case.case_id)
        assert [each.minutes for each in later.readings] == [0, 5]
        assert later.readings[1].at - later.readings[0].at == timedelta(minutes=5)
        assert later.readings[1].reposts == 12
        assert _again(await _log(house)) == (await house.ledger())[0]


async def _log(house: House) -> list[Stored]:
    end = (await house.bus.state()).last_seq
    messages = await house.bus.read(1, end)
    return [Stored(seq=each.seq, time=each.time, fact=decode(each.data)) for each in messages]


def _again(log: list[Stored]) -> list[str]:
    packs = {pack.content_hash(): pack for pack in (a_pack(),)}
    state, folded = State(), Folded()
    for each in log:
        folded.lines += fold(state, [each], packs).lines
    return folded.lines
