"""Routes of a pack: the first that fits wins, and every pack sends each matter somewhere."""

import pytest

from shared.contracts.verdicts import Label
from shared.policy.model import Pack
from shared.policy.routing import queues_of, route_of
from shared.policy.switches import Route, Switches
from shared.runtime.packs import read_packs
from shared.runtime.settings import default_policies_dir

TABLE = Switches(
    routes=(
        Route(label="complaint", topic="fire", queue="安保部"),
        Route(label="complaint", queue="客服"),
        Route(label="question", queue="营销部"),
    ),
    default_queue="值班台",
)


def _queue(labels: tuple[str, ...], topics: tuple[str, ...] = ()) -> str:
    route = route_of(TABLE, labels, topics)
    return route.queue if route else ""


def test_the_first_route_that_fits_label_and_topic_wins() -> None:
    assert _queue(("complaint",), ("fire",)) == "安保部"
    assert _queue(("complaint",), ("price",)) == "客服"
    assert _queue(("question", "complaint")) == "客服"
    assert _queue(("praise",), ("fire",)) == ""


def test_the_default_queue_is_one_of_the_queues() -> None:
    assert queues_of(TABLE) == ("安保部", "客服", "营销部", "值班台")


PACKS = read_packs(default_policies_dir())


@pytest.mark.parametrize("name", sorted(PACKS))
def test_every_shipped_pack_says_where_rumours_go(name: str) -> None:
    pack: Pack = PACKS[name]
    route = route_of(pack.switches, (Label.RUMOUR,), ())
    assert route is not None
    assert route.queue
    assert pack.switches.default_queue
