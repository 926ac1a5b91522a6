"""Which approved wordings fit a case, and how each is filled: pure, the same for the same case.

Whatever is chosen passes the gate by construction: each wording is gated once with words that
stand for the matter and the time, each matter once; what weighs the text as a whole is asked again
where it is near; and a property test holds their products.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Final, NamedTuple

from services.respond.core.checking import situation_of
from shared.contracts.ids import token
from shared.contracts.verdicts import Label
from shared.policy.gate.check import CHECKS, gate
from shared.policy.gate.findings import GateContext
from shared.policy.gate.levels import Situation
from shared.policy.gate.tone import OVERALL, check_tone, hostility
from shared.policy.matter import matters_of
from shared.policy.model import Pack
from shared.policy.suggesting import ReplyTemplate, Suggesting, Tone
from shared.policy.templates import blanks_of, fill

GRAVE: Final = 60
"""From this severity on nobody is answered in a warm tone; ours."""
STRICT: Final[tuple[Situation, ...]] = ("other", "complaint", "crisis")
STAND_IN_MATTER: Final = "这件" * 6 + "事情"
STAND_IN_TIME: Final = "12月28日23:55"
WHOLE: Final = (check_tone,)
"""What weighs a text as a whole cannot be asked of its parts..."""
MATTER_WEIGHS: Final = 80
"""...but no matter weighs more than this (twice what any of ours does): farther off, nobody asks."""
_DRAWN_BITS: Final = 0xFFFF
_OPENING_BITS: Final = 64
_CLOSING_BITS: Final = 84


class About(NamedTuple):
    """What a choice rests on. `seed` tells cases apart."""

    labels: tuple[Label, ...]
    matter: str
    channel: str
    severity: int = 0
    private: bool = False
    account_name: str = ""
    author_name: str = ""
    next_answer: str = ""
    seed: str = ""
    holding: bool = False
    """Nobody knows yet what may be said: only holding wordings."""
    checked_by: str = ""
    """Who looks into it; empty: whom the pack names."""
    crisis: bool = False


class Offer(NamedTuple):
    """A filled wording, and where it comes from."""

    template_id: str
    tone: Tone
    text: str


def sound_matter(text: str, pack: Pack) -> str:
    """Return what the text is about; empty unless that may be said in public."""
    likely = matters_of(text, pack.suggesting)
    return next((each for each in likely if may_be_said(each, pack)), "")


def _anything(_text: str) -> bool:
    return True


def offers(
    about: About, pack: Pack, most: int, may: Callable[[str], bool] = _anything
) -> list[Offer]:
    """Return at most so many fitting wordings, filled; the last of another tone if there is one."""
    context = _context(about.labels, about.channel, crisis=about.crisis)
    drawn = int(token("variant", about.seed), 16)
    found: list[Offer] = []
    rest = _ordered(about, pack, drawn)
    while rest and len(found) < most:
        template = rest.pop(_next(rest, found, last=len(found) == most - 1))
        offer = _filled(template, about, pack, context, drawn)
        if offer is not None and may(offer.text):
            found.append(offer)
    return found


@lru_cache(maxsize=512)
def _context(labels: tuple[Label, ...], channel: str, *, crisis: bool) -> GateContext:
    plain = situation_of(labels)
    situation: Situation = "crisis" if crisis and plain != "self_harm" else plain
    return GateContext(situation=situation, channel=channel)


def _next(rest: list[ReplyTemplate], found: list[Offer], *, last: bool) -> int:
    """Return the first place, or at last that of the first that sounds different: people can choose."""
    tones = {each.tone for each in found} if last else set()
    return next((place for place, each in enumerate(rest) if each.tone not in tones), 0)


def _ordered(about: About, pack: Pack, drawn: int) -> list[ReplyTemplate]:
    """The most telling first; equal ones in the case's own order."""
    grave = about.severity >= GRAVE
    tone = _tone(pack.suggesting, grave=grave, private=about.private)
    kind = _Kind(
        about.labels,
        about.channel,
        about.severity,
        tone,
        named=bool(about.matter),
        holding=about.holding,
    )

    def rank(each: _Ranked) -> tuple[tuple[bool, bool, int, bool], int]:
        return each.rank, (drawn >> each.place) & _DRAWN_BITS

    return [each.template for each in sorted(_fitting(kind, pack), key=rank)]


class _Ranked(NamedTuple):
    template: ReplyTemplate
    rank: tuple[bool, bool, int, bool]
    place: int


