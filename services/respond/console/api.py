"""The API layer: an explicit table of operations, each validated, authorised and described."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Generic, Literal, Protocol, TypeVar

from aiohttp import web
from pydantic import BaseModel, ConfigDict, ValidationError

from services.respond.console.context import CONSOLE, Caller, Console
from services.respond.console.problems import Problem, invalid
from services.respond.console.sessions import CALLER

JSON = "application/json"
Method = Literal["GET", "POST"]


class Nothing(BaseModel):
    """No parameters, no query, no body."""

    model_config = ConfigDict(frozen=True, extra="forbid")


P = TypeVar("P", bound=BaseModel)
Q = TypeVar("Q", bound=BaseModel)
B = TypeVar("B", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Call(Generic[P, Q, B]):
    """One validated request. `key` is the header Idempotency-Key, if there was one."""

    caller: Caller
    params: P
    query: Q
    body: B
    key: str | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a handler returns."""

    body: BaseModel
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


class AnyOperation(Protocol):
    """An operation whatever its models."""

    @property
    def method(self) -> Method: ...
    @property
    def path(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def summary(self) -> str: ...
    @property
    def permission(self) -> str: ...
    @property
    def params(self) -> type[BaseModel]: ...
    @property
    def query(self) -> type[BaseModel]: ...
    @property
    def body(self) -> type[BaseModel]: ...
    @property
    def ok(self) -> Mapping[int, type[BaseModel]]: ...
    @property
    def errors(self) -> tuple[int, ...]: ...
    async def run(self, request: web.Request) -> web.StreamResponse: ...


@dataclass(frozen=True, slots=True)
class Operation(Generic[P, Q, B]):
    """One line of the table."""

    method: Method
    path: str
    name: str
    summary: str
    permission: str
    params: type[P]
    query: type[Q]
    body: type[B]
    ok: Mapping[int, type[BaseModel]]
    errors: tuple[int, ...]
    handler: Callable[[Console, Call[P, Q, B]], Awaitable[Answer]]

    async def run(self, request: web.Request) -> web.StreamResponse:
        caller = allowed(request, self.permission)
        call = Call(
            caller=caller,
            params=_strings(self.params, dict(request.match_info), "path"),
            query=_strings(self.query, _single(request), "query"),
            body=await _body(self.body, request),
            key=request.headers.get("Idempotency-Key"),
        )
        answer = await self.handler(request.app[CONSOLE], call)
        return web.Response(
            body=answer.body.model_dump_json().encode(),
            status=answer.status,
            content_type=JSON,
            headers=answer.headers,
        )


def allowed(request: web.Request, permission: str) -> Caller:
    """Return who asks. Raises Problem 401 or 403."""
    caller: Caller | None = request.get(CALLER)
    if caller is None:
        raise Problem(401, "signed_out", "sign in first")
    if not caller.may(permission):
        raise Problem(403, "not_allowed", f"your roles do not grant {permission}")
    return caller


M = TypeVar("M", bound=BaseModel)


def _single(request: web.Request) -> dict[str, str]:
    values = dict(request.query)
    if len(values) != len(request.query):
        raise Problem(422, "invalid", "a query parameter was given twice")
    return values


def _strings(model: type[M], values: Mapping[str, str], where: str) -> M:
    try:
        return model.model_validate_strings(values)
    except ValidationError as error:
        raise invalid(error, where) from error


async def _body(model: type[M], request: web.Request) -> M:
    if request.method == "GET":
        return model.model_validate({})
    if request.content_type != JSON:
        raise Problem(415, "media_type", f"send {JSON}", headers={"Accept": JSON})
    try:
        return model.model_validate_json(await request.read(), strict=True)
    except ValidationError as error:
        raise invalid(error, "body") from error


def reading(
    path: str,
    summary: str,
    ok: type[BaseModel],
    models: tuple[type[P], type[Q]],
    handler: Callable[[Console, Call[P, Q, Nothing]], Awaitable[Answer]],
) -> AnyOperation:
    """Return an operation that only reads."""
    params, query = models
    finds_one = params is not Nothing
    return Operation(
        method="GET",
        path=f"/api/{path}",
        name=_name(path),
        summary=summary,
        permission="read",
        params=params,
        query=query,
        body=Nothing,
        ok={200: ok},
        errors=(404, 422) if finds_one else (422,),
        handler=handler,
    )


def _name(path: str) -> str:
    """Return what clients call the operation at this address: `cases/{case_id}` is "case"."""
    words = [each for each in path.split("/") if not each.startswith("{")]
    last = path.endswith("}")
    return "_".join([*words[:-1], words[-1].removesuffix("s") if last else words[-1]])
