"""What each Weibo error code asks of us, in one table."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Trouble(StrEnum):
    """The kinds of refusal that are treated differently."""

    RETRY = "retry"
    UNCLEAR = "unclear"  # worth retrying for a read; for a write it may have been done
    QUOTA = "quota"
    TOKEN = "token"  # noqa: S105 - a word, not a secret
    SETUP = "setup"
    GONE = "gone"
    TARGET_REFUSES = "target_refuses"
    NOT_OURS = "not_ours"
    DUPLICATE = "duplicate"
    CONTENT = "content"
    SLOW_SUCCESS = "slow_success"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error answer: Weibo's own code and words, and what they mean for us."""

    code: str
    reason: str
    trouble: Trouble


_CODES: Mapping[Trouble, str] = {
    Trouble.UNCLEAR: "10001 10003 10010 10011",
    Trouble.RETRY: "10002 10009 21331",
    Trouble.QUOTA: "10022 10023 10024 20016 20505",
    Trouble.TOKEN: "20033 21301 21314 21315 21316 21317 21319 21321 21327 21332 21334",
    Trouble.SETUP: (
        "10004 10005 10006 10012 10014 10016 10017 10020 10021 10026 "
        "21322 21323 21324 21325 21326 21337"
    ),
    Trouble.GONE: "20101 20132 20135 20201",
    Trouble.TARGET_REFUSES: "20112 20130 20206 20207 20301 20508 26403",
    Trouble.NOT_OURS: "20102 20203",
    Trouble.DUPLICATE: "20017 20019 20038 20111 20306",
    Trouble.CONTENT: "20008 20012 20013 20015 20018 20020 20021 20022 20031 20049",
    Trouble.SLOW_SUCCESS: "20032",
}
TROUBLE_OF: Mapping[str, Trouble] = {
    code: trouble for trouble, codes in _CODES.items() for code in codes.split()
}


def refusal(code: str, reason: str) -> Refusal:
    """Return the refusal for an error code; an unknown code is `OTHER`, never a success."""
    return Refusal(code, reason, TROUBLE_OF.get(code, Trouble.OTHER))
