"""A log in which people changed the rules replays as it was, and carries the bodies it needs."""

from pathlib import Path

import pytest

from services.cli.replay.engine import replay
from services.respond.core.fold import fold
from services.respond.core.state import State
from shared.contracts.facts import Fact, Stored
from shared.contracts.org import ModelActivated, Role
from shared.contracts.policy import (
    PolicyApproved,
    PolicyConfirmed,
    PolicyProposed,
    PolicyRolledBack,
    PolicyShadowed,
)
from shared.contracts.verdicts import Label
from shared.errors import UserError
from shared.policy.model import Pack
from shared.testing.recording import write_recording
from tests.fakes.builders import (
    a_claim,
    a_comment,
    a_draft,
    a_person,
    a_submission,
    a_verdict,
    an_account,
    an_activation,
    at,
)
from tests.fakes.core_story import BARE, Story
from tests.fakes.rules_story import STRICT

FIRST, SECOND = BARE.content_hash(), STRICT.content_hash()


def a_day() -> list[Stored]:
    case_id = Story().complain().case_id
    facts: list[Fact] = [
        an_activation(FIRST),
        ModelActivated(model="m1", activated_by="x"),
        an_account(),
        a_person("li"),
        a_person("wang", Role.REVIEWER),
        a_comment(),
        a_verdict("c1", Label.COMPLAINT),
        a_claim(case_id),
        a_draft(case_id),
        a_submission(case_id),
        PolicyProposed(
            op_id="o1",
            person_id="wang",
            base_hash=FIRST,
            note="x",
            pack="company",
            pack_hash=SECOND,
        ),
        PolicyShadowed(
            op_id="o2", person_id="wang", running=True, pack="company", pack_hash=SECOND
        ),
        a_comment("c2", author="u2"),
        a_verdict("c2", Label.COMPLAINT),
        PolicyApproved(
            op_id="o3", person_id="li", activate=True, pack="company", pack_hash=SECOND
        ),
        PolicyConfirmed(op_id="o4", person_id="li", pack="company", pack_hash=SECOND),
        PolicyRolledBack(
            op_id="o5",
            person_id="wang",
            to_hash=FIRST,
            reason="x",
            pack="company",
            pack_hash=SECOND,
        ),
    ]
    return [Stored(seq=n, time=at(n), fact=fact) for n, fact in enumerate(facts, 1)]


def test_the_day_replays_line_by_line(tmp_path: Path) -> None:
    day = tmp_path / "day.jsonl"
    write_recording(day, a_day(), [BARE.canonical(), STRICT.canonical()])
    live = fold(State(), a_day(), {FIRST: BARE, SECOND: STRICT})
    assert live.quarantined == []
    report = replay(day)
    assert list(report.decisions) == live.lines
    kinds = [line for line in report.decisions if '"kind":"policy.switched"' in line]
    assert len(kinds) == 3
    assert any('"reason":"policy_changed"' in line for line in report.decisions)


def test_one_pack_may_stand_in_for_all(tmp_path: Path) -> None:
    day = tmp_path / "day.jsonl"
    write_recording(day, a_day())
    report = replay(day, pack=Pack(name="company", case_labels=()))
    assert report.cases == 0


def test_a_body_that_is_missing_is_named(tmp_path: Path) -> None:
    day = tmp_path / "day.jsonl"
    write_recording(day, a_day(), [BARE.canonical()])
    with pytest.raises(UserError, match=f"lacks the pack {SECOND[:12]}"):
        replay(day)
