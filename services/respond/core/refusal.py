"""The answer no, with a code that clients may rely on."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an operation was not done; `code` is stable for clients.

    `what` is what it is about, as people of the house call it: a post, a rule, a department.
    """

    code: str
    reason: str = ""
    what: str = ""
    rules: tuple[str, ...] = ()
    """The rules that say so, by their own ids and those of the catalogue."""

    def detail(self) -> dict[str, str]:
        """Return what a client may show beside the reason."""
        told = {"what": self.what, "rules": ", ".join(self.rules)}
        return {name: each for name, each in told.items() if each}
