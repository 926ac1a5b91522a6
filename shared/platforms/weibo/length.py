"""How long Weibo thinks a text is: 140 units, a full-width character is one, ASCII a half."""

COMMENT_UNITS = 140
MESSAGE_CHARS = 300
"""A private message must be shorter than this many characters."""
_FIRST_OUTSIDE_BMP = 0x10000


def units(text: str) -> float:
    """Return the length in units; characters outside the BMP count 2, to be safe."""
    halves = 0
    for char in text:
        code = ord(char)
        halves += 1 if code < 0x80 else 4 if code >= _FIRST_OUTSIDE_BMP else 2  # noqa: PLR2004
    return halves / 2
