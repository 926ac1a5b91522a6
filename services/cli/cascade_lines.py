"""Lines of `classify cascade` as plain values: a file in, one JSON answer a cascade out."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from pydantic import ValidationError

from services.classify.adapters.engine import Classifier
from services.classify.core.cascade_lines import Cascade, Line, cascades_of
from services.cli.lines import batches, decoded, lines_of, wrong
from shared.policy.cascade import MINUTES

FIX = 'write {"event","kind":"post|repost|comment","text","dt_s"} with the post of an event first'


def read(file: Path | None) -> tuple[list[Cascade], list[str]]:
    """Return the cascades of a file, and an answer for each line that cannot be read.

    Raises:
        UserError: the file cannot be read, or its lines make no cascades.
    """
    lines: list[Line] = []
    bad: list[str] = []
    for number, raw in enumerate(_raw(file), 1):
        try:
            text = decoded(raw, number)
            if text.strip():
                lines.append(Line.model_validate_json(text))
        except (UnicodeDecodeError, ValidationError) as error:
            answer = {"error": {"line": number, "what": wrong(error), "fix": FIX}}
            bad.append(json.dumps(answer, ensure_ascii=False))
    return cascades_of(lines), bad


def foretold(classifier: Classifier, told: Sequence[Cascade]) -> Iterator[str]:
    """Yield one line of JSON for each cascade, in order."""
    for each, beliefs in zip(told, classifier.foretell(told), strict=True):
        yield json.dumps(
            {
                "event": each.event,
                "minutes": list(MINUTES),
                "p": beliefs,
                "reposts": len(each.reposts),
                "model": classifier.model,
            },
            ensure_ascii=False,
        )


def _raw(file: Path | None) -> Iterator[bytes]:
    if file is not None:
        yield from lines_of(file)
        return
    for some in batches(None):
        yield from some
