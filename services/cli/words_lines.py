"""Positions, bans, receipts and plans as lines, for a person and for a program."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import NamedTuple

from services.archive.core.held import Held
from services.respond.ports import ReadModel
from shared.contracts.base import Time


class Line(NamedTuple):
    """One thing in both forms."""

    said: str
    body: Mapping[str, object]


async def lines_of(read: ReadModel, what: str) -> list[Line]:
    """Return positions, bans, receipts or plans as they stand."""
    if what == "positions":
        return await _positions(read)
    if what == "bans":
        return [
            Line(
                f"{each.ban_id}  {each.text}  until {_short(each.until)}  by {each.set_by}",
                {"id": each.ban_id, "text": each.text, "until": each.until.isoformat(),
                 "set_by": each.set_by, "set_at": each.set_at.isoformat()},
            )
            for each in (await read.guidance()).bans
        ]  # fmt: skip
    return await (_receipts(read) if what == "receipts" else _plans(read))


def held_lines(held: Held, *, as_json: bool) -> Iterator[str]:
    """Yield what the archive tells of one position or ban."""
    if as_json:
        body = asdict(held) | {"replies": [each._asdict() for each in held.replies]}
        yield json.dumps(body, ensure_ascii=False)
        return
    approved = f", approved by {held.approved_by} {held.approved_at}" if held.approved_at else ""
    yield f"{held.name}  {held.matter}: {held.text}"
    yield f"  written by {held.written_by} {held.written_at}{approved}"
    if held.held_from:
        end = held.held_until or f"now (at most {held.valid_until})"
        why = f": {held.ended_reason} {held.ended_by}".rstrip() if held.ended_reason else ""
        yield f"  held from {held.held_from} to {end}{why}"
    for each in held.replies:
        yield f"  {each.at}  case {each.case_id}  {each.status}  {each.text[:60]}"


async def _positions(read: ReadModel) -> list[Line]:
    guidance = await read.guidance()
    found = []
    for each in guidance.positions:
        said = each.written
        body = {
            "id": each.position_id,
            "state": each.status,
            "content": each.content,
            "approved_by": each.approved_by,
            **said.model_dump(mode="json", exclude={"kind", "version", "op_id", "position_id"}),
        }
        until = _short(said.valid_until)
        found.append(
            Line(
                f"{each.position_id}  {each.status:9} {said.matter}: {said.text}  until {until}",
                body,
            )
        )
    for asked in guidance.requests:
        body = {
            "id": "",
            "state": "late" if asked.late else "asked",
            **asked.model_dump(mode="json"),
        }
        due = _short(asked.due_at)
        found.append(Line(f"-  asked for by {asked.asked_by}: {asked.matter}  due {due}", body))
    return found


async def _receipts(read: ReadModel) -> list[Line]:
    accounts = [each.registered.account_id for each in await read.accounts()]
    known = {each.account_id: each for each in await read.receipts(accounts)}
    found = []
    for account in accounts:
        receipt = known.get(account)
        active = receipt.active if receipt else None
        proposed = receipt.proposed if receipt else None
        body: dict[str, object] = {
            "id": account,
            "state": "on" if active else "off",
            "text": active.text if active else "",
            "proposed": proposed.text if proposed else "",
            "content": proposed.content if proposed else "",
        }
        waits = f"  proposed: {proposed.text}" if proposed else ""
        found.append(Line(f"{account}  {body['state']}  {body['text']}{waits}", body))
    return found


async def _plans(read: ReadModel) -> list[Line]:
    return [
        Line(
            f"{each.plan_id}  {_short(each.publish_at)}  {each.account_id}  {each.text[:60]}",
            each.model_dump(mode="json"),
        )
        for each in (await read.plans()).plans
    ]


def _short(time: Time) -> str:
    return time.isoformat(timespec="minutes")
