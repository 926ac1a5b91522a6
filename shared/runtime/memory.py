"""How a process of ours holds its memory: seldom looked through, and not given back after a batch."""

import ctypes
import gc
from typing import Final

YOUNG, MIDDLE, OLD = 50_000, 50, 100
"""Objects before the cyclic collector looks at the young ones, and so on. A fold keeps hundreds of
thousands of values in which there are no cycles; with Python's 700 they are walked all the time,
which was half the cost of a fact in respond.
"""
_TRIM, _MMAP, _ARENAS = -1, -3, -8
_HELD: Final = ((_ARENAS, 1), (_MMAP, 32 << 20), (_TRIM, 128 << 20))
"""What glibc is told, by the numbers of its malloc.h: one arena, and what is free below these sizes
stays ours. A batch under judgement takes some 20 MB in a thread of its own; given back after each,
every page came again by a fault, a fifth of what an item cost classify.
"""


def settle() -> None:
    """Keep what stands now out of the collector's way, and memory once taken for the next batch."""
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, OLD)
    gc.enable()
    hold(ctypes.CDLL(None))


def hold(library: object) -> bool:
    """Tell the C library to keep freed memory; False where it knows nothing of this."""
    told = getattr(library, "mallopt", None)
    if told is None:
        return False
    taken = [told(what, size) for what, size in _HELD]
    return all(taken)
