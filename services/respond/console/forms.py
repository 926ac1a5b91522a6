"""What people press: forms that become the same wishes as the API's, and work without scripts."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from aiohttp import web
from multidict import MultiDictProxy
from pydantic import ValidationError

from services.respond.console.api import allowed
from services.respond.console.context import CONSOLE
from services.respond.console.drafting import DRAFTED, draft
from services.respond.console.pages import after, slot_of
from services.respond.console.performing import Wanted, perform
from services.respond.console.problems import Problem, invalid
from services.respond.console.render import local_path, page, view_of
from services.respond.console.wish import Wish
from services.respond.console.wishes import WISHES
from services.respond.core.aggregates import Reply
from services.respond.core.checking import foremost
from shared.contracts.operators import Outcome, Slot

Form = MultiDictProxy[str | bytes | bytearray | web.FileField]
LISTS = frozenset({"labels", "account_ids", "channels", "promises"})
LINES = frozenset({"words", "must_say", "must_not_say", "variants"})
"""Typed one a line."""
TIMES = frozenset({"valid_from", "valid_until", "until", "visited_at", "publish_at"})
"""Typed as the clock on the wall says them."""
OURS = frozenset({"op_id", "back"})
EDITOR = frozenset({"save", "submit", "send"})
EMPTY_IS_NONE = frozenset({"account_id", "suggestion_id", "minutes", *TIMES})


def _values(form: Form, zone: ZoneInfo) -> dict[str, object]:
    values: dict[str, object] = {}
    for key in dict.fromkeys(form):
        if key in LISTS:
            values[key] = [str(each) for each in form.getall(key) if each != ""]
        elif key in LINES:
            values[key] = [each.strip() for each in str(form[key]).splitlines() if each.strip()]
        elif key not in OURS and not (key in EMPTY_IS_NONE and form[key] == ""):
            text = str(form[key])
            values[key] = _aware(text, zone) if key in TIMES else text
    return values


def _aware(text: str, zone: ZoneInfo) -> object:
    """Return the time with the console's zone; what is none is left for the check to name."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=zone)
    except ValueError:
        return text


def _live(request: web.Request) -> bool:
    return request.headers.get("HX-Request") == "true"


async def _wish(
    request: web.Request, wish: Wish, target: str, op_id: str, values: Mapping[str, object]
) -> Outcome | None:
    try:
        body = wish.body.model_validate({**values, "op_id": op_id})
    except ValidationError as error:
        raise invalid(error, "form") from error
    caller = allowed(request, wish.permission)
    return await perform(request.app[CONSOLE], caller, Wanted(wish, target, body, op_id))


async def do(request: web.Request) -> web.StreamResponse:
    """Perform one wish on a case, page, account or everything."""
    wish = WISHES.get(request.match_info["wish"])
    if wish is None:
        raise Problem(404, "not_found", "there is no such action")
    form = await request.post()
    target = str(form.get("target", ""))
    values = _values(form, view_of(request).zone)
    values.pop("target", None)
    outcome = await _wish(request, wish, target, str(form.get("op_id", "")), values)
    if wish.about == "case" and _live(request):
        did = "send" if values.get("send") == "true" else wish.name
        return await after(view_of(request), target, slot_of(values.get("slot")), outcome, did)
    return _plainly(outcome, local_path(str(form.get("back", ""))))


def _plainly(outcome: Outcome | None, back: str) -> web.Response:
    """Answer without scripts: back to the page, or the reason why not."""
    if outcome is not None and not outcome.accepted:
        raise Problem(409, outcome.code, outcome.reason, op_id=outcome.op_id)
    return web.Response(status=303, headers={"Location": back})


class _Reply:
    """The editor's way: keep the text, hand it in, approve it; stops at the first refusal."""

    def __init__(self, request: web.Request, case_id: str, slot: Slot, op_id: str) -> None:
        self._request, self._case_id, self._slot, self._op_id = request, case_id, slot, op_id

    async def now(self) -> Reply | None:
        case = await self._request.app[CONSOLE].read.case(self._case_id)
        replies = case.replies if case else ()
        return next((each for each in replies if each.slot == self._slot), None)

    async def ask(self, name: str, values: Mapping[str, object]) -> Outcome | None:
        """Ask for one step; each has its own operation id, derived from the form's."""
        given = {"slot": self._slot, **values}
        op_id = f"{self._op_id}-{name}"
        return await _wish(self._request, WISHES[name], self._case_id, op_id, given)

    async def steps(self, form: Form, do: str) -> Outcome | None:
        text, before = str(form.get("text", "")).replace("\r\n", "\n"), await self.now()
        outcome: Outcome | None = Outcome(op_id=self._op_id, accepted=True)
        if before is None or text != before.text or before.status in {"sent", "simulated"}:
            draft = {"base_revision": str(form.get("base_revision", "0")), "text": text}
            if form.get("suggestion_id"):
                draft["suggestion_id"] = str(form["suggestion_id"])
            outcome = await self.ask("draft", draft)
        reply = await self.now()
        if do == "save" or outcome is None or not outcome.accepted or reply is None:
            return outcome
        revision = {"revision": str(reply.revision)}
        if do == "send" and reply.status == "approved":
            return await self.ask("send", revision)
        if reply.status in {"drafted", "returned"}:
            outcome = await self.ask("submit", revision)
        if do == "submit" or outcome is None or not outcome.accepted:
            return outcome
        confirmed = [str(each) for each in form.getall("promises", [])]
        return await self.ask("approve", {**revision, "send": "true", "promises": confirmed})


async def reply(request: web.Request) -> web.StreamResponse:
    """The editor: `do` is save, submit or send."""
    allowed(request, "operator.drafted")
    form = await request.post()
    case_id, slot = request.match_info["case_id"], slot_of(form.get("slot"))
    steps = _Reply(request, case_id, slot, str(form.get("op_id", "")))
    do = str(form.get("do", "save"))
    do = do if do in EDITOR else "save"
    outcome = await steps.steps(form, do)
    if _live(request):
        return await after(view_of(request), case_id, slot, outcome, do)
    return _plainly(outcome, f"/case/{case_id}?slot={slot}")


async def model_draft(request: web.Request) -> web.StreamResponse:
    """Ask the house's model for a draft, and show the case with it."""
    caller = allowed(request, DRAFTED.permission)
    form = await request.post()
    case_id, op_id = request.match_info["case_id"], str(form.get("op_id", ""))
    outcome = await draft(request.app[CONSOLE], caller, case_id, op_id)
    if _live(request):
        slot = slot_of(form.get("slot"))
        return await after(view_of(request), case_id, slot, outcome, DRAFTED.name)
    return _plainly(outcome, f"/case/{case_id}")


async def check(request: web.Request) -> web.StreamResponse:
    """Findings for the text in the editor, while it is being written."""
    caller = allowed(request, "operator.drafted")
    console = request.app[CONSOLE]
    case_id = request.match_info["case_id"]
    form = await request.post()
    if await console.read.case(case_id) is None:
        raise Problem(404, "not_found", "there is no such case")
    text = str(form.get("text", "")).replace("\r\n", "\n")
    slot = slot_of(form.get("slot"))
    role = foremost(caller.roles)
    gate = await console.gate.check(case_id, text, slot, role) if text else None
    return await page(view_of(request), "findings.html", {"gate": gate, "text": text}, whole=False)
