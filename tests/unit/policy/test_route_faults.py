"""Routes that cannot be meant: for labels and topics that are not, never reached, or milder than the switch."""

from services.cli.policy_routes import route_faults
from shared.policy.model import Pack
from shared.policy.switches import Route, Switches
from shared.policy.weighing import Topic
from shared.runtime.packs import read_packs
from shared.runtime.settings import default_policies_dir

TOPICS = (Topic(id="fire", title="火情", phrases=("着火",)),)


def _faults(*routes: Route, **more: object) -> list[tuple[str, str]]:
    table = Switches.model_validate({"routes": routes, **more})
    pack = Pack(name="ours", topics=TOPICS, switches=table)
    return [(kind, name) for kind, name, _, _ in route_faults(pack)]


def test_a_route_for_a_label_or_topic_that_is_not_is_dead() -> None:
    assert _faults(Route(label="complaints", queue="客服")) == [
        ("dead", "route 1 (complaints → 客服)")
    ]
    assert _faults(Route(label="complaint", topic="flood", queue="客服"))[0][0] == "dead"
    assert _faults(Route(label="complaint", topic="fire", queue="客服")) == []


def test_a_route_that_an_earlier_one_hides_is_shadowed() -> None:
    wide, narrow = (
        Route(label="complaint", queue="客服"),
        Route(label="complaint", topic="fire", queue="安保部"),
    )
    assert _faults(wide, narrow) == [("shadowed", "route 2 (complaint → 安保部)")]
    assert _faults(narrow, wide) == []


def test_a_route_that_is_milder_than_the_switch_is_in_conflict() -> None:
    mild = Route(label="rumour", queue="宣传部", action="refute_case")
    assert _faults(mild, rumour_policy="report_up") == [("conflict", "route 1 (rumour → 宣传部)")]
    assert _faults(mild, rumour_policy="clarify") == []


def test_the_shipped_packs_have_none() -> None:
    packs = read_packs(default_policies_dir())
    assert [(name, each) for name, pack in packs.items() for each in route_faults(pack)] == []
