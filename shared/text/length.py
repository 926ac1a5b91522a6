"""How long a text is where lengths are counted in GBK bytes: ASCII is a half, all else a whole.

Characters outside the basic plane count two, to be safe: platforms differ on them.
"""


def units(text: str) -> float:
    """Return the length in full-width characters."""
    wide = len(text.encode("utf-16-le", "surrogatepass"))
    return (wide - len(text.encode("ascii", "ignore"))) / 2
