"""Accounts of our own staff: what the rules forbid them is a matter for a person, never answered.

The pack names them (`origins`, id `employee`); an ordinary item costs nothing where it names none.
"""

from typing import Final

from services.respond.core.aggregates import Case, CaseItem, HistoryEntry
from services.respond.core.case import note
from services.respond.core.clocks import drop
from services.respond.core.held_texts import Broken
from services.respond.core.incident import Incident
from services.respond.core.incidents import Noticed, propose
from services.respond.core.lines import lines_for
from services.respond.core.refusal import Refusal
from services.respond.core.work import Work
from shared.contracts.ids import token
from shared.contracts.incidents import IncidentJudged
from shared.contracts.items import ItemKind, ItemReceived
from shared.contracts.received import Received
from shared.contracts.verdicts import Label
from shared.policy.checks.asking import asked_of_staff
from shared.policy.incidents import Trigger
from shared.policy.staff import staff_of
from shared.policy.weighing import comes_from

SILENT: Final[Trigger] = "staff_account"

Written = ItemReceived | Received | CaseItem


def is_watched(work: Work, account_id: str, item: Written) -> bool:
    """Tell whether a member of staff wrote this where others can read it."""
    pack, _ = work.pack_of(account_id)
    origin, author = staff_of(pack), item.author
    return (
        origin is not None
        and item.item_kind is not ItemKind.MESSAGE
        and comes_from(origin, author.author_id, author.name, author.verified)
    )


def forbidden(
    work: Work, account_id: str, item: Written, decided: tuple[Label, ...]
) -> tuple[Broken, ...]:
    """Return the rules for accounts of staff that this breaks; nearly always none is asked."""
    if not work.watchful or not is_watched(work, account_id, item):
        return ()
    pack, _ = work.pack_of(account_id)
    values = {"text": item.text, **({"label": "rumour"} if Label.RUMOUR in decided else {})}
    said = asked_of_staff(pack, ("post", item.item_kind.value), values, work.at.date())
    return tuple(Broken(rules=each.ready.ids, reason=each.ready.rule.title) for each in said)


def notice(
    work: Work,
    where: tuple[str, str],
    item: Written,
    case_id: str,
    broken: tuple[Broken, ...],
) -> None:
    """Propose it to a person, and let nobody answer in public what it has come to.

    `where` is platform and account.
    """
    pack, _ = work.pack_of(where[1])
    case = work.case(case_id)
    about = Noticed(
        account_id=where[1],
        subject=f"{SILENT}:{item.item_id}",
        case_id=case_id,
        evidence=(
            f"item:{item.item_id}",
            f"author:{token('author', *where, item.author.author_id)}",
        ),
    )
    lines = list(lines_for(pack, SILENT, case.labels if case else (), broken))
    for line in lines:
        propose(work, line, SILENT, about)
    if case is not None:
        rules = tuple(dict.fromkeys((*case.dues.staff, *(line.id for line in lines))))
        entry = HistoryEntry(at=work.at, what=SILENT, detail=", ".join(rules))
        told = case.model_copy(update={"history": note(case, entry)})
        work.put(quiet(work, _by_rules(told, rules)))


def quiet(work: Work, case: Case) -> Case:
    """Return the case; where nobody may be answered in public, without the promise of it."""
    return drop(work, case, "first_reply") if case.dues.staff else case


def unanswerable(case: Case) -> Refusal | None:
    """Return why nobody is answered in public here."""
    if not case.dues.staff:
        return None
    reason = "a member of staff broke a rule: talk to them, and answer nothing in public"
    return Refusal(SILENT, reason, rules=case.dues.staff)


def on_judged(work: Work, fact: IncidentJudged) -> None:
    """A person found that it was none: its author may be answered like anybody else."""
    known = work.get(f"incident:{fact.incident_id}", Incident)
    if known is None or known.trigger != SILENT or known.status != "dismissed":
        return
    case = work.case(known.case_id)
    if case is not None:
        kept = tuple(each for each in case.dues.staff if each != known.rule.id)
        work.put(_by_rules(case, kept))


def _by_rules(case: Case, rules: tuple[str, ...]) -> Case:
    return case.model_copy(update={"dues": case.dues.model_copy(update={"staff": rules})})
