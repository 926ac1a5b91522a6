"""What people do on the pages about rules, step by step, for tests and pictures."""

from playwright.async_api import Page, expect


async def choose(page: Page, word: str) -> None:
    """Tick a box by its words, with the keyboard."""
    box = page.get_by_label(word, exact=True)
    await box.focus()
    await page.keyboard.press("Space")
    await expect(box).to_be_checked()


async def write_a_clock(page: Page) -> None:
    """Write it as somebody does who has never seen a line of code."""
    await page.get_by_text("标签是其中之一").click()
    await choose(page, "投诉")
    await page.get_by_label("严重度至少").fill("40")
    await page.get_by_label("多少分钟内受理").fill("10")
    await page.get_by_label("多少分钟内首次回复").fill("60")


async def try_it(owner: Page) -> None:
    """From the first key to what last week would have been."""
    await owner.keyboard.press("g")
    await owner.keyboard.press("p")
    await owner.wait_for_url("**/policy")
    await owner.get_by_role("link", name="写一条规则").click()
    await write_a_clock(owner)
    found = owner.locator("#found")
    await expect(found).to_contain_text("适用于：标签含投诉、严重度至少 40。")
    await expect(found.locator("code").first).to_have_text(
        "'complaint' in case.labels && case.severity >= 40"
    )
    await expect(found).to_contain_text("写得通")
    await owner.get_by_role("button", name="用最近 7 天试一试").click()
    await expect(found).to_contain_text("时限不同：2")
    await expect(found).to_contain_text("地下车库的灯坏了半个月")
    await expect(owner.get_by_label("严重度至少")).to_have_value("40")


async def propose_it(owner: Page) -> None:
    """All the way to the proposal."""
    await try_it(owner)
    await owner.get_by_label("这条规则是为了什么").fill("严重的投诉十分钟内受理")
    await owner.get_by_role("button", name="提出，请同事批准").click()
    await owner.wait_for_url("**/proposal/*")
    await expect(owner.locator("main")).to_contain_text("须由另一人批准")


async def approve_it(lead: Page, address: str) -> None:
    """Another person reads it, lets it run beside, and puts it in force."""
    await lead.goto(f"{address}/policy")
    await lead.get_by_role("link", name="严重的投诉十分钟内受理").click()
    await expect(lead.locator("main")).to_contain_text("改动 1 处")
    await lead.get_by_role("button", name="开始并行试运行").click()
    await expect(lead.locator("main")).to_contain_text("目前与在用规则没有不同")
    await lead.get_by_role("button", name="批准并立即启用").press("Enter")
    await lead.wait_for_url("**/policy")
    await expect(lead.locator("main")).to_contain_text("周以宁 提出，林望舒 批准")


async def write_a_check(owner: Page) -> None:
    """From the rules to a rule of the catalogue, written as somebody does who is no programmer."""
    await owner.get_by_role("link", name="写一条规则").click()
    await owner.get_by_role("link", name="条款", exact=True).click()
    await owner.get_by_label("找检查").fill("某些词")
    await owner.keyboard.press("Enter")
    await owner.get_by_role("link", name="出现某些词").click()
    await owner.get_by_label("这条规则叫什么").fill("退款时间由财务说")
    await owner.get_by_label("结论").select_option("hold")
    await owner.get_by_label("我们自己的词（一行一个）").fill("三天内退款\n当天退款")
    await owner.get_by_label("该发现的 1 正文").fill("您好，我们会当 天 退 款给您。")
    await owner.get_by_label("该放过的 1 正文").fill("您好，退款的进度我们会告诉您。")
    found = owner.locator("#found")
    await expect(found).to_contain_text("规则说“发现”")
    await expect(found).to_contain_text("规则说“放过”")
    await expect(found).to_contain_text("写得通")


async def try_a_check(owner: Page) -> None:
    """What it would have found in the last week."""
    await owner.get_by_role("button", name="用最近 7 天试一试").click()
    found = owner.locator("#found")
    await expect(found).to_contain_text("以来会发现 1 处")
    await expect(found).to_contain_text("三天内退款的事我们再核实")
    await expect(owner.get_by_label("这条规则叫什么")).to_have_value("退款时间由财务说")
