"""The answer no, with a code that clients may rely on."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an operation was not done; `code` is stable for clients."""

    code: str
    reason: str = ""
    rules: tuple[str, ...] = ()
    """The rules that say so, by their own ids and those of the catalogue."""
