"""`zhishou policy` as a policy owner calls it: check, coverage, lint, show, new, schema."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from typer.testing import CliRunner

from services.cli import policy_cmds
from services.cli.policy_new import Answers, asked_for, start
from shared.errors import UserError
from shared.runtime.settings import default_policies_dir

DAY = date(2026, 3, 2)
RULE = """
rules:
  - id: own.no-gifts
    title: 不许诺现金
    type: prohibition
    kinds: [reply]
    check: words
    params: {labels: {gift: [gifts]}}
    verdict: hold
lexicons:
  - {id: gifts, phrases: [现金红包], patterns: ['送\\d+元']}
  - {id: idle, phrases: [无用词]}
"""


@pytest.fixture
def app() -> typer.Typer:
    """Return a command line with these commands only."""
    made = typer.Typer()
    policy_cmds.register(made)
    return made


def told(app: typer.Typer, *words: str, text: str = "") -> list[Mapping[str, Any]]:
    result = CliRunner().invoke(app, ["policy", "check", "--no-model", *words], input=text)
    assert result.exception is None, result.exception
    return [json.loads(each) for each in result.stdout.splitlines()]


def own(place: Path, **files: str) -> Path:
    folder = place / "own"
    folder.mkdir()
    for name, body in files.items():
        (folder / name.replace("_", ".")).write_text(body, encoding="utf-8")
    return place


def line(**body: object) -> str:
    return json.dumps(body, ensure_ascii=False) + "\n"


def test_inputs_are_answered_line_by_line_with_rule_reason_and_place(app: typer.Typer) -> None:
    text = line(id="a", input={"kind": "post", "text": "【上新】使用优惠卷", "images": ["1.jpg"]})
    text += line(id=2, input={"kind": "post", "text": "早", "author": None, "mood": "good"})
    first, second = told(app, "--pack", "retail-mall", text=text)
    assert (first["verdict"], first["grade"], first["span"]) == ("flag", 3, "优惠卷")
    assert first["findings"][0]["suggestion"] == "优惠券"
    assert first["findings"][0]["rules"] == ["HB13-4.1-3"]
    assert (second["id"], second["verdict"]) == (2, "block")
    assert second["extra"] == ["mood"]
    assert {each["outcome"] for each in second["rules"]} == {"hit", "miss", "unknown"}


def test_what_was_not_told_is_listed_and_what_is_missing_named(app: typer.Typer) -> None:
    text = line(input={"kind": "post", "text": "早", "approvals": []})
    text += line(input={"kind": "post", "text": "早"})
    held, open_ = told(app, "--pack", "base", text=text)
    assert held["missing"] == ["review"]
    assert open_["verdict"] == "pass"
    assert "approvals" in open_["not_told"]
    assert (held["id"], open_["id"]) == ("1", "2")


def test_a_line_may_name_its_rule_its_document_or_its_pack(app: typer.Typer) -> None:
    asked = {"kind": "account_change", "field": "nickname", "approval": None}
    text = "".join(
        line(input=asked, context=each)
        for each in ({"rule": "HB13-T2-06"}, {"document": "HB13"}, {"pack": "hotel"}, {})
    )
    one, document, hotel, everything = told(app, text=text)
    assert (one["verdict"], one["grade"]) == ("hold", 2)
    assert document["verdict"] == everything["verdict"] == "block"
    assert {each["pack"] for each in hotel["rules"]} <= {"hotel", "company", "base"}
    assert told(app, "--rule", "HB13-T2-06", text=line(input=asked))[0]["verdict"] == "hold"


def test_a_pack_is_asked_with_its_variants_unless_alone(app: typer.Typer) -> None:
    text = line(input={"kind": "profile", "account_class": "personal", "nickname": "中信老周"})
    assert told(app, "--pack", "finance", text=text)[0]["span"] == "中信"
    assert told(app, "--pack", "finance", "--no-variants", text=text)[0]["verdict"] == "pass"


def test_bad_lines_are_answered_in_their_place(app: typer.Typer, tmp_path: Path) -> None:
    file = tmp_path / "in.jsonl"
    good = line(input={"kind": "post", "text": "早"})
    lines = [b"\xff\n", b"\n", b"{}\n", b"nonsense\n", good.encode()]
    lines += [line(input={"kind": "poem"}).encode()]
    lines += [line(input={"kind": "post"}, context={"rule": "NO-1"}).encode()]
    lines += [line(input={"kind": "post"}, context={"pack": "nobody"}).encode()]
    file.write_bytes(b"".join(lines))
    result = CliRunner().invoke(
        app, ["policy", "check", "--no-model", "--pack", "base", str(file)]
    )
    answers = [json.loads(each) for each in result.stdout.splitlines()]
    assert result.exit_code == 1
    assert [each.get("error", {}).get("line", 0) for each in answers] == [1, 3, 4, 0, 6, 7, 8]
    assert all(each["error"]["fix"] for each in answers if "error" in each)


@pytest.mark.parametrize("words", [["--pack", "nobody"], ["--rule", "NO-1"]])
def test_a_pack_or_rule_nobody_knows_is_named(app: typer.Typer, words: list[str]) -> None:
    result = CliRunner().invoke(app, ["policy", "check", *words], input="")
    assert isinstance(result.exception, UserError)
    assert result.exception.fix


def test_the_classifier_judges_what_no_word_shows(app: typer.Typer) -> None:
    text = line(input={"kind": "comment", "text": "祝你们生意兴隆，天天都有好心情"})
    result = CliRunner().invoke(app, ["policy", "check", "--pack", "base"], input=text)
    assert json.loads(result.stdout)["verdict"] in ("label", "pass")


def test_coverage_names_every_article_and_what_only_people_judge(app: typer.Typer) -> None:
    shown = json.loads(CliRunner().invoke(app, ["policy", "coverage", "--json"]).stdout)
    assert shown["articles"] == shown["passed"] + shown["people"] == len(shown["rows"])
    assert len(shown["not_covered"]) == shown["people"]
    assert all(shown["not_covered"].values())
    assert shown["covered_in_part"]
    lines = CliRunner().invoke(app, ["policy", "coverage"]).stdout.splitlines()
    assert any(each.startswith("HOTEL-10.2-2 -> hotel.image-format -> media") for each in lines)


def test_a_case_that_is_not_kept_fails_coverage_and_test(app: typer.Typer, tmp_path: Path) -> None:
    case = line(
        rule="own.no-gifts", input={"kind": "reply", "text": "您好"}, expect={"verdict": "hold"}
    )
    sourced = RULE.replace("    verdict: hold", "    verdict: hold\n    sources: [{rule: X-1}]")
    place = own(tmp_path, pack_yaml=sourced, checks_jsonl=case)
    for command in (["test", "own"], ["coverage"]):
        result = CliRunner().invoke(app, ["policy", *command, "--policies", str(place)])
        assert result.exit_code == 1, command
    as_json = CliRunner().invoke(
        app, ["policy", "test", "own", "--json", "--policies", str(place)]
    )
    assert json.loads(as_json.stdout)["failed"][0]["said"] == {"verdict": "pass"}


@pytest.mark.parametrize(
    ("case", "said"),
    [('{"rule":"x"}', "Field required"), ('{"rule":"x","input":{},"expect":{"a":1}}', "rule x")],
)
def test_a_case_nobody_can_run_is_named(
    app: typer.Typer, tmp_path: Path, case: str, said: str
) -> None:
    place = own(tmp_path, pack_yaml=RULE, checks_jsonl=case)
    result = CliRunner().invoke(app, ["policy", "test", "own", "--policies", str(place)])
    assert isinstance(result.exception, UserError)
    assert said in result.exception.what


def test_lint_names_what_is_unowned_untested_expired_dead_shadowed_and_in_conflict(
    app: typer.Typer, tmp_path: Path
) -> None:
    more = """
  - {id: own.dead, title: 无, type: limit, kinds: [nothing], check: bounds, params: {fields: [a]}, owner: 某, when: "false"}
  - {id: own.old, title: 旧, type: limit, kinds: [clock], check: bounds, params: {fields: [a]}, owner: 某, review_by: 2020-01-01, effective_until: 2020-01-01}
  - {id: own.gap, title: 一, type: limit, kinds: [schedule], check: gap, params: {least_min: 30}, owner: 某}
  - {id: own.gap2, title: 二, type: limit, kinds: [schedule], check: gap, params: {least_min: 60}, owner: 某}
  - {id: own.same, title: 三, type: limit, kinds: [schedule], check: gap, params: {least_min: 60}, owner: 某}
