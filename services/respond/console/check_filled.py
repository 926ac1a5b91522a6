"""A rule on a check as its form is filled in, and what the parts of that form are called."""

from collections.abc import Mapping
from typing import Final, get_args

from multidict import MultiDict

from services.respond.console.catalog import Catalog
from shared.policy.articles import PolicyRule, RuleType, Strength
from shared.policy.checks.own import PREFIX, words_of
from shared.policy.checks.parameters import Parameter, parameters, write_told
from shared.policy.model import Pack

TYPES: Final = tuple(
    each for each in get_args(RuleType) if each not in {"sanction", "description"}
)
VERDICTS: Final = tuple(each for each in get_args(Strength) if each != "pass")
SPEAKS: Final = (True, False, True, False)
"""The examples there is room for: two that it must find, two that it must let pass."""
SITUATIONS: Final = ("complaint", "question", "rumour", "praise", "self_harm")
OWN: Final = "own"


def param_word(t: Catalog, check: str, name: str) -> str:
    """Return what a parameter of a check is called."""
    return t.said(f"param_of.{check}.{name}", t.said(f"param.{name}", name))


def form_of(rule: PolicyRule, pack: Pack) -> MultiDict[object]:
    """Return a rule as its form would have been filled in; one of a handbook is a pattern for ours."""
    form: MultiDict[object] = MultiDict(
        {
            "id": rule.id,
            "title": rule.title if rule.id.startswith(PREFIX) else "",
            "type": rule.type,
            "cel": rule.when if rule.when != "true" else "",
            "verdict": rule.verdict,
            "reason": rule.reason,
            "owner": rule.owner,
            "review_by": str(rule.review_by or ""),
            "until": str(rule.effective_until or ""),
            "at_gate": "1" if rule.at_gate else "",
        }
    )
    form.extend(("kinds", each) for each in rule.kinds)
    for each in parameters(rule.check):
        held = each.name in rule.params
        said = each.write(rule.params[each.name]) if held else each.default
        form[f"p:{each.name}"] = said
    mine = next((each for each in pack.lexicons if each.id == words_of(rule.id)), None)
    form["phrases"] = "\n".join(mine.phrases) if mine else ""
    for speaks in (True, False):
        places = (n for n, each in enumerate(SPEAKS) if each is speaks)
        some = (each for each in rule.examples if each.speaks is speaks)
        for n, example in zip(places, some, strict=False):
            form.update({f"e:{n}:{key}": write_told(each) for key, each in example.input.items()})
    return form


def put(value: object, mine: str) -> object:
    """Return a parameter with the words of the rule where `own` was written."""
    if value == OWN:
        return mine
    if isinstance(value, list):
        return [put(each, mine) for each in value]
    if isinstance(value, Mapping):
        return {key: put(each, mine) for key, each in value.items()}
    return value


def put_into(parameter: Parameter, mine: str) -> object:
    """Return what a parameter holds that names these words alone."""
    return mine if parameter.shape == "words" else [mine]
