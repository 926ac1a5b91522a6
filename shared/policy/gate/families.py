"""Wordings of a pack that must not leave: rude, cold, blaming, promising too much, and the like."""

from collections.abc import Iterator
from functools import lru_cache

from shared.policy.gate.findings import GateContext, GateFinding, HistoryDigest, Unknown
from shared.policy.gate.levels import Level
from shared.policy.gate.plain import Plain, marked, plain
from shared.policy.gate.same import Same
from shared.policy.gate.section import Family
from shared.policy.gate.spare import Said, in_sentence
from shared.policy.gate.wording import Wordings
from shared.policy.model import Pack
from shared.policy.phrases import inside

_HARMLESS = "unless "


def check_families(
    text: Plain, context: GateContext, pack: Pack, history: HistoryDigest
) -> Iterator[GateFinding]:
    """Yield what the pack's wordings find, one finding a place and family."""
    del history
    text = marked(text.original)
    said = Said(text.original, context.quoted)
    found = tuple(_wordings(Same(pack.gate.families)).find(text))
    for name, start, end in found:
        if name.startswith(_HARMLESS):
            continue
        family = pack.gate.families[name]
        if family.only_in and context.situation not in family.only_in:
            continue
        harmless = tuple(
            (first, last) for other, first, last in found if other == _HARMLESS + name
        )
        if inside((start, end), harmless) or _is_spared(text, start, family):
            continue
        span = text.span(start, end)
        if (
            said.is_cited(span)
            or said.is_topic(span)
            or (family.spare_reported and said.is_reported(span[0]))
        ):
            continue
        yield GateFinding(
            category=name,
            level=_level(name, family, context, pack),
            start=span[0],
            end=span[1],
            rules=family.rules,
            reason=family.reason,
            suggestion=family.suggestion,
        )


def _is_spared(text: Plain, start: int, family: Family) -> bool:
    return in_sentence(text, start, _flat(family.beside)) or any(
        each in text.text for each in _flat(family.anywhere)
    )


def lifted(name: str, by: str, context: GateContext, pack: Pack) -> bool:
    """Tell whether the context gives what makes this a warning only."""
    if by == "role":
        return context.role in pack.gate.roles.get(name, ())
    return bool({"announcement": context.announcement, "source": context.source}.get(by))


def unknown_of(found: tuple[GateFinding, ...], context: GateContext, pack: Pack) -> set[Unknown]:
    """Return what would have to be known for these findings to be less."""
    missing = {
        "role": context.role,
        "announcement": context.announcement,
        "source": context.source,
    }
    names = {each.category for each in found} & set(pack.gate.families)
    return {
        Unknown(check=name, needs=by)
        for name in names
        if (by := pack.gate.families[name].lifted_by) and not missing[by]
    }


def _level(name: str, family: Family, context: GateContext, pack: Pack) -> Level:
    if lifted(name, family.lifted_by, context, pack):
        return "warn"
    return family.situations.get(context.situation, family.level)


@lru_cache(maxsize=64)
def _wordings(by_name: Same[dict[str, Family]]) -> Wordings:
    families = by_name.it.items()
    return Wordings(
        {name: each.wordings for name, each in families}
        | {_HARMLESS + name: each.unless for name, each in families}
    )


@lru_cache(maxsize=256)
def _flat(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(plain(each).text for each in words)
