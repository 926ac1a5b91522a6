"""A port for a server of ours."""

import secrets
import socket

from shared.errors import UserError

HOST = "127.0.0.1"
OURS = range(20_000, 32_000)
"""Below what systems hand out to outgoing connections: one of those would take it before we do."""
TRIES = 50


def free_port(wanted: int = 0) -> int:
    """Return `wanted` if nobody listens there, else a port that is free right now."""
    ours = [secrets.choice(OURS) for _ in range(TRIES)]
    for port in [wanted, *ours] if wanted else ours:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return port
    raise UserError("no free port on this machine", fix="end a few programs")
