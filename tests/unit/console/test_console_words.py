"""Words: times, doubts, evidence, and catalogs that are complete."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.classify.adapters import engine
from services.respond.console.catalog import LANGUAGES, load_catalogs
from services.respond.console.forms import EDITOR
from services.respond.console.render import HERE
from services.respond.console.wishes import WISHES
from services.respond.console.words import a_name, crowd, doubt, pieces, severity, span, time_left
from services.respond.core import fold
from services.respond.core.case import ClockKind, ReplyStatus
from services.respond.core.flow import AskKind, HoldStatus
from services.respond.core.pages import QUARANTINED
from services.respond.shell import send_port
from shared.contracts.flows import HoldDecision
from shared.contracts.operators import Slot
from shared.contracts.system import SourceReported
from shared.contracts.verdicts import Label, Reason
from shared.errors import UserError
from shared.policy.routing import ACTIONS
from shared.policy.switches import RumourPolicy

CATALOGS = load_catalogs(HERE / "locale")
ZH, EN = CATALOGS["zh"], CATALOGS["en"]
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
BY_VALUE = (
    "label.",
    "severity.",
    "weight.",
    "claim.is_",
    "mode.",
    "kind.",
    "slot.",
    "clock.",
    "reason.",
    "level.",
    "tone.",
    "source_of.",
    "position.is_",
    "position.over_",
    "knowledge.is_",
    "gate.level_",
    "reply.status_",
    "promise.is_",
    "need.",
    "case.status_",
    "queue.show_",
    "keys.",
    "approvals.of_",
    "instead.",
    "past.",
    "stream.show_",
    "case.no_words_",
    "status.",
    "platform.",
    "code.",
    "rate.",
    "category.",
    "history.",
    "detail.",
    "degraded.",
    "source.",
    "state.",
    "page_reason.",
    "done.",
    "number.",
    "problem.",
    "form.",
    "policy.",
    "rule.",
    "checks.",
    "check.",
    "param.",
    "param_of.",
    "input.",
    "field.",
    "family.",
    "incident.",
    "dues.",
    "list.",
    "flow.",
    "hold.",
    "action.",
)
PLACE = re.compile(r"\{\w+\}")


def test_every_language_has_the_same_texts_with_the_same_places() -> None:
    assert set(ZH.texts) == set(EN.texts)
    for key, text in ZH.texts.items():
        assert sorted(PLACE.findall(text)) == sorted(PLACE.findall(EN.texts[key])), key


def test_every_text_is_used_and_every_use_has_a_text() -> None:
    sources = [*(HERE / "templates").glob("*.html"), *HERE.glob("*.py")]
    used: set[str] = set()
    for path in sources:
        used |= set(
            re.findall(r"""\bt\(\s*["']([a-z_.]+)["']""", path.read_text(encoding="utf-8"))
        )
    named = {key for key in used if not key.endswith((".", "_"))}
    assert named <= set(ZH.texts)
    unused = {key for key in ZH.texts if key not in named and not key.startswith(BY_VALUE)}
    assert unused == set()


def test_every_label_has_a_word() -> None:
    for language in LANGUAGES:
        for label in Label:
            assert CATALOGS[language](f"label.{label.value}")


CORE = Path(fold.__file__).parent
SHELL = Path(send_port.__file__).parent
SPOKEN = (
    ("code.", CORE, r"""Refusal\("(\w+)\""""),
    ("code.", CORE, r"""(?:come_back|call_back|call_off)\(.*"(\w+)\""""),
    ("code.", CORE, r"""_back\(reply, "(\w+)"\)"""),
    ("code.", CORE, r"""Receipt\(\), "(\w+)"\)"""),
    ("code.", CORE / "effects.py", r"""        return "(\w+)"$"""),
    ("code.", CORE / "held.py", r"""^[A-Z_]+: Final = "(\w+)\""""),
    ("code.", CORE / "held.py", r"""Objection\("(\w+)\""""),
    (
        "page_reason.",
        CORE,
        r"""^(?:ASKED|HELD_LATE|REMIND|UNANSWERED|REQUESTED): Final = "(\w+)\"""",
    ),
    ("code.", CORE / "pages.py", r"""^NOBODY = "(\w+)\""""),
    ("code.", SHELL, r"""(?:Withheld|PermanentError)\("(\w+)"\)"""),
    ("code.", SHELL / "send_port.py", r"""            return "(\w+)"$"""),
    ("code.", SHELL, r"""reason=f?"(\w+) \{"""),
    ("history.", CORE, r"""what="(\w+)\""""),
    ("history.", CORE, r"""(?:_entry|_told)\(work, .*?"(\w+)\""""),
    ("degraded.", SHELL / "read_model.py", r"""degraded.append\("(\w+)"\)"""),
    ("degraded.", CORE, r"""^(?:UNCLASSIFIED|ORIGIN_UNKNOWN) = "(\w+)\""""),
    ("degraded.", Path(engine.__file__), r"""\["(no_\w+|text_\w+)"\]"""),
)
"""Where codes are written down that a person will read: section of the catalog, files, pattern."""


@pytest.mark.parametrize(("section", "place", "pattern"), SPOKEN)
def test_every_code_the_house_says_has_a_word(section: str, place: Path, pattern: str) -> None:
    files = sorted(place.glob("*.py")) if place.is_dir() else [place]
    found = {
        each
        for file in files
        for each in re.findall(pattern, file.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert found
    assert {each for each in found if f"{section}{each}" not in ZH.texts} == set()


def test_every_state_slot_and_reason_has_a_word() -> None:
    states = get_args(SourceReported.model_fields["state"].annotation)
    wanted = {f"state.{each}" for each in states} | {f"slot.{each}" for each in get_args(Slot)}
    wanted |= {f"reply.status_{each}" for each in get_args(ReplyStatus)}
    wanted |= {f"done.{wish.name}" for wish in WISHES.values() if wish.about == "case"} - {
        "done.draft"
    }
    wanted |= {f"done.{each}" for each in EDITOR}
    wanted |= {f"history.hold_{each}" for each in set(get_args(HoldStatus)) - {"open"}}
    wanted |= {f"history.{k}_{d}" for k in get_args(AskKind) for d in ("asked", "answered")}
    wanted |= {f"hold.is_{each}" for each in get_args(HoldStatus)}
    wanted |= {f"hold.do_{each}" for each in get_args(HoldDecision)}
    wanted |= {f"action.{each}" for each in (*get_args(RumourPolicy), *ACTIONS)}
    wanted |= {f"page_reason.{each}" for each in (*get_args(ClockKind), QUARANTINED)}
    wanted |= {f"code.{_READ_BACK}{each}" for each in ("absent", "unreadable")}
    assert wanted <= set(ZH.texts)


_READ_BACK = "read_back_"


def test_a_reason_is_told_in_words_and_what_it_quotes_stays() -> None:
    assert ZH.why("platform_refused 20016 too fast") == "平台拒绝： 20016 too fast"
    assert ZH.why("called_back") == "发出之前已被撤回。"
    assert ZH.why("请补上门店名称") == "请补上门店名称"


@pytest.mark.parametrize(
    ("number", "zh", "en"),
    [(0, "0", "0"), (999, "999", "999"), (11086, "1.1 万", "11.1k"), (30000, "3 万", "30k")],
)
def test_crowds_are_counted_as_the_language_counts(number: int, zh: str, en: str) -> None:
    assert (crowd(number, ZH), crowd(number, EN)) == (zh, en)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (None, "未具名用户"),
        ("\u202e", "未具名用户"),
        ("顾客", "顾客"),
        ("\u202egnp.exe", "gnp.exe"),
        ("عميل", "\u2068عميل\u2069"),
        ("长" * 31, "长" * 29 + "…"),
    ],
)
def test_a_strangers_name_is_neither_endless_nor_turns_the_words_around_it(
    name: str | None, shown: str
) -> None:
    assert a_name(name, ZH) == shown


def test_a_missing_catalog_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        load_catalogs(tmp_path)
    assert "zh.toml" in caught.value.line()


@pytest.mark.parametrize(
    ("seconds", "zh", "en"),
    [
        (4, "4 秒", "4 s"),
        (250, "4 分 10 秒", "4 min 10 s"),
        (7740, "2 小时 9 分", "2 h 9 min"),
        (180000, "2 天 2 小时", "2 d 2 h"),
    ],
)
def test_times_are_words(seconds: int, zh: str, en: str) -> None:
    assert span(seconds, ZH) == zh
    assert span(-seconds, EN) == en


@pytest.mark.parametrize(("seconds", "state"), [(301, "ok"), (299, "soon"), (-1, "late")])
def test_time_left_has_a_state(seconds: int, state: str) -> None:
    assert time_left(NOW + timedelta(seconds=seconds), NOW, ZH).state == state


def test_doubt_is_said() -> None:
    assert "请人工判断" in doubt(0.62, ZH)
    assert "likely" in doubt(0.75, EN)
    assert doubt(None, ZH) == "人工已改判"
    assert [severity(n) for n in (90, 60, 30, 3)] == ["critical", "high", "medium", "low"]


SPANS = st.lists(
    st.tuples(st.integers(0, 40), st.integers(0, 40), st.sampled_from(list(Label))), max_size=8
)


@given(st.text(max_size=30), SPANS)
def test_marking_evidence_never_changes_the_text(
    text: str, spans: list[tuple[int, int, Label]]
) -> None:
    reasons = [
        Reason(label=label, start=a, end=b, source="model", weight=1) for a, b, label in spans
    ]
    cut = pieces(text, reasons)
    assert "".join(each.text for each in cut) == text
