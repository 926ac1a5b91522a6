"""Times and doubts in words, and the evidence marked in the text it stands in; all pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Literal, NamedTuple
from unicodedata import bidirectional

from services.respond.console.catalog import Catalog
from shared.contracts.verdicts import Label, Reason

HARMFUL = frozenset({Label.ABUSE, Label.HATE, Label.SEXUAL, Label.VIOLENCE, Label.SELF_HARM})
_MINUTE, _HOUR, _DAY = 60, 3600, 86400
SURE, LIKELY = 0.85, 0.7
LATE_FROM_SECONDS = 300
LONGEST_NAME = 30
_TURNS_TEXT = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
Severity = Literal["critical", "high", "medium", "low"]
_SEVERITIES: tuple[tuple[int, Severity], ...] = ((75, "critical"), (50, "high"), (25, "medium"))


class TimeLeft(NamedTuple):
    """A due time in words; `state` is ok, soon or late."""

    due: datetime
    text: str
    state: Literal["ok", "soon", "late"]


class Piece(NamedTuple):
    """A run of the original text and the labels it is a reason for."""

    text: str
    labels: tuple[Label, ...]


def span(seconds: float, t: Catalog) -> str:
    """Return a length of time in at most two units."""
    whole = int(abs(seconds))
    if whole < _MINUTE:
        return t("time.s", s=whole)
    if whole < _HOUR:
        return t("time.ms", m=whole // _MINUTE, s=whole % _MINUTE)
    if whole < _DAY:
        return t("time.hm", h=whole // _HOUR, m=whole % _HOUR // _MINUTE)
    return t("time.dh", d=whole // _DAY, h=whole % _DAY // _HOUR)


def a_name(name: str | None, t: Catalog) -> str:
    """Return a stranger's name: not endless, and unable to turn the words around it."""
    plain = "".join(each for each in name or "" if each not in _TURNS_TEXT).strip()
    if not plain:
        return t("case.unnamed")
    short = plain if len(plain) <= LONGEST_NAME else f"{plain[: LONGEST_NAME - 1]}…"
    from_right = any(bidirectional(each) in {"R", "AL"} for each in short)
    return f"\u2068{short}\u2069" if from_right else short


def crowd(number: int, t: Catalog) -> str:
    """Return a number of people, rounded as the language counts: 1.1 万, 11k."""
    unit = int(t("number.unit"))
    if number < unit:
        return str(number)
    return t("number.big", n=f"{number / unit:.1f}".removesuffix(".0"))


def time_left(due: datetime, now: datetime, t: Catalog) -> TimeLeft:
    seconds = (due - now).total_seconds()
    if seconds < 0:
        return TimeLeft(due, t("time.late", t=span(seconds, t)), "late")
    state: Literal["ok", "soon"] = "soon" if seconds < LATE_FROM_SECONDS else "ok"
    return TimeLeft(due, t("time.left", t=span(seconds, t)), state)


def missing(needs: str, t: Catalog) -> str:
    """Return what a check would have needed; a code newer than our words stands for itself."""
    code, _, of = needs.partition("_of_")
    known = f"need.{code}" in t.texts
    return t(f"need.{code}", of=of) if known else needs


def severity(value: int) -> Severity:
    for least, name in _SEVERITIES:
        if value >= least:
            return name
    return "low"


def doubt(probability: float | None, t: Catalog) -> str:
    """Say how sure the verdict is; never as an accusation."""
    if probability is None:
        return t("doubt.person")
    percent = int(probability * 100)
    if probability >= SURE:
        return t("doubt.sure", p=percent)
    if probability >= LIKELY:
        return t("doubt.likely", p=percent)
    return t("doubt.weak", p=percent)


def pieces(text: str, reasons: Iterable[Reason]) -> Sequence[Piece]:
    """Cut the text at the edges of its reasons; spans outside the text are cut off."""
    spans = [
        (max(0, each.start), min(len(text), each.end), each.label)
        for each in reasons
        if each.start < each.end
    ]
    edges = sorted({0, len(text), *(at for start, end, _ in spans for at in (start, end))})
    edges = [at for at in edges if 0 <= at <= len(text)]
    found = []
    for start, end in pairwise(edges):
        held = dict.fromkeys(label for low, high, label in spans if low <= start and end <= high)
        found.append(Piece(text[start:end], tuple(held)))
    return found
