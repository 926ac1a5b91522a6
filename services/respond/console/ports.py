"""What the console needs beyond respond's own ports."""

from typing import Protocol


class Credentials(Protocol):
    """Passwords of people; the hashes never leave the implementation."""

    async def verify(self, person_id: str, password: str) -> bool:
        """Tell whether this is the person's password; takes as long for unknown people."""
        ...
