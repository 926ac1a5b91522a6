"""Which lines of the table of incidents an event stands for."""

from collections.abc import Collection, Iterator
from typing import Final

from services.respond.core.held_texts import Broken
from shared.contracts.verdicts import Label
from shared.policy.incident_lines import incident_lines
from shared.policy.incidents import IncidentRule, Trigger
from shared.policy.model import Pack

UNGRADED: Final = 3
"""The grade that is proposed for a rule without one; a person may find another."""
TITLE_CHARS: Final = 200


def lines_by(pack: Pack, trigger: Trigger) -> list[IncidentRule]:
    """Return the lines the system itself notices by `trigger`, graded by their rules."""
    if not any(trigger in each.triggers for each in pack.incidents.rules):
        return []
    lines = incident_lines(pack.incidents, pack.rules)
    return [each for each in lines if trigger in each.triggers]


def lines_for(
    pack: Pack, trigger: Trigger, labels: Collection[Label], broken: Collection[Broken]
) -> Iterator[IncidentRule]:
    """Yield the lines of the table that mean this, the graded rules, and else the rule as it is."""
    meant = {each.category for each in broken}
    for line in lines_by(pack, trigger):
        fits = not line.labels or set(line.labels).intersection(labels)
        if broken and fits and (not line.categories or meant.intersection(line.categories)):
            yield line
    graded = {each.id: each for each in incident_lines(pack.incidents, pack.rules)}
    for each in broken:
        found = [graded[rule] for rule in each.rules if rule in graded]
        named = next(iter(each.rules), each.category)
        title = each.reason[:TITLE_CHARS]
        yield from found or [IncidentRule(id=named, title=title, grade=UNGRADED)]
