"""What a child pack may do to its parent: change values, never drop a prohibition in silence."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from shared.errors import UserError

Scalar = str | int | float | bool | None

_WEIGHTY: Final = (
    "check",
    "params",
    "verdict",
    "when",
    "where",
    "kinds",
    "type",
    "effective_from",
    "effective_until",
)
"""What a prohibition consists of; a child that changes one of these says why."""
_LEVELS: Final = ("warn", "hold", "block")


@dataclass(frozen=True, slots=True)
class Located:
    """A value of a YAML file that knows where it stands."""

    value: "Scalar | dict[str, Located] | list[Located]"
    where: str


Body = Mapping[str, Located]


def guard(parent: Body, child: Body) -> None:
    """Refuse a child that drops a prohibition without saying so.

    Raises:
        UserError: names the place and what to write there.
    """
    standing = {_word(each, "id"): each for each in _entries(parent, "rules")}
    for each in _entries(child, "rules"):
        _guard_rule(standing.get(_word(each, "id")), each)
    for each in _entries(child, "disable"):
        if _word(each, "rule") not in standing:
            what = f"disables {_word(each, 'rule') or 'nothing'}, which no parent has"
            raise UserError(what, where=each.where, fix="name a rule of the parent, or delete it")
    families = {_word(each, "category"): each for each in _entries(parent, "taboos")}
    for each in _entries(child, "taboos"):
        _guard_taboo(families.get(_word(each, "category")), each)


def _guard_rule(standing: Located | None, change: Located) -> None:
    if standing is None or _word(standing, "type") != "prohibition":
        return
    fields = _fields(change)
    before = _fields(standing)
    changed = [
        name
        for name in _WEIGHTY
        if name in fields and (name not in before or bare(fields[name]) != bare(before[name]))
    ]
    if changed and not _word(change, "because"):
        raise UserError(
            f"changes {', '.join(changed)} of the prohibition {_word(change, 'id')} without a reason",
            where=change.where,
            fix="say why in `because`, or use `disable` with a reason",
        )


def _guard_taboo(standing: Located | None, change: Located) -> None:
    if standing is None:
        return
    lost = _words(standing, "phrases") - _words(change, "phrases")
    weaker = _level(change) < _level(standing)
    if lost or weaker:
        what = f"drops {', '.join(sorted(lost))}" if lost else "is weaker than its parent"
        raise UserError(
            f"the taboo family {_word(change, 'category')} {what}",
            where=change.where,
            fix="keep the parent's phrases and level; add harmless words under `unless`",
        )


def bare(node: Located) -> object:
    """Return the value without its places."""
    if isinstance(node.value, dict):
        return {key: bare(each) for key, each in node.value.items()}
    if isinstance(node.value, list):
        return [bare(each) for each in node.value]
    return node.value


def _entries(body: Body, key: str) -> Iterator[Located]:
    node = body.get(key)
    if node is not None and isinstance(node.value, list):
        yield from (each for each in node.value if isinstance(each.value, dict))


def _fields(node: Located) -> Mapping[str, Located]:
    return node.value if isinstance(node.value, dict) else {}


def _word(node: Located, key: str) -> str:
    named = _fields(node).get(key)
    return "" if named is None else str(named.value or "")


def _words(node: Located, key: str) -> set[str]:
    named = _fields(node).get(key)
    listed = named.value if named is not None and isinstance(named.value, list) else []
    return {str(each.value) for each in listed}


def _level(node: Located) -> int:
    level = _word(node, "level")
    return _LEVELS.index(level) if level in _LEVELS else len(_LEVELS)
