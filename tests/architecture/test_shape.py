"""The shape of the repository: sizes, names, golden schemas, nothing foreign, nothing forgotten."""

import ast
import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.contracts.facts import FACT_CLASSES
from tests.golden import SCHEMAS, schemas
from tests.tables import tables

ROOT = Path(__file__).resolve().parents[2]
LONGEST_FILE = 300
LARGEST_FILE = 200_000
RIDDLES = {"utils", "helpers", "common", "misc", "manager"}


def tracked(*patterns: str) -> list[Path]:
    """Return the files git tracks or would track."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", *patterns]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def test_no_python_file_is_longer_than_300_lines() -> None:
    long = {
        str(path.relative_to(ROOT)): count
        for path in tracked("*.py")
        if (count := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_FILE
    }
    assert long == {}


def test_no_tracked_file_but_weights_and_locks_is_large() -> None:
    large = [
        str(path.relative_to(ROOT))
        for path in tracked()
        if path.stat().st_size > LARGEST_FILE and "weights" not in path.parts
    ]
    assert large == []


def test_no_module_is_named_by_a_riddle() -> None:
    assert [path for path in tracked("*.py") if path.stem in RIDDLES] == []


def test_every_fact_has_its_golden_schema_and_no_other_is_left() -> None:
    found = {path.name: path.read_text(encoding="utf-8") for path in SCHEMAS.glob("*.json")}
    assert found == schemas(), "a contract changed: run 'make golden' and review the diff"


def test_subject_strings_stand_in_one_module_only() -> None:
    pattern = re.compile(r"""["']zs(-live)?\.v\d""")
    holders = [
        str(path.relative_to(ROOT))
        for path in tracked("services/*.py", "shared/*.py")
        if pattern.search(path.read_text(encoding="utf-8"))
    ]
    assert holders in ([], ["shared/contracts/subjects.py"])


@pytest.mark.parametrize("fact", FACT_CLASSES, ids=lambda fact: fact.__name__)
def test_every_fact_says_what_it_is(fact: type) -> None:
    assert (fact.__doc__ or "").strip(), f"{fact.__name__} has no docstring"


PATCHES = {"setattr", "setitem", "delattr", "delitem", "syspath_prepend"}
ONLY_PATCH = "test_the_fold_reads_no_file_no_environment_and_no_network"
WAITING = "tests/fakes/waiting.py"


def calls(node: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Yield every call of an attribute, with the attribute's name."""
    for each in ast.walk(node):
        if isinstance(each, ast.Call) and isinstance(each.func, ast.Attribute):
            yield each.func.attr, each


def test_nothing_is_patched_in_tests_but_what_the_fold_must_never_reach() -> None:
    patched = [
        getattr(part, "name", str(path.relative_to(ROOT)))
        for path in tracked("tests/*.py")
        for part in ast.parse(path.read_text(encoding="utf-8")).body
        for name, _ in calls(part)
        if name in PATCHES
    ]
    assert patched == [ONLY_PATCH], "make it an argument, or bring the real condition about"


def test_real_time_passes_only_in_the_waits_for_what_is_real() -> None:
    sleeping = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path in tracked("tests/*.py")
        for name, call in calls(ast.parse(path.read_text(encoding="utf-8")))
        if name == "sleep"
        and ast.unparse(call.func) in ("asyncio.sleep", "time.sleep")
        and ast.unparse(call) != "asyncio.sleep(0)"
        and str(path.relative_to(ROOT)) != WAITING
    ]
    assert sleeping == [], f"use {WAITING} for what is real, a virtual clock for what is ours"


def test_locks_hold_no_download_address() -> None:
    python = [path.read_text(encoding="utf-8") for path in ROOT.glob("requirements/*.txt")]
    assert not any("://" in text for text in python)
    packages = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert packages
    assert not any("resolved" in package for package in packages.values())


@pytest.mark.parametrize("page", ["events.md", "settings.md", "metrics.md"])
def test_reference_pages_say_what_the_code_says(page: str) -> None:
    path = ROOT / "docs" / page
    assert path.read_text(encoding="utf-8") == tables()[path], "run 'make golden'"


def test_every_link_in_the_docs_leads_somewhere() -> None:
    dead = [
        f"{path.relative_to(ROOT)}: {target}"
        for path in tracked("*.md")
        for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8"))
        if not (path.parent / target).exists()
    ]
    assert dead == []
