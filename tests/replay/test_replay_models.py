"""A record of a day on which the model changed: as it was, or by one model from beginning to end."""

from pathlib import Path

from services.classify.adapters.engine import Classifier
from services.cli.replay.engine import replay
from shared.contracts.operators import ModelApproved, ModelProposed
from shared.contracts.org import ModelActivated
from shared.contracts.verdicts import Label
from shared.policy.model import Pack
from shared.runtime.text_tables import load_tables
from shared.testing.recording import write_recording
from tests.fakes.builders import (
    a_comment,
    a_person,
    a_roster,
    a_verdict,
    an_account,
    an_activation,
    stored,
)
from tests.fakes.candidates import a_candidate

PACK = Pack(name="company")
BUNDLE = "b" * 64


def a_day(path: Path) -> Path:
    facts = (
        an_account(),
        a_person("li"),
        a_person("wang"),
        a_roster("li"),
        an_activation(PACK.content_hash()),
        ModelActivated(model="m1", activated_by="classify"),
        a_comment("c1", "天气不错"),
        a_verdict("c1", Label.COMPLAINT, model="m1"),
        ModelProposed(op_id="o1", person_id="wang", model_id="m2", bundle=BUNDLE, note="更准"),
        ModelApproved(op_id="o2", person_id="li", model_id="m2", bundle=BUNDLE),
        a_comment("c2", "天气真好", author="u2", post="p2"),
        a_verdict("c2", Label.COMPLAINT, model="m2"),
        a_comment("c3", "天气还行", author="u3", post="p3"),
        a_verdict("c3", Label.COMPLAINT, model="m0"),
    )
    write_recording(path, stored(*facts), [PACK.canonical()])
    return path


def test_recorded_verdicts_count_by_the_model_in_office_at_their_place(tmp_path: Path) -> None:
    report = replay(a_day(tmp_path / "day.jsonl"))
    assert report.cases == 2
    switched = [each for each in report.decisions if '"kind":"model.switched"' in each]
    assert ['"model":"m1"' in switched[0], '"model":"m2"' in switched[1]] == [True, True]


def test_computed_verdicts_are_all_by_the_weights_given(tmp_path: Path) -> None:
    folder = a_candidate(tmp_path / "c", Label.COMPLAINT)
    report = replay(a_day(tmp_path / "day.jsonl"), verdicts="compute", weights_dir=folder)
    assert report.model == Classifier.load(folder, load_tables()).model
    assert report.cases == 3, "none is left without a verdict that counts"
    assert not any("operator.model" in each for each in report.decisions)
