"""An explanation as plain values."""

from typing import TYPE_CHECKING, Any

from services.classify.adapters.engine import Classifier
from services.classify.core.scores import MILLION
from shared.contracts.verdicts import Label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from services.classify.adapters.explain import Explanation


def explanation(
    classifier: Classifier, text: str, labels: "Sequence[Label]", most: int
) -> dict[str, Any]:
    """Return the verdict on a text and, label by label, what it is made of.

    Places count characters of `text`; weights are logits.
    """
    [verdict] = classifier.judge([text])
    return {
        "text": text,
        "model": verdict.model,
        "degraded": list(verdict.degraded),
        "decided": [label.value for label in verdict.decided],
        "abstained": verdict.abstained,
        "reasons": [each.model_dump(mode="json", exclude_none=True) for each in verdict.reasons],
        "labels": [_label(text, each, most) for each in classifier.explain(text, labels)],
    }


def _label(text: str, explained: "Explanation", most: int) -> dict[str, Any]:
    flip = explained.flip
    return {
        "label": explained.label.value,
        "probability": explained.belief,
        "decides_at": explained.bar.decide / MILLION,
        "asks_at": explained.bar.doubt / MILLION,
        "decided": explained.decided,
        "starts_at": explained.bias / 1000,
        "pieces": [
            {
                "what": each.what or text[each.start : each.end],
                "kind": each.what.partition(":")[0] or "text",
                "start": each.start,
                "end": each.end,
                "weight": each.weight / 1000,
            }
            for each in explained.pulls[:most]
        ],
        "flip": flip
        and {
            "without": [
                {"start": start, "end": end, "text": text[start:end]} for start, end in flip.cut
            ],
            "probability": flip.belief,
        },
    }
