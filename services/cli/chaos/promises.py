"""Clocks, pages and faults: what had to be recorded, told and seen, against what was."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from services.cli.chaos.counting import Findings, struck
from services.cli.chaos.evidence import Evidence, Row
from shared.contracts.items import ItemClassified, ItemReceived
from shared.contracts.system import EffectFinished, EffectStarted
from shared.contracts.verdicts import Label

SLACK = timedelta(seconds=5)
"""What falls due so shortly before the end need not be recorded yet."""
SUPERVISOR = "supervisor"
"""What the supervisor of `zhishou up` says counts for nothing here: elsewhere there is another one."""
SHOWS_WITHIN = timedelta(seconds=8)
EXACT = timedelta(milliseconds=1)
CLOCKS = ("acknowledge", "first_reply")
ON_REPLIES = frozenset({"drop_before", "drop_after_commit"})
ON_READING = frozenset({"error"})
SPOKEN_OF = {"nats": ("bus", "Bus", "not ready: log"), "valkey": ("store", "Store")}
"""How who uses a server speaks of it when it is away."""


def unrecorded_breaches(evidence: Evidence) -> Findings:
    """Return clocks that ran out without a breach in their own time."""
    return [*_by_the_ledger(evidence), *_by_the_public(evidence)]


def _by_the_ledger(evidence: Evidence) -> Iterator[str]:
    """Every clock that was started: kept in time, closed in time, or breached when it fell due."""
    until = _time(evidence.run["log_ended"]) - SLACK
    met, breached, closed = _met(evidence), _breached(evidence), _closed(evidence)
    for opened in evidence.decided("case.opened"):
        for clock in (each for each in CLOCKS if opened[f"{each}_due"] is not None):
            due, case = _time(opened[f"{clock}_due"]), opened["case_id"]
            kept = min(met.get((case, clock), due + SLACK), closed.get(case, due + SLACK)) <= due
            if due <= until and not kept and due not in breached[case, clock]:
                yield f"case {case}: {clock} ran out at {due} and no breach of that time is recorded"


def _by_the_public(evidence: Evidence) -> Iterator[str]:
    """Every complaint that was left alone, counted from when it came, whatever the ledger says."""
    alone = {row["text"] for row in evidence.stream if row.get("role") == "leave"}
    judged = {
        each.item_id
        for fact in evidence.facts()
        if isinstance(fact, ItemClassified)
        for each in fact.verdicts
        if Label.COMPLAINT in each.decided
    }
    until = _time(evidence.run["log_ended"]) - SLACK
    acknowledge = timedelta(seconds=evidence.run["times"]["acknowledge"])
    cases = {row["item_id"]: row["case_id"] for row in evidence.decided("item.judged")}
    breached = _breached(evidence)
    for stored in evidence.stored:
        item = stored.fact
        if not isinstance(item, ItemReceived) or item.text not in alone:
            continue
        due, case = stored.time + acknowledge, cases.get(item.item_id, "")
        told = any(abs(at - due) <= EXACT for at in breached[case, "acknowledge"])
        if item.item_id in judged and due <= until and not told:
            yield f"complaint {item.native_id} was left alone, its breach at {due} is not recorded"


def _met(evidence: Evidence) -> Mapping[tuple[str, str], datetime]:
    return {
        (row["case_id"], row["clock"]): _time(row["at"]) for row in evidence.decided("clock.met")
    }


def _closed(evidence: Evidence) -> Mapping[str, datetime]:
    return {row["case_id"]: _time(row["at"]) for row in evidence.decided("case.resolved")}


def _breached(evidence: Evidence) -> Mapping[tuple[str, str], set[datetime]]:
    found: dict[tuple[str, str], set[datetime]] = defaultdict(set)
    for row in evidence.decided("clock.breached"):
        found[row["case_id"], row["clock"]].add(_time(row["at"]))
    return found


def lost_pages(evidence: Evidence) -> Findings:
    """Return breaches nobody was to be told of, and pages that never came to the receiver."""
    told = {(row["case_id"], row["at"]) for row in evidence.decided("page.raised")}
    received = {row["page_id"] for row in evidence.pages if row["genuine"]}
    late = {row["page_id"] for row in evidence.pages if row["late"]}
    found = [
        f"nobody was to be told of the breach of {row['case_id']}"
        for row in evidence.decided("clock.breached")
        if (row["case_id"], row["at"]) not in told
    ]
    until = _time(evidence.run["log_ended"]) - SLACK
    for row in evidence.decided("page.raised"):
        if row["channel"] and row["page_id"] not in received and _time(row["at"]) <= until:
            if late and _coalesced(evidence, row):
                continue  # after a rebuild what was owed goes out as one page
            found.append(f"page {row['page_id']} never came")
    return list(dict.fromkeys(found))


def _coalesced(evidence: Evidence, raised: Row) -> bool:
    owed = {
        row["effect_id"]
        for row in evidence.decided("effect.decided")
        if row["effect_kind"] == "page" and row["at"] == raised["at"]
    }
    return any(
        row["effect_id"] in owed and row["status"] == "returned"
        for row in evidence.decided("effect.moved")
    )


def duplicate_pages(evidence: Evidence) -> Findings:
    """Return pages that rang more often than was decided: a receiver that heeds keys rings twice.

    A ring is decided together with the page it is for, at one time; one page may ring again for
    what joins it once it was taken or slept through.
    """
    decided = {
        row["effect_id"]: row["at"]
        for row in evidence.decided("effect.decided")
        if row["effect_kind"] == "page"
    }
    raised = {(row["page_id"], row["at"]) for row in evidence.decided("page.raised")}
    keys: dict[str, set[str]] = defaultdict(set)
    for row in evidence.pages:
        keys[row["page_id"]].add(row["key"])
    found = []
    for page, each in keys.items():
        asked = {key for key in each if (page, decided.get(key)) in raised}
        if len(each) > max(len(asked), 1):
            found.append(f"page {page} came under {len(each)} keys, {len(asked)} were decided")
    return found


def repeated_pages(evidence: Evidence) -> int:
    """Return how often a page came again under its own key: a page twice is better than none."""
    return len(evidence.pages) - len({row["key"] for row in evidence.pages})


def silent_faults(evidence: Evidence) -> Findings:
    """Return faults that no metric, no log line, no health answer and no fact has shown."""
    found = [
        f"{row['how']} of {row['victim']} at {row['struck_at']} ({row['step']})"
        for row in evidence.faults
        if row["reached"] and not any(_shows(row, sign) for sign in _around(evidence, row))
    ]
    shown = _read_back(evidence)
    for call in struck(evidence, ON_REPLIES):
        target = call["params"].get("cid") or call["params"].get("id") or ""
        if target not in shown:
            found.append(f"the platform's {call['fault']} on {target}")
    return found + [
        f"the platform's {call['fault']} at {call['time']}"
        for call in struck(evidence, ON_READING)
        if not any(sign["who"] == "ingest" for sign in _near(evidence, call["time"], call["time"]))
    ]


def _around(evidence: Evidence, fault: Row) -> Iterator[Row]:
    return _near(evidence, fault["struck_at"], fault["over_at"])


def _near(evidence: Evidence, first: str, last: str) -> Iterator[Row]:
    begin, end = _time(first), _time(last) + SHOWS_WITHIN
    return (
        sign
        for sign in evidence.signs
        if sign["what"] != SUPERVISOR and begin <= _time(sign["at"]) <= end
    )


def _shows(fault: Row, sign: Row) -> bool:
    """Tell whether a sign is of this fault: of the process itself, or of a server by who uses it."""
    words = SPOKEN_OF.get(fault["victim"], ())
    said = f"{sign['what']}: {sign['detail']}"
    return bool(sign["who"] == fault["victim"] or any(word in said for word in words))


def _read_back(evidence: Evidence) -> set[str]:
    """Return targets on which the log tells of a second attempt, a reading back, or a question."""
    targets: dict[str, str] = {}
    shown: set[str] = set()
    for fact in evidence.facts():
        if isinstance(fact, EffectStarted):
            targets[fact.effect_id] = fact.target
            if fact.attempt > 1:
                shown.add(fact.target)
        elif isinstance(fact, EffectFinished) and (fact.receipt.detail or fact.status != "done"):
            shown.add(targets.get(fact.effect_id, ""))
    return shown


def _time(spelled: str) -> datetime:
    return datetime.fromisoformat(spelled)
