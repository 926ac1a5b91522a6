"""The one door through which text reaches the public; it alone holds the platforms' Speakers."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.respond.core.aggregates import Case, Effect
from services.respond.core.around import Around, around
from services.respond.core.checking import check_text
from services.respond.core.held import Standing as KnownBeside
from services.respond.core.held import objection
from services.respond.core.promises import is_moved, promised
from services.respond.core.replies import reply_of
from services.respond.shell.door import Withheld, rules_of
from services.respond.shell.office import Office
from services.respond.shell.standing import Standing
from shared.contracts.system import Receipt
from shared.errors import PermanentError, TransientError
from shared.platforms.port import ApprovalId, ReplyTarget, SendResult, SendUnknown, Speaker
from shared.policy.model import Pack

FIND_SLACK = timedelta(seconds=60)
"""Platforms stamp whole seconds by their own clock."""


@dataclass(frozen=True, slots=True)
class Approved:
    """A text that a person approved for one target; there is no other way to make one."""

    approval: ApprovalId
    account_id: str
    target: ReplyTarget
    text: str

    @staticmethod
    def of(effect: Effect, case: Case | None) -> "Approved":
        """Read the approval from the ledger. Raises PermanentError if it is not whole."""
        if effect.effect_kind != "send_reply" or not effect.approval_id:
            raise PermanentError("not_approved")
        items = () if case is None else case.items
        item = next((each for each in items if each.item_id == effect.item_id), None)
        if item is None:
            raise PermanentError("item_unknown")
        return Approved(
            approval=ApprovalId(effect.approval_id),
            account_id=effect.account_id,
            target=ReplyTarget(
                item_kind=item.item_kind.value,
                native_id=item.native_id,
                post_id=item.thread.post_id,
                root_id=item.thread.root_id,
                author_id=item.author.author_id,
            ),
            text=effect.body,
        )


@dataclass(frozen=True, slots=True)
class Voice:
    """How one account speaks, and whether that reaches the real public."""

    speaker: Speaker
    live: bool


class SendPort:
    """Checks the final bytes once more, then speaks once (invariants 2, 17, 20)."""

    def __init__(
        self,
        voices: Mapping[str, Voice],
        office: Office,
        standing: Standing,
        deadline_seconds: float,
    ) -> None:
        self._voices, self._office, self._standing = voices, office, standing
        self.deadline_seconds = deadline_seconds

    def horizon_seconds(self, account_id: str) -> float:
        """Return how long a sent text may stay invisible to `find`."""
        voice = self._voices.get(account_id)
        return 0.0 if voice is None else voice.speaker.visibility_horizon_seconds

    def withheld(self, effect: Effect) -> str:
        """Return why this effect must not leave now; empty if it may."""
        voice = self._voices.get(effect.account_id)
        pack = rules_of(effect, self._standing, live=voice.live if voice else None)
        return pack.reason if isinstance(pack, Withheld) else self._objection(effect, pack)

    def _case(self, effect: Effect) -> Case | None:
        return self._standing.state.get(f"case:{effect.case_id}", Case)

    def _known(self, effect: Effect) -> frozenset[str]:
        """Return what the platform calls the replies of this case that we know of."""
        case = self._case(effect)
        replies = () if case is None else case.replies
        return frozenset(each.receipt.native_id for each in replies if each.receipt)

    def _approved(self, effect: Effect) -> Approved:
        return Approved.of(effect, self._case(effect))

    def _objection(self, effect: Effect, pack: Pack) -> str:
        case = self._case(effect)
        if case is None:
            return "case_missing"
        state = self._standing.state
        now = max(state.now or effect.decided_at, effect.decided_at)
        about = around(state, case, now)
        if about.guidance.stamp(case) != effect.guided:
            return "position_changed"
        reply = reply_of(case, effect.slot or "answer")
        if reply is None or reply.approval_id != effect.approval_id:
            return "not_approved"
        against = objection(case, reply, pack, KnownBeside(about.guidance, about.claim))
        if against is not None:
            return against.note()
        return self._words(effect, case, pack, about)

    @staticmethod
    def _words(effect: Effect, case: Case, pack: Pack, about: Around) -> str:
        """Return what stands against the very words, as they would be read now."""
        now = about.now or effect.decided_at
        if is_moved(effect.promises, promised(effect.body, pack, now)):
            return "promise_moved"
        result = check_text(case, pack, effect.body, about, effect.slot or "answer")
        if result.passed:
            return ""
        return f"gate_failed {'; '.join(each.reason for each in result.findings)}".rstrip()

    async def send(self, effect: Effect) -> SendResult | Withheld:
        """Speak once, within the deadline. Raises OfficeLostError if the lease ran out."""
        try:
            approved = self._approved(effect)
        except PermanentError as error:
            return Withheld(str(error))
        if reason := self.withheld(effect):
            return Withheld(reason)
        speaker = self._voices[approved.account_id].speaker
        try:
            async with asyncio.timeout(self.deadline_seconds):
                self._office.must_hold()
                return await speaker.reply(
                    approved.target,
                    approved.text,
                    approval=approved.approval,
                    timeout_seconds=self.deadline_seconds,
                )
        except (TimeoutError, TransientError, PermanentError) as error:
            return SendUnknown(f"{type(error).__name__} while sending")

    async def find(
        self, effect: Effect, since: datetime, *, anything: bool = False
    ) -> Receipt | None:
        """Read the platform back for this text, or for `anything` we say there without knowing it.

        Raises TransientError, PermanentError if it cannot be read.
        """
        text = None if anything else effect.body
        approved = self._approved(effect)
        voice = self._voices.get(approved.account_id)
        if voice is None:
            raise PermanentError("account_missing")
        try:
            async with asyncio.timeout(self.deadline_seconds):
                return await voice.speaker.find(
                    approved.target, text, since - FIND_SLACK, known=self._known(effect)
                )
        except TimeoutError as error:
            raise TransientError("the platform did not answer in time") from error
