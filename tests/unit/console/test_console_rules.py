"""The rules over the API: proposed with a body that is known, reviewed, approved, confirmed, taken back."""

from collections.abc import Mapping

from aiohttp import ClientResponse

from services.respond.core.policy import ChangeLine, MovedCase, PackChanges, Switch
from shared.policy.model import Pack, Taboo
from tests.fakes.rules_house import shipped
from tests.unit.console.conftest import Desk

STRICT = shipped().model_copy(
    update={"taboos": (Taboo(category="soon", level="block", reason="拖延", phrases=("稍等",)),)}
)


class Office:
    """People who decide on rules, each operation with an id of its own."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self._number, self._who = desk, 0, ""

    async def ask(self, who: str, verb: str, body: Mapping[str, object]) -> ClientResponse:
        self._number += 1
        if who != self._who:
            await self.desk.sign_in(who)
            self._who = who
        path = f"/api/packs/company/{verb}"
        return await self.desk.ask(path, dict(body), f"rules-{self._number:04}")

    async def propose(self, rules: Pack = STRICT, who: str = "zhou") -> ClientResponse:
        pack_hash = await self.desk.house.keep(rules)
        body = {"pack_hash": pack_hash, "base_hash": shipped().content_hash(), "note": "收紧"}
        return await self.ask(who, "propose", body)

    async def decide(self, verb: str, who: str = "lin", **extra: object) -> int:
        answer = await self.ask(who, verb, {"pack_hash": STRICT.content_hash(), **extra})
        return answer.status

    async def read(self, path: str) -> dict[str, object]:
        answer = await self.desk.client.get(f"/api/packs{path}")
        assert answer.status == 200
        found: dict[str, object] = await answer.json()
        return found


async def test_rules_are_proposed_approved_confirmed_and_taken_back(desk: Desk) -> None:
    office = Office(desk)
    assert (await office.propose()).status == 200
    assert await office.decide("shadow", running=True) == 200
    beside = await office.read("/company/shadow")
    assert (beside["pack_hash"], beside["items"]) == (STRICT.content_hash(), 0)
    assert await office.decide("activate") == 409
    assert await office.decide("approve") == 200
    assert await office.decide("activate") == 200
    standing = await office.read("")
    assert standing["in_force"] == {"company": STRICT.content_hash()}
    assert standing["unread"] == ["company"]
    changes = await office.read("/company/changes")
    assert changes["pack_hash"] == STRICT.content_hash()
    assert await office.decide("confirm") == 200
    assert (await office.read(""))["unread"] == []
    assert (await office.read("/company/changes"))["switches"] == []
    back = {"to_hash": shipped().content_hash(), "reason": "误拦"}
    assert await office.decide("roll-back", "chen", **back) == 200
    assert (await office.read(""))["in_force"] == {"company": shipped().content_hash()}


async def test_a_body_nobody_has_or_of_another_pack_never_reaches_the_log(desk: Desk) -> None:
    office = Office(desk)
    body = {"pack_hash": "c" * 64, "base_hash": shipped().content_hash(), "note": "x"}
    answer = await office.ask("zhou", "propose", body)
    assert (answer.status, (await answer.json())["code"]) == (422, "pack_unknown")
    other = await office.propose(Pack(name="hotel"))
    assert (other.status, (await other.json())["code"]) == (422, "wrong_pack")
    assert desk.house.log == []


async def test_a_review_tells_what_differs_and_which_texts_would_fail(desk: Desk) -> None:
    office = Office(desk)
    await office.propose()
    draft = {"base_revision": 0, "text": "您好,这批蛋糕已经下架,请稍等,我们去问。"}
    await desk.ask("/api/cases/case1042/draft", draft, "draft-0001")
    found = await office.read(f"/company/review/{STRICT.content_hash()}")
    assert found["in_force"] == shipped().content_hash()
    differences = found["differences"]
    assert isinstance(differences, list)
    assert {each["path"][0] for each in differences} == {"taboos"}
    texts, templates = found["texts"], found["wordings"]
    assert isinstance(texts, list)
    assert [(each["case_id"], each["status"]) for each in texts] == [("case1042", "drafted")]
    assert isinstance(templates, list)
    assert [each["name"] for each in templates] == ["question-answer-short"]
    assert (await desk.client.get(f"/api/packs/company/review/{'d' * 64}")).status == 404


async def test_the_rules_that_hold_can_be_read_by_everybody(desk: Desk) -> None:
    await desk.sign_in("guan")
    shown = await (await desk.client.get("/api/packs/company")).json()
    assert shown["pack_hash"] == shipped().content_hash()
    assert shown["rules"]["name"] == "company"
    assert (await desk.client.get("/api/packs/hotel")).status == 404
    assert (await desk.client.get("/api/packs/company/shadow")).status == 404
    assert (await (await desk.client.get("/api/packs")).json())["unread"] == []


async def test_who_may_not_send_has_nothing_to_confirm(desk: Desk) -> None:
    office = Office(desk)
    await office.propose()
    await office.decide("approve", activate=True)
    await desk.sign_in("guan")
    assert (await office.read(""))["unread"] == []


async def test_cases_that_would_move_and_that_moved_are_named(desk: Desk) -> None:
    await desk.sign_in("zhou")
    base = shipped().content_hash()
    moved = MovedCase(
        case_id="case1042", number=1042, from_queue="客服", to_queue="售后", held=True
    )
    switch = Switch(
        from_hash="0" * 64,
        to_hash=base,
        at=desk.clock.now(),
        seq=1,
        lines=(ChangeLine(area="clocks", path=(), what="changed", before="60", after="30"),),
        moved=(moved,),
        more_moved=2,
    )
    page = await changes_page(desk, switch)
    assert "按新规则改派的未办结工单：3 件" in page
    assert "<del>客服</del> <ins>售后</ins>" in page
    assert "回复待决定" in page
    assert "另有 2 件" in page


async def changes_page(desk: Desk, switch: Switch) -> str:
    """Let the house know of this one change and return what zhou reads."""
    changes = PackChanges(pack="company", switches=(switch,))
    desk.house.remember_changes(changes)
    answer = await desk.client.get("/policy/company/changes")
    return await answer.text()
