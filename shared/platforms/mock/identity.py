"""Ids, names and secrets of the small world, all derived from their cause."""

import hashlib
from datetime import datetime, timedelta, timezone

from shared.contracts.ids import token

BEIJING = timezone(timedelta(hours=8))
IDS_PER_SECOND = 3_000_000
"""Puts ids of 2026 near 5.4e15, as on the real platform, and below 2**53."""

_MANNERS = (
    "爱喝茶的", "不睡觉的", "慢半拍的", "路过的", "早起的", "戴眼镜的", "住城南的", "认真的",
    "想放假的", "会做饭的", "怕冷的", "跑步的", "听雨的", "攒钱的", "养猫的", "数星星的",
)  # fmt: skip
_NOUNS = (
    "小鹿", "阿满", "土豆", "西瓜皮", "老陈皮", "棉花糖", "石榴", "豆包", "海带结", "橘子",
    "木匠", "芝麻", "青团", "栗子", "海螺", "泡芙", "山药", "荷叶", "纸飞机", "半夏",
)  # fmt: skip


def digest(*parts: str) -> int:
    """Return a large number that stands for `parts`."""
    return int.from_bytes(hashlib.sha256("\x1f".join(parts).encode()).digest()[:8], "big")


def user_uid(key: str) -> int:
    """Return the ten-digit id of the user behind `key`, the same in every run."""
    return 1_000_000_000 + digest("uid", key) % 6_999_999_999


def user_name(key: str) -> str:
    """Return a believable screen name of nobody in particular."""
    number = digest("name", key)
    manner = _MANNERS[number % len(_MANNERS)]
    noun = _NOUNS[number // 97 % len(_NOUNS)]
    return f"{manner}{noun}{number // 9_973 % 100_000:05d}"


def secret(seed: int, purpose: str, number: int) -> str:
    """Return a secret of the simulated platform; it protects nothing real."""
    return f"mock-{token('mock', str(seed), purpose, str(number))}"


class IdMint:
    """Ids that grow with time, so that a restarted world never reuses an id of an earlier one."""

    def __init__(self) -> None:
        self._last = 0

    def next(self, at: datetime) -> int:
        """Return the next id; always above every earlier one, whatever `at` says."""
        wished = int(at.timestamp() * IDS_PER_SECOND)
        self._last = max(self._last + 1, wished)
        return self._last


def wire_time(at: datetime) -> str:
    """Return `at` as the platform writes it, with English names in every locale."""
    local = at.astimezone(BEIJING)
    day = "MonTueWedThuFriSatSun"[3 * local.weekday() :][:3]
    month = "JanFebMarAprMayJunJulAugSepOctNovDec"[3 * local.month - 3 :][:3]
    return f"{day} {month} {local:%d %H:%M:%S} +0800 {local.year}"
