"""How likely a post is a rumour, as its reposts come in."""

import gzip
import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.classify.adapters.engine import Classifier
from services.classify.core.cascade_lines import Author, Line, cascades_of
from services.cli.app import run
from shared.errors import UserError
from shared.policy.cascade import (
    EVEN,
    MINUTES,
    QUARTER,
    SPARING,
    Hearing,
    Spread,
    authority,
    believed,
    evidence,
)
from shared.runtime.text_tables import load_tables

RULES_ONLY = Classifier.load(Path("nowhere"), load_tables())
MANY = 200


def spread(reposts: int, **counts: int) -> Spread:
    return Spread(reposts, **counts)


def post(text: str = "听说明天全城停水", **more: object) -> Line:
    return Line.model_validate({"event": "e", "kind": "post", "text": text, "dt_s": 0} | more)


def repost(seconds: float, text: str) -> Line:
    return Line(event="e", kind="repost", text=text, dt_s=seconds)


def test_denial_and_doubt_speak_for_a_rumour_and_delight_against_it() -> None:
    plain = evidence(spread(MANY))
    assert evidence(spread(MANY, denial=10)) > plain
    assert evidence(spread(MANY, doubt=10)) > plain
    assert evidence(spread(MANY, delight=60)) < plain


def test_no_repost_says_nothing() -> None:
    assert evidence(Spread()) == 0
    assert believed(500_000, Spread()) == 500_000


def test_a_text_alone_decides_only_so_much() -> None:
    assert believed(0, Spread()) > 0
    assert believed(1_000_000, Spread()) < 1_000_000


def test_an_author_with_a_great_reach_is_trusted_more_and_an_unknown_one_neither_way() -> None:
    assert authority(5_000_000) < authority(200_000) == authority(None) == 0 < authority(10)


def test_where_nobody_told_the_reach_those_who_passed_it_on_at_once_stand_for_it() -> None:
    assert authority(None, 200) < authority(None, 50) == 0 < authority(None, 2)
    assert authority(300, 200) == authority(300)


def test_the_first_quarter_of_an_hour_counts_from_when_it_is_over() -> None:
    lines = [post(), *(repost(each, "看看") for each in range(0, 800, 4)), repost(2000.0, "看看")]
    (told,) = cascades_of(lines)
    (beliefs,) = RULES_ONLY.foretell([told])
    (known,) = RULES_ONLY.foretell([replace(told, followers=200_000)])
    later = [minute >= QUARTER for minute in MINUTES]
    fell = [one < two for one, two in zip(beliefs, known, strict=True)]
    assert fell == later


@given(st.integers(0, 500), st.integers(0, 500), st.integers(0, 1_000_000))
def test_more_denials_never_make_a_rumour_less_likely(few: int, more: int, text: int) -> None:
    few, more = sorted((few, more))
    assert believed(text, spread(500, denial=few)) <= believed(text, spread(500, denial=more))


@given(st.lists(st.tuples(st.booleans(), st.booleans(), st.booleans()), max_size=30))
def test_a_spread_is_the_same_in_any_order(signs: list[tuple[bool, bool, bool]]) -> None:
    forward = backward = Spread()
    for denial, doubt, delight in signs:
        forward = forward.joined(denial=denial, doubt=doubt, delight=delight)
    for denial, doubt, delight in reversed(signs):
        backward = backward.joined(denial=denial, doubt=doubt, delight=delight)
    assert forward == backward
    assert forward.reposts == len(signs)


def test_reposts_count_from_the_minute_they_come() -> None:
    known = post(author={"followers": 200_000})
    lines = [known, *(repost(1000.0 + each, "辟谣，假的") for each in range(30))]
    (beliefs,) = RULES_ONLY.foretell(cascades_of(lines))
    before = [p for p, minute in zip(beliefs, MINUTES, strict=True) if minute <= 15]
    after = [p for p, minute in zip(beliefs, MINUTES, strict=True) if minute > 15]
    assert len(set(before)) == 1
    assert min(after) > max(before)


def test_what_was_quoted_is_not_counted_again() -> None:
    (told,) = cascades_of([post(), repost(5, "哈哈//@用户:假的")])
    assert [each.text for each in told.reposts] == ["哈哈"]


def test_reposts_are_put_in_order_of_time() -> None:
    (told,) = cascades_of([post(author={"followers": 7}), repost(9, "b"), repost(2, "a")])
    assert [each.text for each in told.reposts] == ["a", "b"]
    assert told.followers == 7
    assert post().author == Author()


def test_times_may_be_given_as_dates() -> None:
    first = post(t="2014-03-31T13:25:00+08:00")
    later = Line.model_validate(
        {"event": "e", "kind": "comment", "text": "a", "t": "2014-03-31T13:26:00+08:00"}
    )
    assert cascades_of([first, later])[0].reposts[0].seconds == 60


@pytest.mark.parametrize(
    ("lines", "what"),
    [
        ([repost(1, "a")], "before the post"),
        ([post(), Line(event="e", kind="repost", text="a")], "has no time"),
        (
            [
                post(t="2014-03-31T13:25:00"),
                Line.model_validate(
                    {"event": "e", "kind": "repost", "text": "a", "t": "2014-03-31T13:26:00+08:00"}
                ),
            ],
            "unlike its post",
        ),
    ],
)
def test_lines_that_make_no_cascade_are_refused(lines: list[Line], what: str) -> None:
    with pytest.raises(UserError, match=what):
        cascades_of(lines)


def written(path: Path, lines: list[str]) -> Path:
    body = "\n".join(lines).encode()
    path.write_bytes(gzip.compress(body) if path.suffix == ".gz" else body)
    return path


@pytest.mark.parametrize("name", ["events.jsonl", "events.jsonl.gz"])
def test_the_command_answers_one_line_an_event(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    lines = [each.model_dump_json(exclude_none=True) for each in (post(), repost(3, "求证"))]
    path = written(tmp_path / name, [*lines, ""])
    assert run(["classify", "cascade", str(path)], {}) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["event"] == "e"
    assert answer["minutes"] == list(MINUTES)
    assert len(answer["p"]) == len(MINUTES)


def test_a_bad_line_is_told_and_the_rest_answered(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [post().model_dump_json(exclude_none=True), '{"event": 1}', "\udcff"]
    path = tmp_path / "events.jsonl"
    path.write_bytes("\n".join(lines).encode("utf-8", "surrogateescape"))
    assert run(["classify", "cascade", str(path)], {}) == 1
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [each.get("error", {}).get("line") for each in answers] == [None, 2, 3]


def test_a_damaged_archive_is_one_clear_line(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl.gz"
    path.write_bytes(b"no archive")
    with pytest.raises(UserError, match="cannot read"):
        run(["classify", "cascade", str(path)], {})


def test_weights_that_learnt_few_rumours_let_a_text_say_little_and_nothing_against_one() -> None:
    sparing = Hearing(EVEN, *SPARING)
    assert believed(0, Spread(), hearing=sparing) == EVEN > believed(0, Spread())
    assert EVEN < believed(1_000_000, Spread(), hearing=sparing) < believed(1_000_000, Spread())
    assert believed(0, spread(MANY, denial=20), hearing=sparing) > EVEN
