"""What came and left in the last days, told to one rule of the catalogue as inputs it knows."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Final, NamedTuple

from services.respond.core.aggregates import Case
from services.respond.core.checking import situation_of
from services.respond.rehearsing import Asked, Seen
from shared.contracts.facts import StoredItem, Told
from shared.contracts.items import ItemKind
from shared.contracts.operators import ReplyDrafted
from shared.contracts.posts import PostSeen
from shared.contracts.verdicts import Label
from shared.policy.checks.at_gate import as_input
from shared.policy.checks.book import Ready
from shared.policy.checks.evaluate import ask_rule
from shared.policy.checks.given import Given
from shared.policy.gate.findings import GateContext, text_token

EXCERPT: Final = 60
SHOWN: Final = 30
PER_MILLE: Final = 1000
"""What was decided at the time is as sure as it gets."""
KINDS_KNOWN: Final = frozenset(
    {"reply", "post", "schedule", "day_log", "comment", "mention", "dm"}
)
"""Of everything else the log holds no history: accounts, campaigns, files are told by people."""
_JUDGES: Final = "inbound"
"""This check finds the label itself; where it was told, somebody has judged already."""
_ITEMS: Final = {
    ItemKind.COMMENT: "comment",
    ItemKind.MENTION: "mention",
    ItemKind.REPOST: "mention",
    ItemKind.MESSAGE: "dm",
}


class Input(NamedTuple):
    """One input: when, what of ours or theirs it is, its item if it is one, and what is told of it."""

    at: datetime
    came: str
    item_id: str
    told: Mapping[str, object]


def inputs_of(facts: Sequence[Told], cases: Mapping[str, Case], zone: tzinfo) -> Sequence[Input]:
    """Return the inputs of these facts, oldest first; the plan of a day stands at its end."""
    days: dict[tuple[str, str], list[PostSeen]] = defaultdict(list)
    found: list[Input] = []
    for each in facts:
        if isinstance(each, StoredItem):
            found.append(_item(each))
            continue
        match each.fact:
            case ReplyDrafted(case_id=case_id, text=text):
                case = cases.get(case_id)
                left = case is not None and text_token(text) in case.sent_texts
                came = "sent" if left else "draft"
                found.append(Input(each.time, came, "", _reply(case, text)))
            case PostSeen() as post:
                day = post.published_at.astimezone(zone).date().isoformat()
                before = days[post.account_id, day]
                found += _post(each.time, post, before[-1] if before else None, zone)
                before.append(post)
            case _:
                pass
    return [*found, *_days(days, zone)]


class Answers:
    """What the rule says of input after input, counted; the first that it finds are shown."""

    def __init__(self, ready: Ready, labels: Mapping[str, Sequence[Label]]) -> None:
        self._ready, self._labels = ready, labels
        self._looked: Counter[str] = Counter()
        self._untold: Counter[str] = Counter()
        self._hits: list[Seen] = []

    def take(self, inputs: Sequence[Input]) -> None:
        """Ask the rule about these, as far as it looks at their kind."""
        for each in inputs:
            if str(each.told["kind"]) in self._ready.rule.kinds:
                self._ask(each)

    def told(self, since: datetime, *, complete: bool) -> Asked:
        """Return what was said of all."""
        return Asked(
            since=since,
            complete=complete,
            looked=dict(self._looked),
            without=tuple(each for each in self._ready.rule.kinds if each not in KINDS_KNOWN),
            hits=len(self._hits),
            untold=dict(self._untold),
            shown=tuple(self._hits[-SHOWN:]),
        )

    def _ask(self, one: Input) -> None:
        if self._ready.check is None:
            return
        held = [each.value for each in self._labels.get(one.item_id, ())]
        says_itself = self._ready.rule.check == _JUDGES
        told = {**one.told, "label": held[0]} if held and not says_itself else one.told
        given = Given.of(told)
        sure = dict.fromkeys(held, PER_MILLE)
        outcome = ask_rule(self._ready, self._ready.check, given, lambda _text: sure)
        self._looked[given.kind] += 1
        self._untold.update(outcome.missing)
        if outcome.state == "hit":
            reason = str(outcome.says.get("reason") or self._ready.rule.title)
            times = given.many("times")
            text = given.word("text") or "、".join(str(each) for each in times)
            self._hits.append(
                Seen(
                    kind=given.kind,
                    came=one.came,
                    at=one.at,
                    text=text[:EXCERPT],
                    verdict=outcome.verdict,
                    reason=reason,
                )
            )


def _reply(case: Case | None, text: str) -> dict[str, object]:
    """Return a reply as the gate tells it; of a case that is gone only the words are known."""
    if case is None:
        return {"kind": "reply", "text": text}
    context = GateContext(situation=situation_of(case.labels), channel=case.platform)
    return as_input(text, context)


def _post(
    time: datetime, post: PostSeen, before: PostSeen | None, zone: tzinfo
) -> Iterator[Input]:
    said = {"text": post.text, "channel": post.platform}
    yield Input(time, "seen", "", {"kind": "post", **said})
    at = {"at": post.published_at.astimezone(zone).isoformat()}
    if before is not None:
        at["previous"] = before.published_at.astimezone(zone).isoformat()
    yield Input(time, "seen", "", {"kind": "schedule", **said, **at})


def _days(days: Mapping[tuple[str, str], list[PostSeen]], zone: tzinfo) -> Iterator[Input]:
    for posts in days.values():
        local = [each.published_at.astimezone(zone) for each in posts]
        told = {
            "kind": "day_log",
            "texts": [each.text for each in posts],
            "times": [each.strftime("%H:%M") for each in local],
            "posts": len(posts),
            "weekday": local[0].isoweekday(),
        }
        yield Input(posts[-1].published_at, "seen", "", told)


def _item(stored: StoredItem) -> Input:
    fact = stored.fact
    told: dict[str, object] = {
        "kind": _ITEMS[fact.item_kind],
        "text": fact.text,
        "channel": fact.platform,
        "private": fact.item_kind is ItemKind.MESSAGE,
    }
    if fact.author.followers is not None:
        told["author_followers"] = fact.author.followers
    return Input(stored.time, "came", fact.item_id, told)
