"""Who speaks and how: another account's name, and signs of fun where nobody is laughing."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from shared.policy.gate.findings import GateContext, GateFinding, HistoryDigest, Unknown
from shared.policy.gate.plain import Plain
from shared.policy.model import Pack
from shared.policy.phrases import Span

_SELF: Final = re.compile(
    r"(?:这里是|我们是|我是|欢迎关注|本账号是|【)([\u4e00-\u9fffA-Za-z0-9]{2,14}?)"
    r"(?:的)?(?:官方(?:微博|账号|客服|公众号)?|官微|客服|小编|微博|公众号|工作人员|值班)"
)
_OPENING: Final = re.compile(r"这里是|我们是|我是|欢迎关注|本账号是|【")
_SIGNS: Final = re.compile(
    r"[\U0001f300-\U0001faff\u2600-\u27bf]\ufe0f?|\[[\u4e00-\u9fffA-Za-z]{1,6}\]"
)
_GENERAL: Final = frozenset({"我们", "本店", "本校", "人工", "在线", "值班", "今天", "你们"})


def check_account(
    text: Plain, context: GateContext, pack: Pack, history: HistoryDigest
) -> Iterator[GateFinding]:
    """Yield where the text introduces itself as somebody else."""
    del history
    named = {match.span(1): match[1] for match in _SELF.finditer(text.original)}
    others = dict(_others(text.original, context.other_accounts))
    for span, name in sorted((named | others).items()):
        if span in others or (
            context.account and not _same(name, context.account, pack.organisation)
        ):
            yield GateFinding(
                category="wrong_account",
                level="hold",
                start=span[0],
                end=span[1],
                rules=("HB13-2-M4b",),
                reason=f"这里自称{name}，和当前账号不一致，请确认没有发错账号",
            )


def _others(original: str, accounts: tuple[str, ...]) -> Iterator[tuple[Span, str]]:
    """Yield where the text says by its full name that another of our accounts speaks."""
    for match in _OPENING.finditer(original):
        for name in accounts:
            if name and original.startswith(name, match.end()):
                yield (match.end(), match.end() + len(name)), name


def account_unknown(text: str, context: GateContext) -> set[Unknown]:
    """Return what is needed where a text says who speaks and nobody said which account it is."""
    named = any(match[1] not in _GENERAL for match in _SELF.finditer(text))
    return (
        {Unknown(check="wrong_account", needs="account")}
        if named and not context.account
        else set()
    )


def check_signs(
    text: Plain, context: GateContext, pack: Pack, history: HistoryDigest
) -> Iterator[GateFinding]:
    """Yield signs that do not fit a grave situation."""
    del history
    register = pack.gate.register_signs
    if context.situation not in register.grave:
        return
    for place, match in enumerate(_SIGNS.finditer(text.original)):
        lively = match.group().strip("[]\ufe0f") in register.lively
        if lively or place >= register.gentle:
            yield GateFinding(
                category="lively",
                level="hold" if lively else "warn",
                start=match.start(),
                end=match.end(),
                rules=register.rules,
                reason="这种场合请用庄重的语气，不用表情",
                suggestion="",
            )


def _same(name: str, account: str, organisation: str) -> bool:
    """Tell whether two names share two neighbouring characters, or nothing is named at all."""
    known = account + "\n" + organisation
    return name in _GENERAL or any("".join(pair) in known for pair in pairwise(name))
