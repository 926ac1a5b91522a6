"""Approved wordings with blanks: a sandboxed subset of Jinja2 without loops, calls or macros."""

from collections.abc import Mapping
from functools import lru_cache

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


class TemplateError(ValueError):
    """The wording uses more than blanks and conditions, or a blank nobody fills."""


@lru_cache(maxsize=1)
def _environment() -> ImmutableSandboxedEnvironment:
    return ImmutableSandboxedEnvironment(
        undefined=StrictUndefined,
        autoescape=False,
    )


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


@lru_cache(maxsize=1024)
def _compiled(source: str) -> tuple[Template, frozenset[str]]:
    """Return the wording ready to fill, and the blanks it has."""
    check_template(source)
    blanks = find_undeclared_variables(_environment().parse(source))
    return _environment().from_string(source), frozenset(blanks)


def blanks_of(source: str) -> frozenset[str]:
    """Return the blanks of an allowed wording. Raises TemplateError."""
    return _compiled(source)[1]


def fill(source: str, values: Mapping[str, str]) -> str:
    """Return the wording with its blanks filled.

    Raises:
        TemplateError: the wording is not allowed, or a blank has no value.
    """
    try:
        return _compiled(source)[0].render(values)
    except JinjaError as error:
        raise TemplateError(str(error)) from error
