"""The gate as the editor sees it: the same check as at approval and in the send port."""

from collections.abc import Iterator
from datetime import datetime

from services.respond.core.aggregates import Case, GateFinding
from services.respond.core.around import Around, Beside, post_of, surrounding
from services.respond.core.checking import check_text, passes_for_somebody
from services.respond.core.promises import words_of
from services.respond.core.suggest import Desk, suggested
from services.respond.ports import GateAnswer, PackShelf, PromiseShown, ReadModel
from shared.contracts.operators import Slot
from shared.errors import TransientError
from shared.policy.gate.promises import promises
from shared.policy.model import NO_PACK, Pack
from shared.runtime.clock import Clock

UNKNOWN = GateFinding(
    category="unknown_case", level="hold", start=0, end=0, rules=(), reason="工单不存在"
)


def shown(text: str, pack: Pack, now: datetime) -> Iterator[PromiseShown]:
    """Yield what a text promises, in the words by which it is confirmed."""
    for each in promises(text, now, pack.gate.calendar, pack.zone):
        yield PromiseShown(
            text=words_of(text, each),
            due_at=each.deadline,
            soft=each.soft,
            holidays_known=each.unit != "working_days" or bool(each.holidays_known),
        )


class PackGateView:
    """Checks a text that is being written against the account's active pack."""

    def __init__(self, read: ReadModel, packs: PackShelf, clock: Clock) -> None:
        self._read, self._packs, self._clock = read, packs, clock

    async def check(
        self, case_id: str, text: str, slot: Slot = "answer", role: str = ""
    ) -> GateAnswer:
        """Return the findings. An unknown case holds: the gate fails closed."""
        case = await self._read.case(case_id)
        if case is None:
            return GateAnswer(level="hold", findings=(UNKNOWN,), units=0.0, limit=0.0)
        about, pack = await self._around(case, role), await self._pack(case.account_id)
        result = check_text(case, pack, text, about, slot)
        somebody = not result.passed and passes_for_somebody(case, pack, text, about, slot)
        return GateAnswer(
            level=result.level,
            findings=tuple(
                GateFinding.model_validate(each, from_attributes=True) for each in result.findings
            ),
            units=result.units,
            limit=result.limit,
            promises=tuple(shown(text, pack, self._clock.now())),
            unknown=result.unknown,
            reviewable=somebody,
        )

    async def suggested(self, case: Case, now: datetime) -> Case:
        """Return the case with what may be said in it; while the rules are away, nothing is."""
        try:
            pack = await self._pack(case.account_id)
        except TransientError:
            return case.model_copy(update={"suggestions": ()})
        about = (await self._around(case))._replace(now=now)
        return suggested(case, Desk(pack, about, await self._read.shelf()), now)

    async def _around(self, case: Case, role: str = "") -> Around:
        """Return what stands around the case, from the same aggregates as the fold has."""
        read, post_id = self._read, post_of(case)
        found = await read.clusters([case.cluster_id]) if case.cluster_id else {}
        beside = Beside(
            accounts=tuple(await read.accounts()),
            guidance=await read.guidance(),
            voiced=await read.voiced(case.account_id),
            cluster=found.get(case.cluster_id),
            claim=await read.claim(case.claim_id) if case.claim_id else None,
            post=await read.post(case.account_id, post_id) if post_id else None,
        )
        return surrounding(case, beside, self._clock.now(), role)

    async def _pack(self, account_id: str) -> Pack:
        names = {
            each.registered.account_id: each.registered.pack
            for each in await self._read.accounts()
        }
        organisation = await self._read.organisation()
        pack_hash = organisation.packs.get(names.get(account_id, ""))
        if pack_hash is None:
            return NO_PACK
        pack = await self._packs.pack(pack_hash)
        if pack is None:
            raise TransientError(f"the rules in force ({pack_hash[:12]}) cannot be read yet")
        return pack
