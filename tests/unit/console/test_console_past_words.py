"""沿革: positions, bans and receipts as they were before, with who, when, why, and the words."""

from services.respond.console.past_words import Bit, bits, entries_of
from services.respond.core.chronicle import Chronicle, Told
from tests.unit.console.conftest import Desk


def _told(desk: Desk) -> tuple[Told, ...]:
    now = desk.clock.now()
    first = {"matter": "蛋糕", "text": "涉事蛋糕已下架。", "must_say": "下架"}
    second = first | {"text": "涉事批次蛋糕已下架，正在检测。"}
    known = {"what": "position", "name": "cake", "at": now}
    return tuple(
        Told.model_validate(each)
        for each in (
            {**known, "act": "proposed", "by": "zhou", "says": first},
            {**known, "act": "in_force", "by": "lin", "says": first},
            {**known, "act": "proposed", "by": "zhou", "says": second},
            {**known, "act": "expired", "says": first},
            {
                "what": "ban",
                "name": "b1",
                "at": now,
                "act": "lifted",
                "by": "lin",
                "why": "已公布",
                "says": {"text": "检测报告"},
            },
            {
                "what": "receipt",
                "name": "plaza",
                "at": now,
                "act": "on",
                "by": "lin",
                "says": {"text": "自动回复"},
            },
        )
    )


async def _text(desk: Desk, query: str = "") -> str:
    answer = await desk.client.get(f"/positions/history{query}")
    assert answer.status == 200
    return await answer.text()


async def test_who_did_what_when_and_why_stands_with_the_words_it_changed(desk: Desk) -> None:
    desk.house.remembered = Chronicle(told=_told(desk))
    await desk.sign_in("guan")
    page = await _text(desk)
    assert "<ins>批次</ins>" in page
    assert "<ins>，正在检测</ins>" in page
    assert "周以宁" in page
    assert "到时自动" in page
    assert "原因：已公布" in page or "已公布" in page
    assert "锦绣广场" in page
    assert page.index("自动回执 <a") < page.index("提出</span>")


async def test_one_kind_or_one_of_them_can_be_looked_at_alone(desk: Desk) -> None:
    desk.house.remembered = Chronicle(told=_told(desk))
    await desk.sign_in("guan")
    assert "涉事" not in await _text(desk, "?what=ban")
    assert "检测报告" not in await _text(desk, "?what=position&name=cake")
    assert "还没有变动" in await _text(desk, "?name=other")
    assert "/positions/history" in await (await desk.client.get("/positions")).text()
    assert "what=receipt" in await (await desk.client.get("/receipts")).text()


async def test_the_api_has_it_too(desk: Desk) -> None:
    desk.house.remembered = Chronicle(told=_told(desk))
    await desk.sign_in("guan")
    told = (await (await desk.client.get("/api/guidance/history")).json())["told"]
    assert [each["act"] for each in told][:2] == ["proposed", "in_force"]


async def test_an_approval_of_the_same_words_and_an_end_change_none(desk: Desk) -> None:
    fields = [each.fields for each in entries_of(_told(desk))]
    assert [len(each) for each in fields] == [3, 0, 1, 0, 0, 1]


def test_words_that_stayed_went_and_came_are_told_apart() -> None:
    assert list(bits("已下架", "已全部下架")) == [
        Bit("same", "已"),
        Bit("in", "全部"),
        Bit("same", "下架"),
    ]
    assert list(bits("召回", "下架")) == [Bit("out", "召回"), Bit("in", "下架")]
