"""What the store keeps is spelt quickly, and as the library would have spelt it."""

import json
from datetime import timedelta
from enum import StrEnum
from functools import partial
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import AwareDatetime, BaseModel

from services.respond.core.aggregates import AGGREGATES
from services.respond.core.state import Aggregate
from services.respond.shell.standing import encode_all
from shared.contracts.base import Frozen, built
from tests.fakes.builders import START

Values = st.SearchStrategy[Any]
SPAN = 10**15
"""Microseconds, thirty years."""
PLAIN: dict[object, Values] = {
    str: st.text(max_size=4),
    int: st.integers(-(2**40), 2**40),
    float: st.integers(0, 1000).map(lambda number: number / 1000),
    bool: st.booleans(),
    NoneType: st.none(),
    AwareDatetime: st.integers(0, SPAN).map(lambda at: START + timedelta(microseconds=at)),
}


def any_of(kind: Any) -> Values:  # noqa: ANN401  any annotation at all
    """Return values of a kind of field; a new kind of field fails here first."""
    origin, inner = get_origin(kind), get_args(kind)
    if kind in PLAIN:
        return PLAIN[kind]
    if origin is None:
        return of_class(kind)
    if origin is Annotated:
        return any_of(inner[0])
    if origin is Literal:
        return st.sampled_from(inner)
    if origin in {Union, UnionType}:
        return st.one_of([any_of(each) for each in inner])
    return of_many(origin, inner)


def of_many(origin: Any, inner: tuple[Any, ...]) -> Values:  # noqa: ANN401
    parts = [any_of(each) for each in inner if each is not Ellipsis]
    if origin is dict:
        return st.dictionaries(*parts, max_size=2)
    assert origin is tuple
    return st.lists(*parts, max_size=2).map(tuple) if Ellipsis in inner else st.tuples(*parts)


def of_class(kind: type) -> Values:
    if issubclass(kind, StrEnum):
        return st.sampled_from(kind)
    if issubclass(kind, BaseModel):
        return values_of(kind)
    assert issubclass(kind, tuple)
    return st.builds(kind, **{name: any_of(each) for name, each in kind.__annotations__.items()})


def values_of(kind: type[BaseModel]) -> Values:
    fields = {name: any_of(each.annotation) for name, each in kind.model_fields.items()}
    return st.fixed_dictionaries(fields).map(partial(made, kind))


def made(kind: type[BaseModel], fields: dict[str, Any]) -> BaseModel:
    return built(kind, fields) if issubclass(kind, Frozen) else kind.model_construct(**fields)


@pytest.mark.parametrize("prefix", AGGREGATES)
def test_an_aggregate_is_spelt_as_the_library_spells_it(prefix: str) -> None:
    @settings(max_examples=5, suppress_health_check=list(HealthCheck))
    @given(values_of(AGGREGATES[prefix]))
    def holds(value: Aggregate) -> None:
        written, _ = encode_all({value.key: value})
        assert value.landmarks is not None, "what is worked out is not written"
        assert encode_all({value.key: value})[0] == written
        assert json.loads(written[value.key]) == json.loads(value.model_dump_json())

    holds()
