"""A case that spreads says how far, by when and on what evidence; never that it is true or not."""

from datetime import UTC, datetime, timedelta

from services.respond.console.answers import CaseShown
from services.respond.console.catalog import load_catalogs
from services.respond.console.render import HERE
from services.respond.console.spreading import alike_in_short, in_short, readings_view
from tests.fakes.console_samples import a_cluster, cases
from tests.fakes.rumours import a_reading
from tests.unit.console.conftest import Desk

NOW = datetime(2026, 5, 1, 6, 20, tzinfo=UTC)
CATALOGS = load_catalogs(HERE / "locale")


async def test_the_page_and_the_queue_say_on_what_evidence_and_when(desk: Desk) -> None:
    case = desk.house.cases["case1041"]
    first = a_reading(NOW, 0, likely=620, reposts=0, denial=0, doubt=0, delight=0, lately=0)
    second = a_reading(NOW + timedelta(minutes=15), followers=300)
    desk.house.cases["case1041"] = case.model_copy(update={"readings": (first, second)})
    await desk.sign_in("zhou")
    page = await (await desk.client.get("/case/case1041")).text()
    assert "传言·待核实" in page
    assert "第 15 分钟：转发 42 次，其中否认 6、追问真假 9、叫好 1；像传言的程度 73%。" in page
    assert "第 0 分钟：还没有人转发" in page
    assert "不判断真假" in page
    assert "谣言" not in page
    queue = await (await desk.client.get("/queue")).text()
    assert "像传言 73%，转发 42" in queue
    told = await (await desk.client.get("/api/cases/case1041")).json()
    assert [each["minutes"] for each in told["readings"]] == [0, 15]
    assert told["readings"][-1]["likely"] == 730


def test_every_part_is_said_in_every_language() -> None:
    case = cases(NOW)[1]
    reading = a_reading(NOW, copies=3, unheard=2, followers=None, text=None, claim_status="untrue")
    told = case.model_copy(update={"readings": (reading,)})
    for t in CATALOGS.values():
        [shown] = readings_view(told, t)
        assert len(shown.parts) == 6
        assert len(list(in_short(told, t))) == 1
    assert list(in_short(case, CATALOGS["zh"])) == []
    assert readings_view(case, CATALOGS["zh"]) == ()


def test_who_stands_for_followers_that_nobody_told_is_said_once_it_is_known() -> None:
    case = cases(NOW)[1]
    readings = (a_reading(NOW, followers=None), a_reading(NOW, followers=None, early=42))
    told = case.model_copy(update={"readings": readings})
    newest, first = readings_view(told, CATALOGS["zh"])
    assert "作者粉丝数未知，未计入" in first.parts
    assert "作者粉丝数未知，改看头一刻钟的转发：42 次" in newest.parts


def test_the_api_keeps_what_was_believed() -> None:
    case = cases(NOW)[1].model_copy(update={"readings": (a_reading(NOW),)})
    assert CaseShown.of(case).readings == case.readings


async def test_what_many_say_is_shown_together_and_served_together(desk: Desk) -> None:
    for name in ("case1041", "case1042"):
        case = desk.house.cases[name]
        desk.house.cases[name] = case.model_copy(update={"cluster_id": "k1"})
    await desk.sign_in("zhou")
    queue = await (await desk.client.get("/queue")).text()
    assert queue.count("同类 12 条") == 2
    assert "疑似集中发布" in queue
    page = await (await desk.client.get("/case/case1042")).text()
    assert 'href="/queue?alike=k1"' in page
    alike = await (await desk.client.get("/queue?alike=k1")).text()
    assert "只看这组相似的" in alike
    assert "#1041" in alike
    assert "#1043" not in alike
    told = await (await desk.client.get("/api/queue?cluster_id=k1")).json()
    assert told["total"] == 2
    cluster = await (await desk.client.get("/api/clusters/k1")).json()
    assert (cluster["count"], cluster["coordinated_at"] is None) == (12, False)
    claim = await (await desk.client.get("/api/claims/w1")).json()
    assert claim["status"] == "checking"


def test_what_nobody_repeats_is_not_marked() -> None:
    zh = CATALOGS["zh"]
    cluster = a_cluster("k1", NOW)
    alone = cluster.model_copy(update={"count": 1})
    plain = cluster.model_copy(update={"coordinated_at": None})
    assert [list(alike_in_short(each, zh)) for each in (None, alone)] == [[], []]
    assert list(alike_in_short(plain, zh)) == ["同类 12 条"]
