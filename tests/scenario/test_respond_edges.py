"""What must not leave does not leave, and what fails is said."""

import asyncio

from services.respond.core.aggregates import Account
from services.respond.ports import QueueFilter
from shared.bus.port import outgoing
from shared.contracts.operators import CaseClaimed, CaseResolved, ModeChanged
from shared.contracts.org import PolicyActivated
from shared.contracts.posts import PostSeen
from shared.errors import PermanentError, TransientError
from tests.fakes.respond_house import (
    ACCOUNT,
    a_configuration,
    a_house,
    a_pack,
)


async def test_an_observed_account_never_speaks() -> None:
    async with a_house() as house:
        await house.lead()
        await house.ok(
            ModeChanged(
                op_id=house.op(),
                person_id="li",
                account_id=ACCOUNT,
                mode="observe",
                reason="试运行",
            )
        )
        await house.approve(await house.complaint())
        await house.clock.advance(60)
        assert house.speaker.calls == 0
        [effect] = await house.effects()
        assert effect.status == "simulated"


async def test_a_live_account_never_speaks_to_a_mock() -> None:
    async with a_house(a_configuration(live=True)) as house:
        await house.lead()
        case_id = await house.complaint()
        await house.approve(case_id)
        await house.clock.advance(60)
        assert house.speaker.calls == 0
        [effect] = await house.effects()
        assert effect.status == "returned"


async def test_rules_that_change_after_the_approval_return_the_reply() -> None:
    async with a_house() as house:
        await house.lead()
        case_id = await house.complaint()
        await house.approve(case_id)
        stricter = a_pack(undo_seconds=30)
        pack_hash = await house.bus.put_object(stricter.canonical())
        await house.put(PolicyActivated(pack="company", pack_hash=pack_hash, activated_by="li"))
        await house.clock.advance(60)
        assert house.speaker.calls == 0
        assert (await house.case(case_id)).replies[0].status == "returned"


async def test_a_pack_whose_body_is_late_is_waited_for() -> None:
    async with a_house() as house:
        await house.lead()
        later = a_pack(undo_seconds=30)
        await house.put(
            PolicyActivated(pack="company", pack_hash=later.content_hash(), activated_by="li")
        )
        await house.clock.advance(1)
        before = await house.store.cursor()
        await house.bus.put_object(later.canonical())
        await house.clock.advance(1)
        after = await house.store.cursor()
        assert before is not None
        assert after is not None
        assert after.seq > before.seq


async def test_a_pager_in_trouble_is_tried_until_it_answers() -> None:
    async with a_house() as house:
        await house.lead()
        house.pager.failures.extend([TransientError("503"), TransientError("503")])
        await house.complaint()
        await house.clock.advance(130)
        assert house.pager.calls == 3
        assert len(house.pager.pages) == 1


async def test_a_pager_that_refuses_is_visible_on_the_page() -> None:
    async with a_house() as house:
        await house.lead()
        house.pager.failures.append(PermanentError("401"))
        await house.complaint()
        await house.clock.advance(130)
        [page] = await house.read.pages()
        assert "401" in page.failed
        assert page.delivered_at is None


async def test_a_change_of_configuration_is_a_fact_and_no_change_is_none() -> None:
    async with a_house() as house:
        await house.lead("one")
        before = await house.facts("account.registered")
        await house.kill("one")
        await house.clock.advance(4)
        await house.lead("two")
        assert await house.facts("account.registered") == before
        await house.kill("two")
        await house.clock.advance(4)
        house.configuration = a_configuration(a_pack(undo_seconds=5), live=True)
        await house.lead("three")
        [account] = await house.read.accounts()
        assert isinstance(account, Account)
        assert account.registered.live
        assert len(await house.facts("policy.activated")) == 2
        assert len(await house.read.people()) == 2


async def test_a_fresh_log_begins_with_the_rules() -> None:
    async with a_house() as house:
        candidate = house.candidate("one")
        registrar = candidate._world.registrar
        await registrar.seed()
        await registrar.seed()
        messages = await house.bus.read(1, 100)
        assert messages[0].subject.endswith("policy.activated")
        assert len([each for each in messages if "policy" in each.subject]) == 1


async def test_a_store_that_does_not_answer_loses_no_commit() -> None:
    async with a_house() as house:
        await house.lead()
        house.store.lost_commits = ["request", "answer"]
        await house.complaint_arrives(1)
        await house.clock.advance(2)
        assert house.store.lost_commits == []
        assert (await house.read.organisation()).cases_opened == 1


