"""A rule is tried on what really came: from the log, by the very fold, and only as far as anybody looks."""

from datetime import timedelta

from services.respond.shell.rehearsal import LogRehearsal
from shared.contracts.operators import CaseClaimed, ReplyDrafted
from shared.policy.model import ClockRule, Taboo
from tests.fakes.respond_house import ANSWER, House, a_comment, a_house, a_pack

FAST = a_pack(clocks=(ClockRule(acknowledge_minutes=1, first_reply_minutes=2),))
STRICT = a_pack(
    taboos=(Taboo(category="haste", level="block", reason="不要急着许诺", phrases=("办理",)),)
)


def trial(house: House) -> LogRehearsal:
    return LogRehearsal(house.bus, house.clock, house.read)


async def test_clocks_are_decided_again_for_every_case() -> None:
    async with a_house() as house:
        await house.lead()
        for number in (1, 2, 3):
            await house.complaint(number)
        found = await trial(house).rehearse("company", a_pack(), FAST)
        assert (found.items, found.cases, found.complete) == (3, (3, 3), True)
        assert found.counts["clocks"] == 3
        about, live, would = found.shown["clocks"][0]
        assert about.startswith("第1次来投诉")
        assert (live, would) == (
            "acknowledge 2 min, first reply 5 min",
            "acknowledge 1 min, first reply 2 min",
        )


async def test_texts_of_ours_are_checked_again() -> None:
    async with a_house() as house:
        await house.lead()
        case_id = await house.complaint()
        await house.ok(CaseClaimed(op_id=house.op(), person_id="wang", case_id=case_id))
        draft = ReplyDrafted(
            op_id=house.op(), person_id="wang", case_id=case_id, base_revision=0, text=ANSWER
        )
        await house.ok(draft)
        found = await trial(house).rehearse("company", a_pack(), STRICT)
        assert found.counts["texts"] == 1
        assert found.shown["texts"][0][2].startswith("block: 不要急着许诺")


async def test_what_is_older_than_a_week_or_of_other_rules_is_left_out() -> None:
    async with a_house() as house:
        await house.lead()
        await house.complaint(1)
        other = await trial(house).rehearse("hotel", a_pack(name="hotel"), a_pack(name="hotel"))
        assert (other.items, other.cases) == (0, (0, 0))
        await house.kill("one")
        await house.clock.advance(timedelta(days=8).total_seconds())
        await house.complaint_arrives(2)
        found = await trial(house).rehearse("company", a_pack(), FAST)
        assert (found.items, found.complete) == (1, True)


async def test_items_without_a_verdict_in_the_log_are_left_out() -> None:
    async with a_house() as house:
        await house.lead()
        await house.put(a_comment(1, house.clock.now()))
        await house.complaint(2)
        found = await trial(house).rehearse("company", a_pack(), FAST)
        assert (found.items, found.cases) == (1, (1, 1))


async def test_nothing_came_and_nothing_differs() -> None:
    async with a_house() as house:
        await house.lead()
        found = await trial(house).rehearse("company", a_pack(), FAST)
        assert (found.items, set(found.counts.values())) == (0, {0})
        assert found.since <= house.clock.now()


async def test_of_a_very_busy_week_the_newest_part_is_looked_at() -> None:
    async with a_house() as house:
        await house.lead()
        for number in range(1, 5):
            await house.complaint(number)
        newest = LogRehearsal(house.bus, house.clock, house.read, most_facts=6)
        found = await newest.rehearse("company", a_pack(), FAST)
        assert 0 < found.items < 4
        assert not found.complete
