"""`zhishou receipt|plan`: what accounts answer by themselves, and what is to be published later."""

import asyncio
import secrets
from typing import Annotated

import typer

from services.cli.archive_cmds import DataDir
from services.cli.asking import Person
from services.cli.gate_cmds import JsonOption
from services.cli.groups import group
from services.cli.moments import moment
from services.cli.words_desk import UNTIL, Named, Reason, as_they_stand, ask, show
from shared.errors import UserError

Account = Annotated[str, typer.Option("--account", help="id of the account")]


def register(app: typer.Typer) -> None:
    """Add the groups."""
    receipt = group(app, "receipt")
    receipt.command("list", epilog="Example: zhishou receipt list --json")(receipts)
    receipt.command(
        "write", epilog="Example: zhishou receipt write --account mall --text 您好… --person wang"
    )(receive)
    receipt.command(
        "approve", epilog="Example: zhishou receipt approve --account mall --person li"
    )(switch_on)
    receipt.command(
        "stop", epilog="Example: zhishou receipt stop --account mall --reason 节日 --person li"
    )(switch_off)
    plan = group(app, "plan")
    plan.command("list", epilog="Example: zhishou plan list --json")(plans)
    plan.command(
        "add",
        epilog="Example: zhishou plan add --account mall --at 2026-12-01T10:00"
        " --text 明天十点开始 --person wang",
    )(intend)
    plan.command("drop", epilog="Example: zhishou plan drop p1 --reason 改期 --person wang")(drop)
    plan.command("freeze", epilog="Example: zhishou plan freeze --reason 突发事件 --person wang")(
        freeze
    )
    plan.command(
        "unfreeze", epilog="Example: zhishou plan unfreeze p1 --reason 与事件无关 --person li"
    )(unfreeze)


def receipts(
    context: typer.Context, data_dir: DataDir = None, *, as_json: JsonOption = False
) -> None:
    """Show which account answers private messages by itself (自动回执), and who stands for it."""
    show(context, data_dir, "receipts", as_json=as_json)


def plans(
    context: typer.Context, data_dir: DataDir = None, *, as_json: JsonOption = False
) -> None:
    """Show the texts planned for later (排期), soonest first."""
    show(context, data_dir, "plans", as_json=as_json)


def receive(
    context: typer.Context,
    account: Account,
    text: Annotated[str, typer.Option(help="its words; it must say that it is automatic")],
    person: Person,
    data_dir: DataDir = None,
) -> None:
    """Propose an automatic receipt for private messages; it is off until somebody else approves it."""
    path = f"/api/accounts/{account}/receipt-write"
    ask(context, data_dir, person, path, {"text": text}, f"a receipt for {account} is proposed")


def switch_on(
    context: typer.Context, account: Account, person: Person, data_dir: DataDir = None
) -> None:
    """Approve the proposed receipt of an account, exactly as it stands; it is on from now on."""
    lines = asyncio.run(as_they_stand(data_dir, context.obj or {}, "receipts"))
    meant = [each for each in lines if each.body["id"] == account and each.body.get("proposed")]
    if not meant:
        raise UserError(f"no receipt is proposed for {account}", fix="zhishou receipt list")
    path = f"/api/accounts/{account}/receipt-approve"
    ask(context, data_dir, person, path, {"content": meant[0].body["content"]}, f"{account}: on")


def switch_off(
    context: typer.Context,
    account: Account,
    reason: Reason,
    person: Person,
    data_dir: DataDir = None,
) -> None:
    """Stop an account's automatic receipt at once; one person is enough."""
    path = f"/api/accounts/{account}/receipt-stop"
    ask(context, data_dir, person, path, {"reason": reason}, f"{account}: off")


def intend(
    context: typer.Context,
    account: Account,
    at: Annotated[str, typer.Option(help=UNTIL)],
    text: Annotated[str, typer.Option(help="what is to be published")],
    person: Person,
    name: Annotated[str, typer.Option("--id", help="of the plan to change")] = "",
    data_dir: DataDir = None,
) -> None:
    """Plan a text; it is published elsewhere, and looked at here when rules or bans change."""
    plan_id = name or secrets.token_hex(6)
    body = {"account_id": account, "text": text, "publish_at": moment(at, "--at")}
    ask(context, data_dir, person, f"/api/plans/{plan_id}/write", body, f"{plan_id} is planned")


def drop(
    context: typer.Context, name: Named, reason: Reason, person: Person, data_dir: DataDir = None
) -> None:
    """Plan a text no longer."""
    ask(
        context,
        data_dir,
        person,
        f"/api/plans/{name}/drop",
        {"reason": reason},
        f"{name}: dropped",
    )


def freeze(
    context: typer.Context,
    reason: Reason,
    person: Person,
    data_dir: DataDir = None,
    *,
    over: Annotated[
        bool, typer.Option("--over", help="texts planned from now on are free again")
    ] = False,
) -> None:
    """Freeze every planned text, and those planned from now on, as a crisis asks for."""
    body = {"frozen": not over, "reason": reason}
    done = "new plans are free again" if over else "all planned texts are frozen"
    ask(context, data_dir, person, "/api/plans-freeze", body, done)


def unfreeze(
    context: typer.Context, name: Named, reason: Reason, person: Person, data_dir: DataDir = None
) -> None:
    """Let one frozen text go."""
    path = f"/api/plans/{name}/unfreeze"
    ask(context, data_dir, person, path, {"reason": reason}, f"{name}: may be published")
