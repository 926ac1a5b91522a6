"""Whatever breaks a promise shows in the count of it, and nothing else does."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from services.cli.chaos import counting, evidence, promises, report
from services.cli.chaos.evidence import Evidence
from shared.contracts.system import EffectStarted
from shared.errors import UserError
from tests.fakes import chaos_evidence as made
from tests.fakes.chaos_evidence import honest, without_decisions, without_facts

Change = Callable[[Evidence], Evidence]


def broken(found: Evidence) -> dict[str, int]:
    counts = {name: len(count(found)) for name, count in report.PROMISES.items()}
    return {name: count for name, count in counts.items() if count}


def test_an_honest_run_breaks_nothing() -> None:
    assert broken(honest()) == {}


def _more(name: str, *rows: evidence.Row) -> Change:
    def change(found: Evidence) -> Evidence:
        changed: dict[str, Any] = {name: [*getattr(found, name), *rows]}
        return replace(found, **changed)

    return change


def _only(name: str, *rows: evidence.Row) -> Change:
    changed: dict[str, Any] = {name: list(rows)}
    return lambda found: replace(found, **changed)


def _both(first: Change, second: Change) -> Change:
    return lambda found: second(first(found))


def _not_sent(end: str) -> Change:
    """The text did not go out, and its effect ended like this."""
    ended = without_decisions(honest(), kind="effect.moved", status="done", effect_id="e1")
    last = made.decision("effect.moved", 6, effect_id="e1", status=end, case_id="c1")
    return lambda found: replace(found, calls=[], decisions=[*ended.decisions, last])


@pytest.mark.parametrize(
    ("change", "counts"),
    [
        pytest.param(
            _more("items", {"id": 4, "kind": "comment", "author": 94, "text": "x"}),
            {"lost_items": 1},
            id="said and never read",
        ),
        pytest.param(
            lambda found: without_facts(found, "item.classified", 2),
            {"lost_items": 1},
            id="a message without a verdict",
        ),
        pytest.param(
            lambda found: without_decisions(found, kind="item.judged", item_id="item1"),
            {"lost_items": 1},
            id="never folded",
        ),
        pytest.param(
            lambda found: replace(found, stored=[*found.stored, found.stored[0]]),
            {"duplicate_items": 1},
            id="twice in the log",
        ),
        pytest.param(_more("calls", made.a_write()), {"duplicate_replies": 1}, id="said twice"),
        pytest.param(
            _both(
                _more("calls", made.a_write("又来了")),
                _more("operations", made.operation(2, "approve", "c1", text="又来了")),
            ),
            {"duplicate_replies": 1},
            id="another text to the same person",
        ),
        pytest.param(
            _only("calls", made.a_write("没人批准过")),
            {"unapproved_replies": 1, "lost_replies": 1},
            id="nobody approved it",
        ),
        pytest.param(_only("calls"), {"lost_replies": 1}, id="told as sent and never sent"),
        pytest.param(_not_sent("unknown"), {}, id="a person is asked"),
        pytest.param(_not_sent("returned"), {}, id="a person has it again"),
        pytest.param(_not_sent("started"), {"lost_replies": 1}, id="nobody ever knew"),
        pytest.param(
            _both(_not_sent("returned"), _only("calls", made.a_write())),
            {"misreported_replies": 1},
            id="sent, and told as returned",
        ),
        pytest.param(
            _more("operations", made.operation(2, "undo", "c1")),
            {"undone_replies": 1},
            id="called back and sent all the same",
        ),
        pytest.param(
            _more("operations", made.operation(2, "note", "c1", outcome="")),
            {"unanswered_operations": 1},
            id="asked and never told",
        ),
        pytest.param(
            _more("calls", made.a_write(endpoint="2/comments/destroy", effect="deleted 1")),
            {"silenced": 1},
            id="somebody was silenced",
        ),
        pytest.param(
            lambda found: without_decisions(found, kind="clock.breached"),
            {"unrecorded_breaches": 2},
            id="a breach nobody recorded, by the ledger and by the public",
        ),
        pytest.param(
            lambda found: without_decisions(found, kind="clock.met", clock="first_reply"),
            {"unrecorded_breaches": 1},
            id="a clock without any end",
        ),
        pytest.param(
            lambda found: without_decisions(found, kind="page.raised"),
            {"lost_pages": 1},
            id="nobody was to be told",
        ),
        pytest.param(_only("pages"), {"lost_pages": 1}, id="the page never came"),
        pytest.param(
            _only("pages", made.a_page(genuine=False)), {"lost_pages": 1}, id="a forged page"
        ),
        pytest.param(_more("pages", made.a_page("k2")), {"duplicate_pages": 1}, id="two keys"),
        pytest.param(_more("pages", made.a_page("e2")), {}, id="the same key again"),
        pytest.param(
            _both(
                _more("pages", made.a_page("e3")),
                _more(
                    "decisions",
                    made.decision(
                        "page.raised", 15, page_id="p1", case_id="c2", channel="webhook"
                    ),
                    made.decision("effect.decided", 15, effect_id="e3", effect_kind="page"),
                ),
            ),
            {},
            id="a second ring that was decided",
        ),
        pytest.param(
            _both(
                _more("pages", made.a_page("e3")),
                _more(
                    "decisions",
                    made.decision("effect.decided", 15, effect_id="e3", effect_kind="page"),
                ),
            ),
            {"duplicate_pages": 1},
            id="a ring without the page it is for",
        ),
        pytest.param(_only("signs"), {"silent_faults": 1}, id="a death nobody saw"),
        pytest.param(
            _only(
                "signs",
                {"at": made.at(5.2), "who": "respond", "what": "supervisor", "detail": "ended"},
            ),
            {"silent_faults": 1},
            id="a death that only its supervisor saw",
        ),
        pytest.param(
            _more("faults", made.a_kill(victim="nats")), {"silent_faults": 1}, id="of a server"
        ),
        pytest.param(
            _both(
                _more("faults", made.a_kill(victim="nats")),
                _more(
                    "signs",
                    {"at": made.at(6), "who": "classify", "what": "said bus.lost", "detail": ""},
                ),
            ),
            {},
            id="of a server, seen by who uses it",
        ),
        pytest.param(
            _only("calls", made.a_write(fault="drop_after_commit")),
            {"silent_faults": 1},
            id="a cut connection that nobody noticed",
        ),
        pytest.param(
            _more("calls", made.a_write(endpoint="2/comments/to_me", effect="", fault="error")),
            {"silent_faults": 1},
            id="a refused reading that nobody noticed",
        ),
    ],
)
def test_what_breaks_a_promise_shows_in_its_count(change: Change, counts: dict[str, int]) -> None:
    assert broken(change(honest())) == counts


def test_a_second_attempt_in_the_log_shows_a_cut_connection() -> None:
    cut = replace(honest(), calls=[made.a_write(fault="drop_after_commit")])
    again = EffectStarted(
        effect_id="e1", attempt=2, term=1, body="", target="1", pack_hash="h", core_version="1"
    )
    last = cut.stored[-1]
    assert broken(replace(cut, stored=[*cut.stored, last._replace(fact=again)])) == {}


def test_pages_that_went_out_as_one_after_a_rebuild_are_not_lost() -> None:
    late = made.decision(
        "page.raised", 20, case_id="c2", page_id="late", channel="webhook", late=True
    )
    base = without_decisions(honest(), kind="effect.moved", effect_id="e2")
    returned = made.decision("effect.moved", 19, effect_id="e2", status="returned", case_id="c2")
    rebuilt = replace(
        base,
        decisions=[*base.decisions, returned, late],
        pages=[made.a_page("k9", page_id="late", late=True)],
    )
    assert broken(rebuilt) == {}
    assert broken(replace(rebuilt, pages=[])) == {"lost_pages": 2}


def test_a_person_may_have_an_answer_to_each_private_case() -> None:
    def told(case: int) -> evidence.Row:
        said = json.dumps({"text": f"第{case}号"})
        return made.a_write(
            endpoint="2/messages/reply", params={"receiver_id": "93", "data": said}
        )

    approved = [made.operation(n, "approve", f"c{n}", text=f"第{n}号") for n in (4, 5)]
    once = replace(honest(), calls=[told(4), told(5)], operations=approved)
    assert counting.duplicate_replies(once) == []
    assert len(counting.duplicate_replies(replace(once, calls=[told(4), told(4)]))) == 1


def test_what_falls_due_at_the_very_end_is_not_asked_for() -> None:
    base = without_decisions(honest(), kind="clock.breached")
    early = replace(base, run={**base.run, "log_ended": made.at(14)})
    assert promises.unrecorded_breaches(early) == []


def test_evidence_that_is_not_there_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no whole evidence"):
        evidence.read(tmp_path)
    evidence.prepare(tmp_path / "new")
    (tmp_path / "new" / "run.json").write_text("{}", encoding="utf-8")
    with pytest.raises(UserError, match="holds the evidence"):
        evidence.prepare(tmp_path / "new")
    with pytest.raises(UserError, match="cannot write"):
        evidence.prepare(Path("/proc/nothing/here"))
