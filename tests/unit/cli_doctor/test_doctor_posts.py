"""Posts that rules name and nobody holds: said before a reply waits for a stand-in."""

from services.cli.doctor.posts import posts
from services.respond.shell.configuration import Configuration, PersonConfig
from shared.contracts.org import Role
from shared.policy.model import Pack
from shared.policy.switches import Route, Switches
from shared.runtime.accounts import AccountConfig

ROUTES = (
    Route(label="rumour", queue="宣传部", action="hold_and_escalate"),
    Route(label="question", queue="客服", reply_opinion_from="业务司局"),
)


def _house(*departments: str, live: bool = True, **switches: object) -> Configuration:
    account = AccountConfig(
        account_id="plaza",
        platform="weibo",
        native_id="1",
        name="plaza",
        endpoint="https://api.weibo.com",
        live=live,
        pack="ours",
    )
    person = PersonConfig(person_id="li", name="李", roles=(Role.LEAD,), departments=departments)
    table = Switches.model_validate({"routes": ROUTES, **switches})
    return Configuration((account,), (person,), None, (Pack(name="ours", switches=table),))


def test_posts_that_nobody_holds_are_named() -> None:
    [found] = posts(_house("宣传部", approval_chain=("保密员", "lead")))
    assert (found.level, found.part) == ("warn", "posts")
    assert found.says == "held by nobody: 保密员, 业务司局"


def test_all_is_well_where_somebody_holds_each() -> None:
    [found] = posts(
        _house("总部", "业务司局", rumour_to="总部", approval_chain=("院长",), chain_binds="posts")
    )
    assert found.level == "ok"


def test_only_live_accounts_are_worth_the_warning() -> None:
    assert list(posts(_house(live=False))) == []
    assert list(posts(None)) == []
