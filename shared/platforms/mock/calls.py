"""One API call as the handlers see it, without HTTP: parameters in, answer or refusal out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from shared.platforms.mock.errors import WeiboError
from shared.platforms.mock.model import Account
from shared.platforms.mock.paging import MAX_COUNT, Window
from shared.platforms.mock.wire import Json

MAX_ID = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Call:
    """What was asked, by whom, when; `hidden_seconds` and `takes_repeats` are faults for writes."""

    endpoint: str
    params: Mapping[str, str]
    now: datetime
    account: Account
    address: str = ""
    is_form: bool = True
    hidden_seconds: float = 0.0
    takes_repeats: bool = False

    def number(self, name: str, default: int = 0, *, most: int = MAX_ID) -> int:
        """Return a whole number. Raises 10017 on anything else."""
        raw = self.params.get(name, "")
        if not raw:
            return default
        return _whole(raw, name, most)

    def need(self, name: str) -> str:
        """Return a form field. Raises 10016 when it is missing or the body was no form."""
        if not self.is_form or name not in self.params:
            raise WeiboError(10016, name)
        return self.params[name]

    def need_number(self, name: str) -> int:
        """Return a required whole number. Raises 10016 or 10017."""
        if not self.params.get(name):
            raise WeiboError(10016, name)
        return self.number(name)

    def ids(self, name: str, most: int) -> list[int]:
        """Return a required comma list of ids. Raises 10016 or 10017."""
        raw = [part for part in self.need(name).split(",") if part]
        if not 0 < len(raw) <= most:
            raise WeiboError(10017, name)
        return [_whole(part, name, MAX_ID) for part in raw]

    def window(self) -> Window:
        """Return the page that was asked for; too large a count is cut, not refused."""
        return Window(
            since_id=self.number("since_id"),
            max_id=self.number("max_id"),
            count=min(max(self.number("count", 50), 1), MAX_COUNT),
            page=max(self.number("page", 1, most=1_000_000), 1),
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back; `listing` names the key whose rows a fault may repeat or shuffle."""

    body: Json | list[Json]
    listing: str = ""
    effect: str = ""
    redirect: str = ""


def _whole(raw: str, name: str, most: int) -> int:
    is_plain = raw.isascii() and raw.isdigit() and len(raw) <= len(str(MAX_ID))
    if not is_plain or int(raw) > most:
        raise WeiboError(10017, name)
    return int(raw)
