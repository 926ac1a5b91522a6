"""What differs between two packs, place by place; the same list for a terminal, a page, a person."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, Literal, NamedTuple, TypeAlias

from shared.contracts.org import Role
from shared.policy.model import Pack

Json: TypeAlias = "Mapping[str, Json] | Sequence[Json] | str | int | float | bool | None"
What = Literal["added", "removed", "changed"]
_NAMES: Final = ("id", "category")
"""What entries of a list are told apart by; other lists are compared member by member."""
_SILENT: Final = frozenset({"name", "version"})
_WORKERS: Final = frozenset({Role.OPERATOR, Role.REVIEWER, Role.LEAD, Role.ADMIN})
_REVIEWERS: Final = _WORKERS - {Role.OPERATOR}
_FOR_REVIEWERS: Final = frozenset({"two_person_labels", "night"})
"""Fields that say what those may do who approve; the others concern everybody who works."""


class Difference(NamedTuple):
    """One place of a pack that is not as it was; `before` and `after` are its values, spelt out."""

    path: tuple[str, ...]
    what: What
    before: str = ""
    after: str = ""

    @property
    def area(self) -> str:
        """Return the field of the pack this belongs to."""
        return self.path[0]


def differences(old: Pack, new: Pack) -> tuple[Difference, ...]:
    """Return all places at which `new` is not `old`, in the order of the pack's own fields."""
    before, after = old.model_dump(mode="json"), new.model_dump(mode="json")
    return tuple(
        found
        for field in before
        if field not in _SILENT
        for found in _compared((field,), before[field], after[field])
    )


def concerned(area: str) -> frozenset[Role]:
    """Return the roles whose work a change in this field of a pack touches."""
    return _REVIEWERS if area in _FOR_REVIEWERS else _WORKERS


def spelled(value: Json) -> str:
    """Return a value as people read it: `field: value; field: value`, what is empty left out."""
    if isinstance(value, Mapping):
        filled = ((key, spelled(each)) for key, each in value.items())
        return "; ".join(f"{key}: {said}" for key, said in filled if said)
    if isinstance(value, list):
        return ", ".join(spelled(each) for each in value)
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value)


def _compared(path: tuple[str, ...], before: Json, after: Json) -> Iterator[Difference]:
    if before == after:
        return
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        yield from _mappings(path, before, after)
    elif isinstance(before, list) and isinstance(after, list):
        yield from _lists(path, before, after)
    else:
        yield Difference(path, "changed", spelled(before), spelled(after))


def _mappings(
    path: tuple[str, ...], before: Mapping[str, Json], after: Mapping[str, Json]
) -> Iterator[Difference]:
    for key in dict.fromkeys((*before, *after)):
        place = (*path, key)
        if key not in after:
            yield Difference(place, "removed", before=spelled(before[key]))
        elif key not in before:
            yield Difference(place, "added", after=spelled(after[key]))
        else:
            yield from _compared(place, before[key], after[key])


def _lists(
    path: tuple[str, ...], before: Sequence[Json], after: Sequence[Json]
) -> Iterator[Difference]:
    ours, theirs = _named(before), _named(after)
    if ours is not None and theirs is not None:
        yield from _mappings(path, ours, theirs)
        if [key for key in ours if key in theirs] != [key for key in theirs if key in ours]:
            yield Difference((*path, "order"), "changed", ", ".join(ours), ", ".join(theirs))
        return
    spelt, fresh = [spelled(each) for each in before], [spelled(each) for each in after]
    gone = [each for each in spelt if each not in fresh]
    come = [each for each in fresh if each not in spelt]
    yield from (Difference(path, "removed", before=each) for each in gone)
    yield from (Difference(path, "added", after=each) for each in come)
    if not gone and not come:
        yield Difference(path, "changed", "; ".join(spelt), "; ".join(fresh))


def _named(entries: Sequence[Json]) -> dict[str, Json] | None:
    """Return entries by their names; None if they have none that tell them apart."""
    found: dict[str, Json] = {}
    for each in entries:
        name = _name_of(each)
        if not name or name in found:
            return None
        found[name] = each
    return found


def _name_of(entry: Json) -> str:
    if not isinstance(entry, Mapping):
        return ""
    return next((str(entry[key]) for key in _NAMES if key in entry), "")
