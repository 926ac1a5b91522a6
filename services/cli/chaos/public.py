"""A public invented from the seed: who says what, and what the people at work will do about it."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random  # noqa: TID251 - the seeded generator is handed in
from typing import Literal

Role = Literal["answer", "leave", "undo"]
"""answered; left alone until every clock ran out; approved and called back in the undo window"""
ROLES: tuple[Role, ...] = ("answer", "answer", "answer", "leave", "undo")
BEGINNING = datetime(2026, 5, 1, tzinfo=UTC)
SHARE_OF_COMPLAINTS = 0.55
KINDS = ("comment",) * 6 + ("mention", "repost", "message", "message")
PLACES = ("二楼电梯", "地下停车场", "三楼餐厅", "售后柜台", "会员中心", "一楼洗手间", "收银台")
TROUBLES = (
    "坏了三天没人修",
    "乱收费还没人管",
    "排队一小时没人理",
    "服务态度太恶劣",
    "说好的退款一直不给",
)
DEMANDS = (
    "我要投诉",
    "必须给我一个说法",
    "请马上处理",
    "太差劲了，我要退款",
    "再不处理就去消协投诉",
)
CHEERS = (
    "今天的活动真好玩",
    "店员小姐姐很热情，点赞",
    "路过打卡",
    "好吃，下次还来",
    "哈哈哈哈太可爱了",
)


def lines(seed: int, per_second: float) -> Iterator[Mapping[str, str]]:
    """Yield what is said, for ever. Every complaint is another person's and says its number."""
    dice = Random(seed)  # noqa: S311 - repeatability, not secrecy
    yield _line(0, "post", "sale", "mall", "今天店庆，欢迎大家来逛。", "", "own")
    for number in range(1, 1_000_000):
        at = number / per_second
        name, user = f"c{number}", f"u{number}"
        if dice.random() >= SHARE_OF_COMPLAINTS:
            yield _line(
                at, "comment", name, user, f"{dice.choice(CHEERS)}（{number}）", "sale", ""
            )
            continue
        parts = (dice.choice(PLACES), dice.choice(TROUBLES), dice.choice(DEMANDS))
        text = f"第{number}次来反映，{parts[0]}{parts[1]}，{parts[2]}！"
        kind, role = dice.choice(KINDS), dice.choice(ROLES)
        parent = "sale" if kind in {"comment", "repost"} else ""
        yield _line(at, kind, name, user, text, parent, role)


def write(place: Path, seed: int, per_second: float, seconds: float) -> None:
    """Write a stream that lasts so long."""
    with place.open("w", encoding="utf-8") as out:
        for number, line in enumerate(lines(seed, per_second)):
            if number > seconds * per_second:
                return
            out.write(json.dumps(line, ensure_ascii=False) + "\n")


def role_of(seed: int, text: str, known: Mapping[str, Role]) -> Role:
    """Return what is done about a text; for one nobody invented it follows from seed and text."""
    if (role := known.get(text)) is not None:
        return role
    return Random(f"{seed} {text}").choice(ROLES)  # noqa: S311


def roles(place: Path) -> Mapping[str, Role]:
    """Return text -> role of an invented stream."""
    rows = map(json.loads, place.read_text(encoding="utf-8").splitlines())
    return {row["text"]: row["role"] for row in rows if row["role"] in ROLES}


def _line(
    at: float, kind: str, name: str, user: str, text: str, parent: str, role: str
) -> dict[str, str]:
    return {
        "event": "sale",
        "t": (BEGINNING + timedelta(seconds=at)).isoformat(),
        "kind": kind,
        "id": name,
        "parent": parent,
        "user": user,
        "text": text,
        "role": role,
    }
