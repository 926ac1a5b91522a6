"""Counts what became of the promises, from the evidence alone: each function returns what was broken.

Pure. The public's words come from the platform, what was said to it from its journal, pages from who
received them; the log and its recorded decisions are what they are compared with.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from services.cli.chaos.evidence import Evidence, Row
from shared.contracts.items import ItemClassified, ItemKind, ItemReceived

PRIVATE = "2/messages/reply"
WRITES = frozenset({"2/comments/reply", "2/comments/create", PRIVATE})
HARMS = frozenset({"2/comments/destroy", "2/comments/destroy_batch"})
NOT_SENT = frozenset({"returned", "refused", "expired", "simulated"})
ENDS = NOT_SENT | {"done", "unknown"}
Findings = list[str]


def lost_items(evidence: Evidence) -> Findings:
    """Return items of the public that are not in the log, not judged, or not folded."""
    received: dict[str, ItemReceived] = {}
    for fact in evidence.facts():
        if isinstance(fact, ItemReceived):
            received[_mark(fact)] = fact
    judged = {
        each.item_id
        for fact in evidence.facts()
        if isinstance(fact, ItemClassified)
        for each in fact.verdicts
    }
    folded = {row["item_id"] for row in evidence.decided("item.judged")}
    found: Findings = []
    for row in evidence.items:
        mark = f"message {row['author']} {row['text']}" if row["kind"] == "message" else row["id"]
        item = received.get(str(mark))
        if item is None:
            found.append(f"{row['kind']} {row['id']} is not in the log")
        elif item.item_id not in judged:
            found.append(f"{row['kind']} {row['id']} has no verdict")
        elif item.item_id not in folded:
            found.append(f"{row['kind']} {row['id']} was not folded")
    return found


def _mark(fact: ItemReceived) -> str:
    """A private message has no id on the wire: its author and words stand for it."""
    if fact.item_kind is ItemKind.MESSAGE:
        return f"message {fact.author.author_id} {fact.text}"
    return fact.native_id


def duplicate_items(evidence: Evidence) -> Findings:
    """Return versions of items that stand in the log more than once (invariant 9)."""
    counted = Counter(
        (fact.item_id, fact.item_version)
        for fact in evidence.facts()
        if isinstance(fact, ItemReceived)
    )
    return [
        f"item {item} stands {count} times in the log"
        for (item, _), count in counted.items()
        if count > 1
    ]


def written(evidence: Evidence) -> Iterator[tuple[str, str]]:
    """Yield (target, text) of everything the public could read from us, by the platform's journal."""
    return (each for row in evidence.calls for each in written_by(row))


def written_by(call: Row) -> Iterator[tuple[str, str]]:
    """Yield what one call wrote, if it did; whether its answer arrived does not matter."""
    if call["endpoint"] in WRITES and call["effect"]:
        said = call["params"]
        text = said.get("comment") or json.loads(said.get("data", "{}")).get("text", "")
        target = said.get("cid") or said.get("id") or said.get("receiver_id", "")
        yield str(target), str(text)


def duplicate_replies(evidence: Evidence) -> Findings:
    """Return targets that were answered more than once. People answer each only once.

    In private a target is a person, who may have several cases: there it is the person in the case.
    """
    cases = {row["text"]: row["target"] for row in evidence.operations if row["wish"] == "approve"}
    counted: Counter[str] = Counter()
    for row in evidence.calls:
        for target, text in written_by(row):
            private = row["endpoint"] == PRIVATE
            counted[f"{target} in {cases.get(text, text)}" if private else target] += 1
    return [
        f"{target} was answered {count} times" for target, count in counted.items() if count > 1
    ]


def unapproved_replies(evidence: Evidence) -> Findings:
    """Return texts in public that no person approved (promise 2)."""
    approved = {
        row["text"]
        for row in evidence.operations
        if row["wish"] == "approve" and row["outcome"] != "refused"
    }
    return [f"nobody approved: {text}" for _, text in written(evidence) if text not in approved]


def silenced(evidence: Evidence) -> Findings:
    """Return calls that took away what the public wrote (promise 3)."""
    return [f"{row['endpoint']} was called" for row in evidence.calls if row["endpoint"] in HARMS]


def lost_replies(evidence: Evidence) -> Findings:
    """Return approved replies that neither stand in public nor are a person's again."""
    public = {text for _, text in written(evidence)}
    known = ends(evidence)
    back = _came_back(evidence)
    found: Findings = []
    for row in evidence.operations:
        if row["wish"] != "approve" or row["outcome"] != "accepted" or row["text"] in public:
            continue
        end = known.get(row["text"], "")
        asked = end == "unknown" or end in NOT_SENT
        if not asked and row["op_id"] not in back:
            found.append(f"the reply of {row['op_id']} ended as {end or 'nothing'}, not in public")
    return found


def misreported_replies(evidence: Evidence) -> Findings:
    """Return texts that people were told had not left, and that the public can read."""
    known = ends(evidence)
    texts = dict.fromkeys(text for _, text in written(evidence))
    return [f"told as {known[text]}: {text}" for text in texts if known.get(text) in NOT_SENT]


def undone_replies(evidence: Evidence) -> Findings:
    """Return texts that were called back in time and left all the same."""
    public = {text for _, text in written(evidence)}
    approved: dict[str, str] = {}
    found: Findings = []
    for row in evidence.operations:
        if row["wish"] == "approve":
            approved[row["target"]] = row["text"]
        elif row["wish"] == "undo" and row["outcome"] == "accepted":
            text = approved.get(row["target"], "")
            if text in public:
                found.append(f"called back by {row['op_id']} and sent: {text}")
    return found


def unanswered_operations(evidence: Evidence) -> Findings:
    """Return what people asked for and were never told about (invariant 15)."""
    return [
        f"{row['op_id']} ({row['wish']}) was never answered"
        for row in evidence.operations
        if not row["outcome"]
    ]


def ends(evidence: Evidence) -> Mapping[str, str]:
    """Return text -> the last end of its effect in the recorded decisions."""
    texts = {
        row["effect_id"]: row["body"]
        for row in evidence.decided("effect.decided")
        if row["effect_kind"] == "send_reply"
    }
    return {
        texts[row["effect_id"]]: row["status"]
        for row in evidence.decided("effect.moved")
        if row["effect_id"] in texts and row["status"] in ENDS
    }


def _came_back(evidence: Evidence) -> set[str]:
    """Return the approvals after which the case's reply came back or was called back."""
    open_by_case: dict[str, list[str]] = defaultdict(list)
    back: set[str] = set()
    for row in evidence.decisions:
        if row["kind"] == "operation.decided" and row["accepted"]:
            if row["operation"] == "operator.approved":
                open_by_case[row["case_id"]].append(row["op_id"])
            elif row["operation"] == "operator.undone":
                back.update(open_by_case.pop(row["case_id"], ()))
        elif row["kind"] == "reply.returned":
            back.update(open_by_case.pop(row["case_id"], ()))
    return back


def struck(evidence: Evidence, kinds: frozenset[str]) -> Sequence[Row]:
    """Return the calls on which the platform misbehaved in one of these ways."""
    return [row for row in evidence.calls if row["fault"] in kinds]