class _Kind(NamedTuple):
    """What many cases have in common."""

    labels: tuple[Label, ...]
    channel: str
    severity: int
    tone: Tone
    named: bool
    holding: bool


@lru_cache(maxsize=2048)
def _fitting(kind: _Kind, pack: Pack) -> tuple[_Ranked, ...]:
    """Return what may be said in such cases, and what of it tells most."""
    found = []
    for place, each in enumerate(pack.templates):
        names = "matter" in blanks_of(each.text)
        if _fits(each, kind) and (kind.named or not names):
            rank = (each.slot != "answer", not names, -len(each.labels), each.tone != kind.tone)
            found.append(_Ranked(each, rank, place))
    return tuple(found)


def _fits(template: ReplyTemplate, kind: _Kind) -> bool:
    held = frozenset(kind.labels)
    return (
        held.issuperset(template.labels)
        and (not template.channels or kind.channel in template.channels)
        and not (Label.SELF_HARM in held and Label.SELF_HARM not in template.labels)
        and kind.severity >= template.severity_from
        and (template.holding or not kind.holding)
        and not (template.tone == "warm" and kind.severity >= GRAVE)
    )


def _tone(suggesting: Suggesting, *, grave: bool, private: bool) -> Tone:
    if grave:
        return "formal"
    return "warm" if private and suggesting.tone == "polite" else suggesting.tone


def _filled(
    template: ReplyTemplate, about: About, pack: Pack, context: GateContext, drawn: int
) -> Offer | None:
    parts = pack.suggesting
    place = _place(template)
    opening = _one_of(parts.openings.get(template.tone, ()), (drawn >> _OPENING_BITS) + place)
    closing = _one_of(parts.closings.get(template.tone, ()), (drawn >> _CLOSING_BITS) + place)
    room = _room(template.text, opening, closing, pack, context)
    if room is None:
        return None
    values = _values(about, pack) | {"opening": opening, "closing": closing}
    text = fill(template.text, values)
    checks = CHECKS if "author_name" in blanks_of(template.text) else WHOLE
    near = checks is CHECKS or room < MATTER_WEIGHS
    if near and not gate(text, context, pack, checks=checks).passed:
        return None
    return Offer(template.id, template.tone, text)


def _place(template: ReplyTemplate) -> int:
    return sum(template.id.encode())


def _values(about: About, pack: Pack) -> dict[str, str]:
    return {
        "author_name": about.author_name,
        "organisation": pack.organisation,
        "account_name": about.account_name,
        "service_line": pack.service_line,
        "help_line": pack.help_line,
        "matter": about.matter,
        "next_answer": about.next_answer,
        "checked_by": about.checked_by or pack.suggesting.checked_by,
    }


def framed(answer: str, about: About, pack: Pack) -> str:
    """Return a known answer with an opening and a closing of the pack's own tone."""
    tone, drawn = pack.suggesting.tone, int(token("variant", about.seed), 16)
    opening = _one_of(pack.suggesting.openings.get(tone, ()), drawn >> _OPENING_BITS)
    closing = _one_of(pack.suggesting.closings.get(tone, ()), drawn >> _CLOSING_BITS)
    return f"{opening}{answer}{closing}"


def _one_of(among: tuple[str, ...], drawn: int) -> str:
    return among[drawn % len(among)] if among else ""


@lru_cache(maxsize=4096)
def may_be_said(matter: str, pack: Pack) -> bool:
    """Tell whether the gate lets the words pass, even in reply to a complaint or in a crisis.

    How a text is worded as a whole, two words do not show.
    """
    return all(
        each.category == OVERALL
        for situation in STRICT
        for each in gate(f"关于{matter}。", GateContext(situation=situation), pack).findings
    )


@lru_cache(maxsize=8192)
def _room(
    wording: str, opening: str, closing: str, pack: Pack, context: GateContext
) -> int | None:
    """Gate the wording with and without a time; what stands in is as long as things get.

    Return how far its tone is from what would be held; None: it does not pass at all.
    """
    standing = _values(About((), "", context.channel), pack)
    parts = {"opening": opening, "closing": closing, "matter": STAND_IN_MATTER}
    texts = [
        fill(wording, standing | parts | {"next_answer": each}) for each in ("", STAND_IN_TIME)
    ]
    if not all(gate(each, context, pack).passed for each in texts):
        return None
    rule = pack.gate.tone
    enough = rule.enough_in.get(context.situation, rule.enough)
    return MATTER_WEIGHS if enough is None else enough - max(map(hostility, texts))
