"""The one door through which something of the public is taken away; it alone holds the Removers."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from services.respond.core.aggregates import Case, CaseItem, Effect
from services.respond.core.dues import Removal
from services.respond.core.guarding import Guarded, copy_hash, objection
from services.respond.shell.door import Withheld, rules_of
from services.respond.shell.office import Office
from services.respond.shell.standing import Standing
from shared.errors import PermanentError, TransientError
from shared.platforms.port import ApprovalId, RemovalTarget, Remover, SendResult, SendUnknown


@dataclass(frozen=True, slots=True)
class Hand:
    """What one account may take away, and whether that reaches the real public."""

    remover: Remover
    live: bool


@dataclass(frozen=True, slots=True)
class Agreed:
    """A removal that two people agreed on; there is no other way to make one."""

    approval: ApprovalId
    case: Case
    item: CaseItem
    removal: Removal

    @staticmethod
    def of(effect: Effect, case: Case | None) -> "Agreed":
        """Read it from the ledger and the case. Raises PermanentError if it is not whole."""
        if effect.effect_kind != "remove" or not effect.approval_id:
            raise PermanentError("not_approved")
        removals = () if case is None else case.dues.removals
        removal = next((each for each in removals if each.effect_id == effect.effect_id), None)
        if case is None or removal is None or removal.asked_by == effect.approved_by:
            raise PermanentError("not_approved")
        item = next((each for each in case.items if each.item_id == removal.item_id), None)
        if item is None or copy_hash(item) != removal.copy_hash:
            raise PermanentError("item_unknown")
        return Agreed(ApprovalId(effect.approval_id), case, item, removal)

    @property
    def target(self) -> RemovalTarget:
        """Return what the platform is asked for."""
        return RemovalTarget(self.removal.removing, self.item.item_kind.value, self.item.native_id)

    @property
    def guarded(self) -> Guarded:
        """Return what the rules are asked about."""
        removal = self.removal
        return Guarded(self.case, self.item, removal.removing, removal.ground, removal.copy_hash)


class RemovalPort:
    """Asks the rules once more, then acts once (invariants 2, 17, 20)."""

    def __init__(
        self,
        hands: Mapping[str, Hand],
        office: Office,
        standing: Standing,
        deadline_seconds: float,
    ) -> None:
        self._hands, self._office, self._standing = hands, office, standing
        self._deadline_seconds = deadline_seconds

    def agreed(self, effect: Effect) -> Agreed | Withheld:
        """Return what two people agreed on, or why it must not be done now."""
        try:
            agreed = Agreed.of(effect, self._case(effect))
        except PermanentError as error:
            return Withheld(str(error))
        reason = self._objection(effect, agreed)
        return Withheld(reason) if reason else agreed

    async def remove(self, effect: Effect, agreed: Agreed) -> SendResult:
        """Act once, within the deadline. Raises OfficeLostError if the lease ran out."""
        remover = self._hands[effect.account_id].remover
        try:
            async with asyncio.timeout(self._deadline_seconds):
                self._office.must_hold()
                return await remover.remove(
                    agreed.target,
                    approval=agreed.approval,
                    timeout_seconds=self._deadline_seconds,
                )
        except (TimeoutError, TransientError, PermanentError) as error:
            return SendUnknown(f"{type(error).__name__} while taking it away")

    async def is_gone(self, effect: Effect) -> bool:
        """Read the platform back. Raises TransientError, PermanentError if it cannot be read."""
        agreed = Agreed.of(effect, self._case(effect))
        hand = self._hands.get(effect.account_id)
        if hand is None:
            raise PermanentError("account_missing")
        try:
            async with asyncio.timeout(self._deadline_seconds):
                return await hand.remover.is_gone(agreed.target)
        except TimeoutError as error:
            raise TransientError("the platform did not answer in time") from error

    def _case(self, effect: Effect) -> Case | None:
        return self._standing.state.get(f"case:{effect.case_id}", Case)

    def _objection(self, effect: Effect, agreed: Agreed) -> str:
        hand = self._hands.get(effect.account_id)
        pack = rules_of(effect, self._standing, live=hand.live if hand else None)
        if isinstance(pack, Withheld):
            return pack.reason
        day = effect.decided_at.date()
        found = objection(pack, agreed.guarded, day, effect.approved_by)
        return "" if found is None else "protected_voice"
