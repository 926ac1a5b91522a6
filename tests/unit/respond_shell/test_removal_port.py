"""No code path takes anything away but the removal port, and it asks the rules once more."""

import ast
from pathlib import Path

import pytest

from services.respond.core.aggregates import Account, Case, Effect, Organisation
from services.respond.core.dues import Dues
from services.respond.core.state import Aggregate, Changes
from services.respond.shell.door import Withheld
from services.respond.shell.office import Office
from services.respond.shell.removal_port import Agreed, Hand, RemovalPort
from services.respond.shell.standing import Standing
from shared.contracts.verdicts import Label
from shared.errors import PermanentError
from shared.policy.model import Pack
from shared.store.memory_store import MemoryStore
from shared.store.port import Cursor
from tests.fakes.builders import ACCOUNT
from tests.fakes.clock import START, FakeClock
from tests.fakes.core_story import Story
from tests.fakes.removal_story import PACK, a_house, approve, arrive, ask
from tests.fakes.remover import FakeRemover

ROOT = Path(__file__).parents[3]
THE_PORT = ROOT / "services" / "respond" / "shell" / "removal_port.py"


def sources() -> dict[Path, ast.Module]:
    found = (ROOT / "services").rglob("*.py")
    return {path: ast.parse(path.read_text(encoding="utf-8")) for path in found}


def _takes_away(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "remove"
        and any(word.arg == "approval" for word in node.keywords)
    )


def _names_a_remover(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id == "Remover"


def test_only_the_removal_port_calls_or_names_a_remover() -> None:
    calling = {path for path, tree in sources().items() if any(map(_takes_away, ast.walk(tree)))}
    naming = {
        path for path, tree in sources().items() if any(map(_names_a_remover, ast.walk(tree)))
    }
    assert calling == naming == {THE_PORT}


def agreed_on() -> Story:
    story = a_house()
    arrive(story)
    ask(story)
    approve(story)
    return story


async def port_over(
    story: Story,
    *more: Aggregate,
    live: bool = False,
    hands: bool = True,
    pack: Pack | None = PACK,
) -> RemovalPort:
    """Return the port over what the story came to, with `more` in the place of what stands."""
    clock = FakeClock()
    office = Office(MemoryStore(clock), clock, "me", 3.0)
    assert await office.acquire()
    packs = {} if pack is None else {PACK.content_hash(): pack}
    standing = Standing(1, Cursor("i", 1, "", 1), packs=packs)
    held = [
        each for name in ("account", "organisation", "case") for each in story.state.under(name)
    ]
    puts = {each.key: each for each in (*held, *more)}
    standing.state.apply(Changes(puts=puts), START)
    given = {ACCOUNT: Hand(FakeRemover(), live)} if hands else {}
    return RemovalPort(given, office, standing, 10.0)


async def test_what_two_people_agreed_on_is_let_through() -> None:
    story = agreed_on()
    port = await port_over(story)
    agreed = port.agreed(story.effect)
    assert isinstance(agreed, Agreed)
    assert agreed.target.native_id == "c1"
    assert not await port.is_gone(story.effect)


def a_case(story: Story, **changes: object) -> Case:
    return story.case.model_copy(update=changes)


async def test_rules_and_house_are_asked_once_more_before_the_act() -> None:
    story = agreed_on()
    item = story.case.items[0]
    voiced = item.model_copy(update={"corrected": (Label.COMPLAINT,)})
    edited = item.model_copy(update={"text": "改过的话"})
    wish = story.case.dues.removals[0]
    alone = wish.model_copy(update={"asked_by": "zhou"})
    other = Organisation(packs={"company": "another"})
    standing = story.state.get(f"account:{ACCOUNT}", Account)
    assert standing is not None
    registered = standing.registered.model_copy(update={"live": True})
    ports = {
        "protected_voice": await port_over(story, a_case(story, items=(voiced,))),
        "item_unknown": await port_over(story, a_case(story, items=(edited,))),
        "not_approved": await port_over(story, a_case(story, dues=Dues(removals=(alone,)))),
        "policy_changed": await port_over(story, other),
        "account_missing": await port_over(story, hands=False),
        "mock_meets_live": await port_over(story, Account(registered=registered)),
        "pack_missing": await port_over(story, pack=None),
    }
    for reason, port in ports.items():
        assert port.agreed(story.effect) == Withheld(reason)
    with pytest.raises(PermanentError):
        await ports["account_missing"].is_gone(story.effect)


def test_an_effect_of_another_kind_or_without_approval_is_no_agreement() -> None:
    story = agreed_on()
    plain = story.effect.model_copy(update={"approval_id": ""})
    reply = Effect(
        effect_id="e",
        effect_kind="send_reply",
        status="decided",
        approval_id="a",
        decided_at=START,
        decided_seq=1,
    )
    for effect in (plain, reply, story.effect.model_copy(update={"effect_id": "none"})):
        with pytest.raises(PermanentError):
            Agreed.of(effect, story.case)
    with pytest.raises(PermanentError):
        Agreed.of(story.effect, None)
