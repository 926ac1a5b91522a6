"""A server that answers in an unexpected shape is a store that cannot work, not a crash."""

import pytest

from shared.store.port import StoreAwayError
from shared.store.redis_link import _meaning
from shared.store.redis_store import _bytes, _int, _list


def test_an_answer_of_the_wrong_shape_is_told() -> None:
    with pytest.raises(StoreAwayError, match="list"):
        _list(b"text")
    with pytest.raises(StoreAwayError, match="text"):
        _bytes(3)
    with pytest.raises(StoreAwayError, match="number"):
        _int(None)


def test_whatever_the_server_refuses_otherwise_is_a_store_that_cannot_work() -> None:
    assert isinstance(_meaning("MISCONF Errors writing to the AOF file"), StoreAwayError)
