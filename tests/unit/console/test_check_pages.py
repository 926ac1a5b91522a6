"""The pages of the catalogue: a check is chosen, its rule written, tried on last week, proposed."""

from multidict import MultiDict

from tests.fakes.rules_house import shipped
from tests.unit.console.conftest import Desk

CATALOGUE = "/policy/company/checks"
RULE = [
    ("title", "不许诺退款时间"),
    ("kinds", "reply"),
    ("owner", "周以宁"),
    ("review_by", "2099-05-01"),
    ("verdict", "hold"),
    ("at_gate", "1"),
    ("p:fields", "text"),
    ("phrases", "三天内退款"),
    ("e:0:text", "我们三天内退款"),
    ("e:1:text", "进度会告诉您"),
    ("op_id", "rule-0001"),
]


async def shown(desk: Desk, path: str, status: int = 200) -> str:
    answer = await desk.client.get(path)
    assert answer.status == status
    return await answer.text()


async def press(
    desk: Desk, do: str, *more: tuple[str, str], check: str = "words", live: bool = False
) -> str:
    form = MultiDict([*RULE, ("do", do)])
    for name, value in more:
        if name != "kinds":
            form.popall(name, None)
        form.add(name, value)
    headers = {"HX-Request": "true"} if live else {}
    path = f"{CATALOGUE}/{check}"
    answer = await desk.client.post(path, data=form, headers=headers, allow_redirects=False)
    assert answer.status in {200, 303, 429}
    return answer.headers.get("Location", "") or await answer.text()


async def test_the_catalogue_lists_every_check_in_plain_words_and_is_searched(desk: Desk) -> None:
    await desk.sign_in("zhou")
    page = await shown(desk, CATALOGUE)
    assert "只在规定的时段发" in page
    assert "已有 21 条" in page
    found = await shown(desk, f"{CATALOGUE}?q=时段")
    assert "只在规定的时段发" in found
    assert "错别字" not in found
    assert "这里没有规则" in await shown(desk, f"{CATALOGUE}?q=zzz")
    assert f'href="{CATALOGUE}"' in await shown(desk, "/policy/company/rule")


async def test_the_form_is_made_from_the_checks_own_parameters(desk: Desk) -> None:
    await desk.sign_in("zhou")
    form = await shown(desk, f"{CATALOGUE}/yearly")
    assert 'name="p:month"' in form
    assert "（1 到 12）" in form
    assert "复审日期" in form
    await shown(desk, f"{CATALOGUE}/nothing", 404)
    for check in ("authorised", "elapsed", "words", "matches"):
        await shown(desk, f"{CATALOGUE}/{check}")


async def test_only_who_may_propose_rules_sees_it(desk: Desk) -> None:
    await desk.sign_in("guan")
    for path in (CATALOGUE, f"{CATALOGUE}/words", "/policy/company/like/crisis.no-refusal"):
        await shown(desk, path, 403)
    assert "照着写一条" not in await shown(desk, "/policy/company?area=rules")


async def test_a_rule_that_stands_is_a_pattern(desk: Desk) -> None:
    await desk.sign_in("zhou")
    rule = next(each for each in shipped().rules if each.check == "elapsed")
    assert "照着写一条" in await shown(desk, "/policy/company?area=rules")
    form = await shown(desk, f"/policy/company/like/{rule.id}")
    assert f'href="/policy/company/like/{rule.id}"' in form
    await shown(desk, "/policy/company/like/nothing", 404)
    other = await shown(desk, f"{CATALOGUE}/gap?like={rule.id}")
    assert "两条之间至少隔多久" in other


async def test_what_is_written_is_proved_at_once(desk: Desk) -> None:
    await desk.sign_in("zhou")
    found = await press(desk, "check", live=True)
    assert "<html" not in found
    assert "写得通" in found
    assert "规则说“发现”" in found
    assert 'hx-swap-oob="true"' in found
    again = await press(desk, "check", *((f"room:{n}", "text") for n in range(4)), live=True)
    assert 'hx-swap-oob="true"' not in again
    whole = await press(desk, "check", ("e:2:text", "进度会告诉您"))
    assert "✗" in whole
    assert "例子齐了、都说对了，才能提出" in whole


async def test_it_is_tried_on_last_week_and_says_what_nobody_recorded(desk: Desk) -> None:
    await desk.sign_in("zhou")
    tried = await press(desk, "try")
    assert "以来会发现 1 处" in tried
    assert "电梯已经报修，三天内退款" in tried
    assert "草稿" in tried
    other = await press(desk, "try", ("kinds", "media"), ("kinds", "post"))
    assert "系统没有这些种类的记录" in other
    assert "图片与视频" in other
    untold = await press(
        desk, "try", ("p:fields", "approvals"), ("e:0:approvals", "无"), check="reviewed"
    )
    assert "次说不准：记录里没有" in untold


async def test_a_rehearsal_is_not_free(desk: Desk) -> None:
    await desk.sign_in("zhou")
    pages = [await press(desk, "try") for _ in range(6)]
    assert "以来会发现" in pages[0]
    assert "以来会发现" not in pages[-1]


async def test_it_is_proposed_with_a_note_and_only_when_it_is_proved(desk: Desk) -> None:
    await desk.sign_in("zhou")
    assert "请检查这一栏：这条规则是为了什么" in await press(desk, "propose")
    unproved = await press(desk, "propose", ("note", "退款"), ("e:2:text", "进度会告诉您"))
    assert "例子齐了" in unproved
    place = await press(desk, "propose", ("note", "退款时间由财务说"))
    assert place.startswith("/policy/company/proposal/")
    proposal = await shown(desk, place)
    assert "own.words-1" in proposal
    assert "出现某些词" in proposal
