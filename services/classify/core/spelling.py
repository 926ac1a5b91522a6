"""How a batch of verdicts is spelt: what hundreds of texts have in common is spelt once."""

from functools import lru_cache
from itertools import compress
from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.classify.core.rules import LABELS

_THOUSAND: Final = 1000
_NUL: Final = b"\0"
"""Fills up what has fewer than four characters; it is no character of a number."""


def _cells(*spelt: str) -> NDArray[np.uint32]:
    """Return each of some texts of at most four characters as one number."""
    return np.array([each.encode().ljust(4, _NUL) for each in spelt]).view(np.uint32)


_THOUSANDS: Final = _cells("", *(str(each) for each in range(1, _THOUSAND + 1)))
_REST: Final = _cells(
    *(f"{each} " for each in range(_THOUSAND)), *(f"{each:03} " for each in range(_THOUSAND))
)
"""What follows the thousands: first where there are none, then where zeros count."""
_ROW_ENDS: Final = _cells("\n")


def numbers(table: NDArray[np.int64]) -> list[str]:
    """Return each row as its numbers apart by spaces; they are 0 to a million."""
    thousands, rest = np.divmod(table, _THOUSAND)
    rest += _THOUSAND * (thousands > 0)
    rows, columns = table.shape
    cells = np.empty((rows, 2 * columns + 1), np.uint32)
    cells[:, :-1:2] = _THOUSANDS.take(thousands)
    cells[:, 1::2] = _REST.take(rest)
    cells[:, -1] = _ROW_ENDS
    return cells.tobytes().translate(None, _NUL).decode().split(" \n")[:-1]


def held(decided: NDArray[np.bool_]) -> list[str]:
    """Return the labels of each row, apart by commas."""
    return [_held(each) for each in (decided @ _BITS).tolist()]


_BITS: Final = 1 << np.arange(len(LABELS))


@lru_cache(maxsize=4096)
def _held(bits: int) -> str:
    return ",".join(compress(LABELS, (_BITS & bits).tolist()))
