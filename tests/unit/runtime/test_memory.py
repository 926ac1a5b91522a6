"""How a process holds its memory."""

import gc

from shared.runtime.memory import YOUNG, hold, settle


class CLibrary:
    """A C library that knows `mallopt`, and takes every size but those it refuses."""

    def __init__(self, *refused: int) -> None:
        self.refused, self.told = refused, dict[int, int]()

    def mallopt(self, what: int, size: int) -> int:
        self.told[what] = size
        return int(what not in self.refused)


def test_a_process_is_looked_through_seldom_and_what_stands_at_its_start_never() -> None:
    thresholds, frozen = gc.get_threshold(), gc.get_freeze_count()
    try:
        settle()
        assert gc.get_threshold()[0] == YOUNG
        assert gc.get_freeze_count() > frozen
        assert gc.isenabled()
    finally:
        gc.set_threshold(*thresholds)
        gc.unfreeze()


def test_a_batch_gives_no_memory_back() -> None:
    library = CLibrary()
    assert hold(library)
    assert set(library.told) == {-1, -3, -8}
    assert library.told[-1] > library.told[-3], "what is freed on top stays for the next batch"


def test_a_c_library_that_knows_nothing_of_it_is_left_alone() -> None:
    assert not hold(object())


def test_every_size_is_told_even_when_one_is_refused() -> None:
    library = CLibrary(-8)
    assert not hold(library)
    assert len(library.told) == 3
