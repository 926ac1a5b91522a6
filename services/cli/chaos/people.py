"""People at work, by script: they answer, leave alone, call back, acknowledge, over the real API."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from services.cli.chaos.console import Console, Json, NobodyAnsweredError
from services.cli.chaos.public import Role
from services.cli.chaos.receiver import Row

LOOK_SECONDS = 0.4
MOST_AT_ONCE = 30
MOST_TURNS = 3
"""How often one returned reply is written again."""
SLOT = "answer"
GIVEN_UP = "看过了，由线下处理"


class Desk:
    """The queue as people see it, looked at again and again; all flows work from it."""

    def __init__(
        self,
        writer: Console,
        second: Console,
        role_of: Callable[[str], Role],
        pages: list[Row],
    ) -> None:
        self._writer, self._second = writer, second
        self._role_of, self._pages = role_of, pages
        self._cases: dict[str, Json] = {}
        self._taken: set[str] = set()
        self._told: set[str] = set()
        self._busy = 0
        self._answering = 0
        self._looked = asyncio.Event()

    @property
    def idle(self) -> bool:
        """Tell whether nothing that people began is unfinished."""
        return self._busy == 0

    async def work(self, stop: asyncio.Event) -> None:
        """Work until told to stop; what was begun is brought to its end."""
        async with asyncio.TaskGroup() as group:
            while not (stop.is_set() and self.idle):
                await self._look()
                if not stop.is_set():
                    self._take_on(group)
                for each in [row for row in self._pages if row["page_id"] not in self._told]:
                    self._told.add(str(each["page_id"]))
                    if len(self._told) % 2:
                        group.create_task(self._acknowledge(str(each["page_id"])), name="page")
                await asyncio.sleep(LOOK_SECONDS)

    def _take_on(self, group: asyncio.TaskGroup) -> None:
        """Begin with cases nobody took; no more are answered at once than people have hands."""
        for case_id, case in self._cases.items():
            role = self._role_of(_text(case))
            has_room = role == "leave" or self._answering < MOST_AT_ONCE
            if case_id in self._taken or not has_room:
                continue
            self._taken.add(case_id)
            self._busy += 1
            self._answering += role != "leave"
            group.create_task(self._flow(role, case_id), name=f"{role} {case_id}")

    async def _look(self) -> None:
        try:
            found = await self._writer.read("/api/queue?limit=200")
        except NobodyAnsweredError:
            return
        if found is not None:
            self._cases = {row["case"]["case_id"]: row["case"] for row in found["rows"]}
            self._looked.set()
            self._looked = asyncio.Event()

    async def _acknowledge(self, page_id: str) -> None:
        await self._writer.ask("acknowledge", page_id, {})

    async def _flow(self, role: Role, case_id: str) -> None:
        try:
            if role != "leave":
                try:
                    role = await self._answer(case_id, role)
                finally:
                    self._answering -= 1
            if role == "leave":
                await self._leave(case_id)
        finally:
            self._busy -= 1

    async def _leave(self, case_id: str) -> None:
        """Touch nothing until every clock has its end; then close the case with a reason."""
        while (case := self._cases.get(case_id)) is not None:
            if all(each["met_at"] or each["breached_at"] for each in case["clocks"]):
                await self._close(case_id)
                return
            await self._looked.wait()

    async def _answer(self, case_id: str, role: Role) -> Role:
        """Answer, and call back if that is the plan: then nothing more is done about the case."""
        claimed = await self._writer.ask("claim", case_id, {})
        for turn in range(MOST_TURNS):
            if claimed.outcome != "accepted" or not await self._approved(case_id, turn):
                break
            if role == "undo":
                await self._writer.ask("undo", case_id, {"slot": SLOT})
                return "leave"
            end = await self._ended(case_id)
            if end == "sent":
                await self._close(case_id)
            if end != "returned":
                break
        return role

    async def _close(self, case_id: str) -> None:
        await self._writer.ask("resolve", case_id, {"without_reply": True, "reason": GIVEN_UP})

    async def _approved(self, case_id: str, turn: int) -> bool:
        """Write, submit, approve: other words each time, so that no platform hides a second copy."""
        case = await self._fresh(case_id)
        if case is None:
            return False
        revision = _reply(case).get("revision", 0)
        text = (
            f"您好，您反映的第{case['number']}号事情我们已经记录，第{turn + 1}次安排工程部现场核实，"
            "有结果马上向您说明，感谢您的监督。"
        )
        draft = {"slot": SLOT, "base_revision": revision, "text": text}
        this = {"slot": SLOT, "revision": revision + 1}
        for person, wish, body in (
            (self._writer, "draft", draft),
            (self._writer, "submit", this),
            (self._second, "approve", {**this, "send": True}),
        ):
            items = tuple(str(each["native_id"]) for each in case["items"])
            done = await person.ask(wish, case_id, body, text=text, items=items)
            if done.outcome != "accepted":
                return False
        return True

    async def _ended(self, case_id: str) -> str:
        """Wait until the reply is sent, came back, or asks a person."""
        while True:
            await self._looked.wait()
            case = self._cases.get(case_id)
            if case is None:
                return "gone"
            status = _reply(case).get("status", "")
            if status in {"sent", "returned", "unknown", "simulated"}:
                return str(status)

    async def _fresh(self, case_id: str) -> Json | None:
        try:
            return await self._writer.read(f"/api/cases/{case_id}")
        except NobodyAnsweredError:
            return None


def _reply(case: Json) -> Mapping[str, Any]:
    found = (each for each in case["replies"] if each["slot"] == SLOT)
    return next(found, {})


def _text(case: Json) -> str:
    return str(case["items"][0]["text"]) if case["items"] else ""
