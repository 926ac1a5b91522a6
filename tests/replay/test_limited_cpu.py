"""Invariant 7: a machine that can do less decides the same, byte for byte."""

import json
import os
import platform
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from services.cli.replay.engine import replay

MARKET = Path("tests/recordings/market-day.jsonl")
EXPECTED = Path("tests/recordings/market-day.expected.txt")
OLDEST = {"x86_64": "Nehalem", "aarch64": "ARMV8", "arm64": "ARMV8"}
"""What OpenBLAS then takes itself to run on: for each architecture the least it knows."""
CHILD = """
import sys
from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__
from services.cli.app import run
left = [each for each in __cpu_dispatch__ if __cpu_features__[each]]
assert left == [], f"still there: {left}"
sys.exit(run(["replay", *sys.argv[1:], "--json"], {}))
"""


def dispatched() -> list[str]:
    """Return what numpy would use of this machine beyond the least it is built for."""
    core = import_module("numpy._core._multiarray_umath")
    return [each for each in core.__cpu_dispatch__ if core.__cpu_features__[each]]


def replayed_on_less(features: list[str]) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(MARKET), "--expect", str(EXPECTED)],
        env={
            "PATH": os.defpath,
            "NPY_DISABLE_CPU_FEATURES": " ".join(features),
            "OPENBLAS_CORETYPE": OLDEST[platform.machine()],
            "OMP_NUM_THREADS": "1",
        },
        check=True,
        capture_output=True,
        text=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_a_replay_with_limited_cpu_features_has_the_same_digest() -> None:
    features = dispatched()
    assert features, "this machine has nothing to be taken away: the test would compare nothing"
    less = replayed_on_less(features)
    assert less["items"] > 0
    assert less["digest"] == replay(MARKET, pack="company").digest
