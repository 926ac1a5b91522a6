"""What the gate is told beside a text, found in one place for everybody who asks it (invariant 17).

The editor, the approval, the end of the undo window and the send port each make it from what is
known at that moment; where that has changed in between, the text is judged by what holds now.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final, NamedTuple, Protocol

from services.respond.core.aggregates import (
    Account,
    Case,
    Claim,
    Cluster,
    Guidance,
    Post,
    Voiced,
)
from services.respond.core.guidance import NO_GUIDANCE
from services.respond.core.state import Aggregate, AnyAggregate
from shared.policy.gate.levels import Situation
from shared.policy.gate.section import Cause
from shared.policy.model import Pack

LATELY: Final = timedelta(days=1)
"""For so long it counts that others were told the same; ours."""
OTHERS_MOST: Final = 200
_NOT_SO: Final = frozenset({"untrue", "clarified"})


class Around(NamedTuple):
    """What stands around a case. Without a time nothing of it is known: then checks say so."""

    now: datetime | None = None
    guidance: Guidance = NO_GUIDANCE
    account: str = ""
    others: tuple[str, ...] = ()
    earlier: tuple[str, ...] | None = None
    recent: tuple[str, ...] | None = None
    people: int = 0
    """How many different people say nearly the same."""
    claim: Claim | None = None
    role: str = ""
    """Of who writes a text that nobody has kept yet."""


NOTHING_AROUND: Final = Around()


class Beside(NamedTuple):
    """The aggregates it is made of, wherever they were read."""

    accounts: tuple[Account, ...] = ()
    guidance: Guidance = NO_GUIDANCE
    voiced: Voiced | None = None
    cluster: Cluster | None = None
    claim: Claim | None = None
    post: Post | None = None


class Known(Protocol):
    """A state, or a run of steps in the making."""

    def get(self, key: str, kind: type[AnyAggregate]) -> AnyAggregate | None: ...
    def under(self, prefix: str) -> Iterator[Aggregate]: ...


def around(known: Known, case: Case, now: datetime) -> Around:
    """Return what stands around a case in the fold."""
    post_id = post_of(case)
    beside = Beside(
        accounts=tuple(each for each in known.under("account") if isinstance(each, Account)),
        guidance=known.get(Guidance.KEY, Guidance) or NO_GUIDANCE,
        voiced=known.get(f"voiced:{case.account_id}", Voiced),
        cluster=known.get(f"cluster:{case.cluster_id}", Cluster),
        claim=known.get(f"claim:{case.claim_id}", Claim),
        post=known.get(Post.key_of(case.account_id, post_id), Post) if post_id else None,
    )
    return surrounding(case, beside, now)


def surrounding(case: Case, beside: Beside, now: datetime, role: str = "") -> Around:
    """Return what these say of a case. Everything in it is bounded, and in an order of its own."""
    names = {each.registered.account_id: each.registered.name for each in beside.accounts}
    own = names.pop(case.account_id, "")
    cluster = beside.cluster
    return Around(
        now=now,
        guidance=beside.guidance,
        account=own,
        others=tuple(sorted({*names.values()} - {own}))[:OTHERS_MOST],
        earlier=tuple(_earlier(case, beside)),
        recent=tuple(_recent(case, beside.voiced, now)),
        people=0 if cluster is None else len(set(cluster.recent_by)),
        claim=beside.claim,
        role=role,
    )


def post_of(case: Case) -> str:
    """Return the post of ours under which the newest item stands; empty for none."""
    return (case.items[-1].thread.post_id or "") if case.items else ""


def in_crisis(case: Case, pack: Pack, about: Around) -> bool:
    """Tell whether whoever answers here speaks to many, of something grave."""
    rule = pack.gate.crisis
    return case.severity >= rule.severity and about.people >= rule.people


def situation_in(case: Case, pack: Pack, about: Around, plain: Situation) -> Situation:
    """Return the situation; somebody at risk is answered as such, whatever else goes on."""
    return "crisis" if plain != "self_harm" and in_crisis(case, pack, about) else plain


def cause_of(case: Case, pack: Pack, about: Around) -> Cause:
    """Return how the public sees the cause of a crisis, as far as the pack says (SCCT)."""
    if about.claim is not None and about.claim.status in _NOT_SO:
        return "victim"
    if not in_crisis(case, pack, about):
        return ""
    causes = pack.gate.crisis.causes
    return next((causes[topic] for topic in case.topics if topic in causes), "")


def _earlier(case: Case, beside: Beside) -> Iterator[str]:
    """Yield what we said of this before: here, to others of the same matter, and in our post."""
    yield from (each.text for each in case.said)
    for each in beside.voiced.said if beside.voiced else ():
        alike = each.cluster_id and each.cluster_id == case.cluster_id
        same = each.claim_id and each.claim_id == case.claim_id
        if each.case_id != case.case_id and (alike or same):
            yield each.text
    if beside.post is not None:
        yield beside.post.text


def _recent(case: Case, voiced: Voiced | None, now: datetime) -> Iterator[str]:
    for each in voiced.said if voiced else ():
        if each.case_id != case.case_id and each.at > now - LATELY:
            yield each.text
