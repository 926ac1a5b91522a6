"""The rules of a house in memory: the very fold decides on them, over the shipped pack."""

from collections.abc import Sequence
from datetime import datetime, tzinfo
from functools import lru_cache

from services.respond.core.aggregates import (
    Briefed,
    Incident,
    IncidentRegister,
    Organisation,
    PackChanges,
    Person,
    PolicyRegister,
    ShadowRun,
    StoredOutcome,
)
from services.respond.core.fold import fold
from services.respond.core.state import Changes, State
from services.respond.ports import ReadModel
from services.respond.rehearsing import Asked, Rehearsed
from services.respond.shell.rehearsal import LogRehearsal
from shared.bus.memory_bus import MemoryBus
from shared.bus.port import outgoing
from shared.contracts.facts import Fact, Stored
from shared.contracts.incidents import IncidentFact
from shared.contracts.operators import Outcome, ReplyDrafted
from shared.contracts.org import AccountRegistered, PolicyActivated
from shared.contracts.policy import PolicyFact
from shared.contracts.posts import PostSeen
from shared.contracts.verdicts import Label
from shared.policy.model import Pack
from shared.runtime.clock import Clock
from shared.runtime.packs import read_pack
from shared.runtime.settings import default_policies_dir
from tests.fakes.builders import a_comment, a_verdict

WEEK: Sequence[tuple[str, *tuple[Label, ...]]] = (
    ("地下车库的灯坏了半个月，晚上根本看不见路", Label.COMPLAINT),
    ("周末的亲子活动还能报名吗", Label.QUESTION),
    ("听说三楼要关门了，是真的吗", Label.RUMOUR),
    ("服务台的姑娘特别耐心，表扬一下", Label.PRAISE),
    ("电梯停了三天没人管，老人上不去楼", Label.COMPLAINT),
)
POSTS = ("周末亲子活动开始报名，名额有限。", "地下车库的灯今晚修好了，谢谢大家提醒。")
DRAFT = "您好，电梯已经报修，三天内退款的事我们再核实。"


@lru_cache(maxsize=1)
def shipped() -> Pack:
    """Return the pack `company` as it is shipped."""
    return read_pack(default_policies_dir(), "company")


class RulesHouse(ReadModel):
    """The part of a ReadModel that is about rules, and the shelf they lie on."""

    house: Organisation
    staff: dict[str, Person]
    _clock: Clock

    def shelve_rules(self, now: datetime) -> None:
        """Put the shipped pack in force, as the files' own."""
        pack = shipped()
        self._rules, self._places = State(), 0
        self.rules_shelf = {pack.content_hash(): pack}
        self.house = self.house.model_copy(update={"packs": {"company": pack.content_hash()}})
        account = AccountRegistered(
            revision="1", account_id="plaza", platform="weibo", native_id="1", name="广场"
        )
        activated = PolicyActivated(
            pack="company", pack_hash=pack.content_hash(), activated_by="configuration"
        )
        self._tell(account, now)
        self._tell(activated, now)
        for each in self.staff.values():
            self._tell(each.registered, now)

    def on_rules(self, fact: PolicyFact | IncidentFact) -> Outcome:
        """Fold what was asked, and return what came of it."""
        self._tell(fact, self._clock.now())
        decided = self._rules.get(f"outcome:{fact.op_id}", StoredOutcome)
        standing = self._rules.get(Organisation.KEY, Organisation)
        assert decided is not None
        assert standing is not None
        self.house = self.house.model_copy(update={"packs": standing.packs})
        return decided.outcome

    async def incidents(self) -> Sequence[Incident]:
        known = self._rules.get(IncidentRegister.KEY, IncidentRegister) or IncidentRegister()
        found = (self._rules.get(f"incident:{each}", Incident) for each in known.incident_ids)
        return [each for each in found if each is not None]

    async def policies(self) -> PolicyRegister:
        return self._rules.get(PolicyRegister.KEY, PolicyRegister) or PolicyRegister()

    async def shadow(self, pack: str) -> ShadowRun | None:
        return self._rules.get(f"shadow:{pack}", ShadowRun)

    async def pack_changes(self, pack: str) -> PackChanges | None:
        return self._rules.get(f"changes:{pack}", PackChanges)

    def remember_changes(self, changes: PackChanges) -> None:
        """Let these be what people changed."""
        self._rules.apply(Changes({changes.key: changes}), self._clock.now())

    async def briefed(self, person_id: str) -> Briefed | None:
        return self._rules.get(f"briefed:{person_id}", Briefed)

    async def pack(self, pack_hash: str) -> Pack | None:
        return self.rules_shelf.get(pack_hash)

    async def rehearse(self, name: str, live: Pack, candidate: Pack) -> Rehearsed:
        """Try rules on a small week of our own, by the real rehearsal."""
        return await (await self._trial()).rehearse(name, live, candidate)

    async def ask(self, name: str, candidate: Pack, rule_id: str, zone: tzinfo) -> Asked:
        """Ask one rule of the same week, and of what people of the house wrote."""
        return await (await self._trial()).ask(name, candidate, rule_id, zone)

    async def _trial(self) -> LogRehearsal:
        week = MemoryBus(self._clock)
        for number, (text, *labels) in enumerate(WEEK):
            item = a_comment(f"w{number}", text, author=f"u{number}", account="plaza")
            verdict = a_verdict(f"w{number}", *labels, account="plaza")
            await week.publish([outgoing(item), outgoing(verdict)])
        for number, text in enumerate(POSTS):
            post = PostSeen(
                platform="weibo",
                account_id="plaza",
                post_id=f"p{number}",
                text=text,
                published_at=self._clock.now(),
            )
            await week.publish([outgoing(post)])
        draft = ReplyDrafted(
            op_id="w-draft", person_id="chen", case_id="case1042", base_revision=0, text=DRAFT
        )
        await week.publish([outgoing(draft)])
        return LogRehearsal(week, self._clock, self)

    async def keep(self, pack: Pack) -> str:
        self.rules_shelf[pack.content_hash()] = pack
        return pack.content_hash()

    def _tell(self, fact: Fact, now: datetime) -> None:
        self._places += 1
        stored = Stored(seq=self._places, time=now, fact=fact)
        assert not fold(self._rules, [stored], self.rules_shelf).quarantined
