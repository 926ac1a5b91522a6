"""What an adapter is told about one account, in structural types so that no layer above leaks in."""

from datetime import datetime
from typing import Protocol

from pydantic import SecretStr


class Account(Protocol):
    """One official account; `shared.runtime.accounts.AccountConfig` is one of these."""

    @property
    def account_id(self) -> str: ...
    @property
    def platform(self) -> str: ...
    @property
    def native_id(self) -> str: ...
    @property
    def endpoint(self) -> str: ...
    @property
    def live(self) -> bool: ...
    @property
    def app_secret(self) -> SecretStr: ...
    @property
    def access_token(self) -> SecretStr: ...
    @property
    def operator_ip(self) -> str: ...


class TimeSource(Protocol):
    """The two readings of a clock an adapter needs."""

    def now(self) -> datetime: ...
    def monotonic(self) -> float: ...
