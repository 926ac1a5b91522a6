"""What the doors to a platform have in common: whose rules hold, and how a platform is read back."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, Literal, TypeVar

from services.respond.core.aggregates import Account, Effect
from services.respond.shell.office import Office
from services.respond.shell.standing import Standing
from shared.errors import PermanentError, TransientError
from shared.policy.model import Pack
from shared.runtime.clock import Clock

READ_ATTEMPTS: Final = 3
PAUSE_SECONDS: Final = 2.0
UNREADABLE: Final = "unreadable"
Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Withheld:
    """The port did not let it out; it goes back to its owner.

    Reasons begin with a code that the console has words for; what may follow is somebody's own.
    """

    reason: str


def rules_of(effect: Effect, standing: Standing, *, live: bool | None) -> Pack | Withheld:
    """Return the rules an effect was decided by, if they still hold; `live`: None is no way out."""
    account = standing.state.get(f"account:{effect.account_id}", Account)
    if account is None or live is None:
        return Withheld("account_missing")
    if live != account.registered.live:
        return Withheld("mock_meets_live")
    if standing.organisation.packs.get(account.registered.pack, "") != effect.pack_hash:
        return Withheld("policy_changed")
    return standing.packs.get(effect.pack_hash) or Withheld("pack_missing")


async def read_back(
    look: Callable[[], Awaitable[Found]], office: Office, clock: Clock
) -> Found | Literal["unreadable"]:
    """Return what a look at the platform found; a few are tried. Raises OfficeLostError."""
    for turn in range(1, READ_ATTEMPTS + 1):
        office.must_hold()
        try:
            return await look()
        except TransientError:
            await clock.sleep(PAUSE_SECONDS * turn)
        except PermanentError:
            break
    return UNREADABLE
