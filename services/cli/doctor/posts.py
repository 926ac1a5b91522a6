"""Posts that the rules of live accounts name, and nobody in the people file holds."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from services.cli.doctor.finding import Finding, ok, warn

if TYPE_CHECKING:
    from services.respond.shell.configuration import Configuration
    from shared.policy.switches import Switches


def posts(read: "Configuration | None") -> Iterator[Finding]:
    """Say which posts are held by nobody: whoever may approve stands in for them."""
    live = {each.pack for each in read.accounts if each.live} if read else set()
    if read is None or not live:
        return
    held = {
        post for each in read.people if each.active for post in (*each.departments, *each.roles)
    }
    named = (post for pack in read.packs if pack.name in live for post in _named(pack.switches))
    empty = [post for post in dict.fromkeys(named) if post not in held]
    if empty:
        fix = "name them under departments in the people file; until then any reviewer stands in"
        yield warn("posts", f"held by nobody: {', '.join(empty)}", fix)
    else:
        yield ok("posts", "every post the rules name is held by somebody")


def _named(switches: "Switches") -> Iterator[str]:
    """Yield the posts that approve, decide on what is held, or propose words."""
    if switches.chain_binds != "posts":
        yield from switches.approval_chain
    for route in switches.routes:
        if route.action in {"report_up", "hold_and_escalate"}:
            yield switches.rumour_to or route.queue
        if route.reply_opinion_from:
            yield route.reply_opinion_from
