"""A log made again from a backup: nothing leaves by itself, and what the lost house said is sought.

Between the backup and the loss of the machine replies may have left of which this log knows
nothing. So everything that would answer an older item looks at the platform first (promise 2).
"""

from datetime import datetime, timedelta

from services.respond.core.aggregates import Case, CaseItem, Effect, Organisation
from services.respond.core.loss import LOSSES_KEPT, Loss
from services.respond.core.work import Work
from shared.contracts.system import LogRestored

PLATFORM_CLOCK = timedelta(minutes=5)
"""How far a platform's clock may be ahead of the log's."""


def restore(work: Work, fact: LogRestored) -> None:
    """Pause what leaves; replies on their way are in doubt: they are looked for, not sent."""
    organisation = work.organisation
    loss = Loss(since=min(fact.upto_time, work.at), until=work.at)
    fresh: dict[str, object] = {
        "paused": True,
        "freeze_epoch": organisation.freeze_epoch + 1,
        "losses": (*organisation.losses[1 - LOSSES_KEPT :], loss),
    }
    work.put(Organisation.model_copy(organisation, update=fresh))
    for effect in list(work.under("effect")):
        if isinstance(effect, Effect) and _in_doubt(effect):
            since = effect.started_at or effect.decided_at
            work.put(
                effect.model_copy(
                    update={
                        "status": "started",
                        "attempt": max(effect.attempt, 1),
                        "started_at": since,
                        "look_since": since,
                    }
                )
            )


def look_since(work: Work, item: CaseItem) -> datetime | None:
    """Return from when on a lost house may have answered this item; None: it cannot have."""
    for loss in work.organisation.losses:
        seen = item.looked_at is not None and item.looked_at >= loss.until
        if item.published_at <= loss.until + PLATFORM_CLOCK and not seen:
            return loss.since
    return None


def looked(work: Work, case: Case, item_id: str) -> Case:
    """Return the case in which it is certain what the platform shows for this item."""
    items = tuple(
        item.model_copy(update={"looked_at": work.at}) if item.item_id == item_id else item
        for item in case.items
    )
    return case.model_copy(update={"items": items})


def _in_doubt(effect: Effect) -> bool:
    leaving = effect.status in {"decided", "started"} and effect.mode != "observe"
    return leaving and effect.effect_kind == "send_reply"
