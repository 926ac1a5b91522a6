"""A person says what an item really is."""

from services.respond.core.aggregates import Case
from shared.contracts.operators import LabelsCorrected
from shared.contracts.verdicts import Label


def a_correction(
    case: Case, *labels: Label, op: str = "op-correct", person: str = "li", alike: bool = False
) -> LabelsCorrected:
    """Return the correction of the case's first item."""
    item = case.items[0]
    return LabelsCorrected(
        op_id=op,
        person_id=person,
        case_id=case.case_id,
        item_id=item.item_id,
        item_version=item.item_version,
        labels=labels,
        alike=alike,
    )
