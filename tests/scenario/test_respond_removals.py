"""Something harmful is taken away through the ledger: once two people agreed, read back, and never blind."""

import pytest

from services.respond.core.aggregates import Effect
from services.respond.core.dues import Removal
from services.respond.ports import QueueFilter
from shared.contracts.dues import RemovalApproved, RemovalAsked
from shared.contracts.items import Author, ItemKind, ItemReceived, Thread
from shared.contracts.operators import ModeChanged, OutgoingPaused
from shared.contracts.verdicts import Label, Verdict
from tests.fakes.builders import classified
from tests.fakes.removal_story import BLOCKING, DELETING
from tests.fakes.remover import Mood, Sight
from tests.fakes.respond_house import ACCOUNT, House, a_configuration, a_house, a_pack

PACK = a_pack(
    rules=(DELETING.model_dump(mode="json"), BLOCKING.model_dump(mode="json")),
    case_labels=("spam", "complaint"),
)


async def spam(house: House) -> str:
    """Let spam arrive that is for people; return its case."""
    item = ItemReceived(
        platform="weibo",
        account_id=ACCOUNT,
        item_id="item-9",
        item_version="v1",
        item_kind=ItemKind.COMMENT,
        native_id="559999",
        author=Author(author_id="author-9", name="路人"),
        thread=Thread(post_id="9001"),
        text="加我看片,点这里",
        published_at=house.clock.now(),
        source="poll",
    )
    verdict = Verdict.of({Label.SPAM: 0.99}, decided=(Label.SPAM,), model="m1")
    await house.put(item, classified(item.item_id, item.item_version, verdict))
    rows, _ = await house.read.queue(QueueFilter(), offset=0, limit=10)
    return rows[0].case.case_id


async def wish(house: House, case_id: str) -> Removal:
    case = await house.case(case_id)
    return case.dues.removals[-1]


async def agree(house: House, case_id: str) -> None:
    """One person asks, another approves."""
    await house.ok(
        RemovalAsked(
            op_id=house.op(),
            person_id="wang",
            case_id=case_id,
            item_id="item-9",
            item_version="v1",
            removing="delete",
            ground="spam",
            evidence="截图一张",
        )
    )
    removal = await wish(house, case_id)
    await house.ok(
        RemovalApproved(
            op_id=house.op(), person_id="li", case_id=case_id, removal_id=removal.removal_id
        )
    )
    await house.clock.settle()


async def removing(house: House) -> list[Effect]:
    return [each for each in await house.effects() if each.effect_kind == "remove"]


async def test_a_wish_alone_does_nothing_and_two_people_take_it_away() -> None:
    async with a_house(a_configuration(PACK)) as house:
        await house.lead()
        case_id = await spam(house)
        await agree(house, case_id)
        [effect] = await removing(house)
        assert (effect.status, (await wish(house, case_id)).status) == ("done", "done")
        assert [each.native_id for each in house.remover.gone] == ["559999"]
        assert len(await house.facts("effect.started")) == 1
        case = await house.case(case_id)
        assert case.items[0].deleted
        assert case.items[0].text == "加我看片,点这里"


@pytest.mark.parametrize(
    ("moods", "sights", "status", "calls"),
    [
        (["lost_answer"], [], "done", 1),
        (["lost_answer"], ["away"], "done", 1),
        (["lost_request"], [], "done", 2),
        (["broken"], [], "done", 2),
        (["busy"], [], "done", 2),
        (["busy", "busy", "busy"], [], "refused", 3),
        (["refused"], [], "refused", 1),
        (["lost_request", "lost_request", "lost_request"], [], "unknown", 3),
        (["lost_answer"], ["blind"], "unknown", 1),
        (["lost_answer"], ["away", "away", "away"], "unknown", 1),
    ],
)
async def test_whatever_the_platform_does_the_end_is_known_or_asked_for(
    moods: list[Mood], sights: list[Sight], status: str, calls: int
) -> None:
    async with a_house(a_configuration(PACK)) as house:
        await house.lead()
        case_id = await spam(house)
        house.remover.moods.extend(moods)
        house.remover.sights.extend(sights)
        await agree(house, case_id)
        await house.clock.advance(60)
        assert ((await wish(house, case_id)).status, house.remover.calls) == (status, calls)


async def test_where_the_account_only_watches_it_is_simulated() -> None:
    async with a_house(a_configuration(PACK)) as house:
        await house.lead()
        case_id = await spam(house)
        await house.ok(
            ModeChanged(
                op_id=house.op(),
                person_id="li",
                account_id=ACCOUNT,
                mode="observe",
                reason="试运行",
            )
        )
        await agree(house, case_id)
        assert ((await wish(house, case_id)).status, house.remover.calls) == ("simulated", 0)


async def test_the_red_button_stops_it_and_later_its_time_is_over() -> None:
    async with a_house(a_configuration(PACK)) as house:
        await house.lead()
        case_id = await spam(house)
        stop = OutgoingPaused(op_id=house.op(), person_id="wang", paused=True, reason="危机")
        await house.ok(stop)
        await agree(house, case_id)
        assert ((await wish(house, case_id)).status, house.remover.calls) == ("leaving", 0)
        await house.clock.advance(31 * 60)
        assert (await wish(house, case_id)).status == "expired"


async def test_a_busy_platform_is_not_asked_when_its_time_is_over() -> None:
    async with a_house(
        a_configuration(PACK.model_copy(update={"not_after_minutes": 0.02}))
    ) as house:
        await house.lead()
        case_id = await spam(house)
        house.remover.moods.append("busy")
        await agree(house, case_id)
        await house.clock.advance(10)
        removal = await wish(house, case_id)
        assert (removal.status, removal.note) == ("returned", "not_after")
        assert house.remover.calls == 1


@pytest.mark.parametrize(("mood", "calls"), [("lost_answer", 1), ("lost_request", 2)])
async def test_a_new_leader_looks_before_it_asks_again(mood: Mood, calls: int) -> None:
    async with a_house(a_configuration(PACK)) as house:
        await house.lead("one")
        case_id = await spam(house)
        house.remover.moods.append(mood)
        house.remover.sights.append("away")
        await agree(house, case_id)
        await house.kill("one")
        assert (await wish(house, case_id)).status == "leaving"
        await house.lead("two")
        await house.clock.advance(30)
        assert ((await wish(house, case_id)).status, house.remover.calls) == ("done", calls)
