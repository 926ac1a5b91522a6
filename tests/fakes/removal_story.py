"""A house that is asked to take things away, told to the fold step by step."""

from services.respond.core.aggregates import Incident
from services.respond.core.dues import Removal
from services.respond.core.incident import IncidentRegister
from shared.contracts.dues import (
    Ground,
    RemovalApproved,
    RemovalAsked,
    RemovalDeclined,
    Removing,
)
from shared.contracts.org import Role
from shared.contracts.verdicts import Label
from shared.policy.articles import PolicyRule, Source
from shared.policy.incidents import IncidentRule, IncidentTable
from shared.policy.model import Pack
from tests.fakes.builders import a_comment, a_person, a_verdict
from tests.fakes.core_story import Story
from tests.fakes.corrections import a_correction

VOICES = ["complaint", "suggestion", "question", "criticism", "praise"]
DELETING = PolicyRule(
    id="deleting-needs-evidence",
    title="删除要有理由、证据和第二人",
    type="obligation",
    sources=(Source(rule="M6c"),),
    kinds=("account_event",),
    check="deletion",
    params={"events": ["delete", "hide"], "protected": VOICES},
    verdict="hold",
)
BLOCKING = PolicyRule(
    id="blocking-needs-reason",
    title="不随手拉黑",
    type="prohibition",
    sources=(Source(rule="T2-09"),),
    kinds=("account_event",),
    check="deletion",
    params={"events": ["block"], "protected": VOICES},
    verdict="hold",
    grade=2,
)
TABLE = IncidentTable(
    rules=(
        IncidentRule(
            id="T1-06",
            title="瞒报投诉",
            grade=1,
            triggers=("criticism_removed",),
            labels=(Label.COMPLAINT,),
        ),
    )
)
PACK = Pack(name="company", rules=(DELETING, BLOCKING), incidents=TABLE)


def a_house(pack: Pack = PACK) -> Story:
    story = Story(pack)
    story.tell(
        a_person("chen", Role.OPERATOR), a_person("zhou", Role.REVIEWER), a_person("wu", Role.LEAD)
    )
    return story


def arrive(story: Story, *labels: Label) -> str:
    """Let something come that is for people, and return its case."""
    story.tell(
        a_comment(text="加我看片,点这里"), a_verdict("c1", *labels or (Label.SPAM, Label.FRAUD))
    )
    return story.case.case_id


def ask(
    story: Story,
    *,
    removing: Removing = "delete",
    ground: Ground = "spam",
    evidence: str = "截图一张",
    by: str = "chen",
    version: str = "v1",
    item: str = "",
) -> str:
    op = f"ask-{story.seq}"
    story.tell(
        RemovalAsked(
            op_id=op,
            person_id=by,
            case_id=story.case.case_id,
            item_id=item or story.case.items[0].item_id,
            item_version=version,
            removing=removing,
            ground=ground,
            evidence=evidence,
        )
    )
    return story.outcome(op).code


def approve(story: Story, by: str = "zhou", removal: str = "") -> str:
    op = f"approve-{story.seq}"
    story.tell(
        RemovalApproved(
            op_id=op,
            person_id=by,
            case_id=story.case.case_id,
            removal_id=removal or wish(story).removal_id,
        )
    )
    return story.outcome(op).code


def decline(story: Story, by: str = "zhou", *, reason: str = "只是刷屏", removal: str = "") -> str:
    op = f"decline-{story.seq}"
    story.tell(
        RemovalDeclined(
            op_id=op,
            person_id=by,
            case_id=story.case.case_id,
            removal_id=removal or wish(story).removal_id,
            reason=reason,
        )
    )
    return story.outcome(op).code


def correct(story: Story, *labels: Label) -> None:
    story.tell(a_correction(story.case, *labels, op=f"fix-{story.seq}", person="chen"))


def wish(story: Story) -> Removal:
    return story.case.dues.removals[-1]


def entries(story: Story) -> list[Incident]:
    found = story.state.get(IncidentRegister.KEY, IncidentRegister) or IncidentRegister()
    known = (story.state.get(f"incident:{each}", Incident) for each in found.incident_ids)
    return [each for each in known if each is not None]
