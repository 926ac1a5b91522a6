"""What an item weighs once it reaches people: its text, its author, and what came before."""

from datetime import timedelta
from functools import lru_cache

from services.respond.core.aggregates import AuthorRecord, Case, CaseItem, Cluster
from services.respond.core.cluster import HOUR
from services.respond.core.judging import Judgement
from services.respond.core.work import Work
from shared.contracts.base import built
from shared.contracts.ids import token
from shared.contracts.items import Author, ItemKind
from shared.policy.cel import Value
from shared.policy.circumstances import Matter
from shared.policy.model import Pack
from shared.policy.weighing import Weighing, case_values, weigh

REMEMBERED = timedelta(days=180)
"""How long an author's earlier cases count; ours."""


def weighed(
    work: Work,
    item: CaseItem,
    judged: Judgement,
    *,
    where: tuple[str, str],
    case: Case | None,
    cluster: Cluster | None,
    pack: Pack | None = None,
) -> tuple[CaseItem, Judgement]:
    """Return item and judgement with their whole weight; `case` is the one it comes to, if any.

    `where` is platform and account, `cluster` what it is nearly the same as, `pack` the rules to
    weigh by if they are not those in force.
    """
    pack = work.pack_of(where[1])[0] if pack is None else pack
    weight = weigh(_matter(work, where, item, judged, case, cluster), weighing_of(pack))
    whole = Judgement(judged.decided, weight.value, judged.opens_case, weight)
    if (weight.topics, weight.origins) == (item.topics, item.origins):
        return item, whole
    return item.model_copy(update={"topics": weight.topics, "origins": weight.origins}), whole


def conditions(
    work: Work, where: tuple[str, str], item: CaseItem, judged: Judgement, case: Case | None
) -> dict[str, Value]:
    """Return what the pack's clock rules may look at when an item opens a case, or opens it again."""
    matter = _matter(work, where, item, judged, case)
    return case_values(matter, judged.severity, item.topics, item.origins)


def graver(case: Case, judged: Judgement) -> dict[str, object]:
    """Return what changes when an item is graver than all before it in the case."""
    if judged.severity <= case.severity:
        return {}
    weight = judged.weight
    return {"severity": judged.severity, "weight": weight.parts, "unknown": weight.unknown}


@lru_cache(maxsize=64)
def weighing_of(pack: Pack) -> Weighing:
    """Return the parts of the pack by which an item is weighed."""
    return Weighing.of(pack.topics, pack.origins, pack.severity)


def remember(work: Work, where: tuple[str, str], author: Author) -> None:
    """Count one more case of this author."""
    key = _key(where, author)
    cases = _cases(work, key) + 1
    record = {"author_key": key, "cases": cases, "forget_at": work.at + REMEMBERED}
    work.put(built(AuthorRecord, record))


def _matter(  # noqa: PLR0917  what a matter is made of
    work: Work,
    where: tuple[str, str],
    item: CaseItem,
    judged: Judgement,
    case: Case | None,
    cluster: Cluster | None = None,
) -> Matter:
    earlier = _cases(work, _key(where, item.author))
    reading = case.readings[-1] if case is not None and case.readings else None
    return Matter(
        text=item.text,
        decided=judged.decided,
        anger=item.anger,
        abstained=item.abstained,
        author_id=item.author.author_id,
        author_name=item.author.name,
        followers=item.author.followers,
        verified=item.author.verified,
        earlier_cases=earlier if case is None else max(0, earlier - 1),
        reopened=0 if case is None else case.reopened + (case.status == "resolved"),
        private=item.item_kind is ItemKind.MESSAGE,
        degraded=bool(item.degraded),
        alike=None if cluster is None else cluster.count_within(HOUR, work.at),
        coordinated=cluster is not None and cluster.coordinated_at is not None,
        rumour=None if reading is None else reading.likely,
        reposts=0 if reading is None else reading.lately,
        reposters=0 if reading is None else reading.reach,
    )


def _cases(work: Work, author_key: str) -> int:
    known = work.get(f"author:{author_key}", AuthorRecord)
    return known.cases if known else 0


def _key(where: tuple[str, str], author: Author) -> str:
    """Per account, so that what happens on one changes nothing on another."""
    return _author_key(where, author.author_id)


@lru_cache(maxsize=256)
def _author_key(where: tuple[str, str], author_id: str) -> str:
    """It is asked for three times while a case opens."""
    return token("author", *where, author_id)
