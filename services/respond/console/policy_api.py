"""The rules over HTTP: what holds, what is proposed, what it would change, what changed for me."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from services.respond.console.api import Answer, AnyOperation, Call, Nothing, reading
from services.respond.console.context import Caller, Console
from services.respond.console.parameters import PackParams
from services.respond.console.policy_wishes import PackProposeBody
from services.respond.console.problems import Problem
from services.respond.console.wish import Hash, Wish
from services.respond.core.briefing import unread
from services.respond.core.incident import Incident
from services.respond.core.policy import PolicyRegister, Switch
from services.respond.core.shadow import ShadowRun
from services.respond.shell.review import Review, review
from shared.contracts.base import Frozen
from shared.policy.model import Pack


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ReviewParams(PackParams):
    pack_hash: Hash


class Policies(Frozen):
    """By pack, which body holds; what people put in force and propose is in `register`."""

    in_force: dict[str, str]
    unread: tuple[str, ...]
    known: Annotated[PolicyRegister, Field(serialization_alias="register")]


class PackShown(Frozen):
    """The rules that hold for the accounts of a pack."""

    pack_hash: str
    rules: Pack


class Changes(Frozen):
    """What a person has to read before they may send; confirm it by `pack_hash`."""

    pack: str
    pack_hash: str
    switches: tuple[Switch, ...]


class IncidentList(Frozen):
    """The newest entries of the register."""

    incidents: tuple[Incident, ...]


async def must_be_known(console: Console, wish: Wish, target: str, body: BaseModel) -> None:
    """Refuse to propose what is no pack of this name: the log must never name a body nobody has."""
    if wish.about != "pack" or not isinstance(body, PackProposeBody):
        return
    found = await console.packs.pack(body.pack_hash)
    if found is None:
        raise Problem(
            422, "pack_unknown", "there is no pack under this hash; store its body first"
        )
    if found.name != target:
        raise Problem(422, "wrong_pack", f"these are rules of {found.name}, not of {target}")


async def changes_for(console: Console, caller: Caller, name: str) -> Changes:
    """Return what the rules in force changed for this person since they last confirmed."""
    read = console.read
    in_force = (await read.organisation()).packs.get(name, "")
    known = await read.pack_changes(name)
    told = unread(known, await read.briefed(caller.person_id), caller.roles)
    return Changes(pack=name, pack_hash=in_force, switches=told)


async def unread_packs(console: Console, caller: Caller) -> tuple[str, ...]:
    """Return the packs of which this person has a change to confirm before they may send."""
    if not caller.may("operator.policy_confirmed"):
        return ()
    names = (await console.read.policies()).installed
    told = [await changes_for(console, caller, each) for each in sorted(names)]
    return tuple(each.pack for each in told if each.switches)


async def unread_of(console: Console, caller: Caller, account_id: str) -> Changes | None:
    """Return what this person must confirm before a text of this account may leave."""
    packs = await unread_packs(console, caller)
    accounts = await console.read.accounts() if packs else ()
    named = {each.registered.account_id: each.registered.pack for each in accounts}
    name = named.get(account_id, "")
    return await changes_for(console, caller, name) if name in packs else None


async def _policies(console: Console, call: Call[Nothing, Nothing, Nothing]) -> Answer:
    read = console.read
    return Answer(
        Policies(
            in_force=(await read.organisation()).packs,
            unread=await unread_packs(console, call.caller),
            known=await read.policies(),
        )
    )


async def _pack(console: Console, call: Call[PackParams, Nothing, Nothing]) -> Answer:
    pack_hash = (await console.read.organisation()).packs.get(call.params.pack, "")
    rules = await console.packs.pack(pack_hash) if pack_hash else None
    if rules is None:
        raise Problem(404, "not_found", "no account here uses this pack")
    return Answer(PackShown(pack_hash=pack_hash, rules=rules))


async def _review(console: Console, call: Call[ReviewParams, Nothing, Nothing]) -> Answer:
    found = await review(
        console.read, console.packs, call.params.pack, call.params.pack_hash, console.clock.now()
    )
    if found is None:
        raise Problem(404, "not_found", "there is no pack under this hash")
    return Answer(found)


async def _shadow(console: Console, call: Call[PackParams, Nothing, Nothing]) -> Answer:
    found = await console.read.shadow(call.params.pack)
    if found is None:
        raise Problem(404, "not_found", "no proposed rules have run beside these")
    return Answer(found)


async def _changes(console: Console, call: Call[PackParams, Nothing, Nothing]) -> Answer:
    return Answer(await changes_for(console, call.caller, call.params.pack))


async def _incidents(console: Console, _call: Call[Nothing, Nothing, Nothing]) -> Answer:
    return Answer(IncidentList(incidents=tuple(await console.read.incidents())))


def policy_readings() -> tuple[AnyOperation, ...]:
    """Return the operations that read rules; those that change them are wishes."""
    of_pack, of_body = (PackParams, Nothing), (ReviewParams, Nothing)
    return (
        reading("incidents", "Staff incidents", IncidentList, (Nothing, Nothing), _incidents),
        reading("packs", "Which rules hold", Policies, (Nothing, Nothing), _policies),
        reading("packs/{pack}", "The rules of a pack", PackShown, of_pack, _pack),
        reading("packs/{pack}/changes", "What changed for me", Changes, of_pack, _changes),
        reading("packs/{pack}/shadow", "What they decide beside", ShadowRun, of_pack, _shadow),
        reading(
            "packs/{pack}/review/{pack_hash}", "What they would change", Review, of_body, _review
        ),
    )
