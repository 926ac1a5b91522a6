"""Each check of the gate alone: what it finds, where it points, what it is told and what it lacks."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from shared.policy.gate.check import CHECKS, gate
from shared.policy.gate.disguise import disguises
from shared.policy.gate.families import lifted
from shared.policy.gate.findings import GateContext, GateFinding, GateResult, HistoryDigest
from shared.policy.gate.numerals import number
from shared.policy.gate.plain import Plain, marked, plain
from shared.policy.gate.section import Family, GateRules, Hedges, Manners
from shared.policy.gate.wording import WordingError, Wordings, wording
from shared.policy.model import NO_PACK, Pack, Taboo
from shared.runtime.packs import read_pack
from shared.runtime.settings import default_policies_dir

PACK = read_pack(default_policies_dir(), "company")


def check(text: str, **context: object) -> GateResult:
    return gate(text, GateContext.model_validate(context), PACK)


def found(text: str, category: str, **context: object) -> list[GateFinding]:
    return [each for each in check(text, **context).findings if each.category == category]


def unknown(text: str, **context: object) -> set[tuple[str, str]]:
    return {(each.check, each.needs) for each in check(text, **context).unknown}


@pytest.mark.parametrize(
    ("category", "text"),
    [
        ("rudeness", "你们这些废物"),
        ("coldness", "嫌贵就别买"),
        ("condescension", "这么大人了动动脑子想想"),
        ("buck_passing", "这是快递的责任"),
        ("rhetorical", "难道是我们错了吗？"),
        ("quarrel", "有本事你去告"),
        ("sarcasm", "您可真会挑时候"),
        ("flippancy", "略略略"),
        ("peers", "别家的东西都是垃圾"),
        ("stance", "我们坚决支持这位司机"),
        ("politics", "我们支持武统"),
        ("personal_voice", "我个人觉得没问题"),
        ("compensation", "我们赔偿您的全部损失"),
        ("admission", "这次事故是我们的全部责任"),
        ("overpromise", "保证今后绝不再发生"),
        ("confidential", "这是内部资料，请不要外传"),
        ("material", "公司下月将被收购"),
        ("unverified", "据说是人为的"),
        ("source_missing", "突发：一栋楼着火了"),
        ("prohibited", "代开发票"),
        ("discrimination", "河南人都骗"),
    ],
)
def test_each_family_finds_its_kind_where_it_stands(category: str, text: str) -> None:
    lead = "您好，谢谢留言。"
    hits = found(lead + text, category)
    assert hits
    assert hits[0].start >= len(lead)
    assert hits[0].level in {"hold", "block"}
    assert hits[0].rules
    assert hits[0].reason


def test_harmless_words_beside_or_around_spare_a_wording() -> None:
    assert not found("有人冒用账号，与我们无关的店请勿付款", "refusal")
    assert not found("经核实，所谓停业纯属谣言", "denial")
    assert not found("要赔偿的话，如何理赔请看这里", "compensation")
    assert not found("#网传某地停水#通知在这里", "unverified")
    assert not found("有网友说据说要停水，请放心", "unverified")
    assert not found("您留言的“你去告”我们看了", "coldness", quoted="他说你去告")


def test_a_role_an_announcement_or_a_source_makes_it_a_warning() -> None:
    text = "我们赔偿您的全部损失"
    assert found(text, "compensation")[0].level == "hold"
    assert ("compensation", "role") in unknown(text)
    assert found(text, "compensation", role="clerk")[0].level == "hold"
    assert found(text, "compensation", role="legal")[0].level == "warn"
    assert ("compensation", "role") not in unknown(text, role="legal")
    assert found("公司下月将被收购", "material", announcement="2026-1")[0].level == "warn"
    assert found("据说是人为的", "unverified", source="公安局")[0].level == "warn"
    assert not lifted("rudeness", "", GateContext(), PACK)


def test_fun_has_its_place_and_no_other() -> None:
    assert not found("哈哈，谢谢您的夸奖", "lively", situation="praise")
    assert found("哈哈，正在处理", "lively", situation="complaint")[0].level == "warn"
    assert found("正在抢险😂", "lively", situation="crisis")[0].level == "hold"
    gentle = found("抱歉🙏🙏🙏", "lively", situation="complaint")
    assert [(each.level, each.start) for each in gentle] == [("warn", 4)]


def test_an_uncertain_word_counts_where_it_blurs_a_fact() -> None:
    assert found("感谢反馈，这次延误可能是仓库发错了货造成的", "uncertain")[0].level == "block"
    manner = "您的想法很好，或许大家有时间可以再多讨论讨论这个有趣的话题"
    assert all(each.level == "warn" for each in found(manner, "uncertain"))
    assert found("这样的情况可能很多很多，我们都要一一去看", "uncertain", situation="crisis")
    assert not found("或许我们可以换个时间再约", "uncertain", situation="crisis")


def test_what_others_do_not_know_is_no_refusal() -> None:
    for text in ("照片不太清楚，麻烦再拍一张", "如果您不清楚流程，随时问", "不清楚怎么填的可以问"):
        assert not found(text, "refusal"), text
    assert found("这件事我们不清楚", "refusal")
    bare = PACK.model_copy(update={"gate": PACK.gate.model_copy(update={"spared": {}})})
    assert not gate("照片不太清楚，麻烦再拍一张", GateContext(), bare).passed


def test_manners_and_tone_are_said_only_where_nothing_tells_more() -> None:
    whole = check("天天来，烦不烦，自己解决呗", situation="complaint")
    assert {each.category for each in whole.findings} & {"manners", "tone", "rudeness", "coldness"}
    assert found("谁稀罕呀，反正你们自己非要来的嘛", "manners", situation="complaint")
    assert not found("谁稀罕呀，反正你们自己非要来的嘛，抱歉，请您放心，我们会改进", "manners")
    assert found("您早干什么去了", "tone", situation="complaint")[0].level == "block"
    assert not found("", "tone")


def test_another_account_is_noticed() -> None:
    text = "您好，我们是晴天影院的客服，票已改签"
    assert found(text, "wrong_account", account="青山医院")[0].level == "hold"
    assert not found(text, "wrong_account", account="晴天影院官方微博")
    assert found(text, "wrong_account", other_accounts=["晴天影院"])
    assert ("wrong_account", "account") in unknown(text)
    assert ("wrong_account", "account") not in unknown("您好，我们是值班客服")


def test_the_same_text_to_many_people_tires() -> None:
    text = "您好，您反映的情况已经转给门店，请您放心等待回复"
    assert not found(text, "copy_paste", recent=[text, "别的话"])
    assert found(text, "copy_paste", recent=[text] * 3)[0].level == "warn"
    assert found(text, "copy_paste", recent=[text] * 20)[0].level == "hold"
    assert not found("，", "copy_paste", recent=["，"] * 20)
    assert ("copy_paste", "recent") in unknown(text)
    assert ("copy_paste", "recent") not in unknown(text, recent=[])


def test_what_was_said_before_binds() -> None:
    before = ["事故造成3人受伤，救援仍在继续", "小区今晚没有停水安排"]
    assert found("事故造成5人受伤", "contradiction", earlier=before)[0].level == "hold"
    assert found("更正：事故造成5人受伤", "contradiction", earlier=before)[0].level == "warn"
    assert found("小区今晚有停水安排", "contradiction", earlier=before)
    assert not found("事故造成3人受伤", "contradiction", earlier=before)
    assert not found("医院收治了5人", "contradiction", earlier=before)
    assert not found("没有人受伤", "contradiction", earlier=("楼上有人在施工",))
    assert not found("楼上受伤的是工人", "contradiction", earlier=("没有工人",))
    assert not found("事故造成很多人受伤", "contradiction", earlier=before)
    assert ("contradiction", "earlier") in unknown("您好")


def test_a_strategy_that_does_not_fit_is_hinted_at() -> None:
    hint = found("这是供应商的原因", "strategy", situation="crisis", cluster="preventable")
    assert hint[0].level == "warn"
    assert hint[0].suggestion
    assert not found("这是供应商的原因", "strategy", cluster="accident")
    assert ("strategy", "cluster") in unknown("正在抢修", situation="crisis")


def test_a_pack_may_set_its_own_levels() -> None:
    rules = PACK.gate.model_copy(update={"levels": {"rudeness": "warn"}})
    milder = PACK.model_copy(update={"gate": rules, "version": "2"})
    hits = gate("你们这些废物", GateContext(), milder).findings
    assert {each.level for each in hits if each.category == "rudeness"} == {"warn"}


@pytest.mark.parametrize("index", range(len(CHECKS)))
def test_whichever_check_breaks_the_text_is_held(index: int) -> None:
    def broken(
        text: Plain, context: GateContext, pack: Pack, history: HistoryDigest
    ) -> Iterator[GateFinding]:
        raise ZeroDivisionError(text, context, pack, history)

    checks = (*CHECKS[:index], broken, *CHECKS[index + 1 :])
    result = gate("您好，已收到", GateContext(), PACK, checks=checks)
    assert (result.level, result.findings[0].category) == ("hold", "check_failed")


PARTS = st.sampled_from(
    [
        *"您你好，。！？ *1a　",
        "可能",
        "无可奉告",
        "爱买不买",
        "明天",
        "回复您",
        "三天内",
        "😂",
        "繁體無可奉告",
    ]
)


@given(st.lists(PARTS, max_size=25).map("".join))
def test_every_span_cut_from_the_original_reads_as_what_was_found(text: str) -> None:
    flat = plain(text)
    for hit in disguises(PACK).find(flat):
        start, end = flat.span(hit.start, hit.end)
        assert plain(text[start:end]).text == flat.text[hit.start : hit.end]
    for each in check(text, situation="complaint").findings:
        assert 0 <= each.start <= each.end <= len(text)
        assert each.category != "check_failed"


@given(st.text(alphabet="你好，。！a1 ", max_size=30))
def test_marked_text_knows_where_each_character_stood(text: str) -> None:
    flat = marked(text)
    assert len(flat.origin) == len(flat.text)
    assert list(flat.origin) == sorted(flat.origin)


@pytest.mark.parametrize("written", ["", "…", "(a", "a)b", "(|好)", "，", "a*"])
def test_a_wording_nobody_can_read_is_named(written: str) -> None:
    with pytest.raises(WordingError):
        wording(written)
    for kind in (
        lambda: Family(level="warn", reason="x", wordings=(written,)),
        lambda: Hedges(matters=(written,)),
        lambda: Manners(weak=(written,)),
        lambda: GateRules(strategies={"deny": (written,)}),
    ):
        with pytest.raises(ValidationError, match="write words"):
            kind()


def test_wordings_are_found_once_each_and_not_across_sentences() -> None:
    known = Wordings({"a": ("(好|很好)*…的人", "爱(来|买)不(来|买)"), "b": ("滚",)})
    text = marked("很好的人，爱买不买。滚。好。的人")
    assert [(name, text.text[a:b]) for name, a, b in known.find(text)] == [
        ("a", "很好的人"),
        ("a", "爱买不买"),
        ("a", "的人"),
        ("b", "滚"),
    ]  # fmt: skip
    assert list(Wordings({}).find(text)) == []


def test_disguises_are_seen_and_heard() -> None:
    for text in ("wu ke feng gao", "无ke奉告", "不矢口道", "無可奉稿", "不1知a道", "布知道"):
        assert check(text).level == "block", text
    assert check("一部自导自演的戏").passed
    own = Pack(
        name="own",
        taboos=(Taboo(category="a", level="block", reason="x", phrases=("矢矢矢矢矢矢",)),),
        gate=GateRules(split={"口": "矢"}),
    )
    assert gate("口矢矢矢口矢", GateContext(), own).passed
    assert gate("您好", GateContext(), NO_PACK).passed


def test_a_phrase_is_not_met_by_chance() -> None:
    assert not found("不abcd知道这个牌子", "refusal")
    assert not found("谢谢您，告知，道路已通", "refusal")
    own = Pack(
        name="own",
        taboos=(Taboo(category="a", level="block", reason="x", phrases=("啊啊啊",)),),
        gate=GateRules(by_sound=("a",)),
    )
    assert gate("大阿阿", GateContext(), own).passed
    assert not gate("阿啊啊", GateContext(), own).passed


@pytest.mark.parametrize(
    ("written", "value"),
    [("十", 10), ("二十四", 24), ("一百零五", 105), ("两", 2), ("半", 0.5), ("一个半"[:1], 1),
     ("三四", 4), ("1.5", 1.5), ("百", 100), ("十五半", 15.5)],
)  # fmt: skip
def test_numbers_are_read(written: str, value: float) -> None:
    assert number(written) == value


def test_a_situation_of_a_newer_writer_is_none_that_needs_care() -> None:
    assert GateContext.model_validate({"situation": "festival"}).situation == "other"
    with pytest.raises(ValidationError):
        GateContext.model_validate({"situation": 3})
