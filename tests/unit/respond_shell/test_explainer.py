"""Explanations come from a process of their own, or not at all."""

import asyncio
import sys

import pytest

from services.respond.shell.explainer import ChildExplainer
from shared.contracts.verdicts import Label


async def test_the_classifier_says_what_a_complaint_is_made_of() -> None:
    told = await ChildExplainer().explain("等了三天没人管，我要投诉！")
    assert told is not None
    complaint = next(each for each in told.labels if each.label is Label.COMPLAINT)
    assert complaint.decided
    assert complaint.pieces
    assert complaint.flip is not None


@pytest.mark.parametrize(
    "script", ["raise SystemExit(2)", "print('{}')", "import time; time.sleep(60)"]
)
async def test_a_process_that_says_nothing_of_use_is_no_failure_of_the_console(
    script: str,
) -> None:
    explainer = ChildExplainer((sys.executable, "-c", script), limit_seconds=1.0)
    assert await explainer.explain("好") is None
    assert await ChildExplainer(("/no/such/program",)).explain("好") is None


async def test_nobody_waits_for_long_behind_others_who_ask() -> None:
    explainer = ChildExplainer(
        (sys.executable, "-c", "import time; time.sleep(60)"), limit_seconds=0.5
    )
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        for n in range(20):
            group.create_task(explainer.explain(f"{n}"))
