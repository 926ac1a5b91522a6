"""One place of a text is spoken of once, though several checks and articles find it."""

from typing import Final

from shared.policy.gate.findings import GateFinding, graver
from shared.policy.gate.manners import SUM
from shared.policy.gate.tone import OVERALL
from shared.policy.model import Pack

_SUMS: Final = frozenset({SUM, OVERALL})
"""What is said of the whole only where nothing more telling was found."""
_NUMBERS: Final = "personal_data"


def once(found: list[GateFinding], pack: Pack) -> list[GateFinding]:
    """Return the findings without twins: what says it best stands, with the articles of the others."""
    kept: list[GateFinding] = []
    for each in found:
        near = [other for other in kept if each.start < other.end and other.start < each.end]
        if any(_says_no_more(each, other) for other in near):
            continue
        twin = next((other for other in near if _same_matter(each, other, pack)), None)
        if twin is None:
            kept.append(each)
        else:
            kept[kept.index(twin)] = _joined(each, twin)
    return kept


def _says_no_more(each: GateFinding, other: GateFinding) -> bool:
    in_sum = each.category in _SUMS and other.level != "warn"
    return in_sum or (each.category == other.category and not _is_article(each))


def _same_matter(each: GateFinding, other: GateFinding, pack: Pack) -> bool:
    """Tell whether one is a rule of the catalogue, and the other says of the words what it says."""
    article, check = (each, other) if _is_article(each) else (other, each)
    if not _is_article(article) or graver(article, check):
        return False
    return _is_article(check) or check.category in _of_words(pack)


def _is_article(finding: GateFinding) -> bool:
    """A rule of the house that rests on no article always speaks for itself."""
    return len(finding.rules) > 1 and finding.rules[0] == finding.category


def _of_words(pack: Pack) -> frozenset[str]:
    """Return the categories that say of certain words what is wrong with them."""
    return frozenset((*pack.gate.families, *(each.category for each in pack.taboos), _NUMBERS))


def _joined(each: GateFinding, twin: GateFinding) -> GateFinding:
    stands, joins = (twin, each) if _is_article(each) else (each, twin)
    rules = tuple(dict.fromkeys((*stands.rules, *joins.rules)))
    return stands.model_copy(update={"rules": rules})
