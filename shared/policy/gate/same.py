"""A key by identity: what is built from rules is built once for each of them, not compared whole."""

from typing import Generic, TypeVar

It = TypeVar("It")


class Same(Generic[It]):
    """Stands for one object, which it keeps; equal only to another that stands for the same."""

    __slots__ = ("it",)

    def __init__(self, it: It) -> None:
        self.it = it

    def __hash__(self) -> int:
        return id(self.it)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and self.it is other.it
