"""Asking for a wish: once under its operation id, not too fast, and answered with its outcome."""

from typing import NamedTuple

from pydantic import TypeAdapter, ValidationError

from services.respond.console.answers import Undecided
from services.respond.console.api import Answer
from services.respond.console.context import Caller, Console
from services.respond.console.pacing import Pace, not_too_often
from services.respond.console.policy_api import must_be_known
from services.respond.console.problems import Problem
from services.respond.console.wish import Ask, Body, OpId, Wish
from shared.contracts.operators import Outcome
from shared.errors import TransientError

_OP_ID: TypeAdapter[str] = TypeAdapter(OpId)


class Wanted(NamedTuple):
    """One wish, ready to be asked for."""

    wish: Wish
    target: str
    body: Body
    op_id: str


async def perform(console: Console, caller: Caller, wanted: Wanted) -> Outcome | None:
    """Ask for the wish and return its outcome; None: recorded, not yet decided."""
    action = wanted.wish.needs(wanted.body)
    if not caller.may(action):
        raise Problem(403, "not_allowed", f"your roles do not grant {action}")
    await not_too_often(console, Pace.WISH, caller.person_id)
    ask = Ask(wanted.op_id, caller.person_id, wanted.target)
    try:
        await must_be_known(console, wanted.wish, wanted.target, wanted.body)
        return await console.actions.perform(wanted.wish.fact(ask, wanted.body))
    except TransientError as error:
        raise Problem(
            503, "log_away", "the log cannot take it now; try again", headers={"Retry-After": "2"}
        ) from error


def asked_op_id(key: str | None, body: Body) -> str:
    given = body.op_id if key is None else key
    if given is None:
        raise Problem(422, "op_id_missing", "send Idempotency-Key or op_id, so a retry is safe")
    try:
        return _OP_ID.validate_python(given)
    except ValidationError as error:
        raise Problem(422, "op_id_invalid", "8 to 80 letters, digits, - or _") from error


def answered(outcome: Outcome | None, op_id: str) -> Answer:
    """Return what the API answers. Raises Problem 409 with the reason of a refusal."""
    if outcome is None:
        status_url = f"/api/outcomes/{op_id}"
        undecided = Undecided(op_id=op_id, status_url=status_url)
        return Answer(undecided, 202, {"Location": status_url})
    if not outcome.accepted:
        raise Problem(409, outcome.code, outcome.reason, op_id=op_id)
    return Answer(outcome)
