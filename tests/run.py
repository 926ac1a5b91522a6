"""Runs the areas of the test suite three at a time, with coverage, and prints the time of each.

`python -m tests.run all | quick | nightly`. Exit code 0 only if every area passed.
"""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
BIN = Path(PYTHON).parent
LANES = 3
"""One more than the least machine has cores: the areas with real processes wait a good deal."""
CORES = "services/*/core/*,shared/contracts/*,shared/policy/*,shared/text/*"


@dataclass(frozen=True)
class Area:
    """One command whose time is shown; what it printed is shown when it fails."""

    name: str
    command: tuple[str, ...]


@dataclass(frozen=True)
class Result:
    """What became of an area."""

    area: Area
    code: int
    seconds: float
    output: str


def pytest_area(name: str, *args: str) -> Area:
    """Return an area that runs pytest under coverage."""
    return Area(name, (PYTHON, "-m", "coverage", "run", "-m", "pytest", "-q", *args))


def plain_area(name: str, *args: str) -> Area:
    """Return an area of the inner loop: no coverage, which doubles the time, and shorter laws."""
    return Area(name, (PYTHON, "-m", "pytest", "-q", "--hypothesis-profile=quick", *args))


STYLE = (
    Area("style", (str(BIN / "ruff"), "check", "--quiet", ".")),
    Area("format", (str(BIN / "ruff"), "format", "--check", "--quiet", ".")),
    Area("types", (str(BIN / "mypy"),)),
    Area("imports", (str(BIN / "lint-imports"), "--no-logo")),
)
INNER = "not servers and not browser and not training and not space and not long"
WHOLE_PAGES = ("tests/unit/console", "tests/unit/respond_shell/test_removal_port.py")
"""Parts of the unit tests that speak HTTP to a whole console or platform; left to the full run."""
APART = ("tests/unit/classify", "tests/unit/cli_chaos", "tests/unit/cli_doctor",
         "tests/unit/cli_up", "tests/unit/cli_use")  # fmt: skip
"""The larger parts of the unit tests, run beside the others in the inner loop."""
HEAVY = ("tests/unit/classify", "tests/unit/policy")
"""The parts of the unit tests that take longest, run beside the others."""
QUICK = (
    plain_area("classify", "tests/unit/classify", "-m", INNER),
    plain_area(
        "unit",
        "tests/unit",
        "--ignore=tests/unit/policy",
        *(f"--ignore={each}" for each in (*APART, *WHOLE_PAGES)),
        "-m",
        INNER,
    ),
    plain_area("policy", "tests/unit/policy", "-m", INNER),
    plain_area("commands", *APART[1:], "-m", INNER),
    plain_area("laws", "tests/property"),
    plain_area("architecture", "tests/architecture"),
)
FULL = (
    pytest_area("end-to-end", "tests/e2e", "--ignore-glob=*/test_whole_house.py"),
    pytest_area("lasting", "tests/lasting", "--ignore=tests/lasting/test_chaos.py"),
    pytest_area("scenario", "tests/scenario"),
    pytest_area("unit", "tests/unit", *(f"--ignore={each}" for each in HEAVY)),
    pytest_area("house", "tests/e2e/test_whole_house.py"),
    pytest_area("policy", "tests/unit/policy"),
    pytest_area("laws", "tests/property"),
    pytest_area("classify", "tests/unit/classify"),
    pytest_area("replay", "tests/replay"),
    pytest_area("deploy", "tests/deploy"),
    pytest_area("chaos", "tests/lasting/test_chaos.py"),
    pytest_area("contract", "tests/contract"),
    pytest_area("architecture", "tests/architecture"),
)
"""The longest first: what is short fills the lanes at the end."""
NIGHTLY = (
    pytest_area("laws-long", "tests/property", "--hypothesis-profile=nightly", "--timeout=1800"),
    pytest_area("streams", "tests/nightly", "-s"),
)


def run_area(area: Area) -> Result:
    """Run one area and keep its output.

    Bytecode is kept, whatever the shell says: rewriting every assert anew is a third of a short run.
    """
    started = time.perf_counter()
    env = dict(os.environ) | {"PYTHONDONTWRITEBYTECODE": "", "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        area.command, cwd=ROOT, env=env, check=False, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    return Result(area, done.returncode, time.perf_counter() - started, done.stdout)


def run_areas(areas: Sequence[Area], *, verbose: bool = False) -> list[Result]:
    """Run areas three at a time, printing each as it ends."""
    results = []
    with ThreadPoolExecutor(max_workers=LANES) as pool:
        for result in pool.map(run_area, areas):
            results.append(result)
            last = result.output.strip().splitlines()[-1:] or ["ok"]
            word = "ok  " if result.code == 0 else "FAIL"
            say(f"{word} {result.area.name:<14}{result.seconds:7.1f} s  {last[0][:90]}")
            if result.code != 0 or verbose:
                say(result.output)
    return results


def coverage() -> list[Result]:
    """Combine what the areas measured; cores must be whole, the rest at least nine tenths."""
    tool = (PYTHON, "-m", "coverage")
    steps = (
        Area("combine", (*tool, "combine", "--quiet")),
        Area("cores 100 %", (*tool, "report", f"--include={CORES}", "--fail-under=100")),
        Area("all 90 %", (*tool, "report", "--fail-under=90")),
    )
    return [result for step in steps for result in run_areas([step])]


def say(line: str) -> None:
    """Write a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def summary(results: Sequence[Result], seconds: float) -> int:
    """Print the closing line and return the exit code."""
    failed = [each.area.name for each in results if each.code != 0]
    say(f"whole run: {seconds:.0f} s" + (f"; failed: {', '.join(failed)}" if failed else ""))
    say(f"{len(results) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0


def main(mode: str) -> int:
    """Run one mode."""
    started = time.perf_counter()
    subprocess.run([PYTHON, "-m", "coverage", "erase"], cwd=ROOT, check=True)
    areas = {"all": STYLE + FULL, "quick": STYLE + QUICK, "nightly": NIGHTLY}[mode]
    results = run_areas(areas, verbose=mode == "nightly")
    if mode == "all":
        results += coverage()
    return summary(results, time.perf_counter() - started)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "all"))
