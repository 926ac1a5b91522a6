"""Files that are damaged, cut off or of another encoding, and places nobody can write to."""

import gzip
import json
import os
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from services.cli.app import run
from services.cli.asking import PASSWORD, password_of
from services.cli.errors import WRONG_USE, guarded
from services.cli.listing import tell
from services.cli.record import record
from shared.errors import UserError

ROWS = '{"id":"1","text":"退款","labels":["complaint"]}\n'.encode() * 500


def told(capsys: pytest.CaptureFixture[str], *words: str | Path) -> tuple[int, str, str]:
    code = guarded(lambda: run([str(word) for word in words], {}))
    said = capsys.readouterr()
    return code, said.out, said.err


@pytest.fixture
def place(tmp_path: Path) -> Path:
    whole = gzip.compress(ROWS)
    (tmp_path / "cut.jsonl.gz").write_bytes(whole[:40])
    (tmp_path / "damaged.jsonl.gz").write_bytes(whole[:20] + bytes(30) + whole[50:])
    (tmp_path / "plain.jsonl.gz").write_bytes(ROWS)
    return tmp_path


@pytest.mark.parametrize("file", ["cut.jsonl.gz", "damaged.jsonl.gz", "plain.jsonl.gz"])
@pytest.mark.parametrize(
    "command",
    ["classify cascade", "replay", "policy diff base company --recording", "up --stream"],
)
def test_a_damaged_file_is_told_in_one_line(
    command: str, file: str, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = told(capsys, *command.split(), place / file)
    assert (code, err.count("\n")) == (WRONG_USE, 1)
    assert err.startswith("zhishou: cannot read")
    assert str(place / file) in err
    assert " -> " in err


@pytest.mark.parametrize("file", ["cut.jsonl.gz", "damaged.jsonl.gz"])
def test_damaged_texts_are_told_in_one_line(
    file: str, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = told(capsys, "suggest", "measure", place / file)
    assert code == WRONG_USE
    assert err.startswith("zhishou: cannot read the texts")


@pytest.mark.parametrize("command", ["gate check", "classify cascade", "policy check"])
def test_a_file_of_the_old_chinese_encoding_says_how_it_becomes_readable(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "gbk"
    file.write_bytes("我要投诉，退款\n".encode("gbk") + b"\xff\xfe\x00\n")
    code, out, _ = told(capsys, *command.split(), file)
    old, junk = [json.loads(line)["error"]["what"] for line in out.splitlines()]
    assert (code, junk) == (1, "not UTF-8")
    assert old == "not UTF-8, it reads as GBK: iconv -f GB18030 -t UTF-8"


@pytest.mark.parametrize("kind", [["post"], {"a": 1}, 5, None])
def test_a_kind_of_input_that_is_no_word_is_answered_in_its_place(
    kind: object, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "lines").write_text(json.dumps({"id": "a", "input": {"kind": kind}}))
    code, out, err = told(capsys, "policy", "check", tmp_path / "lines")
    assert (code, err, json.loads(out)["id"]) == (1, "", "a")
    assert json.loads(out)["error"]["what"].startswith("no kind of input")


def test_a_place_nobody_can_write_to_is_told_with_the_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = told(capsys, "openapi", "--out", tmp_path)
    assert code == WRONG_USE
    assert err == f"zhishou: cannot write: Is a directory ({tmp_path}) -> name another file\n"


def test_a_password_is_piped_in_or_missed_in_one_line() -> None:
    asking = typer.Typer()

    @asking.command()
    def ask() -> None:
        typer.echo(password_of({}))

    assert password_of({PASSWORD: "given"}) == "given"
    assert CliRunner().invoke(asking, input="piped\r\n").output == "piped\n"
    missed = CliRunner().invoke(asking, input="").exception
    assert isinstance(missed, UserError)
    assert PASSWORD in missed.line()


def test_a_list_with_nothing_on_it_says_so_beside_the_output(
    capsys: pytest.CaptureFixture[str],
) -> None:
    tell([], "there is no entry yet")
    tell(["one", "two"], "there is no entry yet")
    said = capsys.readouterr()
    assert (said.out, said.err) == ("one\ntwo\n", "there is no entry yet\n")


def test_a_record_replaces_nothing_that_is_no_file(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(UserError, match="this is no file"):
        record(pipe, "nats://127.0.0.1:1")
    assert pipe.is_fifo()


@pytest.mark.parametrize("name", ["../x", "名字", "taken"])
def test_a_name_no_pack_can_have_is_told_before_anything_is_asked(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "taken").mkdir()
    code, out, err = told(capsys, "policy", "new", name, "--policies", tmp_path)
    assert (code, out) == (WRONG_USE, "")
    assert " -> " in err


def test_a_site_names_one_host_and_its_own_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = told(capsys, "config", "site", tmp_path / "a", "--servers", "a b")
    assert (code, err) == (
        WRONG_USE,
        "zhishou: no host: 'a b' (--servers) -> write one name or address\n",
    )
    (tmp_path / "file").write_text("")
    code, _, err = told(capsys, "config", "site", tmp_path / "file")
    assert err.startswith("zhishou: cannot write the site")
    assert (code, "--data-dir" in err) == (WRONG_USE, False)
