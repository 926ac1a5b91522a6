"""Nothing personal, secret or said by the public leaves in a log line above debug."""

import re
from collections.abc import Mapping
from functools import lru_cache

from pydantic import ValidationError

from shared.text.personal import mask_personal

LONGEST_VALUE = 300
SECRET_KEYS = re.compile(
    r"passw|secret|token|authorization|cookie|api_?key|credential", re.IGNORECASE
)
PUBLIC_TEXT_KEYS = frozenset({"text", "body", "draft", "name", "data", "payload", "html"})
PLAIN_ID = re.compile(r"[A-Za-z0-9_-]{1,40}")
USER_IN_ADDRESS = re.compile(r"://[^/\s@]{1,200}@")


def clean(key: str, value: object, *, debug: bool) -> object:
    """Return `value` as it may be written under `key`."""
    if isinstance(value, bool | int | float) or value is None:
        return value
    if _is_secret(key):
        return "***"
    if not isinstance(value, str):
        if isinstance(value, Mapping):
            inside = ((str(inner), held) for inner, held in value.items())
            return {inner: clean(inner, held, debug=debug) for inner, held in inside}
        if isinstance(value, list | tuple | set | frozenset):
            return [clean(key, held, debug=debug) for held in value]
        if isinstance(value, BaseException):
            return describe(value)
    return _clean_text(key, str(value), debug=debug)


@lru_cache(maxsize=1024)
def _is_secret(key: str) -> bool:
    """Keys come again and again: a batch names each of its cases under one."""
    return SECRET_KEYS.search(key) is not None


def describe(error: BaseException) -> str:
    """Return one line on an error; of a validation error only places and kinds, never input."""
    if isinstance(error, ValidationError):
        places = (
            f"{'.'.join(map(str, each['loc']))} ({each['type']})" for each in error.errors()[:5]
        )
        return f"ValidationError: {', '.join(places)}"
    return f"{type(error).__name__}: {_clean_text('', str(error), debug=True)}".rstrip(": ")


def frames(error: BaseException, most: int = 8) -> list[str]:
    """Return where it was raised, innermost last: file, line and function, no source, no values."""
    found: list[str] = []
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        found.append(
            f"{'/'.join(code.co_filename.split('/')[-3:])}:{trace.tb_lineno} {code.co_name}"
        )
        trace = trace.tb_next
    return found[-most:]


def _clean_text(key: str, text: str, *, debug: bool) -> str:
    if key in PUBLIC_TEXT_KEYS and not debug:
        return f"[{len(text)} characters]"
    if key.endswith("_id") and PLAIN_ID.fullmatch(text):
        return text
    text = mask_personal(USER_IN_ADDRESS.sub("://***@", text[: 2 * LONGEST_VALUE]))
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}..."
