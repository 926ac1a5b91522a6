"""Every refusal of the HTTP surface is one shape: RFC 9457, with a code that stays stable."""

from collections.abc import Mapping
from http import HTTPStatus

from aiohttp import web
from pydantic import ValidationError

from shared.contracts.base import Frozen


class FieldError(Frozen):
    """One field that was not understood; never repeats the value."""

    field: str
    message: str


class ProblemBody(Frozen):
    """application/problem+json. `code` is for programs, `detail` for people."""

    type: str = "about:blank"
    title: str
    status: int
    code: str
    detail: str = ""
    op_id: str | None = None
    errors: tuple[FieldError, ...] = ()


class Problem(Exception):  # noqa: N818  the name of the RFC
    """Raised anywhere below a handler; turned into an answer in one place."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str = "",
        *,
        op_id: str | None = None,
        errors: tuple[FieldError, ...] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(f"{status} {code}")
        self.headers = dict(headers or {})
        self.body = ProblemBody(
            title=HTTPStatus(status).phrase,
            status=status,
            code=code,
            detail=detail,
            op_id=op_id,
            errors=errors,
        )

    def response(self) -> web.Response:
        return web.Response(
            body=self.body.model_dump_json(exclude_none=True).encode(),
            status=self.body.status,
            content_type="application/problem+json",
            headers=self.headers,
        )


def invalid(error: ValidationError, where: str) -> Problem:
    """Return 422 for input that does not fit, field by field."""
    errors = tuple(
        FieldError(field=".".join((where, *map(str, each["loc"]))), message=each["msg"])
        for each in error.errors(include_input=False, include_url=False, include_context=False)
    )
    return Problem(422, "invalid", "some fields do not fit", errors=errors)
