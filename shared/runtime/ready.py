"""Asks a server of this container whether it is ready; ends with code 1 if not.

`python -m shared.runtime.ready PORT [PATH]` asks over HTTP; `... ready PORT USER PASSWORD` asks Valkey. Run every few
seconds beside each server, so it imports next to nothing.
"""

import socket
import sys
from collections.abc import Sequence

SECONDS = 3.0
LONGEST = 4096


def main(words: Sequence[str]) -> int:
    """Return 0 if the server is ready."""
    port, *rest = words
    if len(rest) > 1:
        said = f"AUTH {rest[0]} {rest[1]}\r\nPING\r\nQUIT\r\n"
        return 0 if "+PONG" in _answer(int(port), said) else 1
    path = rest[0] if rest else "/readyz"
    said = f"GET {path} HTTP/1.0\r\nHost: localhost\r\n\r\n"
    return 0 if _answer(int(port), said).split(" ")[1:2] == ["200"] else 1


def _answer(port: int, said: str) -> str:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=SECONDS) as connection:
            connection.sendall(said.encode())
            heard = b""
            while len(heard) < LONGEST and (more := connection.recv(LONGEST)):
                heard += more
    except OSError:
        return ""
    return heard.decode("ascii", "replace")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
