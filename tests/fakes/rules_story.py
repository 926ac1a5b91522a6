"""People who decide on rules, told to the fold: proposed, approved, put in force, taken back."""

from services.respond.core.policy import PolicyRegister
from shared.contracts.org import Role
from shared.contracts.policy import (
    PolicyApproved,
    PolicyProposed,
    PolicyPutInForce,
    PolicyRejected,
    PolicyRolledBack,
    PolicyShadowed,
)
from shared.policy.model import Pack, Taboo
from tests.fakes.builders import a_person
from tests.fakes.core_story import BARE, Story

STRICT = Pack(
    name="company",
    taboos=(Taboo(category="delay", level="block", reason="拖延", phrases=("马上核实",)),),
)
OTHER = Pack(name="company", undo_seconds=30)


def a_house(*people: tuple[str, Role], pack: Pack = BARE) -> Story:
    story = Story(pack)
    for person, role in people or (("wang", Role.REVIEWER),):
        story.tell(a_person(person, role))
    return story


def propose(
    story: Story, rules: Pack = STRICT, *, by: str = "wang", base: str = "", note: str = "收紧"
) -> str:
    op, pack_hash = f"propose-{story.seq}", rules.content_hash()
    story.packs[pack_hash] = rules
    story.tell(
        PolicyProposed(
            op_id=op,
            person_id=by,
            pack="company",
            pack_hash=pack_hash,
            base_hash=base or story.organisation.packs["company"],
            note=note,
        )
    )
    return story.outcome(op).code


def approve(story: Story, rules: Pack = STRICT, *, by: str = "li", now: bool = True) -> str:
    op = f"approve-{story.seq}"
    story.tell(
        PolicyApproved(
            op_id=op,
            person_id=by,
            pack="company",
            pack_hash=rules.content_hash(),
            activate=now,
        )
    )
    return story.outcome(op).code


def put_in_force(story: Story, rules: Pack = STRICT, *, by: str = "li") -> str:
    op = f"force-{story.seq}"
    story.tell(
        PolicyPutInForce(op_id=op, person_id=by, pack="company", pack_hash=rules.content_hash())
    )
    return story.outcome(op).code


def take_back(
    story: Story, rules: Pack = STRICT, to: Pack = BARE, *, by: str = "wang", reason: str = "误拦"
) -> str:
    op = f"back-{story.seq}"
    story.tell(
        PolicyRolledBack(
            op_id=op,
            person_id=by,
            pack="company",
            pack_hash=rules.content_hash(),
            to_hash=to.content_hash(),
            reason=reason,
        )
    )
    return story.outcome(op).code


def reject(story: Story, rules: Pack = STRICT, *, by: str = "li", reason: str = "太严") -> str:
    op = f"reject-{story.seq}"
    story.tell(
        PolicyRejected(
            op_id=op,
            person_id=by,
            pack="company",
            pack_hash=rules.content_hash(),
            reason=reason,
        )
    )
    return story.outcome(op).code


def register(story: Story) -> PolicyRegister:
    found = story.state.get(PolicyRegister.KEY, PolicyRegister)
    assert found is not None
    return found


def in_force(story: Story) -> str:
    return story.organisation.packs["company"]


def shadow(story: Story, rules: Pack = STRICT, *, running: bool = True, by: str = "wang") -> str:
    op = f"shadow-{story.seq}"
    story.tell(
        PolicyShadowed(
            op_id=op,
            person_id=by,
            pack="company",
            pack_hash=rules.content_hash(),
            running=running,
        )
    )
    return story.outcome(op).code
