"""Decision lines as the log keeps them: what hundreds have in common is said once.

Nine lines of ten are the judgement of an item that became no case. They differ in the item, its version and
the token of its text; everything else is a form, and an entry of the ledger has few of those.
"""

from collections.abc import Iterator, Sequence
from typing import Final

QUIET: Final = '"case_id":"","decided":['
"""Only the line of an item that became no case has this; no text of a person stands in a line."""
_ITEM: Final = ',"item_id":"'
_VERSION: Final = '","item_version":"'
_KIND: Final = '","kind":"item.judged",'
_TEXT: Final = ',"text":"'
_END: Final = '"}'
_APART: Final = 2
"""Blanks between the three words that are a line's own."""
_HOLE: Final = "\n"
"""No canonical line holds a line break."""


def packed(lines: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return (forms, entries); an entry is a whole line, or the number of a form and what fills it."""
    forms: dict[str, int] = {}
    entries = []
    for line in lines:
        if not is_whole(line):
            return (), tuple(lines)
        entries.append(_short(line, forms) if QUIET in line else line)
    return tuple(forms), tuple(entries)


def _short(line: str, forms: dict[str, int]) -> str:
    """Return what is the line's own behind the number of its form; the line if it is of another kind."""
    item = line.find(_ITEM) + len(_ITEM)
    version = line.find(_VERSION, item)
    kind = line.find(_KIND, version)
    text = line.rfind(_TEXT, kind) + len(_TEXT)
    if kind < 0 or not kind < text <= len(line) - len(_END) or not line.endswith(_END):
        return line
    own = f"{line[item:version]} {line[version + len(_VERSION) : kind]} {line[text : -len(_END)]}"
    if own.count(" ") != _APART:
        return line
    number = forms.setdefault(f"{line[:item]}{_HOLE}{line[kind:text]}", len(forms))
    return f"{number} {own}"


def is_whole(entry: str) -> bool:
    """Tell whether an entry is a line as it stands."""
    return entry.startswith("{")


def spelt(forms: Sequence[str], entries: Sequence[str]) -> Iterator[str]:
    """Yield the canonical lines. Raises ValueError for entries that fit no form."""
    parts = [form.split(_HOLE) for form in forms]
    for entry in entries:
        if not parts or is_whole(entry):
            yield entry
            continue
        number, item, version, text = entry.split(" ")
        if not 0 <= int(number) < len(parts):
            raise ValueError("this entry of the ledger fits no form of it")
        before, after = parts[int(number)]
        yield f"{before}{item}{_VERSION}{version}{after}{text}{_END}"
