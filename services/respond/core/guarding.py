"""Whether something of the public may be taken away: the pack's own rules, asked label by label."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Final, NamedTuple, get_args

from services.respond.core.case import Case, CaseItem
from shared.contracts.base import stamp
from shared.contracts.dues import Ground, Removing, Statutory
from shared.contracts.ids import token
from shared.policy.checks.asking import asked
from shared.policy.checks.book import Ready
from shared.policy.checks.evaluate import Answered
from shared.policy.model import Pack

_EVENTS: Final[dict[Removing, str]] = {
    "delete": "delete_comment",
    "hide": "hide_comment",
    "block": "block_user",
}
_SECOND: Final = "second_person"
PROTECTED: Final = "protected_voice"
STATUTORY: Final = frozenset(get_args(Statutory))


class Guarded(NamedTuple):
    """What is to be taken away, why, and what stands for the copy that is kept."""

    case: Case
    item: CaseItem
    removing: Removing
    ground: Ground
    copy_hash: str


class Objection(NamedTuple):
    """The rules that speak against it; `protected`: because of whose voice it is."""

    rules: tuple[Ready, ...]
    protected: bool = False

    @property
    def ids(self) -> tuple[str, ...]:
        """Return the rules' own ids and those of the catalogue, each once."""
        named = (name for each in self.rules for name in (each.rule.id, *each.ids))
        return tuple(dict.fromkeys(named))


def copy_hash(item: CaseItem) -> str:
    """Return what stands for the copy that is kept: the words, who wrote them, and when."""
    return token("copy", item.author.author_id, stamp(item.published_at), item.text)


def held_labels(item: CaseItem) -> frozenset[str]:
    """Return the item's labels, the system's and people's: either may protect it."""
    return frozenset(map(str, (*item.decided, *(item.corrected or ()))))


def objection(pack: Pack, guarded: Guarded, day: date, second: str = "") -> Objection | None:
    """Return what the rules have against it; None lets it pass.

    They are asked about each label, as if no second person were known, and then with `second`.
    A pack without a rule that wants a second person lets nothing be taken away.
    """
    told = {"event": _EVENTS[guarded.removing], "evidence": guarded.copy_hash}
    first = list(_asked(pack, guarded, told, day))
    against = _against(first)
    if against is None and not any(_SECOND in each.outcome.missing for each in first):
        return Objection(())
    if against is None and second:
        return _against(_asked(pack, guarded, {**told, _SECOND: second}, day))
    return against


def _asked(pack: Pack, guarded: Guarded, told: Mapping[str, str], day: date) -> Iterator[Answered]:
    """Yield what each rule says for each label of the item; for its author, of the whole case."""
    labels = held_labels(guarded.item) | {guarded.ground}
    if guarded.removing == "block":
        labels |= frozenset(map(str, guarded.case.labels))
    for label in sorted(labels):
        yield from asked(pack, "account_event", {**told, "label": label}, day)


def _against(said: Iterable[Answered]) -> Objection | None:
    hits = [each for each in said if each.outcome.state == "hit"]
    protecting = [each for each in hits if each.outcome.says.get("reason") == PROTECTED]
    rules = dict.fromkeys(each.ready.rule.id for each in protecting or hits)
    ready = {each.ready.rule.id: each.ready for each in hits}
    if not hits:
        return None
    return Objection(tuple(ready[each] for each in rules), bool(protecting))
