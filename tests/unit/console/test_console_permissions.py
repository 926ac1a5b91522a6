"""Every operation of the API, for every role, against a table written by hand."""

import pytest

from services.respond.console.openapi import openapi
from services.respond.console.operations import operations
from shared.contracts.org import Role
from tests.unit.console.conftest import Desk

READERS = frozenset(Role)
WORKERS = frozenset({Role.OPERATOR, Role.REVIEWER, Role.LEAD, Role.ADMIN})
REVIEWERS = frozenset({Role.REVIEWER, Role.LEAD, Role.ADMIN})
LEADS = frozenset({Role.LEAD, Role.ADMIN})

EXPECTED = {
    "GET /api/me": READERS,
    "GET /api/health": READERS,
    "GET /api/queue": READERS,
    "GET /api/cases/{case_id}": READERS,
    "GET /api/clusters/{cluster_id}": READERS,
    "GET /api/claims/{claim_id}": READERS,
    "GET /api/effects/{effect_id}": READERS,
    "GET /api/pages": READERS,
    "GET /api/pages/{page_id}": READERS,
    "GET /api/accounts": READERS,
    "GET /api/models": READERS,
    "GET /api/people": READERS,
    "GET /api/incidents": READERS,
    "GET /api/packs": READERS,
    "GET /api/packs/{pack}": READERS,
    "GET /api/packs/{pack}/changes": READERS,
    "GET /api/packs/{pack}/shadow": READERS,
    "GET /api/packs/{pack}/review/{pack_hash}": READERS,
    "GET /api/outcomes/{op_id}": READERS,
    "GET /api/events": READERS,
    "POST /api/cases/{case_id}/gate-check": WORKERS,
    "POST /api/cases/{case_id}/claim": WORKERS,
    "POST /api/cases/{case_id}/release": WORKERS,
    "POST /api/cases/{case_id}/draft": WORKERS,
    "POST /api/cases/{case_id}/submit": WORKERS,
    "POST /api/cases/{case_id}/approve": REVIEWERS,
    "POST /api/cases/{case_id}/return": REVIEWERS,
    "POST /api/cases/{case_id}/send": WORKERS,
    "POST /api/cases/{case_id}/undo": WORKERS,
    "POST /api/cases/{case_id}/settle": REVIEWERS,
    "POST /api/cases/{case_id}/promise-settle": WORKERS,
    "POST /api/cases/{case_id}/resolve": WORKERS,
    "POST /api/cases/{case_id}/reopen": WORKERS,
    "POST /api/cases/{case_id}/note": WORKERS,
    "POST /api/cases/{case_id}/correct": WORKERS,
    "POST /api/cases/{case_id}/visit": WORKERS,
    "POST /api/cases/{case_id}/removal-ask": WORKERS,
    "POST /api/cases/{case_id}/removal-approve": REVIEWERS,
    "POST /api/cases/{case_id}/removal-decline": WORKERS,
    "POST /api/cases/{case_id}/claim-open": WORKERS,
    "POST /api/cases/{case_id}/claim-judge": REVIEWERS,
    "POST /api/cases/{case_id}/hold-decide": REVIEWERS,
    "POST /api/cases/{case_id}/information-ask": WORKERS,
    "POST /api/cases/{case_id}/information-answer": WORKERS | {Role.VIEWER},
    "POST /api/pages/{page_id}/acknowledge": WORKERS,
    "POST /api/accounts/{account_id}/mode": LEADS,
    "POST /api/models/{model_id}/propose": REVIEWERS,
    "POST /api/models/{model_id}/promote": LEADS,
    "POST /api/models/{model_id}/roll-back": WORKERS,
    "POST /api/accounts/{account_id}/incident-report": WORKERS,
    "POST /api/incidents/{incident_id}/judge": LEADS,
    "POST /api/packs/{pack}/propose": REVIEWERS,
    "POST /api/packs/{pack}/shadow": REVIEWERS,
    "POST /api/packs/{pack}/approve": LEADS,
    "POST /api/packs/{pack}/reject": REVIEWERS,
    "POST /api/packs/{pack}/activate": LEADS,
    "POST /api/packs/{pack}/roll-back": WORKERS,
    "POST /api/packs/{pack}/confirm": WORKERS,
    "POST /api/pause": WORKERS,
    "GET /api/guidance": READERS,
    "GET /api/knowledge": READERS,
    "POST /api/cases/{case_id}/position-request": WORKERS,
    "POST /api/positions/{position_id}/position-write": REVIEWERS,
    "POST /api/positions/{position_id}/position-approve": LEADS,
    "POST /api/positions/{position_id}/position-end": REVIEWERS,
    "POST /api/ban": REVIEWERS,
    "POST /api/bans/{ban_id}/ban-lift": REVIEWERS,
    "GET /api/receipts": READERS,
    "GET /api/plans": READERS,
    "GET /api/approvals": READERS,
    "GET /api/guidance/history": READERS,
    "POST /api/items/{item_id}/take-up": WORKERS,
    "POST /api/plans/{plan_id}/write": WORKERS,
    "POST /api/plans/{plan_id}/drop": WORKERS,
    "POST /api/plans/{plan_id}/unfreeze": REVIEWERS,
    "POST /api/plans-freeze": WORKERS,
    "POST /api/cases/{case_id}/model-draft": WORKERS,
    "POST /api/accounts/{account_id}/receipt-write": REVIEWERS,
    "POST /api/accounts/{account_id}/receipt-approve": LEADS,
    "POST /api/accounts/{account_id}/receipt-stop": WORKERS,
    "POST /api/knowledge/{entry_id}/entry-write": WORKERS,
    "POST /api/knowledge/{entry_id}/entry-approve": REVIEWERS,
    "POST /api/knowledge/{entry_id}/entry-expire": REVIEWERS,
}
BY_ROLE = {
    Role.VIEWER: "guan",
    Role.OPERATOR: "chen",
    Role.REVIEWER: "zhou",
    Role.LEAD: "lin",
    Role.ADMIN: "he",
    Role.AUDITOR: "su",
}
IDS = {
    "cluster_id": "k1",
    "claim_id": "w1",
    "case_id": "case1042",
    "page_id": "page1",
    "account_id": "plaza",
    "effect_id": "effect1",
    "model_id": "linear-2026.12",
    "pack": "company",
    "incident_id": "incident1",
    "pack_hash": "a" * 64,
    "op_id": "op-00000001",
    "position_id": "cake",
    "ban_id": "ban1",
    "plan_id": "plan1",
    "item_id": "item1",
    "entry_id": "parking",
}


