"""Ids come from causes, so the same cause always makes the same id."""

import base64
import hashlib

TOKEN_CHARS = 20


def token(*parts: str) -> str:
    """Return 20 lower-case base32 characters (100 bits of SHA-256) that stand for `parts`.

    Parts are length-prefixed, so ("ab", "c") and ("a", "bc") differ. Safe as a subject token,
    a key or a file name whatever the parts contain.
    """
    digest = hashlib.sha256()
    for part in parts:
        raw = part.encode("utf-8", "surrogatepass")
        digest.update(len(raw).to_bytes(4, "big"))
        digest.update(raw)
    return base64.b32encode(digest.digest()[:13]).decode("ascii")[:TOKEN_CHARS].lower()


def item_id(platform: str, account: str, item_kind: str, native_id: str) -> str:
    """Identity of one incoming item; push and poll shapes of it share `native_id`."""
    return token("item", platform, account, item_kind, native_id)


def edit_version(previous_version: str, text: str) -> str:
    """Version of an item whose platform gives no edit time (invariant 9)."""
    return token("version", previous_version, text)
