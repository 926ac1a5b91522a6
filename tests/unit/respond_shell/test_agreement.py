"""People and roster that cannot be meant are refused before anybody relies on them at night."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from pydantic import BaseModel, ValidationError

from services.respond.shell.agreement import must_agree
from services.respond.shell.configuration import PersonConfig, load_people, load_roster
from shared.contracts.org import Contact, Duty, Role
from shared.errors import UserError
from shared.runtime.accounts import load_accounts, wrong_field

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
PEOPLE, ROSTER = Path("people.yaml"), Path("roster.yaml")


def a_person(person_id: str = "lin", *, active: bool = True) -> PersonConfig:
    return PersonConfig(person_id=person_id, name="林", roles=(Role.LEAD,), active=active)


def a_duty(person_id: str = "lin", *, hours: int = 8, channel: str = "webhook") -> Duty:
    contact = Contact(channel=channel, address_ref=person_id)
    end = NOW + timedelta(hours=hours)
    return Duty(person_id=person_id, start=NOW, end=end, contacts=(contact,))


@pytest.mark.parametrize(
    ("people", "duties", "line"),
    [
        ((a_person(), a_person()), (), "lin stands here twice (people.yaml: people.1.person_id)"),
        ((a_person("a b"),), (), "an id without spaces is needed (people.yaml: people.0.person"),
        ((a_person(""),), (), "an id without spaces is needed (people.yaml: people.0.person"),
        ((a_person(),), (a_duty("ghost"),), "ghost is nobody who works here (roster.yaml: du"),
        ((a_person(active=False),), (a_duty(),), "lin is nobody who works here (roster.yaml: "),
        ((a_person(),), (a_duty(hours=0),), "this duty ends before it begins (roster.yaml: "),
        (
            (a_person(),),
            (a_duty(channel="fax"),),
            "there is no channel fax (roster.yaml: duties.0",
        ),
    ],
)
def test_what_cannot_be_meant_is_named_with_its_place(
    people: Sequence[PersonConfig], duties: Sequence[Duty], line: str
) -> None:
    with pytest.raises(UserError) as told:
        must_agree(people, duties, PEOPLE, ROSTER)
    assert told.value.line().startswith(line)
    assert told.value.fix


def test_without_anybody_nobody_may_sign_in() -> None:
    with pytest.raises(UserError, match="nobody may sign in"):
        must_agree((), (), None, None)


def test_what_fits_is_taken() -> None:
    must_agree((a_person(), a_person("zhou")), (a_duty(), a_duty("zhou")), PEOPLE, ROSTER)
    must_agree((a_person(),), (), None, None)


def test_the_shipped_examples_fit() -> None:
    examples = Path(__file__).parents[3] / "deploy" / "examples"
    people, duties = load_people(examples / PEOPLE), load_roster(examples / ROSTER)
    must_agree(people, duties, PEOPLE, ROSTER)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("", "there must be names with values here"),
        ("- a", "there must be names with values here"),
        ("accounts: 5", "there must be a list here"),
        ("accounts: [{}]", "this field is missing"),
        ("accounts: []\nacounts: []", "nobody knows this field"),
    ],
)
def test_a_file_of_another_shape_is_told_in_plain_words(
    body: str, words: str, tmp_path: Path
) -> None:
    file = tmp_path / "accounts.yaml"
    file.write_text(body)
    with pytest.raises(UserError) as told:
        load_accounts(file)
    line = told.value.line()
    assert line.startswith(words)
    assert "_Register" not in line
    assert str(file) in line


def test_a_time_without_a_zone_is_told(tmp_path: Path) -> None:
    file = tmp_path / "roster.yaml"
    duty = {"person_id": "lin", "start": "2026-12-01 09:00", "end": "2026-12-02 09:00"}
    file.write_text(yaml.safe_dump({"duties": [duty]}))
    with pytest.raises(UserError, match=r"needs a zone, such as \+08:00"):
        load_roster(file)


def test_what_has_no_words_of_ours_keeps_those_of_the_check() -> None:
    class Small(BaseModel):
        n: int

    with pytest.raises(ValidationError) as found:
        Small.model_validate({"n": "x"})
    assert wrong_field(found.value, PEOPLE).line().startswith("Input should be a valid integer")
