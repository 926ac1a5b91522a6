"""The table of all operations: everything the pages can do, and nothing they cannot."""

from typing import TypeVar

from pydantic import BaseModel

from services.respond.console.answers import (
    AccountList,
    CaseShown,
    EntryList,
    GateBody,
    Me,
    Models,
    PageList,
    PersonList,
    QueueList,
    ReceiptList,
    Undecided,
)
from services.respond.console.api import (
    Answer,
    AnyOperation,
    Call,
    Nothing,
    Operation,
    reading,
)
from services.respond.console.context import Console
from services.respond.console.drafting import drafting
from services.respond.console.events import EventStream
from services.respond.console.parameters import (
    ABOUT,
    CaseParams,
    ClaimParams,
    ClusterParams,
    EffectParams,
    OutcomeParams,
    PageParams,
    QueueQuery,
)
from services.respond.console.performing import Wanted, answered, asked_op_id, perform
from services.respond.console.policy_api import policy_readings
from services.respond.console.problems import Problem
from services.respond.console.stream_pages import taking_up
from services.respond.console.wish import Body, Wish
from services.respond.console.wishes import WISHES
from services.respond.core.aggregates import (
    Chronicle,
    Claim,
    Cluster,
    Effect,
    Guidance,
    Page,
    Plans,
    Signatures,
)
from services.respond.core.checking import foremost
from services.respond.core.permissions import ALLOWED
from services.respond.ports import GateAnswer, Health, QueueFilter
from shared.contracts.operators import Outcome

P = TypeVar("P", bound=BaseModel)
Q = TypeVar("Q", bound=BaseModel)


def _asking(wish: Wish, where: str, params: type[P]) -> AnyOperation:
    async def handler(console: Console, call: Call[P, Nothing, Body]) -> Answer:
        target = str(next(iter(call.params.model_dump().values()), ""))
        op_id = asked_op_id(call.key, call.body)
        outcome = await perform(console, call.caller, Wanted(wish, target, call.body, op_id))
        return answered(outcome, op_id)

    return Operation(
        method="POST",
        path=f"/api/{where}{wish.verb}",
        name=f"{wish.verb}_{wish.about}",
        summary=wish.summary,
        permission=wish.permission,
        params=params,
        query=Nothing,
        body=wish.body,
        ok={200: Outcome, 202: Undecided},
        errors=(409, 413, 415, 422, 429, 503),
        handler=handler,
    )


def _wish(wish: Wish) -> AnyOperation:
    return _asking(wish, *ABOUT[wish.about])


async def _me(_console: Console, call: Call[Nothing, Nothing, Nothing]) -> Answer:
    who = call.caller
    granted = tuple(each for each in ALLOWED if who.may(each))
    return Answer(Me(person_id=who.person_id, name=who.name, roles=who.roles, may=granted))


async def _health(console: Console, _call: Call[Nothing, Nothing, Nothing]) -> Answer:
    return Answer(await console.read.health())


async def _queue(console: Console, call: Call[Nothing, QueueQuery, Nothing]) -> Answer:
    asked = call.query
    where = QueueFilter(
        account_id=asked.account_id,
        label=asked.label,
        queue=asked.queue,
        cluster_id=asked.cluster_id,
        owner_id=call.caller.person_id if asked.mine_or_free else asked.owner_id,
        mine_or_free=asked.mine_or_free,
        asking=asked.asking,
        resolved=asked.resolved,
    )
    rows, total = await console.read.queue(where, offset=asked.offset, limit=asked.limit)
    return Answer(QueueList(rows=tuple(rows), total=total))


def _found(body: BaseModel | None) -> Answer:
    if body is None:
        raise Problem(404, "not_found", "there is nothing under this id")
    return Answer(body)


async def _case(console: Console, call: Call[CaseParams, Nothing, Nothing]) -> Answer:
    case = await console.read.case(call.params.case_id)
    if case is not None:
        case = await console.gate.suggested(case, console.clock.now())
    return _found(case and CaseShown.of(case))


async def _cluster(console: Console, call: Call[ClusterParams, Nothing, Nothing]) -> Answer:
    cluster_id = call.params.cluster_id
    return _found((await console.read.clusters([cluster_id])).get(cluster_id))


async def _claim(console: Console, call: Call[ClaimParams, Nothing, Nothing]) -> Answer:
    return _found(await console.read.claim(call.params.claim_id))


async def _effect(console: Console, call: Call[EffectParams, Nothing, Nothing]) -> Answer:
    return _found(await console.read.effect(call.params.effect_id))


async def _page(console: Console, call: Call[PageParams, Nothing, Nothing]) -> Answer:
    return _found(await console.read.page(call.params.page_id))


async def _outcome(console: Console, call: Call[OutcomeParams, Nothing, Nothing]) -> Answer:
    return _found(await console.read.outcome(call.params.op_id))


