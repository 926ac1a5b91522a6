"""A condition of a pack as a sentence, for whoever does not read CEL; what is not plain stays code."""

import re
from collections.abc import Mapping
from typing import Final

from services.respond.console.catalog import Catalog

_CHOICES: Final = {"case.labels": "labels", "case.topics": "topics", "author.from": "origins"}
_NUMBERS: Final = {
    "case.severity": "severity",
    "author.followers": "followers",
    "author.earlier_cases": "earlier",
    "case.alike": "alike",
}
_MARKS: Final = {
    "case.private": "private",
    "case.coordinated": "coordinated",
    "case.degraded": "degraded",
}
_PARTS: Final = re.compile(r"(\|\||&&|[()])")
_IN: Final = re.compile(r"^'([\w-]+)' in ([a-z.]+)$")
_ONLY: Final = re.compile(r"^case\.labels == \['([\w-]+)'\]$")
_LEAST: Final = re.compile(r"^([a-z_.]+) >= (\d+)$")
_JOINS: Final = {"||": "rule.either", "&&": "rule.both"}
_BRACKETS: Final = {"(": "（", ")": "）"}


def condition_in_words(when: str, t: Catalog, titles: Mapping[str, str]) -> str:
    """Return what a condition asks for; "" if it asks for more than we have words for."""
    if when == "true":
        return t("rule.says_always")
    said = [_part(each.strip(), t, titles) for each in _PARTS.split(when) if each.strip()]
    return "" if None in said else "".join(filter(None, said))


def _part(part: str, t: Catalog, titles: Mapping[str, str]) -> str | None:
    if part in _JOINS:
        return t(_JOINS[part])
    if part in _BRACKETS:
        return _BRACKETS[part] if t.language == "zh" else part
    return _clause(part, t, titles)


def _clause(part: str, t: Catalog, titles: Mapping[str, str]) -> str | None:
    if part in _MARKS:
        return t(f"rule.says_{_MARKS[part]}")
    if (found := _IN.match(part)) and found[2] in _CHOICES:
        return t(f"rule.says_{_CHOICES[found[2]]}", what=_name(found[1], t, titles))
    if found := _ONLY.match(part):
        return t("rule.says_only", what=_name(found[1], t, titles))
    found = _LEAST.match(part)
    number = _NUMBERS.get(found[1]) if found else None
    return t(f"rule.says_{number}", n=found[2]) if found and number else None


def _name(word: str, t: Catalog, titles: Mapping[str, str]) -> str:
    return titles.get(word) or t.said(f"label.{word}", word)
