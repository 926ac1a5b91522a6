"""The shipped classifier as rules of a pack ask it: loaded when a text first needs it."""

from collections.abc import Sequence
from functools import cached_property

from services.classify.adapters.engine import Classifier
from shared.runtime.text_tables import load_tables


class LazyLabeller:
    """Labels that are decided for a text, the surest first."""

    @cached_property
    def _classifier(self) -> Classifier:
        return Classifier.load(None, load_tables())

    def __call__(self, text: str) -> Sequence[str]:
        verdict = self._classifier.judge([text])[0]
        return sorted(verdict.decided, key=lambda label: -verdict.labels.get(label, 0))
