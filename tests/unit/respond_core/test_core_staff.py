"""Accounts of staff: what the rules forbid them goes to a person, and nobody answers it in public."""

from services.respond.core.aggregates import Incident
from services.respond.core.incident import IncidentRegister
from services.respond.core.suggest import offered
from shared.contracts.guidance import ModelDrafted
from shared.contracts.incidents import IncidentJudged
from shared.contracts.items import ItemKind
from shared.contracts.operators import CaseReopened
from shared.contracts.org import Role
from shared.contracts.verdicts import Label
from shared.policy.articles import PolicyRule, Source
from shared.policy.incidents import IncidentRule, IncidentTable
from shared.policy.lexicons import Lexicon
from shared.policy.model import Pack
from shared.policy.weighing import Origin
from shared.runtime.packs import read_pack
from shared.runtime.settings import default_policies_dir
from tests.fakes.builders import (
    a_claim,
    a_comment,
    a_deletion,
    a_draft,
    a_person,
    a_resolution,
    a_submission,
    a_tick,
    a_verdict,
    an_approval,
    an_edit,
)
from tests.fakes.core_story import Story
from tests.fakes.rules_house import shipped

SECRETS = Lexicon(id="secrets", title="内部事项", phrases=("内部价",))
CAREFUL = PolicyRule(
    id="staff-careful",
    title="员工发言要谨慎",
    type="obligation",
    sources=(Source(rule="S-1"),),
    kinds=("post", "repost", "comment"),
    where={"account_type|author_type": ("staff", "employee")},
    check="words",
    params={"labels": {"secret": ["secrets"]}},
    verdict="escalate",
)
RUMOUR = CAREFUL.model_copy(
    update={
        "id": "staff-rumour",
        "title": "员工不传谣言",
        "sources": (Source(rule="S-2"),),
        "kinds": ("comment", "mention"),
        "where": {"author_type": ("staff",)},
        "check": "inbound",
        "params": {"speaks": {"rumour": {}}, "also_told": True},
        "grade": 2,
    }
)
OFFICIAL = CAREFUL.model_copy(
    update={"id": "official", "title": "官方发文", "where": {"account_type?": ("!staff",)}}
)
STAFF = Origin(id="employee", title="本单位员工", names=("u7", "店员小李"), verified=("本店员工",))
PACK = Pack(
    name="company",
    origins=(STAFF,),
    lexicons=(SECRETS,),
    rules=(CAREFUL, RUMOUR, OFFICIAL),
)
WORDED = PACK.model_copy(
    update={"templates": shipped().templates, "suggesting": shipped().suggesting}
)
BROKEN = "今天的内部价是八折,大家快来"


def a_house(pack: Pack = PACK) -> Story:
    story = Story(pack)
    story.tell(a_person("chen", Role.OPERATOR))
    return story


def entries(story: Story) -> list[Incident]:
    found = story.state.get(IncidentRegister.KEY, IncidentRegister) or IncidentRegister()
    known = (story.state.get(f"incident:{each}", Incident) for each in found.incident_ids)
    return [each for each in known if each is not None]


def write(
    story: Story,
    *labels: Label,
    name: str = "c1",
    text: str = BROKEN,
    author: str = "u7",
    kind: ItemKind = ItemKind.COMMENT,
) -> None:
    story.tell(
        a_comment(name, text, author=author, kind=kind),
        a_verdict(name, *labels, kind=kind.value),
    )


def test_what_the_rules_forbid_staff_is_a_case_and_a_proposal_though_it_harms_nobody() -> None:
    story = a_house()
    write(story, Label.PRAISE)
    [entry] = entries(story)
    assert (entry.rule.id, entry.rule.title, entry.trigger, entry.about) == (
        "S-1",
        "员工发言要谨慎",
        "staff_account",
        "",
    )
    case = story.case
    assert (entry.case_id, entry.person_id) == (case.case_id, "")
    assert entry.evidence[0] == f"item:{case.items[0].item_id}"
    assert entry.evidence[1].startswith("author:")
    assert "u7" not in entry.evidence[1]
    assert case.dues.staff == ("S-1",)
    assert [each.what for each in case.history] == ["opened", "staff_account"]


def test_nobody_answers_it_in_public_and_nothing_is_promised() -> None:
    story = a_house(WORDED)
    write(story, Label.COMPLAINT)
    case = story.case
    assert [each.clock for each in case.clocks] == ["acknowledge"]
    assert offered(story.state, WORDED) == {case.case_id: ()}
    story.tell(a_claim(case.case_id), a_draft(case.case_id))
    outcome = story.outcome("op-draft")
    assert (outcome.code, outcome.detail) == ("staff_account", {"rules": "S-1"})
    item = case.items[0]
    story.tell(
        ModelDrafted(
            op_id="model",
            person_id="chen",
            case_id=case.case_id,
            item_id=item.item_id,
            item_version=item.item_version,
            model="m",
            text="您好",
        )
    )
    assert story.outcome("model").code == "staff_account"
    story.tell(a_tick(), after=25 * 3600)
    assert story.decided("clock.breached") == []
    story.tell(a_resolution(case.case_id))
    assert story.outcome("op-resolve").accepted
    assert [each["rule"] for each in story.decided("incident.proposed")] == ["S-1"]


