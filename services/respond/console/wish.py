"""One thing a person may ask for, and the fact it becomes."""

from dataclasses import dataclass
from typing import Annotated, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, StringConstraints, TypeAdapter

from shared.contracts.base import FactBase
from shared.contracts.facts import OperatorFact

OpId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{8,80}$")]
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.:-]{1,80}$")]
Hash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Needed = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class Body(BaseModel):
    """`op_id` makes a retry the same operation; the header `Idempotency-Key` serves as well."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    op_id: OpId | None = None

    def needs(self) -> str:
        """Return the action this very body needs, if that is another than its wish's."""
        return ""


_FACT: TypeAdapter[OperatorFact] = TypeAdapter(OperatorFact)


class Ask(NamedTuple):
    """Who asks for what: `target` is the case, page or account; empty for the organisation."""

    op_id: str
    person_id: str
    target: str


@dataclass(frozen=True, slots=True)
class Wish:
    """One thing a person may ask for, and the fact it becomes.

    The fields of the body are fields of the fact; a test holds the two together.
    """

    name: str
    about: Literal[
        "case",
        "page",
        "account",
        "model",
        "pack",
        "position",
        "ban",
        "entry",
        "incident",
        "plan",
        "item",
        "organisation",
    ]
    summary: str
    body: type[Body]
    becomes: type[FactBase]

    @property
    def permission(self) -> str:
        """Return the action a caller must be allowed to reach this at all."""
        return str(self.becomes.model_fields["kind"].default)

    @property
    def target(self) -> str:
        """Return the field of the fact that names what it is about; "" for the organisation."""
        named = {"pack": "pack", "organisation": ""}
        return named.get(self.about, f"{self.about}_id")

    @property
    def verb(self) -> str:
        """Return its name where the address says what it is about already."""
        short = self.about in {"pack", "incident", "plan"}
        return self.name.removeprefix(f"{self.about}-") if short else self.name

    def needs(self, body: Body) -> str:
        """Return the action this very body needs: releasing a stop is not stopping."""
        return body.needs() or self.permission

    def fact(self, ask: Ask, body: Body) -> OperatorFact:
        values: dict[str, object] = body.model_dump()
        values |= {"op_id": ask.op_id, "person_id": ask.person_id}
        if self.target:
            values[self.target] = ask.target
        return _FACT.validate_python(self.becomes.model_validate(values))
