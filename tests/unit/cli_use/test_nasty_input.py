"""What people hand to commands by mistake: one line, the fix, and the right exit code."""

import errno
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
import typer
from typer.core import TyperGroup

from services.cli.app import build, run
from services.cli.errors import BUG, WRONG_USE, guarded
from services.cli.lines import arrived, decoded
from shared.errors import UserError

BOM = b"\xef\xbb\xbf"
JUNK = bytes(range(256)) * 8


@pytest.fixture(autouse=True)
def _logs_as_before() -> Iterator[None]:
    """Undo what a command set up: it logs to a stream that the test closes."""
    yield
    structlog.reset_defaults()


def told(capsys: pytest.CaptureFixture[str], *words: str | Path) -> tuple[int, str, str]:
    """Run a command line as a person does."""
    code = guarded(lambda: run([str(word) for word in words], {}))
    said = capsys.readouterr()
    return code, said.out, said.err


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Return a directory with files nobody should have to handle."""
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "junk").write_bytes(JUNK)
    (tmp_path / "dir").mkdir()
    (tmp_path / "ok").write_text("您好\n", encoding="utf-8")
    mixed = BOM + '{"id":7,"text":"您好"}\r\n'.encode() + b'\n\xff\n{oops\n[1]\n{"id":1}\na\0b\n'
    (tmp_path / "mixed").write_bytes(mixed)
    return tmp_path


@pytest.mark.parametrize("command", ["gate check", "classify text"])
def test_bad_lines_are_answered_in_their_place(
    command: str, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = told(capsys, *command.split(), place / "mixed")
    answers = [json.loads(line) for line in out.splitlines()]
    assert [each.get("id") for each in answers] == [7, None, None, "5", None, "7"]
    assert [each["error"]["line"] for each in answers if "error" in each] == [3, 4, 6]
    assert all(each["error"]["fix"] for each in answers if "error" in each)
    assert (code, err) == (1, "")


@pytest.mark.parametrize("command", ["gate check", "classify text"])
def test_nothing_in_nothing_out_and_a_long_line_is_one_line(
    command: str, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert told(capsys, *command.split(), place / "empty") == (0, "", "")
    assert told(capsys, *command.split(), place / "junk")[0] == 1
    (place / "long").write_text("好" * 200_000 + "\n好", encoding="utf-8")
    code, out, _ = told(capsys, *command.split(), place / "long")
    assert (code, len(out.splitlines())) == (0, 2)


WRONG = (
    "gate check none",
    "gate check dir",
    "gate check ok --pack nosuch",
    "gate check ok --pack ../dir",
    "gate check ok --policies junk",
    "classify text none",
    "classify text dir",
    "classify text ok --pack nosuch",
    "classify text ok --weights none",
    "classify text ok --weights dir/none",
    "policy show nosuch",
    "policy lint --policies dir",
    "policy test nosuch",
    "replay none",
    "replay junk",
    "replay empty",
    "replay dir",
    "replay ok --expect none",
    "replay ok --expect junk",
    "replay ok --write-expected dir",
    "replay ok --speed 3x",
    "replay ok --verdicts guess",
    "replay ok --against nosuch",
    "evaluate --data none",
    "evaluate --data dir",
    "train --data dir --out out",
    "openapi --out dir",
    "record out --data-dir dir",
    "record out --nats-url nats://127.0.0.1:1",
    "up --stream none --data-dir d",
    "up --stream ok --speed fast",
    "up --data-dir junk",
    "up --accounts junk --data-dir d",
    "up --port 99999",
    "up --rate -1",
    "sing",
    "gate chekc",
    "gate check --nosuch",
    "record",
)


@pytest.mark.parametrize("words", WRONG)
def test_wrong_use_is_one_line_with_a_fix_and_exit_2(
    words: str, place: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(place)
    code, _, err = told(capsys, *words.split())
    assert code == WRONG_USE
    assert err.startswith("zhishou: ")
    assert err.count("\n") == 1
    assert "\x1b" not in err


def test_a_byte_order_mark_is_no_part_of_a_recording(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = (
        '{"event":"e","t":"2026-05-01T10:00:00","kind":"mention","id":"m","user":"u","text":"好"}'
    )
    (tmp_path / "bom.jsonl").write_bytes(BOM + line.encode() + b"\r\n")
    code, out, _ = told(capsys, "replay", tmp_path / "bom.jsonl", "--json")
    assert (code, json.loads(out)["items"]) == (0, 1)


def test_lines_arrive_whole_however_they_are_cut() -> None:
    class Drops:
        """Gives one byte at a time."""

        def __init__(self, body: bytes) -> None:
            self._left = [bytes([each]) for each in body]

        def read1(self, _size: int, /) -> bytes:
            return self._left.pop(0) if self._left else b""

    body = "一\n\n二三\n四".encode()
    lines = [line for batch in arrived(Drops(body)) for line in batch]
    assert lines == body.split(b"\n")
    assert decoded(BOM + b"a\r", 1) == "a"
    assert decoded(BOM, 2) == "\N{ZERO WIDTH NO-BREAK SPACE}"


def raised(error: Exception) -> int:
    def command() -> int:
        raise error

    return guarded(command)


def test_what_ran_together_fails_in_one_line_too(capsys: pytest.CaptureFixture[str]) -> None:
    inner = ExceptionGroup("tasks", [UserError("no\nlog", fix="start it")])
    assert raised(ExceptionGroup("outer", [inner])) == WRONG_USE
    assert capsys.readouterr().err == "zhishou: no log -> start it\n"
    assert raised(OSError(errno.ENOSPC, "No space left on device")) == WRONG_USE
    assert "free some space" in capsys.readouterr().err
    assert raised(ExceptionGroup("two", [UserError("a"), ValueError("b")])) == BUG
    Path(capsys.readouterr().err.split()[-1]).unlink()


def commands(command: object, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield every command and group with what stands below its help."""
    yield path, str(getattr(command, "epilog", ""))
    if isinstance(command, TyperGroup):
        for name, each in command.commands.items():
            yield from commands(each, (*path, name))


def test_every_command_and_group_shows_an_example_of_itself() -> None:
    found = dict(commands(typer.main.get_command(build())))
    assert len(found) > 20
    for path, example in found.items():
        assert example.startswith("Example: "), path
        assert " ".join(("zhishou", *path)) in example
