"""All checks by the name packs call them, and a rule's check made ready from its parameters."""

from collections.abc import Mapping
from typing import Any, Final

from pydantic import ValidationError

from shared.policy.articles import PolicyRule
from shared.policy.checks import (
    approvals,
    as_gate,
    caution,
    custody,
    fields,
    flows,
    labels,
    limits,
    measures,
    names,
    schedules,
    standing,
    texts,
    times,
    topics,
    words,
)
from shared.policy.checks.check import Check
from shared.policy.switches import Switches

CHECKS: Final[Mapping[str, type[Check]]] = {
    **approvals.CHECKS,
    **as_gate.CHECKS,
    **caution.CHECKS,
    **custody.CHECKS,
    **fields.CHECKS,
    **flows.CHECKS,
    **labels.CHECKS,
    **limits.CHECKS,
    **measures.CHECKS,
    **names.CHECKS,
    **schedules.CHECKS,
    **standing.CHECKS,
    **texts.CHECKS,
    **times.CHECKS,
    **topics.CHECKS,
    **words.CHECKS,
}
SWITCH: Final = "switch:"


class UnfitRuleError(ValueError):
    """A rule whose check is unknown or whose parameters do not fit it; says where."""

    def __init__(self, what: str, *path: str | int) -> None:
        super().__init__(what)
        self.path = path


def check_of(rule: PolicyRule, switches: Switches) -> Check | None:
    """Return the check of a rule, its switches set. None: only people can tell.

    Raises:
        UnfitRuleError: there is no such check, or its parameters are wrong.
    """
    if not rule.check:
        return None
    kind = CHECKS.get(rule.check)
    if kind is None:
        known = ", ".join(sorted(CHECKS))
        raise UnfitRuleError(f"there is no check {rule.check}; known are {known}", "check")
    values = switches.model_dump(mode="json")
    try:
        return kind.model_validate({key: _set(each, values) for key, each in rule.params.items()})
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise UnfitRuleError(first["msg"], "params", *first["loc"]) from error


def _set(value: object, switches: Mapping[str, Any]) -> object:
    """Return the value, or that of the switch it names (`switch:posts_per_day.least`)."""
    if not isinstance(value, str) or not value.startswith(SWITCH):
        return value
    found: Any = switches
    for part in value.removeprefix(SWITCH).split("."):
        if not isinstance(found, Mapping) or part not in found:
            raise UnfitRuleError(f"there is no switch {value.removeprefix(SWITCH)}", "params")
        found = found[part]
    return found
