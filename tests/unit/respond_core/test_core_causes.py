"""What a case costs has causes that can be counted: what is kept, weighed and spelled, and how often."""

import json
from collections import Counter
from datetime import datetime, timedelta
from typing import get_args

from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from services.respond.core import items
from services.respond.core.decisions import CaseOpened, Decision, ItemJudged, line
from services.respond.core.state import Aggregate, State
from services.respond.core.work import Work
from shared.contracts.items import ItemClassified
from shared.contracts.verdicts import Label
from tests.fakes.builders import START, a_comment
from tests.unit.respond_core.test_core_clusters import a_signed


class Counting(Work):
    """Work that counts how often an aggregate of each kind is kept."""

    def __init__(self) -> None:
        super().__init__(State(), {}, START)
        self.kept: Counter[str] = Counter()

    def put(self, *fresh: Aggregate) -> None:
        self.kept.update(type(each).__name__ for each in fresh)
        super().put(*fresh)


def test_an_item_that_opens_a_case_keeps_each_thing_once() -> None:
    work = Counting()
    comment = a_comment("c1", "你们二楼的蛋糕发霉了还在卖,大家都别去了")
    _, verdict = a_signed(comment, Label.COMPLAINT)
    assert isinstance(verdict, ItemClassified)
    items.received(work, comment)
    for _ in items.classified(work, verdict):
        pass
    assert work.kept == {"Case": 1, "Cluster": 1, "ItemPlace": 1, "AuthorRecord": 1}


@example(queue="\ud83d", degraded=[], at=START)
@given(
    queue=st.text(st.characters()),
    degraded=st.lists(st.text(st.characters())),
    at=st.integers(0, 10**15).map(lambda passed: START + timedelta(microseconds=passed)),
)
def test_a_line_is_the_canonical_json_of_its_decision(
    queue: str, degraded: list[str], at: datetime
) -> None:
    decided = CaseOpened(
        at=at,
        account_id="acct",
        case_id="c",
        item_id="i",
        labels=(Label.COMPLAINT,),
        severity=47,
        acknowledge_due=None,
        first_reply_due=START,
    ).model_copy(update={"queue": queue, "degraded": tuple(degraded)})
    told = decided.model_dump(mode="json")
    assert line(decided) == json.dumps(
        told, ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )


def test_no_decision_holds_a_number_that_is_not_whole() -> None:
    for kind in get_args(Decision):
        if kind is not ItemJudged:
            assert '"number"' not in json.dumps(TypeAdapter(kind).json_schema()), kind
