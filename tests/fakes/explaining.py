"""Says something of any text, unless it is away."""

from services.respond.explaining import Explained, LabelExplained, Piece, Stretch, Turn
from shared.contracts.verdicts import Label


class AnExplainer:
    """An explainer whose answer is known."""

    def __init__(self) -> None:
        self.away = False

    async def explain(self, text: str) -> Explained | None:
        if self.away:
            return None
        complaint = LabelExplained(
            label=Label.COMPLAINT,
            probability=0.9,
            decides_at=0.5,
            decided=True,
            pieces=(
                Piece(what=text[:3], kind="text", weight=1.25),
                Piece(what="list:complaint", kind="list", weight=0.5),
                Piece(what="form:longer_than 25", kind="form", weight=-0.75),
            ),
            flip=Turn(without=(Stretch(text=text[:3]),), probability=0.1),
        )
        return Explained(model="other", labels=(complaint,))
