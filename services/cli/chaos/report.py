"""The figures of a run, counted from its evidence; the same for who ran it and who counts again."""

from collections.abc import Mapping
from pathlib import Path

from services.cli.chaos import counting, promises
from services.cli.chaos.evidence import LOG, Evidence, read, unusable
from services.cli.replay.engine import replay

PROMISES = {
    "lost_items": counting.lost_items,
    "duplicate_replies": counting.duplicate_replies,
    "lost_replies": counting.lost_replies,
    "lost_pages": promises.lost_pages,
    "duplicate_pages": promises.duplicate_pages,
    "unrecorded_breaches": promises.unrecorded_breaches,
    "silent_faults": promises.silent_faults,
    "duplicate_items": counting.duplicate_items,
    "unapproved_replies": counting.unapproved_replies,
    "undone_replies": counting.undone_replies,
    "misreported_replies": counting.misreported_replies,
    "unanswered_operations": counting.unanswered_operations,
    "silenced": counting.silenced,
}
"""Each must be 0."""


def recount(directory: Path) -> dict[str, object]:
    """Count a run again from its evidence. Raises UserError."""
    evidence = read(directory)
    try:
        return _counted(directory, evidence)
    except (KeyError, TypeError, ValueError) as error:
        raise unusable(directory, error) from error


def _counted(directory: Path, evidence: Evidence) -> dict[str, object]:
    findings = {name: count(evidence) for name, count in PROMISES.items()}
    missed = [row["step"] for row in evidence.faults if not row["reached"]]
    reproduced = replay(directory / LOG, verdicts="recorded").reproduced
    counts: dict[str, object] = {
        "seed": evidence.run["seed"],
        "kills": sum(row["how"] == "kill" and row["reached"] for row in evidence.faults),
        "stops": sum(row["how"] == "stop" and row["reached"] for row in evidence.faults),
        "items": len(evidence.items),
        **{name: len(each) for name, each in findings.items()},
        "steps_never_reached": len(missed),
        "replays": bool(reproduced),
        **_sizes(evidence),
        **evidence.run["took"],
    }
    broken = [f"{name}: {each}" for name, found in findings.items() for each in found]
    if not evidence.run["stream"]:  # a stream of one's own need not reach every step
        broken += [f"steps_never_reached: {each}" for each in missed]
    if not reproduced:
        broken.append("replays: the log does not replay to the decisions recorded in it")
    return {**counts, "broken": broken}


def _sizes(evidence: Evidence) -> Mapping[str, int]:
    return {
        "replies": len(list(counting.written(evidence))),
        "questions": sum(each == "unknown" for each in counting.ends(evidence).values()),
        "breaches": len(list(evidence.decided("clock.breached"))),
        "pages": len({row["page_id"] for row in evidence.pages}),
        "repeated_pages": promises.repeated_pages(evidence),
        "alarms": len(evidence.alarms),
        "operations": len(evidence.operations),
        "platform_faults": len(
            counting.struck(evidence, promises.ON_REPLIES | promises.ON_READING)
        ),
        "facts": len(evidence.stored),
    }


def readable(report: Mapping[str, object], evidence: Evidence) -> str:
    """Return the report for a person: figures, the steps, and what was broken."""
    broken = report["broken"]
    lines = [f"{name:<24}{value}" for name, value in report.items() if name != "broken"]
    for row in evidence.faults:
        said = f"{row['how']} {row['victim']}" if row["reached"] else "never reached"
        lines.append(f"{said:<24}{row['step']}")
    if isinstance(broken, list):
        lines += [f"BROKEN {each}" for each in broken] or ["every promise was kept"]
    return "\n".join(lines)
