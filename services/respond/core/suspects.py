"""What of a batch is worded like a rumour, until the batch is settled and it is followed."""

from typing import NamedTuple

from services.respond.core.case import Case, CaseItem


class Suspect(NamedTuple):
    """An item, its case as it stood then, and how far its wording is to be heard."""

    case: Case
    item: CaseItem
    hearing: tuple[int, ...]
