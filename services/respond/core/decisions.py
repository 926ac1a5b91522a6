"""What the fold decided, as frozen values, and the one spelling of them that digests rest on.

A decision carries stream time only: no sequence, no receipt, no wall time, no host (invariant 8).
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from json import JSONEncoder
from json.encoder import encode_basestring as _quote
from operator import not_
from typing import Literal, NamedTuple

import msgspec
from pydantic import Field
from pydantic_core import to_json

from services.respond.core.flow import FlowDecision
from services.respond.core.incident import IncidentDecided, IncidentProposed
from services.respond.core.owed import OwedDecision
from services.respond.core.promise import PromiseMoved
from services.respond.core.said import SaidDecision
from shared.contracts.base import Frozen, Time
from shared.contracts.operators import Slot
from shared.contracts.verdicts import Label

_spell = JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode
_spell_quickly = msgspec.json.Encoder(order="sorted").encode
"""The same for texts and whole numbers, all that decisions hold, in a fifth of the time."""
CORE_VERSION = "2"
CHAIN_START = ""


class _Decision(Frozen):
    at: Time
    account_id: str = ""


class ItemJudged(NamedTuple):
    """One version of one item was judged by the account's pack. `text` is a token of its text.

    Every item has one, so it is a plain tuple.
    """

    at: datetime
    account_id: str
    item_id: str
    item_version: str
    text: str
    decided: tuple[Label, ...]
    abstained: bool
    severity: int
    model: str
    degraded: tuple[str, ...]
    case_id: str


class ItemChanged(_Decision):
    """The author or the platform changed an item after it was received."""

    kind: Literal["item.changed"] = "item.changed"
    item_id: str
    item_version: str
    change: Literal["edited", "deleted"]
    case_id: str = ""


class CaseOpened(_Decision):
    """A new case. Its number is for people and no part of the decision."""

    kind: Literal["case.opened"] = "case.opened"
    case_id: str
    item_id: str
    labels: tuple[Label, ...]
    severity: int
    degraded: tuple[str, ...] = ()
    queue: str = ""
    acknowledge_due: Time | None
    first_reply_due: Time | None
    """None: nobody is owed an answer."""


class CaseJoined(_Decision):
    """A further item, or a new version of one, belongs to a case."""

    kind: Literal["case.joined"] = "case.joined"
    case_id: str
    item_id: str
    labels: tuple[Label, ...]
    severity: int


class CaseResolved(_Decision):
    """A person closed a case."""

    kind: Literal["case.resolved"] = "case.resolved"
    case_id: str
    person_id: str
    answered: bool


class CaseReopened(_Decision):
    """A resolved case is open again; `person_id` is empty when its author wrote again."""

    kind: Literal["case.reopened"] = "case.reopened"
    case_id: str
    person_id: str = ""
    acknowledge_due: Time
    first_reply_due: Time


class ClockMet(_Decision):
    """A promise was kept."""

    kind: Literal["clock.met"] = "clock.met"
    case_id: str
    clock: str
    late: bool = False


class ClockBreached(_Decision):
    """A promise was broken; `at` is the due time itself (invariant 5)."""

    kind: Literal["clock.breached"] = "clock.breached"
    case_id: str
    clock: str


class OperationDecided(_Decision):
    """The answer to what a person asked for."""

    kind: Literal["operation.decided"] = "operation.decided"
    op_id: str
    operation: str
    person_id: str
    accepted: bool
    code: str
    case_id: str = ""


class EffectDecided(_Decision):
    """Something is to leave the system; only the executor may carry it out."""

    kind: Literal["effect.decided"] = "effect.decided"
    effect_id: str
    effect_kind: Literal["send_reply", "page", "remove"]
    case_id: str
    slot: Slot | None = None
    approved_by: str = ""
    target: str
    body: str
    mode: str
    pack_hash: str
    not_after: Time | None = None
    positions: tuple[str, ...] = Field((), exclude_if=not_, description="contents of what held")


class EffectMoved(_Decision):
    """An effect started, or ended in one of the ways an effect can end."""

    kind: Literal["effect.moved"] = "effect.moved"
    effect_id: str
    status: str
    case_id: str = ""


class ReplyCameBack(_Decision):
    """An approved reply did not leave and is its owner's again."""

    kind: Literal["reply.returned"] = "reply.returned"
    case_id: str
    slot: Slot
    reason: str