async def test_a_graceful_stop_finishes_and_hands_over_at_once() -> None:
    async with a_house() as house:
        await house.lead("one")
        await house.complaint()
        house.stops["one"].set()
        await house.clock.advance(1)
        assert house.tasks["one"].done()
        assert await house.store.holder("respond") is None
        lines, _ = await house.ledger()
        assert lines


async def test_health_never_assumes_that_all_is_well() -> None:
    async with a_house() as house:
        assert "no_leader" in (await house.read.health()).degraded
        await house.lead()
        health = await house.read.health()
        assert (health.degraded, health.leader) == ((), True)
        assert health.cursor_seq == health.stream_seq
        house.bus.away = True
        assert "bus_away" in (await house.read.health()).degraded


async def test_a_filter_looks_through_the_whole_queue() -> None:
    async with a_house() as house:
        await house.lead()
        for number in range(1, 6):
            await house.complaint(number)
        for where, expected in (
            (QueueFilter(account_id=ACCOUNT), 5),
            (QueueFilter(account_id="other"), 0),
            (QueueFilter(mine_or_free=True, owner_id="wang"), 5),
        ):
            rows, total = await house.read.queue(where, offset=1, limit=2)
            assert (len(rows), total) == (min(2, max(expected - 1, 0)), expected)


async def test_what_was_closed_can_be_looked_through() -> None:
    async with a_house() as house:
        await house.lead()
        case_ids = [await house.complaint(number) for number in (1, 2)]
        for case_id in case_ids:
            await house.ok(
                CaseResolved(
                    op_id=house.op(),
                    person_id="li",
                    case_id=case_id,
                    without_reply=True,
                    reason="x",
                )
            )
        rows, total = await house.read.queue(QueueFilter(resolved=True), offset=0, limit=1)
        assert ([row.case.case_id for row in rows], total) == ([case_ids[1]], 2)
        assert (await house.read.queue(QueueFilter(), offset=0, limit=9))[1] == 0


async def test_the_oldest_pages_come_first_also_after_a_change_of_leaders() -> None:
    async with a_house() as house:
        await house.lead("one")
        for number in (1, 2, 3):
            await house.complaint(number)
            await house.clock.advance(1)
        await house.clock.advance(130)
        await house.kill("one")
        await house.clock.advance(4)
        await house.lead("two")
        await house.complaint(4)
        await house.clock.advance(130)
        pages, total = await house.read.open_pages(2)
        every = await house.read.pages()
        assert (list(pages), total) == (list(every[:2]), len(every))
        assert total == 4


async def test_the_post_an_item_stands_under_can_be_read() -> None:
    async with a_house() as house:
        await house.lead()
        seen = PostSeen(
            platform="weibo",
            account_id=ACCOUNT,
            post_id="p1",
            text="早安",
            published_at=house.clock.now(),
        )
        await house.put(seen)
        found = await house.read.post(ACCOUNT, "p1")
        assert found is not None
        assert found.text == "早安"
        assert await house.read.post(ACCOUNT, "p2") is None


async def test_every_commit_is_told_to_whoever_looks() -> None:
    async with a_house() as house:
        await house.lead()
        async with house.read.changes() as commits:
            await house.complaint()
            async with asyncio.timeout(5):
                committed = await anext(commits)
        assert committed.keys


async def test_an_operation_nobody_decides_is_recorded() -> None:
    async with a_house() as house:
        wish = ModeChanged(
            op_id="o", person_id="li", account_id=ACCOUNT, mode="observe", reason="x"
        )
        assert await house.actions.perform(wish, wait_seconds=0.01) is None
        await house.lead()
        assert await house.actions.perform(wish) is not None
        assert outgoing(wish).message_id


async def test_what_stands_in_the_log_is_recorded_though_the_store_went_away_meanwhile() -> None:
    async with a_house() as house, asyncio.TaskGroup() as group:
        await house.lead()
        wish = CaseClaimed(op_id="o", person_id="wang", case_id=await house.complaint())
        house.bus.hold_after = "operator.claimed"
        asking = group.create_task(house.actions.perform(wish, wait_seconds=0.05))
        await house.bus.held.wait()
        house.store.away = True
        house.bus.let_go.set()
        assert await asking is None
        house.store.away = False
        await house.clock.advance(1)
        outcome = await house.actions.perform(wish)
        assert outcome is not None
        assert outcome.accepted


async def test_an_activation_of_what_is_no_pack_is_quarantined() -> None:
    async with a_house() as house:
        await house.lead()
        useless = await house.bus.put_object(b'{"no":"pack"}')
        await house.put(PolicyActivated(pack="company", pack_hash=useless, activated_by="li"))
        await house.complaint()
        [fact] = await house.facts("fact.quarantined")
        assert "not a pack" in fact.model_dump()["error"]
