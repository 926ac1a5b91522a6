"""The stream is what the log has: newest first, in its newest words, with its verdict and its case."""

from services.respond.shell.log_stream import LogStream
from shared.contracts.items import ItemClassified, ItemDeleted, ItemEdited, ItemReceived
from shared.contracts.verdicts import Label, Verdict
from tests.fakes.builders import classified
from tests.fakes.respond_house import ACCOUNT, House, a_comment, a_house
from tests.fakes.wordless import a_take_up


def _spam(item: ItemReceived, version: str = "v1") -> ItemClassified:
    verdict = Verdict.of({Label.SPAM: 0.95}, decided=(Label.SPAM,), model="m1")
    return classified(item.item_id, version, verdict)


async def _advert(house: House, number: int) -> ItemReceived:
    item = a_comment(number, house.clock.now()).model_copy(update={"text": "加微信领红包"})
    await house.put(item, _spam(item))
    return item


async def test_what_opened_no_case_is_there_with_its_verdict_beside_what_did() -> None:
    async with a_house() as house:
        await house.lead()
        case_id = await house.complaint(1)
        advert = await _advert(house, 2)
        found = await LogStream(house.bus, house.read).newest()
        assert found.complete
        first, second = found.items
        assert (first.item.item_id, first.case_id) == (advert.item_id, "")
        assert first.judged is not None
        assert first.judged.held == "spam"
        assert (second.case_id, second.deleted) == (case_id, False)


async def test_an_edit_counts_with_the_verdict_on_it_and_a_deletion_is_told() -> None:
    async with a_house() as house:
        await house.lead()
        advert = await _advert(house, 2)
        edit = ItemEdited(
            platform="weibo",
            account_id=ACCOUNT,
            item_id=advert.item_id,
            item_version="v2",
            native_id=advert.native_id,
            text="改过的广告",
            edited_at=house.clock.now(),
        )
        await house.put(edit)
        stream = LogStream(house.bus, house.read)
        seen = await stream.find(advert.item_id)
        assert seen is not None
        assert (seen.item.text, seen.judged) == ("改过的广告", None)
        await house.put(
            _spam(advert, "v2"),
            ItemDeleted(
                platform="weibo",
                account_id=ACCOUNT,
                item_id=advert.item_id,
                item_version="v2",
                native_id=advert.native_id,
            ),
        )
        seen = await stream.find(advert.item_id)
        assert seen is not None
        assert seen.judged is not None
        assert seen.deleted


async def test_only_the_newest_part_of_the_log_is_read_and_that_is_said() -> None:
    async with a_house() as house:
        await house.lead()
        advert = await _advert(house, 2)
        for number in range(3, 9):
            await house.complaint_arrives(number)
        short = LogStream(house.bus, house.read, most_facts=6)
        assert not (await short.newest()).complete
        assert await short.find(advert.item_id) is None


async def test_an_item_of_the_log_becomes_a_case_that_may_be_asked_to_be_taken_away() -> None:
    async with a_house() as house:
        await house.lead()
        advert = await _advert(house, 2)
        stream = LogStream(house.bus, house.read)
        seen = await stream.find(advert.item_id)
        assert seen is not None
        fact = a_take_up(
            advert.item_id, item=seen.item, judged=seen.judged, answer=False, op=house.op()
        )
        await house.ok(fact)
        [case_id] = (await house.read.places((advert.item_id,))).values()
        case = await house.case(case_id)
        assert (case.labels, case.owner_id, case.owed()) == ((Label.SPAM,), "li", [])
