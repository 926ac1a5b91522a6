"""The rule editor: written in plain choices, checked at once, tried on last week, then proposed."""

import asyncio
from dataclasses import replace

from aiohttp import web
from pydantic import ValidationError

from services.respond.console.api import allowed
from services.respond.console.pacing import Pace, not_too_often
from services.respond.console.performing import Wanted, perform
from services.respond.console.policy_pages import pack_in_force
from services.respond.console.policy_wishes import PackProposeBody
from services.respond.console.problems import Problem, invalid
from services.respond.console.render import View, page, view_of
from services.respond.console.rule_form import LEVELS, RuleForm, Written
from services.respond.console.wishes import WISHES
from services.respond.rehearsing import Rehearsed
from services.respond.shell.review import changed
from shared.policy.edits import Edit, edited
from shared.policy.model import Pack

MAY = "operator.policy_proposed"
LONGEST_NOTE = 500


async def write(request: web.Request) -> web.Response:
    """The empty form, or one that begins with a kind of rule."""
    allowed(request, MAY)
    view = view_of(request)
    name, _, pack = await pack_in_force(view)
    written = RuleForm(pack, view.t, request.query).read()
    if set(request.query) <= {"kind"}:
        written = replace(written, errors=())  # nothing is written yet, so nothing is wrong
    return await _shown(view, name, pack, written, whole=True)


async def press(request: web.Request) -> web.Response:
    """Check what is written, try it on what came in the last days, or propose it."""
    caller, view = allowed(request, MAY), view_of(request)
    name, pack_hash, pack = await pack_in_force(view)
    form = await request.post()
    written = RuleForm(pack, view.t, form).read()
    do = str(form.get("do", "check"))
    if do == "propose" and written.edit is not None and str(form.get("note", "")).strip():
        return await propose(view, name, (pack_hash, pack), written.edit)
    candidate = await candidate_of(pack, written.edit) if written.edit else None
    tried = None
    if do == "try" and candidate is not None:
        await not_too_often(view.console, Pace.REHEARSAL, caller.person_id)
        tried = await view.console.rehearsal.rehearse(name, pack, candidate)
    live = request.headers.get("HX-Request") == "true"
    return await _shown(
        view, name, pack, written, candidate=candidate, tried=tried, whole=not live
    )


async def propose(view: View, name: str, standing: tuple[str, Pack], edit: Edit) -> web.Response:
    """Put the rule up for approval and lead to the proposal."""
    form, caller = await view.request.post(), allowed(view.request, MAY)
    candidate = await candidate_of(standing[1], edit)
    pack_hash = await view.console.packs.keep(candidate)
    try:
        body = PackProposeBody(
            pack_hash=pack_hash,
            base_hash=standing[0],
            note=str(form.get("note", "")).strip()[:LONGEST_NOTE],
            op_id=str(form.get("op_id", "")),
        )
    except ValidationError as error:
        raise invalid(error, "form") from error
    wanted = Wanted(WISHES["pack-propose"], name, body, body.op_id or "")
    outcome = await perform(view.console, caller, wanted)
    if outcome is not None and not outcome.accepted:
        raise Problem(409, outcome.code, outcome.reason, op_id=outcome.op_id)
    return web.Response(status=303, headers={"Location": f"/policy/{name}/proposal/{pack_hash}"})


async def candidate_of(pack: Pack, edit: Edit) -> Pack:
    """Make the pack anew beside the others' work: it is checked from its first rule to its last."""
    try:
        return await asyncio.to_thread(edited, pack, edit)
    except ValueError as error:
        raise Problem(422, "invalid", str(error)) from error


async def _shown(
    view: View,
    name: str,
    pack: Pack,
    written: Written,
    *,
    candidate: Pack | None = None,
    tried: Rehearsed | None = None,
    whole: bool,
) -> web.Response:
    form = await view.request.post() if view.request.method == "POST" else view.request.query
    values = {
        "pack": name,
        "rules": pack,
        "written": written,
        "levels": LEVELS,
        "held": {key: [str(each) for each in form.getall(key)] for key in form},
        "changed": changed(pack, candidate) if candidate else (),
        "tried": tried,
    }
    return await page(view, "rule.html" if whole else "rule_found.html", values, whole=whole)
