"""What a running house says of its rules, for the commands."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from services.cli.people_cmds import reached
from shared.errors import UserError

if TYPE_CHECKING:
    from services.cli.doors import Doors
    from services.respond.core.policy import PackProposal, PolicyRegister
    from services.respond.core.shadow import ShadowRun
    from services.respond.shell.review import Review


async def standing(
    data_dir: Path | None, environment: Mapping[str, str]
) -> tuple[dict[str, str], "PolicyRegister"]:
    async with reached(data_dir, environment) as doors:
        return (await doors.read.organisation()).packs, await doors.read.policies()


async def shadow_of(
    pack: str, data_dir: Path | None, environment: Mapping[str, str]
) -> "ShadowRun":
    async with reached(data_dir, environment) as doors:
        run = await doors.read.shadow(pack)
    if run is None:
        fix = f"zhishou policy shadow {pack} --start --person NAME"
        raise UserError(f"no proposal has run beside the rules of {pack}", fix=fix)
    return run


async def reviewed(
    pack: str, which: str | None, data_dir: Path | None, environment: Mapping[str, str]
) -> "Review":
    async with reached(data_dir, environment) as doors:
        return await review_of(doors, await proposed(doors, pack, which))


async def review_of(doors: "Doors", meant: "PackProposal") -> "Review":
    """Return what a proposal changes, and every text that would fail by it. Raises UserError."""
    from services.respond.shell.packs import StoredPacks
    from services.respond.shell.review import review
    from shared.runtime.clock import SystemClock

    now = SystemClock().now()
    found = await review(doors.read, StoredPacks(doors.bus), meant.pack, meant.pack_hash, now)
    if found is None:
        raise UserError("its body is gone", where=meant.pack_hash, fix="propose it again")
    return found


async def in_force_of(doors: "Doors", pack: str) -> str:
    packs = (await doors.read.organisation()).packs
    if pack not in packs:
        known = ", ".join(sorted(packs)) or "none"
        raise UserError(f"no account here uses the pack {pack}", fix=f"in use: {known}")
    return packs[pack]


async def proposed(doors: "Doors", pack: str, which: str | None) -> "PackProposal":
    """Return the one proposal that is meant. Raises UserError."""
    open_ones = [each for each in (await doors.read.policies()).proposals if each.pack == pack]
    meant = [each for each in open_ones if each.pack_hash.startswith(which or "")]
    if len(meant) == 1:
        return meant[0]
    listed = ", ".join(each.pack_hash[:12] for each in open_ones) or "nothing"
    if meant:
        raise UserError(f"several proposals for {pack} wait", fix=f"say --hash; open: {listed}")
    raise UserError(f"nobody has proposed such rules for {pack}", fix=f"open: {listed}")
