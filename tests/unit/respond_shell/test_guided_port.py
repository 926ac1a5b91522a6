"""The send port looks once more at all that stands around a text, as it is when it speaks."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from services.respond.core.aggregates import Effect, Guidance
from services.respond.core.guidance import Ban, Position, content_of_position
from services.respond.core.state import Aggregate, Changes
from services.respond.core.voiced import Spoken as Told
from services.respond.core.voiced import Voiced
from services.respond.shell.gate_view import PackGateView
from services.respond.shell.packs import StoredPacks
from services.respond.shell.send_port import SendPort, Voice
from services.respond.shell.standing import Standing
from tests.fakes.clock import START
from tests.fakes.guidance import a_position
from tests.fakes.respond_house import ACCOUNT, ANSWER, a_house, a_pack
from tests.fakes.speaker import FakeSpeaker
from tests.unit.respond_shell.test_leaving import an_office


@dataclass(frozen=True)
class Spoken:
    """What the port says of an effect that was decided before all this held."""

    withheld: str
    findings: tuple[str, ...]


async def spoken(*around: Aggregate, now: datetime = START) -> Spoken:
    async with a_house() as house:
        await house.lead()
        case_id = await house.complaint()
        await house.approve(case_id)
        loaded = await house.store.load()
        assert loaded is not None
        await house.clock.advance(16)
        [effect] = await house.effects()
        assert isinstance(effect, Effect)
        standing = Standing(1, loaded.cursor)
        case = await house.case(case_id)
        [account] = await house.read.accounts()
        organisation = await house.read.organisation()
        held = {each.key: each for each in (case, account, organisation, *around)}
        standing.state.apply(Changes(puts=held), now)
        standing.packs[effect.pack_hash] = a_pack()
        voices = {ACCOUNT: Voice(FakeSpeaker(house.clock), live=False)}
        port = SendPort(voices, await an_office(house.clock), standing, 10.0)
        view = await PackGateView(house.read, StoredPacks(house.bus), house.clock).check(
            case_id, effect.body
        )
        return Spoken(port.withheld(effect), tuple(each.category for each in view.findings))


def a_position_on(matter: str) -> Guidance:
    written = a_position(matter=matter, must_say=(), must_not_say=())
    held = Position(
        position_id="p",
        content=content_of_position(written),
        written=written,
        written_at=START,
        status="in_force",
    )
    return Guidance(positions=(held,))


async def test_a_position_that_came_after_the_decision_gives_the_text_back() -> None:
    assert (await spoken(a_position_on("退款"))).withheld == "position_changed"


async def test_a_position_on_another_matter_changes_nothing() -> None:
    said = await spoken(a_position_on("停车费"))
    assert said == Spoken("", said.findings)


async def test_a_ban_stops_the_final_bytes() -> None:
    async with a_house() as house:
        await house.lead()
        case_id = await house.complaint()
        await house.approve(case_id)
        case = await house.case(case_id)
        word = case.replies[0].text[:2]
    ban = Ban(ban_id="b", text=word, until=START, set_by="li", set_at=START)
    assert (await spoken(Guidance(bans=(ban,)))).withheld.startswith("gate_failed")


async def test_what_many_others_were_told_meanwhile_does_not_leave_once_more() -> None:
    many = Voiced(account_id=ACCOUNT)
    for number in range(20):
        many = many.with_newest(Told(case_id=f"other{number}", text=ANSWER, at=START))
    assert (await spoken(many)).withheld.startswith("gate_failed 几乎一样的话最近已发给 20 个人")


async def test_words_that_promise_another_day_by_now_are_confirmed_again() -> None:
    assert (await spoken(now=START + timedelta(days=1))).withheld == "promise_moved"