async def _pages(console: Console, _call: Call[Nothing, Nothing, Nothing]) -> Answer:
    return Answer(PageList(pages=tuple(await console.read.pages())))


async def _accounts(console: Console, _call: Call[Nothing, Nothing, Nothing]) -> Answer:
    return Answer(AccountList(accounts=tuple(await console.read.accounts())))


async def _models(console: Console, _call: Call[Nothing, Nothing, Nothing]) -> Answer:
    read = console.read
    return Answer(Models.of(await read.organisation(), await read.models(), await read.rates()))


async def _guidance(console: Console, _call: Call[Nothing, Nothing, Nothing]) -> Answer:
    return Answer(await console.read.guidance())


async def _chronicle(console: Console, _call: Call[Nothing, Nothing, Nothing]) -> Answer:
    return Answer(await console.read.chronicle())


async def _knowledge(console: Console, _call: Call[Nothing, Nothing, Nothing]) -> Answer:
    shelf = await console.read.shelf()
    ids = (*(each.entry_id for each in shelf.books), *shelf.proposed, *shelf.expired)
    return Answer(EntryList(entries=tuple(await console.read.entries(tuple(dict.fromkeys(ids))))))


async def _receipts(console: Console, _call: Call[Nothing, Nothing, Nothing]) -> Answer:
    ids = [each.registered.account_id for each in await console.read.accounts()]
    return Answer(ReceiptList(receipts=tuple(await console.read.receipts(ids))))


async def _plans(console: Console, _call: Call[Nothing, Nothing, Nothing]) -> Answer:
    return Answer(await console.read.plans())


async def _signatures(console: Console, _call: Call[Nothing, Nothing, Nothing]) -> Answer:
    return Answer(await console.read.signatures())


async def _people(console: Console, _call: Call[Nothing, Nothing, Nothing]) -> Answer:
    return Answer(PersonList(people=tuple(await console.read.people())))


async def _gate(console: Console, call: Call[CaseParams, Nothing, GateBody]) -> Answer:
    if await console.read.case(call.params.case_id) is None:
        raise Problem(404, "not_found", "there is no such case")
    asked, role = call.body, foremost(call.caller.roles)
    return Answer(await console.gate.check(call.params.case_id, asked.text, asked.slot, role))


def _gate_check() -> AnyOperation:
    return Operation(
        method="POST",
        path="/api/cases/{case_id}/gate-check",
        name="gate_check",
        summary="Findings for a text that is being written",
        permission="operator.drafted",
        params=CaseParams,
        query=Nothing,
        body=GateBody,
        ok={200: GateAnswer},
        errors=(404, 413, 415, 422),
        handler=_gate,
    )


def operations() -> tuple[AnyOperation, ...]:
    """Return every operation of the API, the one list routes and OpenAPI are made from."""
    plain = (Nothing, Nothing)
    return (
        reading("me", "Who I am and what I may do", Me, plain, _me),
        reading("health", "How the system is", Health, plain, _health),
        reading(
            "queue", "Open cases by what is owed next", QueueList, (Nothing, QueueQuery), _queue
        ),
        reading("cases/{case_id}", "One case", CaseShown, (CaseParams, Nothing), _case),
        reading(
            "clusters/{cluster_id}",
            "Items in nearly the same words: how many, whose cases, whether it looks arranged",
            Cluster,
            (ClusterParams, Nothing),
            _cluster,
        ),
        reading(
            "claims/{claim_id}",
            "What is known of a claim, and on what evidence",
            Claim,
            (ClaimParams, Nothing),
            _claim,
        ),
        reading(
            "effects/{effect_id}",
            "What became of something that leaves",
            Effect,
            (EffectParams, Nothing),
            _effect,
        ),
        reading("pages", "Pages nobody acknowledged yet", PageList, plain, _pages),
        reading("pages/{page_id}", "One page", Page, (PageParams, Nothing), _page),
        reading("accounts", "Accounts, modes, sources", AccountList, plain, _accounts),
        reading("models", "Which model judges, and what is proposed", Models, plain, _models),
        reading("guidance", "Positions, bans, requests", Guidance, plain, _guidance),
        reading("guidance/history", "What was done to them", Chronicle, plain, _chronicle),
        reading("knowledge", "Entries of the knowledge base", EntryList, plain, _knowledge),
        reading("receipts", "Automatic receipts by account", ReceiptList, plain, _receipts),
        reading("plans", "Texts planned for later", Plans, plain, _plans),
        reading("approvals", "Replies that wait for approval", Signatures, plain, _signatures),
        reading("people", "Who works here", PersonList, plain, _people),
        reading(
            "outcomes/{op_id}",
            "What became of an operation",
            Outcome,
            (OutcomeParams, Nothing),
            _outcome,
        ),
        _gate_check(),
        *policy_readings(),
        drafting(),
        taking_up(),
        *(_wish(wish) for wish in WISHES.values()),
        EventStream(),
    )
