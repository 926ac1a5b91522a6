"""Text from outside, made storable: valid Unicode of bounded length, otherwise left as it is."""

MAX_TEXT_CHARS = 20_000
"""Four times the longest post of any platform served; keeps one fact far below the bus's 1 MB."""
MAX_NAME_CHARS = 200


def storable(text: str, limit: int = MAX_TEXT_CHARS) -> str:
    """Return `text` with lone surrogates replaced and cut at `limit` characters."""
    cut = text[:limit]
    if cut.isascii():
        return cut
    return cut.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
