"""The gate as the editor sees it: the same check as at approval and in the send port."""

from datetime import datetime

from services.respond.core.aggregates import Case, GateFinding
from services.respond.core.checking import check_text
from services.respond.core.suggest import Desk, suggested
from services.respond.ports import GateAnswer, ReadModel
from services.respond.shell.packs import fetch_packs
from shared.bus.port import Bus
from shared.contracts.operators import Slot
from shared.errors import TransientError
from shared.policy.model import NO_PACK, Pack

UNKNOWN = GateFinding(
    category="unknown_case", level="hold", start=0, end=0, rules=(), reason="工单不存在"
)


class PackGateView:
    """Checks a text that is being written against the account's active pack."""

    def __init__(self, read: ReadModel, bus: Bus) -> None:
        self._read, self._bus = read, bus
        self._packs: dict[str, Pack] = {}

    async def check(self, case_id: str, text: str, slot: Slot = "answer") -> GateAnswer:
        """Return the findings. An unknown case holds: the gate fails closed."""
        case = await self._read.case(case_id)
        if case is None:
            return GateAnswer(level="hold", findings=(UNKNOWN,), units=0.0, limit=0.0)
        guidance = await self._read.guidance()
        result = check_text(case, await self._pack(case.account_id), text, guidance, slot)
        return GateAnswer(
            level=result.level,
            findings=tuple(
                GateFinding.model_validate(each, from_attributes=True) for each in result.findings
            ),
            units=result.units,
            limit=result.limit,
        )

    async def suggested(self, case: Case, now: datetime) -> Case:
        """Return the case with what may be said in it; while the rules are away, nothing is."""
        accounts = {each.registered.account_id: each for each in await self._read.accounts()}
        try:
            pack = await self._pack(case.account_id)
        except TransientError:
            return case.model_copy(update={"suggestions": ()})
        account = accounts.get(case.account_id)
        guidance, shelf = await self._read.guidance(), await self._read.shelf()
        claim = await self._read.claim(case.claim_id) if case.claim_id else None
        return suggested(case, Desk(pack, account, guidance, shelf, claim), now)

    async def _pack(self, account_id: str) -> Pack:
        names = {
            each.registered.account_id: each.registered.pack
            for each in await self._read.accounts()
        }
        organisation = await self._read.organisation()
        pack_hash = organisation.packs.get(names.get(account_id, ""))
        if pack_hash is None:
            return NO_PACK
        if pack_hash not in self._packs:
            self._packs |= await fetch_packs(self._bus, [pack_hash])
        return self._packs[pack_hash]
