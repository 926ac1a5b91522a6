"""The gate: what may not leave, through every disguise, and what it must let pass."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.cli.gate_lines import check_line, failed_cases, read_cases
from shared.errors import UserError
from shared.policy.gate.check import gate
from shared.policy.gate.findings import GateContext, GateFinding, GateResult, HistoryDigest
from shared.policy.gate.plain import Plain, flat, plain
from shared.policy.model import NO_PACK, Pack, Taboo
from shared.runtime.packs import read_pack, read_packs
from shared.runtime.settings import default_policies_dir
from shared.text.length import units

PACK = read_pack(default_policies_dir(), "company")
PHRASES = [(each.category, phrase) for each in PACK.taboos for phrase in each.phrases]


def check(text: str, quoted: str = "") -> GateResult:
    return gate(text, GateContext(quoted=quoted), PACK)


def categories(text: str, quoted: str = "") -> set[str]:
    return {each.category for each in check(text, quoted).findings}


@pytest.mark.parametrize(("category", "phrase"), PHRASES)
@pytest.mark.parametrize("filler", ["", " ", "\u200b", "*", "·", "　", "1"])
def test_no_taboo_phrase_hides_behind_a_filler(category: str, phrase: str, filler: str) -> None:
    text = f"您好,{filler.join(phrase)},谢谢"
    found = [each for each in check(text).findings if each.category == category]
    assert found
    assert found[0].start == 3
    assert found[0].level == "block"


@pytest.mark.parametrize(
    "text",
    [
        "我们会尽可能快地处理,请您放心。",
        "正在排查再次发生的可能性。",
        "给您带来的不便深表歉意。",
        "如图片看不清楚,请重新发一张。",
        "您担心蛋糕可能变质,我们理解,已送检。",
        "网友提到大概三点停电的情况,已记录。",
        "我们要求客服不得说不知道。",
        "新手机好像素请看详情页。",
        "本店持有或许可证编号见公示栏。",
        "这家店真的很好,像您这样的顾客越来越多。",
        "扩大概念店规模的计划已公布。",
    ],
)
def test_harmless_words_pass(text: str) -> None:
    assert check(text).passed


def test_the_customers_own_words_may_be_cited_but_not_invented() -> None:
    assert not categories("您留言中的“有病吧”我们已转达。", quoted="店员骂我有病吧")
    assert categories("这位顾客“有病吧”") == {"mockery"}
    assert not categories("我们不会用“不知道”这样的话回答您。")


def test_characters_that_meet_by_chance_are_only_looked_at() -> None:
    assert check("味道很好。像这样的店不多").level == "warn"
    assert check("或,许明天").level == "block"
    assert check("绝对不。可能").level == "block"


def test_a_finding_points_into_the_original_and_offers_another_wording() -> None:
    text = "関于此事,無 可 奉 告!"
    finding = check(text).findings[0]
    assert text[finding.start : finding.end] == "無 可 奉 告"
    assert finding.rules == ("HB13-4.4-1",)
    assert finding.suggestion
    assert finding.suggestion.startswith("目前")
    assert check("这件事不予回应").findings[0].suggestion is None
    assert check("我们不造啊").findings[0].suggestion is not None


def test_length_is_counted_as_the_platform_counts() -> None:
    assert units("ab好") == 2
    assert check("好" * 140).passed
    finding = check("好" * 141).findings[0]
    assert (finding.category, finding.start, finding.end) == ("too_long", 140, 141)
    assert gate("好" * 141, GateContext(channel="elsewhere"), NO_PACK).level == "block"


@pytest.mark.parametrize("text", ["【姓名】您好", "订单XX已处理", "您好{{ name }}", "编号____"])
def test_an_unfilled_blank_stays_here(text: str) -> None:
    assert "unfilled" in categories(text)


@pytest.mark.parametrize(
    "text", ["电话１３８－００１３－８０００", "11010519491231002X", "卡号 4111 1111 1111 1111"]
)
def test_personal_numbers_stay_here(text: str) -> None:
    assert categories(text) == {"personal_data"}


@pytest.mark.parametrize("text", ["编号110105194912310021", "货号4111111111111112", "编号400123"])
def test_a_number_that_is_nobodys_passes(text: str) -> None:
    assert check(text).passed


def test_our_own_line_may_be_told() -> None:
    ours = PACK.model_copy(update={"service_line": "13800138000"})
    assert gate("请拨打13800138000", GateContext(), ours).passed


def test_the_same_text_again_is_a_warning() -> None:
    said = HistoryDigest.of(("您好 已收到",))
    assert gate("您好已收到", GateContext(), PACK, said).level == "warn"


def test_a_check_that_fails_holds_the_text() -> None:
    def broken(
        text: Plain, context: GateContext, pack: Pack, history: HistoryDigest
    ) -> Iterator[GateFinding]:
        raise RuntimeError(text.original, context, pack, history)

    result = gate("您好", GateContext(), PACK, checks=(broken,))
    assert result.level == "hold"
    assert not result.passed


@given(st.text(max_size=60))
def test_every_span_lies_in_the_text_and_any_text_is_answered(text: str) -> None:
    for finding in check(text).findings:
        assert 0 <= finding.start <= finding.end <= len(text)
        assert finding.category != "check_failed"


@given(st.text(max_size=40))
def test_plain_knows_where_each_character_stood(text: str) -> None:
    found = plain(text)
    assert len(found.origin) == len(found.text)
    assert list(found.origin) == sorted(found.origin)
    assert found.text == flat(text)


def test_every_shipped_pack_keeps_its_own_cases() -> None:
    for name, pack in read_packs(default_policies_dir()).items():
        cases = read_cases(default_policies_dir(), name)
        assert cases
        assert failed_cases(cases, pack) == []
        assert failed_cases(cases[:1], NO_PACK)


def test_a_bad_line_is_answered_in_its_place() -> None:
    assert "error" in check_line(b'{"id":3}', 4, PACK)
    answer = check_line("大概明天".encode(), 7, PACK)
    assert (answer["id"], answer["level"]) == ("7", "block")


def test_a_bad_case_of_a_pack_is_named_by_its_line(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "pack.yaml").write_text("version: '1'\n", encoding="utf-8")
    (tmp_path / "own" / "cases.jsonl").write_text("{}\n", encoding="utf-8")
    with pytest.raises(UserError) as raised:
        read_cases(tmp_path, "own")
    assert raised.value.where.endswith("cases.jsonl:1")


def test_a_family_may_be_empty_and_may_know_spellings_of_what_it_does_not_name() -> None:
    pack = Pack(
        name="own",
        taboos=(
            Taboo(category="empty", level="block", reason="空", phrases=()),
            Taboo(
                category="refusal",
                level="block",
                reason="推脱",
                phrases=("不清楚",),
                variants={"不知道": ("不造",)},
            ),
        ),
    )
    found = gate("不造，我们不清楚，也不造", GateContext(), pack).findings
    assert [each.start for each in found] == [0, 5, 10]
    assert {each.suggestion for each in found} == {None}


def test_the_customers_words_matter_only_where_something_is_quoted() -> None:
    said = "你们总说无可奉告"
    assert check("您提到的“无可奉告”我们已经批评教育", quoted=said).passed
    assert not check("关于此事无可奉告", quoted=said).passed
    assert not check("关于此事无可奉告").passed


def test_what_is_too_long_to_be_looked_at_never_leaves() -> None:
    lax = PACK.gate.model_copy(update={"levels": {"too_long": "warn"}})
    result = gate("好" * 2_001, GateContext(), PACK.model_copy(update={"gate": lax}))
    assert result.level == "block"
    assert [each.category for each in result.findings] == ["too_long"]


def test_characters_beyond_what_is_remembered_become_what_they_became() -> None:
    scripts = [range(0x3400, 0x4DC0), range(0x4E00, 0xA000), range(0xAC00, 0xD7A4)]
    every = [chr(code) for script in scripts for code in script]
    assert flat("".join(every)) == "".join(map(flat, every))
