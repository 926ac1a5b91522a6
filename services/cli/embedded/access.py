"""Who may do what on the embedded servers: the very files of deploy/, with passwords of our own."""

import hashlib
import hmac
from collections.abc import Mapping
from pathlib import Path

RULES = Path(__file__).resolve().parents[3] / "deploy"
USERS = ("ingest", "classify", "respond", "watchdog", "archive", "operator", "admin")
WITHOUT_STORE = frozenset({"classify", "archive"})
"""They have no business in Valkey, so they have no user there."""
ADMIN = "admin"


def password(secret: str, user: str) -> str:
    """Return a user's password on the server with this secret; the letter keeps it no number."""
    return "p" + hmac.new(secret.encode(), user.encode(), hashlib.sha256).hexdigest()


def log_rules() -> str:
    """Return the rules of NATS, which takes passwords from its environment."""
    return (RULES / "nats" / "users.conf").read_text(encoding="utf-8")


def log_passwords(secret: str) -> Mapping[str, str]:
    """Return the environment that these rules ask for."""
    return {f"NATS_{user.upper()}_PASSWORD": password(secret, user) for user in USERS}


def store_rules(secret: str) -> str:
    """Return the rules of Valkey with the hash of everybody's password, as start.sh writes them."""
    lines = (RULES / "valkey" / "users.acl").read_text(encoding="utf-8").splitlines()
    return "".join(f"{line} {_key(secret, line.split()[1])}\n" for line in lines)


def _key(secret: str, user: str) -> str:
    if user not in USERS:  # the server's own default user, which stays off
        return "off"
    return "#" + hashlib.sha256(password(secret, user).encode()).hexdigest()
