"""What the editor is told and offered: the same gate, and suggestions of what holds now."""

from services.respond.shell.gate_view import PackGateView
from services.respond.shell.packs import StoredPacks
from tests.fakes.respond_house import a_house


async def test_the_editor_asks_the_same_gate() -> None:
    async with a_house() as house:
        await house.lead()
        case_id = await house.complaint()
        view = PackGateView(house.read, StoredPacks(house.bus), house.clock)
        good = await view.check(case_id, "您好,已经为您核实,今天下午办理。")
        bad = await view.check(case_id, "这个无可奉告。")
        assert good.level in {"pass", "warn"}
        assert bad.level == "block"
        assert bad.findings[0].category == "refusal"
        assert (await view.check("no-such-case", "您好")).level == "hold"


async def test_suggestions_are_made_when_somebody_looks_and_promise_what_can_be_kept_then() -> (
    None
):
    async with a_house() as house:
        await house.lead()
        case = await house.case(await house.complaint())
        assert (case.matter, case.suggestions) == ("", ())
        view = PackGateView(house.read, StoredPacks(house.bus), house.clock)
        early, again = [await view.suggested(case, house.clock.now()) for _ in range(2)]
        assert early.suggestions
        assert early == again
        due = next(each.due_at for each in case.clocks if each.clock == "first_reply")
        late = await view.suggested(case, due)
        assert len(late.suggestions) == len(early.suggestions)


async def test_while_the_rules_cannot_be_read_the_case_is_shown_and_nothing_is_suggested() -> None:
    async with a_house() as house:
        await house.lead()
        case = await house.case(await house.complaint())
        house.bus.away = True
        shown = await PackGateView(house.read, StoredPacks(house.bus), house.clock).suggested(
            case, house.clock.now()
        )
        assert shown == case
