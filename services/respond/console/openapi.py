"""The API's own description, made from the same table as its routes; needs nothing running."""

from collections.abc import Mapping
from typing import TypeAlias

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from services.respond.console.api import JSON, AnyOperation, Nothing
from services.respond.console.events import STREAM
from services.respond.console.operations import operations
from services.respond.console.problems import ProblemBody
from services.respond.core.permissions import ALLOWED

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | bool | None"

_REF = "#/components/schemas/{model}"
_ALWAYS = (401, 403, 503)
_MEANING = {
    401: "Nobody is signed in",
    403: "Your roles do not grant this, or the request came from another site",
    404: "There is nothing under this id",
    409: "Refused; code and detail say why",
    413: "The body is too large",
    415: "The body is not JSON",
    422: "Some fields do not fit",
    429: "Too fast; Retry-After says when",
    503: "Log or store cannot be reached now; Retry-After says when to ask again",
}


def _models(table: tuple[AnyOperation, ...]) -> list[type[BaseModel]]:
    found: dict[type[BaseModel], None] = {ProblemBody: None}
    for each in table:
        found.update(dict.fromkeys((each.params, each.query, each.body, *each.ok.values())))
    return [model for model in found if model not in {Nothing, BaseModel}]


def _parameters(model: type[BaseModel], where: str) -> list[Json]:
    schema = model.model_json_schema(ref_template=_REF)
    needed = schema.get("required", [])
    return [
        {"name": name, "in": where, "required": name in needed, "schema": body}
        for name, body in schema.get("properties", {}).items()
    ]


def _content(model: type[BaseModel]) -> Json:
    if model is BaseModel:
        return {STREAM: {"schema": {"type": "string"}}}
    return {JSON: {"schema": {"$ref": _REF.format(model=model.__name__)}}}


def _responses(operation: AnyOperation) -> dict[str, Json]:
    responses: dict[str, Json] = {}
    for status, model in operation.ok.items():
        said = "Recorded, not yet decided" if status == 202 else operation.summary  # noqa: PLR2004
        responses[str(status)] = {"description": said, "content": _content(model)}
    problem: Json = {
        "application/problem+json": {"schema": {"$ref": _REF.format(model="ProblemBody")}}
    }
    for status in (*_ALWAYS, *operation.errors):
        responses[str(status)] = {"description": _MEANING[status], "content": problem}
    return responses


def _describe(operation: AnyOperation) -> Json:
    parameters = [*_parameters(operation.params, "path"), *_parameters(operation.query, "query")]
    described: dict[str, Json] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "x-permission": operation.permission,
        "x-roles": [role.value for role in sorted(ALLOWED[operation.permission])],
        "responses": _responses(operation),
    }
    if operation.body is not Nothing:
        described["requestBody"] = {"required": True, "content": _content(operation.body)}
        if "op_id" in operation.body.model_fields:
            parameters.append(
                {
                    "name": "Idempotency-Key",
                    "in": "header",
                    "description": "The operation's id; a retry with the same is the same operation",
                    "schema": {"type": "string", "pattern": "^[A-Za-z0-9_-]{8,80}$"},
                }
            )
    described["parameters"] = parameters
    return described


def openapi() -> Mapping[str, Json]:
    """Return the OpenAPI 3.1 document."""
    table = operations()
    _, schemas = models_json_schema(
        [
            (model, "serialization" if model in _answers(table) else "validation")
            for model in _models(table)
        ],
        ref_template=_REF,
    )
    paths: dict[str, Json] = {}
    for operation in table:
        place = paths.setdefault(operation.path, {})
        if isinstance(place, dict):
            place[operation.method.lower()] = _describe(operation)
    return {
        "openapi": "3.1.0",
        "info": {"title": "值守 (zhishou)", "version": "1", "license": {"name": "Apache-2.0"}},
        "servers": [{"url": "/"}],
        "security": [{"session": []}],
        "paths": paths,
        "components": {
            "schemas": schemas["$defs"],
            "securitySchemes": {"session": {"type": "apiKey", "in": "cookie", "name": "zhishou"}},
        },
    }


def _answers(table: tuple[AnyOperation, ...]) -> set[type[BaseModel]]:
    return {model for each in table for model in each.ok.values()} | {ProblemBody}
