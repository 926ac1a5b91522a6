"""Full-text search that finds Chinese: pairs of neighbouring characters are the words.

A word of two characters is one token, a longer one a phrase of overlapping pairs. Nothing has to
be known of the language, and no word is missed because a segmenter cut elsewhere.
"""

import re
import unicodedata
from operator import add

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_SIGNS = "\u19b0-\u19c0\u19c8\u19c9\u1cf2\u1cf3"
"""Letters by themselves for Python, and mere signs between words for SQLite."""
_RUNS = re.compile(rf"([{_HAN}]+)|([^\W_{_HAN}{_SIGNS}]+)")
_CHANGEABLE = re.compile(r"[^\u3400-\u9fff]+")
"""Han characters that no normal form changes or joins; to ask that of each is most of the work."""
MOST_TERMS = 32


def tokens(text: str) -> str:
    """Return what is indexed of a text, separated by spaces."""
    found: list[str] = []
    for han, other in _runs(text):
        found += [*_pairs(han), han[-1]] if han else [other]
    return " ".join(found)


def query(text: str) -> str:
    """Return the FTS5 query for what somebody typed; "" if there is nothing to look for.

    Every run of characters must occur as it stands; runs may stand anywhere. All is quoted, so
    no operator of the query language can be typed in.
    """
    return " AND ".join(_term(han, other) for han, other in _runs(text)[:MOST_TERMS])


def _term(han: str, other: str) -> str:
    if len(han) > 1:
        return f'"{" ".join(_pairs(han))}"'
    return f'"{han or other}" *'


def _runs(text: str) -> list[tuple[str, str]]:
    """Return each run of characters of one kind, as it is searched: (Chinese, other), one of them ""."""
    return _RUNS.findall(_CHANGEABLE.sub(_normal, text).casefold())


def _normal(found: re.Match[str]) -> str:
    return unicodedata.normalize("NFKC", found[0])


def _pairs(run: str) -> list[str]:
    return list(map(add, run, run[1:]))
