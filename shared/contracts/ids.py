"""Ids come from causes, so the same cause always makes the same id."""

import hashlib

TOKEN_CHARS = 26
_KEPT = 256
_SIZES = tuple(size.to_bytes(4, "big") for size in range(_KEPT))


def token(*parts: str) -> str:
    """Return 26 lower-case hex digits (104 bits of SHA-256) that stand for `parts`.

    Parts are length-prefixed, so ("ab", "c") and ("a", "bc") differ. Safe as a subject token,
    a key or a file name whatever the parts contain. Hex because it is on the hot path: base32
    took twice as long.
    """
    framed: list[bytes] = []
    for part in parts:
        raw = part.encode("utf-8", "surrogatepass")
        size = len(raw)
        framed += (_SIZES[size] if size < _KEPT else size.to_bytes(4, "big"), raw)
    return hashlib.sha256(b"".join(framed)).hexdigest()[:TOKEN_CHARS]


def item_id(platform: str, account: str, item_kind: str, native_id: str) -> str:
    """Identity of one incoming item; push and poll shapes of it share `native_id`."""
    return token("item", platform, account, item_kind, native_id)


def edit_version(previous_version: str, text: str) -> str:
    """Version of an item whose platform gives no edit time (invariant 9)."""
    return token("version", previous_version, text)
