"""What rules and replays say in codes, as people read it: labels, clocks, levels, fields of a rule."""

import re
from collections.abc import Iterator
from typing import Final

from services.respond.console.catalog import Catalog
from services.respond.console.condition_words import condition_in_words
from services.respond.core.policy import LINE_CHARS

_CLOCKS: Final = re.compile(
    r"^(?:acknowledge )?([0-9.]+)(?: min)?, (?:first reply )?([0-9.]+)(?: min)?$"
)
_WEIGHED: Final = re.compile(r"^(.+), severity (\d+)$")
_GATE: Final = re.compile(r"^(pass|warn|hold|block)(?::? (.*))?$")
_SAID_AS: Final = {
    "check": "check.",
    "kinds": "input.",
    "type": "policy.value_",
    "verdict": "policy.value_",
}
"""Where the values of a rule's fields have their words."""
_FIELD: Final = re.compile(r"^(\w+): (.*)$", re.DOTALL)


def in_words(said: str, t: Catalog) -> str:
    """Return one side of a comparison in the reader's words; what nobody knows stays as it is."""
    if clocks := _CLOCKS.match(said):
        return t("rule.clocks", a=clocks[1], b=clocks[2])
    if weighed := _WEIGHED.match(said):
        return t("rule.weighed", what=_labels(weighed[1], t), n=weighed[2])
    if gate := _GATE.match(said):
        level, rest = t(f"level.{gate[1]}"), gate[2] or ""
        return f"{level} {t.said(f'category.{rest}', rest)}".rstrip()
    if said == "opens":
        return t("policy.opens")
    return _labels(said, t)


def rule_in_words(said: str, t: Catalog) -> str:
    """Return a rule, spelt as fields and values, with the fields in the reader's words.

    What goes without saying is left out: what it is not, its own id, where its own words are kept,
    and its examples, which stand with it. A rule that was cut ends at its last whole field.
    """
    whole, cut = said.partition("; examples: ")[0], len(said) == LINE_CHARS
    if cut and "; " in whole:
        whole = whole.rpartition("; ")[0]
    read = t("number.field").join(_fields(whole, t))
    return f"{read}…" if cut else read


def _fields(said: str, t: Catalog) -> Iterator[str]:
    for part in said.split("; "):
        field = _FIELD.match(part)
        if field is None:
            yield _labels(part, t)
        elif not _goes_without_saying(field[1], field[2]):
            yield _field(field[1], field[2], t)


def _goes_without_saying(name: str, value: str) -> bool:
    own = name == "params" and value.startswith("labels: own: ")
    return own or value == "false" or name in {"id", "ours"} or (name, value) == ("when", "true")


def _field(name: str, value: str, t: Catalog) -> str:
    word = t.said(f"policy.key_{name}", t.said(f"param.{name}", name))
    if value == "true":
        return word
    if name == "when" and (plain := condition_in_words(value, t, {})):
        return f"{word} {plain}"
    inner = _FIELD.match(value) if name == "params" else None
    if inner is not None:
        return f"{word} {t.said(f'param.{inner[1]}', inner[1])} {inner[2]}"
    return f"{word} {_labels(value, t, _SAID_AS.get(name, 'label.'))}"


def _labels(said: str, t: Catalog, prefix: str = "label.") -> str:
    words = [t.said(f"{prefix}{each}", each) for each in said.split(", ")]
    return t("number.and").join(words) if len(words) > 1 else words[0]
