"""The register on its page and over the API: reported by somebody, decided by somebody else."""

from tests.unit.console.conftest import Desk


async def shown(desk: Desk) -> str:
    answer = await desk.client.get("/incidents")
    assert answer.status == 200
    return await answer.text()


async def report(desk: Desk, rule: str = "HB13-T3-11") -> int:
    body: dict[str, object] = {"rule": rule, "what": "图是去年的"}
    answer = await desk.ask("/api/accounts/plaza/incident-report", body, "incident-0001")
    return answer.status


async def test_an_incident_is_reported_and_decided_by_another(desk: Desk) -> None:
    await desk.sign_in("chen")
    assert "没有等待决定的记录" in await shown(desk)
    assert await report(desk) == 200
    page = await shown(desk)
    assert "图文对不上" in page
    assert "等待决定（1）" in page
    assert "/do/incident-judge" not in page
    await desk.sign_in("lin")
    page = await shown(desk)
    assert 'value="口头提醒，限期改进"' in page
    assert "一级" in page
    [entry] = (await (await desk.client.get("/api/incidents")).json())["incidents"]
    form = {
        "op_id": "incident-0002",
        "target": entry["incident_id"],
        "grade": "3",
        "sanction": "口头提醒，限期改进",
        "upheld": "true",
        "back": "/incidents",
    }
    answer = await desk.client.post("/do/incident-judge", data=form, allow_redirects=False)
    assert (answer.status, answer.headers["Location"]) == (303, "/incidents")
    page = await shown(desk)
    assert "已认定" in page
    assert "等待决定（0）" in page


async def test_a_line_the_table_does_not_have_is_refused(desk: Desk) -> None:
    await desk.sign_in("chen")
    assert await report(desk, "HB13-T9-99") == 409


async def test_who_reported_it_is_told_that_another_decides(desk: Desk) -> None:
    await desk.sign_in("lin")
    await report(desk)
    page = await shown(desk)
    assert "与您有关，须由另一人决定" in page
    assert "/do/incident-judge" not in page


async def test_who_only_reads_reports_nothing(desk: Desk) -> None:
    await desk.sign_in("guan")
    assert "/do/incident-report" not in await shown(desk)
    desk.house.house = desk.house.house.model_copy(update={"packs": {}})
    assert "登记一件" not in await shown(desk)
