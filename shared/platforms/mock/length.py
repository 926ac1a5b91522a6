"""How the platform counts characters: GBK bytes halved, rounded up."""

LAST_ASCII = 0x7F
LAST_OF_BASIC_PLANE = 0xFFFF


def units(text: str) -> int:
    """Return the length in full-width characters; an emoji beyond the basic plane counts two."""
    return (sum(map(_halves, text)) + 1) // 2


def _halves(char: str) -> int:
    point = ord(char)
    if point <= LAST_ASCII:
        return 1
    return 2 if point <= LAST_OF_BASIC_PLANE else 4
