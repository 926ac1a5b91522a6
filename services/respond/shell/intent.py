"""Between the intent and the act: what the fold, in log order, let start is done, and nothing else."""

from services.respond.core.aggregates import Effect
from services.respond.shell.executor import paused
from services.respond.shell.office import Office
from services.respond.shell.standing import Standing
from shared.bus.timing import wait_or
from shared.runtime.clock import Clock

FOLD_SECONDS = 0.2


async def objection(
    effect: Effect, attempt: int, seq: int, *, standing: Standing, office: Office, clock: Clock
) -> str:
    """Wait until the intent at `seq` is folded; return why it must not be done, else nothing.

    A pause or a return may stand before it in the log.
    """
    while standing.cursor.seq < seq:
        bell = standing.bell.next
        if standing.cursor.seq < seq:
            await wait_or(bell, FOLD_SECONDS, clock)
        office.must_hold()
    folded = standing.state.get(effect.key, Effect)
    if folded is None or (folded.status, folded.attempt) != ("started", attempt):
        return "called_back"
    return "paused" if paused(standing, effect.account_id) else ""