def test_others_and_harmless_words_of_staff_are_as_ever() -> None:
    story = a_house(WORDED)
    write(story, Label.PRAISE, author="u1")
    write(story, Label.PRAISE, name="c2", text="今天橱窗真漂亮")
    write(story, Label.PRAISE, name="c3", kind=ItemKind.MESSAGE)
    assert (story.has("case"), entries(story)) == (0, [])
    write(story, Label.COMPLAINT, name="c4", text="橱窗的灯坏了没人管")
    assert (story.has("case"), entries(story)) == (1, [])
    assert [each.clock for each in story.case.clocks] == ["acknowledge", "first_reply"]
    assert offered(story.state, WORDED)[story.case.case_id] != ()


def test_staff_are_known_by_name_by_id_or_by_the_platforms_mark() -> None:
    for changes in ({"name": "店员小李"}, {"author_id": "u7"}, {"verified": "本店员工"}):
        story = a_house()
        comment = a_comment(text=BROKEN, author="u1")
        author = comment.author.model_copy(update=changes)
        story.tell(comment.model_copy(update={"author": author}), a_verdict("c1", Label.PRAISE))
        assert len(entries(story)) == 1


def test_a_rumour_passed_on_by_staff_has_the_grade_of_its_rule() -> None:
    story = a_house()
    write(story, Label.RUMOUR, text="听说三楼要关门")
    assert [(each.rule.id, each.grade) for each in entries(story)] == [("S-2", 2)]


def test_the_shipped_mall_and_insurer_hold_their_staff_to_their_own_rules() -> None:
    for name, text, rule in (
        ("retail-mall", "咱们商场的电梯又坏了,真丢人", "HB13-4.3-7"),
        ("finance-insurance", "听说我们公司要倒闭了", "INSURE-13-1"),
        ("company-car-brand", "网传我们的新车电池会起火", "CHERY-2.8"),
    ):
        pack = read_pack(default_policies_dir(), name)
        story = a_house(pack.model_copy(update={"origins": (STAFF,)}))
        write(story, Label.PRAISE, text=text, kind=ItemKind.MENTION)
        assert rule in {each.rule.id for each in entries(story)}, name


def test_a_line_of_the_table_may_stand_for_it() -> None:
    line = IncidentRule(id="T", title="员工失言", grade=2, triggers=("staff_account",))
    story = a_house(PACK.model_copy(update={"incidents": IncidentTable(rules=(line,))}))
    write(story, Label.PRAISE)
    assert sorted(each.rule.id for each in entries(story)) == ["S-1", "T"]
    assert story.case.dues.staff == ("T", "S-1")


def test_where_nobody_is_named_nobody_is_watched() -> None:
    nobody = Origin(id="employee", title="本单位员工")
    for origins in ((), (nobody,)):
        story = a_house(PACK.model_copy(update={"origins": origins}))
        write(story, Label.PRAISE)
        assert story.has("case") == 0


def test_what_was_deleted_before_it_was_judged_is_proposed_without_a_case() -> None:
    story = a_house()
    story.tell(a_comment(text=BROKEN, author="u7"), a_deletion(), a_verdict("c1", Label.PRAISE))
    assert story.has("case") == 0
    assert [each.case_id for each in entries(story)] == [""]


def test_an_edit_that_breaks_a_rule_stops_what_was_on_its_way() -> None:
    story = a_house()
    write(story, Label.QUESTION, text="橱窗的灯几点关")
    case_id = story.case.case_id
    story.tell(a_claim(case_id), a_draft(case_id), a_submission(case_id))
    story.tell(an_edit(text=BROKEN), a_verdict("c1", Label.QUESTION, version="v2"))
    assert story.case.dues.staff == ("S-1",)
    assert len(entries(story)) == 1


def test_a_reply_in_its_undo_window_comes_back() -> None:
    story = a_house()
    write(story, Label.QUESTION, text="橱窗的灯几点关")
    case_id = story.case.case_id
    story.tell(a_claim(case_id), a_draft(case_id), a_submission(case_id), an_approval(case_id))
    write(story, Label.PRAISE, name="c2")
    story.tell(a_tick(), after=60)
    assert story.has("effect") == 0
    assert (story.case.replies[0].status, story.case.replies[0].note) == (
        "returned",
        "staff_account",
    )


def test_opened_again_it_stays_quiet() -> None:
    story = a_house()
    write(story, Label.QUESTION)
    case_id = story.case.case_id
    write(story, Label.COMPLAINT, name="c2", text="没人管")
    story.tell(
        a_resolution(case_id, reason="谈过话", op="r"),
        CaseReopened(op_id="again", person_id="li", case_id=case_id, reason="再看"),
    )
    assert story.outcome("again").accepted
    assert [each.clock for each in story.case.clocks] == ["acknowledge"]


def judge(story: Story, *, upheld: bool) -> None:
    entry = entries(story)[0]
    story.tell(
        IncidentJudged(
            op_id=f"judge-{story.seq}",
            person_id="li",
            incident_id=entry.incident_id,
            upheld=upheld,
            grade=entry.grade,
            sanction="谈话",
            reason="同名的顾客",
        )
    )


def test_who_was_taken_for_staff_by_mistake_is_answered_once_a_person_says_so() -> None:
    story = a_house()
    write(story, Label.QUESTION)
    judge(story, upheld=False)
    assert story.case.dues.staff == ()
    story.tell(a_draft(story.case.case_id))
    assert story.outcome("op-draft").accepted


def test_what_is_upheld_stays_unanswered_and_other_entries_change_nothing() -> None:
    story = a_house()
    write(story, Label.QUESTION)
    judge(story, upheld=True)
    assert story.case.dues.staff == ("S-1",)
    gone = a_house()
    gone.tell(a_comment(text=BROKEN, author="u7"), a_deletion(), a_verdict("c1", Label.PRAISE))
    judge(gone, upheld=False)
    assert entries(gone)[0].status == "dismissed"
