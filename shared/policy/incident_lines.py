"""The table of incidents as it holds: the pack's own lines, and every rule that has a grade."""

from collections.abc import Iterable, Iterator

from shared.policy.articles import PolicyRule
from shared.policy.incidents import IncidentRule, IncidentTable


def incident_lines(table: IncidentTable, rules: Iterable[PolicyRule]) -> Iterator[IncidentRule]:
    """Yield each line once; the grade is that of the rule of the same id, where there is one."""
    graded = {source.rule: each for each in rules if each.grade for source in each.sources}
    for line in table.rules:
        rule = graded.pop(line.id, None)
        yield line if rule is None else _as_graded(line, rule)
    for rule_id, rule in graded.items():
        yield _as_graded(IncidentRule(id=rule_id, title=rule.title, grade=3), rule)


def _as_graded(line: IncidentRule, rule: PolicyRule) -> IncidentRule:
    grades = {"grade": rule.grade, "alternatives": rule.grade_alternatives or line.alternatives}
    return line.model_copy(update=grades)
