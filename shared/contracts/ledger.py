"""Decision lines as the log keeps them: what hundreds have in common is said once.

Nine lines of ten are the judgement of an item that became no case. They differ in the item, its version and
the token of its text; everything else is a form, and an entry of the ledger has few of those.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

QUIET: Final = '"case_id":"","decided":['
"""Only the line of an item that became no case has this; no text of a person stands in a line."""
_VERSION: Final = '","item_version":"'
_END: Final = '"}'
_WORD: Final = r'([^" \\]*+)'
_OWN: Final = re.compile(
    f',"item_id":"{_WORD}{_VERSION}{_WORD}(","kind":"item\\.judged",.*,"text":"){_WORD}{_END}$'
).search
"""Finds the three words that are a line's own, and what is between the last two."""
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
    found = _OWN(line)
    if found is None:
        return line
    item, version, after, text = found.groups()
    number = forms.setdefault(f"{line[: found.start(1)]}{_HOLE}{after}", len(forms))
    return f"{number} {item} {version} {text}"


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