lexicons:"""
    place = own(tmp_path, pack_yaml=RULE.replace("lexicons:", more.lstrip("\n"), 1))
    result = CliRunner().invoke(app, ["policy", "lint", "--policies", str(place), "--json"])
    found = {(each["rule"], each["kind"]) for each in json.loads(result.stdout)["findings"]}
    assert result.exit_code == 1
    assert found >= {
        ("own.no-gifts", "unowned"),
        ("own.no-gifts", "untested"),
        ("own.dead", "dead"),
        ("own.old", "expired"),
        ("own.gap2", "conflict"),
        ("own.same", "shadowed"),
        ("idle", "dead"),
    }
    plain = CliRunner().invoke(app, ["policy", "lint", "--policies", str(place)])
    assert "own: own.no-gifts: unowned" in plain.stdout
    empty = CliRunner().invoke(app, ["policy", "lint", "--policies", str(tmp_path / "own")])
    assert isinstance(empty.exception, UserError)


def test_a_merged_pack_tells_where_each_value_comes_from(app: typer.Typer) -> None:
    lines = CliRunner().invoke(app, ["policy", "show", "hotel", "--origins"]).stdout.splitlines()
    assert any("disable.company.owner-marketing.reason" in each for each in lines)
    assert any(
        each.startswith("rules.hotel.image-format.verdict = block")
        and "(hotel/rules.yaml:" in each
        for each in lines
    )
    assert any("(base/pack.yaml:" in each for each in lines)


def test_editors_get_a_schema_of_packs_and_inputs(app: typer.Typer) -> None:
    pack = json.loads(CliRunner().invoke(app, ["policy", "schema"]).stdout)
    assert "least_mb" in json.dumps(pack["$defs"]["Checks"]["properties"]["media"])
    post = json.loads(CliRunner().invoke(app, ["policy", "schema", "post"]).stdout)
    assert "announcement" in post["properties"]
    wrong = CliRunner().invoke(app, ["policy", "schema", "poem"])
    assert isinstance(wrong.exception, UserError)


def copied(place: Path) -> Path:
    for name in ("base", "company"):
        (place / name).mkdir(parents=True)
        for file in (default_policies_dir() / name).glob("*.yaml"):
            (place / name / file.name).write_bytes(file.read_bytes())
    return place


def test_a_new_pack_is_started_by_options_or_by_asking(app: typer.Typer, tmp_path: Path) -> None:
    place = copied(tmp_path / "packs")
    words = [
        "policy",
        "new",
        "ours",
        "--inherits",
        "company",
        "--organisation",
        "海蓝",
        "--owner",
        "店长",
    ]
    made = CliRunner().invoke(app, [*words, "--rumours", "clarify", "--policies", str(place)])
    assert made.exit_code == 0, made.exception
    body = yaml.safe_load((place / "ours" / "pack.yaml").read_text(encoding="utf-8"))
    assert body["switches"] == {"rumour_policy": "clarify"}
    answers = "theirs\ncompany\n海蓝\n店长\n-\n"
    asked = CliRunner().invoke(app, ["policy", "new", "--policies", str(place)], input=answers)
    assert asked.exit_code == 0, asked.exception
    assert "switches" not in yaml.safe_load((place / "theirs" / "pack.yaml").read_text("utf-8"))


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        (Answers("Bad Name", "base", "a", "b"), "no name"),
        (Answers("base", "base", "a", "b"), "exists"),
        (Answers("ours", "base", "a", "b", "shout"), "rumours"),
        (Answers("ours", "nobody", "a", "b"), "no pack"),
    ],
)
def test_a_pack_that_would_not_load_is_not_started(
    tmp_path: Path, answers: Answers, said: str
) -> None:
    place = copied(tmp_path / "packs")
    with pytest.raises(UserError) as refused:
        list(start(answers, place, DAY))
    assert said in refused.value.what
    assert not (place / "ours").exists()


def test_a_name_that_cannot_be_is_told_before_anything_is_asked(tmp_path: Path) -> None:
    place = copied(tmp_path / "packs")
    whole = Answers("ours", "base", "a", "b")
    assert asked_for(whole, place, lambda *_, **__: "never asked", print) == whole
    for name, said in (("Bad Name", "no name"), ("base", "exists")):
        with pytest.raises(UserError) as refused:
            asked_for(replace(whole, name=name), place, lambda *_, **__: "never asked", print)
        assert said in refused.value.what


def test_every_command_has_an_example(app: typer.Typer) -> None:
    for command in ("check", "coverage", "show", "lint", "test", "new", "schema"):
        assert "Example" in CliRunner().invoke(app, ["policy", command, "--help"]).stdout
