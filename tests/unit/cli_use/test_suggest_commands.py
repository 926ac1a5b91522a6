"""`zhishou suggest`: what would be offered, and how good that is over many texts."""

import gzip
import json
from pathlib import Path

import pytest

from services.cli.app import run
from services.cli.errors import guarded
from services.cli.suggest_lines import FIX

PETITIONS = Path(__file__).resolve().parents[4] / "shared/data/fz12345.dev.jsonl.gz"


def line(text: str, **more: object) -> str:
    return json.dumps({"text": text, **more}, ensure_ascii=False)


ROWS = "\n".join(
    line(f"{place}的电梯又坏了{'！' * number}", labels={"complaint": 1, "inquiry": 0})
    for number, place in enumerate(["商场", "车库", "一号楼", "二号楼"] * 25)
)


def test_texts_are_answered_line_by_line_and_a_bad_line_in_its_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "in.jsonl"
    due = {"now": "2026-05-01T01:00:00Z", "due": "2026-05-01T05:03:00Z"}
    asked = [
        line("停车费怎么收", id="q", labels=["question"], **due),
        "",
        '{"id": 3}',
        line("电梯坏了", labels=["complaint"], now=due["now"]),
        "三号楼的电梯又坏了，投诉你们",
    ]
    file.write_bytes("\n".join(asked).encode() + b"\n\xff")
    assert run(["suggest", "text", str(file)], {}) == 1
    answers = [json.loads(each) for each in capsys.readouterr().out.splitlines()]
    first, bad, second, judged, broken = answers
    assert (first["id"], first["matter"]) == ("q", "停车费")
    assert {each["level"] for each in first["suggestions"]} == {"warn"}  # a time is promised
    assert "5月1日13:00" in first["suggestions"][0]["text"]
    assert bad["error"] == {"line": 3, "what": "text: Field required", "fix": FIX}
    assert (second["id"], second["matter"]) == ("4", "电梯损坏")
    assert judged["labels"] == ["complaint"]
    assert broken["error"]["what"] == "not UTF-8"


@pytest.mark.parametrize("packed", [False, True])
def test_many_texts_are_measured(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], *, packed: bool
) -> None:
    file = tmp_path / "rows"
    file.write_bytes(gzip.compress(ROWS.encode()) if packed else ROWS.encode())
    assert run(["suggest", "measure", str(file), "--json"], {}) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["rows"] == 100
    assert found["rows_without"] == 0
    assert found["passed"] == found["named"] == found["suggestions"] == 300
    assert found["commonest_share"] <= 0.05
    assert run(["suggest", "measure", str(file), "--label", "praise"], {}) == 0
    assert "rows: 0\n" in capsys.readouterr().out


def test_what_cannot_be_measured_is_said_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "bad.jsonl"
    bad.write_text("{}\n", encoding="utf-8")
    for words, said in (
        (["measure", str(bad)], f"{bad}:1"),
        (["measure", str(tmp_path / "none")], "cannot read the texts"),
        (["measure", str(bad), "--label", "grudge"], "there is no label grudge"),
    ):
        assert guarded(lambda words=words: run(["suggest", *words], {})) == 2  # type: ignore[misc]
        assert said in capsys.readouterr().err


def test_petitions_of_a_city_are_answered_each_in_its_own_words(
    capsys: pytest.CaptureFixture[str],
) -> None:
    if not PETITIONS.exists():
        pytest.skip("the petitions are not here")
    assert run(["suggest", "measure", str(PETITIONS), "--json"], {}) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["rows_without"] == 0
    assert found["passed"] == found["named"] == found["suggestions"]
    assert found["commonest_share"] <= 0.05


def test_a_file_of_entries_can_be_tried_before_it_is_brought_in(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    entries, asked = tmp_path / "faq.md", tmp_path / "in.jsonl"
    long = "两小时内免费，之后每小时五元。" * 9
    entries.write_text(
        f"## 停车费怎么收\n- 事由: 停车费\n- 出处: 办法\n每小时五元。\n"
        f"## 充电桩充电费多少\n- 事由: 充电费\n- 出处: 办法\n{long}\n",
        encoding="utf-8",
    )
    texts = ("停车费怎么收", "充电桩的充电费多少", "电梯坏了")
    asked.write_text(
        "\n".join(line(each, labels=["question"]) for each in texts), encoding="utf-8"
    )
    assert run(["suggest", "text", str(asked), "--knowledge", str(entries)], {}) == 0
    found = [json.loads(each) for each in capsys.readouterr().out.splitlines()]
    first, alone, other = (each["suggestions"] for each in found)
    assert first[0]["template"].startswith("knowledge:")
    assert "每小时五元。" in first[0]["text"]
    assert alone[0]["text"] == long
    assert not other[0]["template"].startswith("knowledge:")
