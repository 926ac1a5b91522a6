"""Proposed texts from approved templates: chosen by labels, told apart by the case, gated."""

from services.respond.core.aggregates import Case, Suggestion
from services.respond.core.checking import check_text
from services.respond.core.decisions import SuggestionsMade
from services.respond.core.work import Work
from shared.contracts.ids import token
from shared.contracts.verdicts import Label
from shared.policy.model import Pack, ReplyTemplate
from shared.policy.templates import TemplateError, fill

OFFERED = 3


def suggest(work: Work, case: Case) -> Case:
    """Return the case with up to three suggestions, each of which passes the gate as it stands."""
    pack, _ = work.pack_of(case.account_id)
    made = []
    for template in _ranked(pack, case):
        suggestion = _fill(work, case, pack, template)
        if suggestion is not None:
            made.append(suggestion)
        if len(made) == OFFERED:
            break
    if not made:
        return case.model_copy(update={"suggestions": ()})
    work.decide(
        SuggestionsMade(
            at=work.at,
            account_id=case.account_id,
            case_id=case.case_id,
            templates=tuple(each.template_id for each in made),
        )
    )
    return case.model_copy(update={"suggestions": tuple(made)})


def _ranked(pack: Pack, case: Case) -> list[ReplyTemplate]:
    """Templates that fit, the most specific first; equal ones in an order of the case's own."""
    held = set(case.labels)
    fitting = [
        template
        for template in pack.templates
        if held.issuperset(template.labels)
        and (not template.channels or case.platform in template.channels)
        and not (Label.SELF_HARM in held and Label.SELF_HARM not in template.labels)
    ]
    return sorted(
        fitting,
        key=lambda each: (-len(each.labels), token("variant", case.case_id, each.id)),
    )


def _fill(work: Work, case: Case, pack: Pack, template: ReplyTemplate) -> Suggestion | None:
    account = work.account(case.account_id)
    values = {
        "author_name": case.items[-1].author.name or "",
        "organisation": pack.organisation,
        "account_name": account.registered.name if account else "",
        "service_line": pack.service_line,
        "help_line": pack.help_line,
    }
    try:
        text = fill(template.text, values)
    except TemplateError:
        return None
    if not check_text(case, pack, text).passed:
        return None
    return Suggestion(
        suggestion_id=token("suggestion", case.case_id, template.id),
        template_id=template.id,
        text=text,
    )
