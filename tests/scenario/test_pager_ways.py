"""One broken channel keeps nobody asleep, and nobody is woken for what somebody has by now."""

from dataclasses import replace
from datetime import UTC, datetime

from services.respond.shell.configuration import Configuration
from shared.contracts.operators import PageAcknowledged
from shared.contracts.org import Contact, Duty
from shared.errors import PermanentError, TransientError
from tests.fakes.respond_house import a_configuration, a_house

BUSY = TransientError("503")


def two_ways() -> Configuration:
    second = Duty(
        person_id="wang",
        start=datetime(2020, 1, 1, tzinfo=UTC),
        end=datetime(2100, 1, 1, tzinfo=UTC),
        contacts=(Contact(channel="fake", address_ref="wang-phone"),),
    )
    alone = a_configuration()
    return replace(alone, duties=(*(alone.duties or ()), second))


async def test_a_silent_channel_is_left_after_a_minute_where_there_is_another() -> None:
    async with a_house(two_ways()) as house:
        await house.lead()
        house.pager.failures.extend([BUSY] * 7)
        await house.complaint()
        await house.clock.advance(180)
        assert house.pager.pages == {}
        await house.clock.advance(10)
        [(address, notice)] = house.pager.pages.values()
        [page] = await house.read.pages()
        assert (address, page.person_id, page.failed) == ("wang-phone", "wang", "")
        assert notice.page_id == page.page_id
        assert page.delivered_at is not None


async def test_the_only_channel_is_tried_for_as_long_as_it_takes() -> None:
    async with a_house() as house:
        await house.lead()
        house.pager.failures.extend([BUSY] * 9)
        await house.complaint()
        await house.clock.advance(600)
        assert len(house.pager.pages) == 1


async def test_a_channel_with_too_much_to_do_is_not_stormed() -> None:
    async with a_house() as house:
        await house.lead()
        house.pager.failures.append(TransientError("429", retry_after_seconds=90))
        await house.complaint()
        await house.clock.advance(200)
        assert house.pager.calls == 1
        await house.clock.advance(15)
        assert house.pager.calls == 2


async def test_what_the_first_refuses_reaches_the_next_at_once() -> None:
    async with a_house(two_ways()) as house:
        await house.lead()
        house.pager.failures.append(PermanentError("401"))
        await house.complaint()
        await house.clock.advance(130)
        assert [address for address, _ in house.pager.pages.values()] == ["wang-phone"]


async def test_nobody_is_woken_any_more_for_what_somebody_has_taken() -> None:
    async with a_house() as house:
        await house.lead()
        house.pager.failures.extend([BUSY] * 4)
        await house.complaint()
        await house.clock.advance(125)
        [page] = await house.read.pages()
        await house.ok(PageAcknowledged(op_id=house.op(), person_id="li", page_id=page.page_id))
        await house.clock.advance(60)
        assert house.pager.pages == {}
        taken = await house.read.page(page.page_id)
        assert taken is not None
        assert (taken.failed, taken.acknowledged_by) == ("", "li")
