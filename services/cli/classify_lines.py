"""Lines of `classify text` as plain values: bytes in, one JSON answer a line out, in order."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

from services.classify.adapters.engine import Classifier
from services.cli.lines import TextLine, brought
from services.respond.core.judging import judge
from services.respond.core.weights import weighing_of
from shared.contracts.verdicts import Label, Verdict
from shared.policy.circumstances import Matter
from shared.policy.model import Pack
from shared.policy.weighing import Weighing, weigh

FIX = 'write {"id": "...", "text": "..."} or a plain line of UTF-8 text'


class Writer(BaseModel):
    """Who wrote it, as far as the line says."""

    model_config = ConfigDict(extra="ignore", strict=True)

    id: str = ""
    name: str | None = None
    followers: int | None = None
    verified: str | None = None
    earlier_cases: int | None = None


class Asked(TextLine):
    """One text to judge; what else a line holds is left alone."""

    model_config = ConfigDict(extra="ignore", strict=True)

    author: Writer = Writer()
    private: bool = False


@dataclass(frozen=True, slots=True)
class Bad:
    """A line that cannot be judged, and why."""

    line: int
    what: str

    def answer(self) -> dict[str, object]:
        """Return what is written in its place."""
        return {"error": {"line": self.line, "what": self.what, "fix": FIX}}


def parse(raw: bytes, number: int) -> Asked | Bad | None:
    """Return what a line asks; None for an empty one."""
    found = brought(raw, number, Asked)
    return Bad(number, found) if isinstance(found, str) else found


def answers(
    classifier: Classifier, pack: Pack | None, asked: Sequence[Asked | Bad]
) -> Iterator[str]:
    """Yield one line of JSON for each, in order."""
    verdicts = iter(classifier.judge([each.text for each in asked if isinstance(each, Asked)]))
    for each in asked:
        if isinstance(each, Bad):
            yield json.dumps(each.answer(), ensure_ascii=False)
        else:
            yield json.dumps(_answer(each, next(verdicts), pack), ensure_ascii=False)


def _labels(verdict: Verdict) -> dict[str, float]:
    """Return what is believed, and of both kinds of attack together."""
    labels = {label.value: value for label, value in verdict.labels.items()}
    attacks = [labels[each.value] for each in (Label.ABUSE, Label.HATE) if each in verdict.labels]
    return labels | ({"offensive": max(attacks)} if attacks else {})


def _answer(asked: Asked, verdict: Verdict, pack: Pack | None) -> dict[str, object]:
    decided = verdict.decided if pack is None else judge(verdict, pack).decided
    weight = weigh(
        _matter(asked, verdict, decided), Weighing() if pack is None else weighing_of(pack)
    )
    return {
        "id": asked.id,
        "labels": _labels(verdict),
        "decided": [label.value for label in decided],
        "abstained": verdict.abstained,
        "severity": weight.value,
        "severity_parts": [each.model_dump() for each in weight.parts],
        "topics": list(weight.topics),
        "from": list(weight.origins),
        "unknown": list(weight.unknown),
        "anger": verdict.anger,
        "reasons": [each.model_dump(mode="json", exclude_none=True) for each in verdict.reasons],
        "model": verdict.model,
        "policy": "" if pack is None else pack.content_hash(),
        "degraded": list(verdict.degraded),
    }


def _matter(asked: Asked, verdict: Verdict, decided: tuple[Label, ...]) -> Matter:
    return Matter(
        text=asked.text,
        decided=decided,
        anger=verdict.anger,
        abstained=verdict.abstained,
        author_id=asked.author.id,
        author_name=asked.author.name,
        followers=asked.author.followers,
        verified=asked.author.verified,
        earlier_cases=asked.author.earlier_cases,
        private=asked.private,
        degraded=bool(verdict.degraded),
    )
