"""Private messages pushed by Weibo: the signature is checked before anything is parsed.

The signature does not cover the body, so it must be fresh, and each nonce admits one body.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from shared.platforms.account import Account
from shared.platforms.port import Incoming, Rejected
from shared.platforms.weibo.mapping import Owner, parse_message

FRESH_SECONDS = 300.0
MAX_VALUE_CHARS = 128
_MILLISECOND_DIGITS = 13


def sign(secret: str, timestamp: str, nonce: str) -> str:
    """Return SHA-1 over the three values in sorted order, as Weibo defines it."""
    joined = "".join(sorted((secret, timestamp, nonce)))
    return hashlib.sha1(joined.encode(), usedforsecurity=False).hexdigest()


class WeiboWebhook:
    """The pushed side of one account (`shared.platforms.port.Webhook`)."""

    def __init__(self, account: Account) -> None:
        self._secret = account.app_secret
        self._owner = Owner(account.account_id, account.native_id)

    def challenge(self, query: Mapping[str, str]) -> str | None:
        """Return the echo for a valid registration check, None for a false one."""
        if not self._is_signed(query):
            return None
        return query.get("echostr", "")[:MAX_VALUE_CHARS]

    def verify(self, query: Mapping[str, str], now: datetime) -> str | None:
        """Return the nonce if the signature holds and is fresh, else None."""
        if not self._is_signed(query):
            return None
        signed_at = _seconds(query["timestamp"])
        if signed_at is None or abs(now.timestamp() - signed_at) > FRESH_SECONDS:
            return None
        return f"{query['timestamp']}-{query['nonce']}"

    def parse(self, body: bytes) -> tuple[Sequence[Incoming], Sequence[Rejected]]:
        """Turn a verified body into facts: one message, or a list of them."""
        try:
            payload = json.loads(body, parse_float=str)
        except (ValueError, RecursionError):
            return [], [Rejected("push that is not JSON")]
        rows = payload if isinstance(payload, list) else [payload]
        incoming: list[Incoming] = []
        rejected: list[Rejected] = []
        for row in rows:
            parsed = (
                parse_message(row, self._owner)
                if isinstance(row, Mapping)
                else Rejected("push that is no object")
            )
            if isinstance(parsed, Rejected):
                rejected.append(parsed)
            else:
                incoming.append(parsed)
        return incoming, rejected

    def _is_signed(self, query: Mapping[str, str]) -> bool:
        """An account without a secret has no webhook: nothing is ever signed for it."""
        secret = self._secret.get_secret_value()
        values = [query.get(name, "") for name in ("timestamp", "nonce", "signature")]
        if not secret or not all(0 < len(value) <= MAX_VALUE_CHARS for value in values):
            return False
        timestamp, nonce, signature = values
        expected = sign(secret, timestamp, nonce)
        return hmac.compare_digest(expected.encode(), signature.encode())


def _seconds(timestamp: str) -> float | None:
    """Weibo stamps milliseconds; seconds are taken too."""
    if not (timestamp.isascii() and timestamp.isdigit()):
        return None
    value = int(timestamp)
    return value / 1000 if len(timestamp) >= _MILLISECOND_DIGITS else float(value)
