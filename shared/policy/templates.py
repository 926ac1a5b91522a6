"""Approved wordings with blanks: a sandboxed subset of Jinja2 without loops, calls or macros."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Final, NamedTuple

from jinja2 import StrictUndefined, Template, nodes
from jinja2 import TemplateError as JinjaError
from jinja2.meta import find_undeclared_variables
from jinja2.sandbox import ImmutableSandboxedEnvironment

VARIABLES = frozenset(
    {
        "author_name",
        "organisation",
        "account_name",
        "service_line",
        "help_line",
        "matter",
        "opening",
        "closing",
        "checked_by",
        "next_answer",
    }
)
_ALLOWED = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.If,
    nodes.Test,
    nodes.Not,
    nodes.And,
    nodes.Or,
    nodes.Const,
    nodes.Compare,
    nodes.Operand,
)
_MAX_SOURCE = 2_000
_EDGE: Final = "\x00"
"""Stands around a blank in a shape; no wording has it."""


class TemplateError(ValueError):
    """The wording uses more than blanks and conditions, or a blank nobody fills."""


@lru_cache(maxsize=1)
def _environment() -> ImmutableSandboxedEnvironment:
    return ImmutableSandboxedEnvironment(
        undefined=StrictUndefined,
        autoescape=False,
    )


@lru_cache(maxsize=1024)
def check_template(source: str) -> None:
    """Raise TemplateError unless `source` is made of text, known blanks and conditions only."""
    if len(source) > _MAX_SOURCE:
        message = f"longer than {_MAX_SOURCE} characters"
        raise TemplateError(message)
    try:
        tree = _environment().parse(source)
    except JinjaError as error:
        raise TemplateError(str(error)) from error
    pending: list[nodes.Node] = [tree]
    while pending:
        node = pending.pop()
        if not isinstance(node, _ALLOWED):
            message = f"{type(node).__name__} is not allowed in a wording"
            raise TemplateError(message)
        if isinstance(node, nodes.Name) and node.name not in VARIABLES:
            message = f"unknown blank {{{{ {node.name} }}}}"
            raise TemplateError(message)
        pending.extend(node.iter_child_nodes())


class _Wording(NamedTuple):
    """A wording ready to fill, and its blanks; `shaped` if only whether a blank is filled decides."""

    template: Template
    blanks: tuple[str, ...]
    shaped: bool


@lru_cache(maxsize=1024)
def _compiled(source: str) -> _Wording:
    check_template(source)
    tree = _environment().parse(source)
    blanks = tuple(sorted(find_undeclared_variables(tree)))
    looks_closer = any(tree.find_all((nodes.Compare, nodes.Test, nodes.Const)))
    shaped = not looks_closer and _EDGE not in source
    return _Wording(_environment().from_string(source), blanks, shaped)


@lru_cache(maxsize=1024)
def blanks_of(source: str) -> frozenset[str]:
    """Return the blanks of an allowed wording. Raises TemplateError."""
    return frozenset(_compiled(source).blanks)


def fill(source: str, values: Mapping[str, str]) -> str:
    """Return the wording with its blanks filled.

    Raises:
        TemplateError: the wording is not allowed, or a blank has no value.
    """
    template, blanks, shaped = _compiled(source)
    try:
        told = [values[each] for each in blanks]
    except KeyError as error:
        raise TemplateError(f"nobody fills the blank {error}") from error
    if not shaped:
        return _rendered(template, values)
    pieces = _shape(source, tuple(map(bool, told)))
    return "".join([values[each] if odd else each for odd, each in pieces])


@lru_cache(maxsize=4096)
def _shape(source: str, filled: tuple[bool, ...]) -> tuple[tuple[bool, str], ...]:
    """Return the text between the blanks, and the blanks (True), when these are filled.

    To render takes thirty times as long as to join, and it happens three times a case.
    """
    template, blanks, _ = _compiled(source)
    marked = zip(blanks, filled, strict=True)
    values = {name: f"{_EDGE}{name}{_EDGE}" if some else "" for name, some in marked}
    pieces = _rendered(template, values).split(_EDGE)
    return tuple((place % 2 == 1, piece) for place, piece in enumerate(pieces))


def _rendered(template: Template, values: Mapping[str, str]) -> str:
    return template.render(values)