class PageRaised(_Decision):
    """Somebody is to be told. `person_id` empty: nobody is on duty, the page cannot go out."""

    kind: Literal["page.raised"] = "page.raised"
    page_id: str
    case_id: str
    person_id: str
    channel: str
    reason: str
    count: int = 1
    late: bool = False


class PolicySwitched(_Decision):
    """From here on a pack means this body."""

    kind: Literal["policy.switched"] = "policy.switched"
    pack: str
    pack_hash: str


class ModelSwitched(_Decision):
    """From here on verdicts of this model count."""

    kind: Literal["model.switched"] = "model.switched"
    model: str


Decision = (
    ItemJudged
    | ItemChanged
    | CaseOpened
    | CaseJoined
    | CaseResolved
    | CaseReopened
    | ClockMet
    | ClockBreached
    | OperationDecided
    | EffectDecided
    | EffectMoved
    | ReplyCameBack
    | PageRaised
    | SaidDecision
    | OwedDecision
    | PromiseMoved
    | PolicySwitched
    | IncidentProposed
    | IncidentDecided
    | ModelSwitched
    | FlowDecision
)


def lines(decisions: Iterable[Decision]) -> list[str]:
    """Return the canonical line of each."""
    return [_judged_line(each) if type(each) is ItemJudged else line(each) for each in decisions]


def line(decision: Decision) -> str:
    """Return the canonical line: compact JSON, keys sorted, no newline."""
    if isinstance(decision, ItemJudged):
        return _judged_line(decision)
    told = decision.__dict__ if type(decision) in _OFTEN else decision.model_dump(mode="json")
    try:
        return _spell_quickly(told).decode()
    except UnicodeEncodeError:  # half a character, which only the slow one writes
        return _spell(decision.model_dump(mode="json"))


_OFTEN = frozenset({CaseOpened, CaseJoined})
"""Nearly all that is no judgement; of plain texts, labels, whole numbers and times, which need no model."""


def _judged_line(judged: ItemJudged) -> str:
    """The same spelling, laid out beforehand and in common: nine lines of ten are of this kind."""
    at, account, item, version, text, decided, abstained, severity, model, degraded, case = judged
    head, found, by = _around(account, decided, abstained, model, degraded)
    return (
        f'{head}{_time(at)},"case_id":{_quote(case)}{found}{_quote(item)}'
        f',"item_version":{_quote(version)}{by}{severity},"text":{_quote(text)}}}'
    )


@lru_cache(maxsize=64)
def _time(at: datetime) -> str:
    return to_json(at).decode()


@lru_cache(maxsize=512)
def _around(
    account_id: str,
    decided: tuple[str, ...],
    abstained: bool,  # noqa: FBT001  a field
    model: str,
    degraded: tuple[str, ...],
) -> tuple[str, str, str]:
    """Return what stands before the time, before the item, and before the severity."""
    return (
        f'{{"abstained":{_spell(abstained)},"account_id":{_quote(account_id)},"at":',
        f',"decided":{_spell(decided)},"degraded":{_spell(degraded)},"item_id":',
        f',"kind":"item.judged","model":{_quote(model)},"severity":',
    )


def chain(previous: str, lines: tuple[str, ...] | list[str]) -> str:
    """Return the digest after `lines`: chain_n = SHA-256(chain_{n-1} + line_n), in hex."""
    digest = previous
    for each in lines:
        digest = hashlib.sha256((digest + each).encode("utf-8", "surrogatepass")).hexdigest()
    return digest
