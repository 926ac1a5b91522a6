"""Entries in files: read, written and read again, and each mistake named by its line."""

import csv
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from services.cli.app import run
from services.cli.console_link import signed_in
from services.cli.knowledge_cmds import entries_of, propose, state_of
from services.cli.knowledge_files import as_csv, as_markdown, read_entries
from shared.contracts.guidance import EntryWritten
from shared.contracts.verdicts import Label
from shared.errors import UserError
from shared.runtime.clock import SystemClock
from tests.fakes.read_model import House

TABLE = """事由,问题,答复,出处,标签,渠道,有效至
停车费,停车怎么收费,"两小时内免费，
之后每小时五元。",停车办法第三条,question;complaint,weibo,2027-12-31
,几点开门,上午十点。,客服部,,,
"""
PAGE = """## 停车怎么收费
- 事由：停车费
- 出处: 停车办法第三条
- 标签: question, complaint

两小时内免费，
- 之后每小时五元。

## 几点开门
- source: 客服部
上午十点。
"""


def saved(folder: Path, name: str, text: str) -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def test_a_table_and_a_page_say_the_same(tmp_path: Path) -> None:
    table = read_entries(saved(tmp_path, "a.csv", "\ufeff" + TABLE))
    page = read_entries(saved(tmp_path, "a.md", PAGE))
    assert [each.entry_id for each in table] == [each.entry_id for each in page]
    first, second = table
    assert first.labels == page[0].labels == (Label.QUESTION, Label.COMPLAINT)
    assert (first.matter, second.matter, page[1].source) == ("停车费", "几点开门", "客服部")
    assert first.answer == "两小时内免费，\n之后每小时五元。"
    assert page[0].answer == "两小时内免费，\n- 之后每小时五元。"
    assert first.valid_until is not None
    assert first.valid_until.isoformat() == "2027-12-31T16:00:00+00:00"


@pytest.mark.parametrize(("name", "write"), [("b.csv", as_csv), ("b.md", as_markdown)])
def test_what_is_written_is_read_again_as_it_was(
    tmp_path: Path, name: str, write: type[str]
) -> None:
    entries = read_entries(saved(tmp_path, "a.csv", TABLE))
    assert read_entries(saved(tmp_path, name, write(entries))) == entries


@pytest.mark.parametrize("answer", ["=1+1", "+86 10", "-1", "@a", "'=1", "'a", "''=1"])
def test_no_cell_of_a_table_begins_a_formula(tmp_path: Path, answer: str) -> None:
    [entry] = read_entries(saved(tmp_path, "a.md", f"# 甲\n- 出处: 乙\n{answer}\n"))
    text = as_csv([entry])
    [_, row] = csv.reader(text.splitlines())
    assert row[2][0] in {"'", answer[0]} - set("=+-@")
    assert read_entries(saved(tmp_path, "a.csv", text)) == [entry]


@pytest.mark.parametrize(
    ("name", "text", "where", "what"),
    [
        ("a.csv", "问题,出处\n甲,乙\n", "a.csv:1", "no column answer"),
        ("a.csv", TABLE + "一,二\n", "a.csv:5", "2 columns where"),
        ("a.csv", "问题,答复,出处\n甲,,丙\n", "a.csv:2", "answer is empty"),
        ("a.csv", "问题,答复,出处,标签\n甲,乙,丙,grudge\n", "a.csv:2", "labels: "),
        ("a.csv", "问题,答复,出处,有效至\n甲,乙,丙,明年\n", "a.csv:2", "valid_until: "),
        ("a.csv", "问题,答复,出处\n甲,乙,丙\n甲,丁,丙\n", "a.csv:3", "stands in line 2"),
        ("a.csv", '问题,答复,出处\n甲,"乙"x,丙\n', "a.csv:2", "no CSV"),
        ("a.csv", "问题,答复,出处\n", "a.csv", "no entries here"),
        ("a.md", "没有标题\n", "a.md:1", "without a question"),
        ("a.md", "# 甲\n- 出处: 乙\n- 出处: 丙\n丁\n", "a.md:3", "stands here twice"),
        ("a.md", "# 甲\n乙\n", "a.md:1", "source is empty"),
        ("a.md", "", "a.md", "no entries here"),
    ],
)
def test_a_mistake_is_named_by_its_line(
    tmp_path: Path, name: str, text: str, where: str, what: str
) -> None:
    with pytest.raises(UserError, match=what) as raised:
        read_entries(saved(tmp_path, name, text))
    assert raised.value.where.endswith(where)
    assert raised.value.fix


def test_a_file_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot read"):
        read_entries(tmp_path / "none.csv")
    (tmp_path / "x.csv").write_bytes(b"\xff\xfe\xfa")
    with pytest.raises(UserError, match="not UTF-8"):
        read_entries(tmp_path / "x.csv")


def test_a_file_can_be_tried_without_a_house(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = saved(tmp_path, "a.csv", TABLE)
    assert run(["knowledge", "check", str(file)], {}) == 0
    assert run(["knowledge", "check", str(file), "--json"], {}) == 0
    assert capsys.readouterr().out == 'entries: 2\n{"entries": 2}\n'


async def test_entries_go_through_the_console_and_wait_when_it_is_asked_too_fast(
    tmp_path: Path,
) -> None:
    entries = read_entries(saved(tmp_path, "a.csv", TABLE))
    asked: list[dict[str, object]] = []

    async def enter(_request: web.Request) -> web.Response:
        return web.Response(status=303, headers={"Location": "/"})

    async def write(request: web.Request) -> web.Response:
        asked.append(await request.json())
        if len(asked) == 1:
            return web.json_response({}, status=429, headers={"Retry-After": "0"})
        return web.json_response({})

    app = web.Application()
    app.add_routes(
        [
            web.post("/signin", enter),
            web.post("/signout", enter),
            web.post("/api/knowledge/{entry_id}/entry-write", write),
        ]
    )
    async with TestServer(app) as server:
        console = str(server.make_url("")).rstrip("/")
        assert await propose(console, "wang", "secret secret", entries) == 2
        async with signed_in(console, "wang", "secret secret"):
            pass
    assert [each["matter"] for each in asked] == ["停车费", "停车费", "几点开门"]
    EntryWritten.model_validate({**asked[0], "op_id": "o", "person_id": "p", "entry_id": "e"})


async def test_all_entries_are_listed_each_by_its_state() -> None:
    found = await entries_of(House(SystemClock()))
    assert [state_of(each) for each in found] == ["proposed", "approved", "expired"]
