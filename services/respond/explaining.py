"""What a verdict is made of, as respond asks for it and shows it."""

from typing import Literal, Protocol

from shared.contracts.base import Frozen
from shared.contracts.verdicts import Label


class Piece(Frozen):
    """What moves a label: some characters, a term of a list, or the look of the whole text."""

    what: str
    kind: Literal["text", "list", "form"]
    weight: float

    @property
    def name(self) -> str:
        """Return which list or form it is."""
        return self.what.partition(":")[2].partition(" ")[0]

    @property
    def rest(self) -> str:
        """Return what a form is about."""
        return self.what.partition(" ")[2]


class Stretch(Frozen):
    """Some characters of the text."""

    text: str


class Turn(Frozen):
    """Without these the label would turn, and this is how likely it would be."""

    without: tuple[Stretch, ...]
    probability: float


class LabelExplained(Frozen):
    """One label: how likely, from where on it is decided, its strongest pieces, its turn."""

    label: Label
    probability: float
    decides_at: float
    decided: bool
    pieces: tuple[Piece, ...]
    flip: Turn | None


class Explained(Frozen):
    """What a model makes of a text."""

    model: str
    labels: tuple[LabelExplained, ...]


class Explainer(Protocol):
    """Whoever can say what a verdict is made of."""

    async def explain(self, text: str) -> Explained | None:
        """Return what a text's verdict is made of; None: that cannot be told now."""
        ...
