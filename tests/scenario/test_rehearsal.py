"""A rule is tried on what really came: from the log, by the very fold, and only as far as anybody looks."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from services.respond.rehearsing import Asked
from services.respond.shell.rehearsal import LogRehearsal
from shared.contracts.operators import CaseClaimed, ReplyDrafted
from shared.contracts.posts import PostSeen
from shared.policy.articles import PolicyRule
from shared.policy.model import ClockRule, Pack, Taboo
from tests.fakes.respond_house import ACCOUNT, ANSWER, House, a_comment, a_house, a_pack

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


def a_rule(check: str, *kinds: str, **params: object) -> Pack:
    rule = PolicyRule.model_validate(
        {"id": "own.rule-1", "title": "试一试", "type": "limit", "kinds": kinds, "check": check}
        | {"params": params, "verdict": "hold"}
    )
    return a_pack(rules=(rule,))


async def asked(house: House, pack: Pack) -> Asked:
    return await trial(house).ask("company", pack, "own.rule-1", ZoneInfo("Asia/Shanghai"))


async def test_one_rule_is_asked_of_what_we_wrote_and_knows_what_has_left() -> None:
    async with a_house() as house:
        await house.lead()
        case_id = await house.complaint()
        await house.approve(case_id)
        await house.clock.advance(16)
        update = ReplyDrafted(
            op_id=house.op(), person_id="wang", case_id=case_id, slot="update", base_revision=0,
            text="这是一份还没有发出的草稿",
        )  # fmt: skip
        gone = ReplyDrafted(
            op_id="gone", person_id="wang", case_id="gone", base_revision=0, text="旧工单里的话"
        )
        await house.put(update, gone)
        found = await asked(house, a_rule("length", "reply", most=5))
        assert (found.looked, found.hits) == ({"reply": 3}, 3)
        assert [each.came for each in found.shown] == ["sent", "draft", "draft"]
        assert found.shown[0].text.startswith(ANSWER[:8])


async def test_items_are_asked_with_what_classify_decided_of_them() -> None:
    async with a_house() as house:
        await house.lead()
        await house.complaint()
        pack = a_rule("inbound", "comment", speaks={"complaint": {"to": "客服"}})
        found = await asked(house, pack)
        assert (found.looked, found.hits) == ({"comment": 1}, 1)


async def test_posts_give_their_times_and_days_and_other_kinds_have_no_history() -> None:
    async with a_house() as house:
        await house.lead()
        for number in (1, 2):
            post = PostSeen(
                platform="weibo", account_id=ACCOUNT, post_id=f"p{number}", text="早上好",
                published_at=house.clock.now() + timedelta(minutes=number),
            )  # fmt: skip
            await house.put(post)
        near = await asked(house, a_rule("gap", "schedule", least_min=30))
        assert (near.looked, near.hits, near.untold) == ({"schedule": 2}, 1, {"previous": 1})
        full = await asked(house, a_rule("pasted", "day_log", "campaign", mode="parts", least=2))
        assert (full.looked, full.without) == ({"day_log": 1}, ("campaign",))
        assert (await asked(house, a_rule("topic_first", "post"))).looked == {"post": 2}


async def test_a_rule_that_only_people_judge_finds_nothing() -> None:
    async with a_house() as house:
        await house.lead()
        await house.complaint()
        judged = PolicyRule(
            id="own.rule-1", title="用心", type="description", by_people="只有人能看",
            kinds=("comment",),
        )  # fmt: skip
        found = await asked(house, a_pack(rules=(judged,)))
        assert (found.looked, found.hits) == ({}, 0)
