"""Proposed texts from approved templates: chosen by labels, told apart by the case, gated."""

from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from typing import NamedTuple

from services.respond.core.aggregates import Case, Suggestion
from services.respond.core.checking import check_text
from services.respond.core.decisions import SuggestionsMade
from services.respond.core.work import Work
from shared.contracts.base import built
from shared.contracts.ids import token
from shared.contracts.verdicts import Label
from shared.policy.model import Pack, ReplyTemplate
from shared.policy.templates import TemplateError, fill

OFFERED = 3


class _Offer(NamedTuple):
    """A filled wording, and of how many labels it speaks."""

    template_id: str
    labels: int
    text: str


def suggest(work: Work, case: Case) -> Case:
    """Return the case with up to three suggestions, each of which passes the gate as it stands."""
    pack, _ = work.pack_of(case.account_id)
    made = []
    for offer in _ranked(_offers(work, case, pack), case):
        if check_text(case, pack, offer.text).passed:
            made.append(_suggestion(case, offer))
        if len(made) == OFFERED:
            break
    if not made:
        return case.model_copy(update={"suggestions": ()})
    work.decide(
        built(
            SuggestionsMade,
            {
                "at": work.at,
                "account_id": case.account_id,
                "case_id": case.case_id,
                "templates": tuple(each.template_id for each in made),
            },
        )
    )
    return case.model_copy(update={"suggestions": tuple(made)})


def _suggestion(case: Case, offer: _Offer) -> Suggestion:
    return built(
        Suggestion,
        {
            "suggestion_id": token("suggestion", case.case_id, offer.template_id),
            "template_id": offer.template_id,
            "text": offer.text,
        },
    )


def _ranked(offers: Sequence[_Offer], case: Case) -> list[_Offer]:
    """The most specific first; equal ones in an order of the case's own."""
    return sorted(
        offers, key=lambda each: (-each.labels, token("variant", case.case_id, each.template_id))
    )


def _offers(work: Work, case: Case, pack: Pack) -> Sequence[_Offer]:
    """Return the wordings that fit, filled for this case."""
    account = work.account(case.account_id)
    author = case.items[-1].author.name or ""
    return _filled(
        pack,
        case.labels,
        case.platform,
        account.registered.name if account else "",
        author if _greets(pack) else "",
    )


@lru_cache(maxsize=64)
def _greets(pack: Pack) -> bool:
    """Tell whether a wording names the author: only then is every case a wording of its own."""
    return any("author_name" in template.text for template in pack.templates)


@lru_cache(maxsize=1024)
def _filled(
    pack: Pack, labels: tuple[Label, ...], platform: str, account_name: str, author_name: str
) -> Sequence[_Offer]:
    values = {
        "author_name": author_name,
        "organisation": pack.organisation,
        "account_name": account_name,
        "service_line": pack.service_line,
        "help_line": pack.help_line,
    }
    found = []
    for template in pack.templates:
        if _fits(template, frozenset(labels), platform):
            with suppress(TemplateError):
                text = fill(template.text, values)
                found.append(_Offer(template.id, len(template.labels), text))
    return tuple(found)


def _fits(template: ReplyTemplate, held: frozenset[Label], platform: str) -> bool:
    return (
        held.issuperset(template.labels)
        and (not template.channels or platform in template.channels)
        and not (Label.SELF_HARM in held and Label.SELF_HARM not in template.labels)
    )