def test_the_table_names_every_operation_and_no_other() -> None:
    described = openapi()["paths"]
    assert isinstance(described, dict)
    named = {
        f"{method.upper()} {path}"
        for path, methods in described.items()
        if isinstance(methods, dict)
        for method in methods
    }
    assert named == set(EXPECTED)
    assert {f"{each.method} {each.path}" for each in operations()} == named


@pytest.mark.parametrize("role", list(Role))
async def test_each_role_may_do_exactly_what_the_table_says(desk: Desk, role: Role) -> None:
    await desk.sign_in(BY_ROLE[role])
    for name, allowed in EXPECTED.items():
        method, path = name.split(" ", 1)
        answer = await desk.client.request(
            method, path.format(**IDS), json={} if method == "POST" else None
        )
        answer.close()
        assert (answer.status == 403) is (role not in allowed), (name, role, answer.status)
        assert answer.status != 401


async def test_nobody_signed_in_may_do_nothing(desk: Desk) -> None:
    for name in EXPECTED:
        method, path = name.split(" ", 1)
        answer = await desk.client.request(
            method, path.format(**IDS), json={} if method == "POST" else None
        )
        assert answer.status == 401, name
        assert answer.content_type == "application/problem+json"


async def test_releasing_a_stop_needs_a_lead(desk: Desk) -> None:
    stop = {"paused": True, "reason": "查明再说"}
    await desk.sign_in("chen")
    assert (await desk.ask("/api/pause", stop)).status == 200
    go = {"paused": False, "reason": "查明了"}
    assert (await desk.ask("/api/pause", go, "op-00000002")).status == 403
    await desk.sign_in("lin")
    assert (await desk.ask("/api/pause", go, "op-00000003")).status == 200
