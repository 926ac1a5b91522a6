"""No item twice, also when the log no longer knows it (invariants 9 and 13, docs/adr/0021)."""

from datetime import timedelta
from pathlib import Path

from services.ingest.shell.intake import Intake
from services.ingest.shell.spool import Spool
from shared.bus.port import outgoing
from shared.contracts.facts import Fact
from shared.contracts.items import ItemClassified, ItemEdited, ItemReceived
from shared.contracts.subjects import PURGED_FIRST, PURGED_LATER
from shared.observability.metrics import Metric, Metrics
from tests.fakes.log_place import KEEP_ALL, wanting
from tests.fakes.respond_house import House, a_comment, a_house, a_verdict

OLDEST = timedelta(hours=72)


async def test_ingest_refuses_what_was_purged_and_the_log_what_was_not(tmp_path: Path) -> None:
    async with wanting(tmp_path, KEEP_ALL._replace(keep_facts=10)) as place:
        old = [a_comment(number, place.clock.now()) for number in range(20)]
        await place.grow(20)
        await place.clock.advance(3600 * 74)
        young = [a_comment(number, place.clock.now()) for number in range(20, 40)]
        await place.grow(20)
        await place.hold("respond", 70)
        await place.look()
        assert await place.kinds(60) == {"received"}, "of the young ones, the items alone"
        gone = [each for each in await place.bus.read(1, 40) if "received" in each.subject]
        assert gone == []
        metrics, spool = Metrics(), Spool.open(tmp_path / "spool")
        fresh = Intake(place.bus, spool, place.clock, metrics, oldest=OLDEST)
        end = (await place.bus.state()).last_seq
        assert await fresh.accept([*old, *young])
        assert (await place.bus.state()).last_seq == end, "nothing came twice"
        assert metrics.value(Metric.ITEMS_REJECTED, platform="weibo") == 20
        assert metrics.value(Metric.ITEMS_DUPLICATE, platform="weibo") == 20
        spool.close()


async def test_what_is_too_old_to_come_again_is_not_remembered_and_does_not_come_again(
    tmp_path: Path,
) -> None:
    async with wanting(tmp_path, KEEP_ALL) as place:
        metrics, spool = Metrics(), Spool.open(tmp_path / "spool")
        intake = Intake(place.bus, spool, place.clock, metrics, oldest=OLDEST)
        old = [a_comment(number, place.clock.now()) for number in range(20)]
        assert await intake.accept(old)
        await place.clock.advance(3600 * 74)
        young = [a_comment(number, place.clock.now()) for number in range(20, 25)]
        assert await intake.accept(young)
        [account] = intake._writer._accounts.values()
        assert len(account.known) == len(young)
        end = (await place.bus.state()).last_seq
        intake._seen.clear()
        assert await intake.accept([*old, *young])
        assert (await place.bus.state()).last_seq == end
        assert metrics.value(Metric.ITEMS_REJECTED, platform="weibo") == len(old)
        spool.close()


def an_edit(item: ItemReceived) -> ItemEdited:
    return ItemEdited(
        platform=item.platform,
        account_id=item.account_id,
        item_id=item.item_id,
        item_version="v2",
        native_id=item.native_id,
        text="改:还是没有退款",
        edited_at=item.published_at,
    )


def a_verdict_on(edit: ItemEdited) -> ItemClassified:
    item = a_comment(1, edit.edited_at)
    return a_verdict(item.model_copy(update={"item_version": edit.item_version}))


async def again(house: House, *facts: Fact) -> None:
    """Let facts come that the log has forgotten, as a late push would bring them."""
    end = (await house.bus.state()).last_seq
    for subject in (*PURGED_FIRST, *PURGED_LATER):
        await house.bus.purge(subject, end)
    house.bus._message_ids.clear()
    acks = await house.bus.publish([outgoing(each) for each in facts])
    assert not any(each.duplicate for each in acks), "the log took it"
    await house.clock.settle()


async def test_an_edit_that_comes_again_after_the_purge_decides_nothing() -> None:
    async with a_house() as house:
        await house.lead()
        item = a_comment(1, house.clock.now())
        edit = an_edit(item)
        await house.put(item, a_verdict(item), edit, a_verdict_on(edit))
        counted = await house.read.organisation()
        decided = house.metrics.value(Metric.CASES_OPENED)
        await again(house, edit, a_verdict_on(edit))
        after = await house.read.organisation()
        assert (after.items_edited, after.cases_opened) == (
            counted.items_edited,
            counted.cases_opened,
        )
        assert house.metrics.value(Metric.CASES_OPENED) == decided == 1


async def test_an_edit_of_an_item_that_nobody_remembers_opens_no_case() -> None:
    async with a_house() as house:
        await house.lead()
        item = a_comment(1, house.clock.now())
        edit = an_edit(item)
        await again(house, edit, a_verdict_on(edit))
        assert (await house.read.organisation()).cases_opened == 0
