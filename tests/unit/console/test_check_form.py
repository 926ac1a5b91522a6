"""What a person fills in becomes a rule on a check; what they get wrong is told in plain words."""

from collections.abc import Iterable
from datetime import date

import pytest
from multidict import MultiDict

from services.respond.console.catalog import load_catalogs
from services.respond.console.check_filled import form_of
from services.respond.console.check_form import CheckForm, CheckWritten
from services.respond.console.render import HERE
from shared.policy.checks.kinds import KINDS
from shared.policy.checks.parameters import parameters
from shared.policy.checks.registry import CHECKS
from shared.policy.edits import edited
from shared.policy.model import Pack
from tests.fakes.rules_house import shipped

CATALOGS = load_catalogs(HERE / "locale")
ZH = CATALOGS["zh"]
TODAY = date(2026, 11, 26)
BASE = {
    "title": "不许诺退款时间",
    "kinds": "reply",
    "owner": "周以宁",
    "review_by": "2027-05-01",
    "verdict": "hold",
    "at_gate": "1",
    "p:fields": "text",
    "phrases": "当天退款\r\n 三天内退款",
    "e:0:text": "我们当 天退款",
    "e:1:text": "进度会告诉您",
}


def read(check: str = "words", *more: tuple[str, str], **form: str) -> CheckWritten:
    return written_on(shipped(), check, [*(BASE | form).items(), *more])


def written_on(pack: Pack, check: str, form: Iterable[tuple[str, object]]) -> CheckWritten:
    fields: MultiDict[object] = MultiDict(form)
    return CheckForm(pack, check, ZH, fields, TODAY).read()


def test_words_of_ones_own_are_a_whole_rule() -> None:
    written = read()
    assert (written.when, written.says, written.errors) == ("true", "一律适用", ())
    assert [each.kept for each in written.proofs] == [True, True]
    assert written.edit is not None
    rule = written.edit.rule
    assert (rule.id, rule.verdict, rule.at_gate, rule.ours) == ("own.words-1", "hold", True, True)
    assert written.edit.phrases == ("当天退款", "三天内退款")
    assert written.asked[0] == ("text",)


def test_choices_become_a_condition_and_a_sentence() -> None:
    written = read(
        "words", ("channels", "weibo"), ("labels", "complaint"), ("labels", "question"), crisis="1"
    )
    assert written.when == (
        "input.channel == 'weibo' && (input.case_label == 'complaint' ||"
        " input.case_label == 'question') && input.mode == 'crisis'"
    )
    assert written.says == "平台是微博、类别是投诉或咨询、正在危机中"
    inbound = read("words", ("labels", "complaint"), kinds="comment")
    assert inbound.when == "input.label == 'complaint'"


def test_examples_that_come_out_otherwise_are_shown_and_nothing_can_be_proposed() -> None:
    written = read(**{"e:1:text": "当天退款"})
    assert [each.kept for each in written.proofs] == [True, False]
    assert (written.rule is not None, written.edit) == (True, None)
    assert read(**{"e:1:text": ""}).edit is None


REVIEWED = {"phrases": "", "p:fields": "approvals"}


def test_the_form_grows_by_the_fields_a_check_looks_at() -> None:
    written = read("reviewed", **REVIEWED)
    assert written.asked[0][0] == "text"
    assert "approvals" in written.asked[0]
    told = {"e:0:approvals": "无", "e:1:author": "甲", "e:1:approvals": "乙"}
    assert read("reviewed", **REVIEWED, **told).edit is not None


@pytest.mark.parametrize(
    ("check", "form", "told"),
    [
        ("words", {"title": ""}, "请检查这一栏：这条规则叫什么。"),
        ("words", {"owner": ""}, "负责人"),
        ("words", {"kinds": "letter"}, "看什么"),
        ("words", {"review_by": "2026-01-01"}, "须是今天或以后"),
        ("words", {"until": "soon"}, "停用日期"),
        ("words", {"phrases": ""}, "标签与词表"),
        ("words", {"p:labels": "x = nowhere"}, "nowhere"),
        ("words", {"cel": "input.chanel == 'weibo'"}, "是不是想写：input.channel"),
        ("bulk", {"p:most": "many", "phrases": ""}, "至多"),
        ("bulk", {"p:most": "-1", "phrases": ""}, "至多"),
        ("gap", {"p:least_min": "switch:nothing", "phrases": ""}, "there is no switch nothing"),
        ("bulk", {"p:most": "3", "phrases": "", "e:0:turns": "几次"}, "来回次数"),
    ],
)
def test_what_is_wrong_is_told_in_plain_words(check: str, form: dict[str, str], told: str) -> None:
    written = read(check, **form)
    assert written.edit is None
    assert told in " ".join(written.errors)


def test_own_words_stand_where_the_check_looks_for_words() -> None:
    first = read("confirmed", **{"p:lexicon": "", "p:fields": ""})
    assert first.rule is not None
    assert first.rule.params["lexicon"] == "own-confirmed-1"
    named = read("peer", **{"p:fields": "peer_list", "p:lexicons": "own"})
    assert named.rule is not None
    assert named.rule.params["lexicons"] == ["own-peer-1"]
    table = read(**{"p:labels": "price = own"})
    assert table.rule is not None
    assert table.rule.params["labels"] == {"price": ["own-words-1"]}


def test_a_rule_is_written_again_under_its_id_and_the_next_has_another() -> None:
    written = read()
    assert written.edit is not None
    pack = edited(shipped(), written.edit)
    form = form_of(written.edit.rule, pack)
    assert written_on(pack, "words", form.items()).edit == written.edit
    fresh = written_on(pack, "words", BASE.items())
    assert fresh.rule is not None
    assert fresh.rule.id == "own.words-2"


def test_a_rule_of_a_handbook_is_a_pattern_under_an_id_of_ours() -> None:
    for rule in shipped().rules:
        if rule.check:
            form = form_of(rule, shipped())
            form["title"] = "照着写的"
            form["review_by"] = "2027-06-30"
            written = written_on(shipped(), rule.check, form.items())
            assert written.errors == (), rule.id
            assert written.rule is not None
            assert written.rule.id.startswith("own.")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_field_of_every_kind_of_input_has_a_word(language: str) -> None:
    """Whoever writes a rule without knowing its code reads the fields by name."""
    texts = CATALOGS[language].texts
    fields = {name for model in KINDS.values() for name in model.model_fields}
    lacking = {name for name in fields if not texts.get(f"field.{name}", "").strip()}
    assert lacking == set()
    if language == "zh":
        latin = {name for name in fields if texts[f"field.{name}"].isascii()}
        assert latin <= {"at"}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_check_parameter_and_kind_has_a_word(language: str) -> None:
    texts = CATALOGS[language].texts
    wanted = {f"check.{each}" for each in CHECKS} | {f"input.{each}" for each in KINDS}
    wanted |= {f"param.{each.name}" for check in CHECKS for each in parameters(check)}
    wanted |= {f"family.{each.__module__.rpartition('.')[2]}" for each in CHECKS.values()}
    assert wanted - set(texts) == set()
