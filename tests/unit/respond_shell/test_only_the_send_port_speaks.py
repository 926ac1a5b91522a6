"""No code path speaks to the public but the send port (promise 2), checked on the sources."""

import ast
from pathlib import Path

import pytest

from services.respond.core.aggregates import Effect
from services.respond.shell.send_port import Approved
from shared.errors import PermanentError
from tests.fakes.clock import START

ROOT = Path(__file__).parents[3]
THE_PORT = ROOT / "services" / "respond" / "shell" / "send_port.py"


def _speaks(tree: ast.AST) -> bool:
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "reply"
        and any(word.arg == "approval" for word in node.keywords)
        for node in ast.walk(tree)
    )


def _names_a_speaker(tree: ast.AST) -> bool:
    return any(isinstance(node, ast.Name) and node.id == "Speaker" for node in ast.walk(tree))


def test_only_the_send_port_calls_a_speaker() -> None:
    speaking = {
        path
        for path in (ROOT / "services").rglob("*.py")
        if _speaks(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert speaking == {THE_PORT}


def test_only_the_send_port_names_a_speaker() -> None:
    naming = {
        path
        for path in (ROOT / "services").rglob("*.py")
        if _names_a_speaker(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert naming == {THE_PORT}


def test_an_effect_without_an_approval_cannot_become_an_approved_text() -> None:
    effect = Effect(
        effect_id="e",
        effect_kind="send_reply",
        status="decided",
        body="text",
        decided_at=START,
        decided_seq=1,
    )
    with pytest.raises(PermanentError):
        Approved.of(effect, None)
