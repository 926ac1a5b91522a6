"""A draft from a language model, when a person asks for one and the house has one."""

from services.respond.console.answers import Undecided
from services.respond.console.api import Answer, AnyOperation, Call, Nothing, Operation
from services.respond.console.context import Caller, Console
from services.respond.console.pacing import Pace, not_too_often
from services.respond.console.parameters import CaseParams
from services.respond.console.performing import Wanted, answered, asked_op_id, perform
from services.respond.console.problems import Problem
from services.respond.console.wish import Body, Wish
from services.respond.core.aggregates import Case
from services.respond.core.knowledge import Asking
from services.respond.ports import DraftAsked, Drafter
from shared.contracts.guidance import ModelDrafted
from shared.contracts.operators import Outcome
from shared.errors import PermanentError, TransientError

KNOWN = 3


class DraftedBody(Body):
    """What came back; only the house itself fills it."""

    item_id: str
    item_version: str
    model: str
    text: str


DRAFTED = Wish("model-draft", "case", "Ask a model for a draft", DraftedBody, ModelDrafted)


async def draft(console: Console, caller: Caller, case_id: str, op_id: str) -> Outcome | None:
    """Ask the model about a case; what it says becomes a fact. Raises Problem."""
    if not caller.may(DRAFTED.permission):
        raise Problem(403, "not_allowed", f"your roles do not grant {DRAFTED.permission}")
    drafter, case = console.drafter, await console.read.case(case_id)
    if drafter is None:
        raise Problem(404, "no_model", "no model is set up here")
    if case is None or not case.items:
        raise Problem(404, "not_found", "there is no such case")
    await not_too_often(console, Pace.MODEL, caller.person_id)
    text = await _drafted(console, drafter, case)
    item = case.items[-1]
    body = DraftedBody(
        item_id=item.item_id, item_version=item.item_version, model=drafter.model, text=text
    )
    return await perform(console, caller, Wanted(DRAFTED, case_id, body, op_id))


async def _drafted(console: Console, drafter: Drafter, case: Case) -> str:
    guidance, shelf = await console.read.guidance(), await console.read.shelf()
    shown = await console.gate.suggested(case, console.clock.now())
    held = guidance.in_force(case)
    asking = Asking(case.items[-1].text, case.labels, case.platform)
    answers = [each.answer for each in shelf.find(asking)[:KNOWN]]
    asked = DraftAsked(
        text=asking.text,
        matter=shown.matter,
        known=(*(text for each in held for text in each.public), *answers),
        must_say=tuple(word for each in held for word in each.written.must_say),
        must_not_say=tuple(word for each in held for word in each.written.must_not_say),
    )
    try:
        return await drafter.draft(asked)
    except (TransientError, PermanentError) as error:
        raise Problem(503, "model_away", str(error), headers={"Retry-After": "10"}) from error


async def _ask(console: Console, call: Call[CaseParams, Nothing, Body]) -> Answer:
    op_id = asked_op_id(call.key, call.body)
    return answered(await draft(console, call.caller, call.params.case_id, op_id), op_id)


def drafting() -> AnyOperation:
    """Return the operation of the API."""
    return Operation(
        method="POST",
        path="/api/cases/{case_id}/model-draft",
        name="model_draft_case",
        summary=DRAFTED.summary,
        permission=DRAFTED.permission,
        params=CaseParams,
        query=Nothing,
        body=Body,
        ok={200: Outcome, 202: Undecided},
        errors=(404, 409, 413, 415, 422, 429, 503),
        handler=_ask,
    )
