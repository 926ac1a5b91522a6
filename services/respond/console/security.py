"""What holds for every request and answer: origin check, headers, one shape of refusal."""

from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Middleware

from services.respond.console.context import CONSOLE
from services.respond.console.problems import Problem
from services.respond.console.sessions import CALLER, caller_of, over_https
from shared.errors import TransientError
from shared.observability.catalog import Event
from shared.observability.logging import Log

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
ErrorPage = Callable[[web.Request, Problem], Awaitable[web.Response]]

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

log = Log("console")


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Signal of aiohttp: runs before the first byte of every answer, streams included."""
    for name, value in HEADERS.items():
        response.headers[name] = value
    if not request.path.startswith("/static/"):
        response.headers.setdefault("Cache-Control", "no-store")
    if over_https(request.app[CONSOLE], request):
        response.headers["Strict-Transport-Security"] = "max-age=31536000"


def same_origin(request: web.Request) -> bool:
    """Tell whether a browser sent this from our own pages; what is no browser has no cookie.

    Browsers omit Sec-Fetch-Site on plain HTTP, so Origin against Host stands alone there.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == request.host


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse what other sites send, and say who is signed in."""
    if request.method not in SAFE and not same_origin(request):
        raise Problem(403, "cross_site", "this request came from another site")
    if not request.path.startswith("/static/"):
        caller = await caller_of(request.app[CONSOLE], request)
        if caller is not None:
            request[CALLER] = caller
    return await handler(request)


def _problem_of(error: web.HTTPException) -> Problem:
    allow = {"Allow": error.headers["Allow"]} if "Allow" in error.headers else {}
    return Problem(
        error.status, (error.reason or "error").lower().replace(" ", "_"), headers=allow
    )


def refusals(
    error_page: ErrorPage,
) -> Middleware:
    """Return the middleware that turns every failure into a problem or a page."""

    @web.middleware
    async def refuse(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except Problem as error:
            problem = error
        except (web.HTTPRedirection, ConnectionResetError):
            raise
        except TransientError as error:
            log.warning(Event.CONSOLE_FAILED, method=request.method, why=type(error).__name__)
            problem = Problem(503, "away", "try again in a moment", headers={"Retry-After": "1"})
        except web.HTTPException as error:
            problem = _problem_of(error)
        except Exception as error:  # noqa: BLE001  turned into an answer; told in full below
            log.failed(Event.CONSOLE_FAILED, error, method=request.method)
            problem = Problem(500, "internal", "this is a fault of ours")
        if request.path.startswith("/api/"):
            return problem.response()
        return await error_page(request, problem)

    return refuse
