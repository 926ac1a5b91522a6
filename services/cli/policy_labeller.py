"""The shipped classifier as rules of a pack ask it: loaded when a text first needs it."""

from collections.abc import Mapping
from functools import cached_property, lru_cache

from services.classify.adapters.engine import Classifier
from shared.runtime.text_tables import load_tables


class LazyLabeller:
    """Labels that are decided for a text, per mille, the surest first."""

    def __init__(self) -> None:
        """Remember the latest texts: many rules ask for the same one."""
        self._sure = lru_cache(maxsize=64)(self._judge)

    @cached_property
    def _classifier(self) -> Classifier:
        return Classifier.load(None, load_tables())

    def __call__(self, text: str) -> Mapping[str, int]:
        return self._sure(text)

    def _judge(self, text: str) -> Mapping[str, int]:
        verdict = self._classifier.judge([text])[0]
        sure = {each: round(1000 * verdict.labels.get(each, 0)) for each in verdict.decided}
        return dict(sorted(sure.items(), key=lambda each: -each[1]))
