"""What the parts of a pack have in common: immutable, and nothing in them is unknown."""

from pydantic import BaseModel, ConfigDict


class Rules(BaseModel):
    """A part of a pack. A key nobody knows is a mistake and named as one."""

    model_config = ConfigDict(frozen=True, extra="forbid")
