"""Judges that know one poisonous text."""

from collections.abc import Sequence
from typing import ClassVar

from shared.contracts.verdicts import Label, Reason, Verdict
from shared.errors import PermanentError


class FakeJudge:
    """Finds everything to be `other`, and raises on the poisonous text."""

    POISON: ClassVar[str] = "毒"
    model = "fake"

    def __init__(self) -> None:
        self.calls = 0
        self.reasons = 0

    def judge(self, texts: Sequence[str]) -> list[Verdict]:
        self.calls += 1
        if self.POISON in texts:
            message = "a bug on this text"
            raise ValueError(message)
        return [_verdict(self.reasons, degraded=not text) for text in texts]


class FakeLastResort:
    """Answers, or fails as a crashed process does; remembers what it was asked."""

    def __init__(self, *, fails: bool = False) -> None:
        self.texts: list[str] = []
        self._fails = fails

    async def judge(self, texts: Sequence[str]) -> Sequence[Verdict | PermanentError]:
        self.texts += texts
        failed = PermanentError("judging it ended with -11")
        return [
            failed if self._fails and FakeJudge.POISON in text else _verdict() for text in texts
        ]


def _verdict(reasons: int = 0, *, degraded: bool = False) -> Verdict:
    why = Reason(label=Label.OTHER, start=0, end=1, source="model", weight=1.0)
    return Verdict.of(
        {Label.OTHER: 1.0},
        decided=(Label.OTHER,),
        reasons=(why,) * reasons,
        model=FakeJudge.model,
        degraded=("no_text",) if degraded else (),
    )
