"""OAuth2 as the platform does it: codes that work once, tokens that run out, no refresh."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode, urlsplit

from shared.platforms.mock.calls import Answer
from shared.platforms.mock.errors import WeiboError
from shared.platforms.mock.identity import secret
from shared.platforms.mock.model import Account
from shared.platforms.mock.world import World

LIFETIME = timedelta(days=30)


@dataclass(slots=True)
class _Token:
    account: Account
    made: datetime
    until: datetime


@dataclass(slots=True)
class _Code:
    account: Account
    redirect_uri: str
    used: bool = False


class TokenDesk:
    """Issues and judges tokens; each account starts with one that lives thirty days."""

    def __init__(self, world: World, now: datetime) -> None:
        self._world = world
        self._codes: dict[str, _Code] = {}
        self._tokens = {
            account.access_token: _Token(account, now, now + LIFETIME)
            for account in world.accounts.values()
        }

    def judge(self, token: str, now: datetime) -> Account:
        """Return who the token speaks for. Raises 10006, 21332 or 21315."""
        if not token:
            raise WeiboError(10006)
        known = self._tokens.get(token)
        if known is None:
            raise WeiboError(21332)
        if known.until <= now:
            raise WeiboError(21315)
        return known.account

    def authorize(self, params: dict[str, str]) -> Answer:
        """Consent at once and send the browser back with a code."""
        account = self._app(params.get("client_id", ""))
        back = params.get("redirect_uri", "")
        if urlsplit(back).scheme not in ("http", "https"):
            raise WeiboError(21322)
        if params.get("response_type", "code") != "code":
            raise WeiboError(21323)
        code = secret(self._world.seed, "code", len(self._codes) + 1)
        self._codes[code] = _Code(account, back)
        query = {"code": code} | ({"state": params["state"]} if "state" in params else {})
        joint = "&" if urlsplit(back).query else "?"
        return Answer({}, redirect=f"{back}{joint}{urlencode(query)}")

    def exchange(self, params: dict[str, str], now: datetime) -> Answer:
        """Turn a code into a token, once."""
        account = self._app(params.get("client_id", ""))
        if params.get("client_secret") != account.app_secret:
            raise WeiboError(21324)
        if params.get("grant_type") != "authorization_code":
            raise WeiboError(21323)
        code = self._codes.get(params.get("code", ""))
        if code is None or code.used or code.account is not account:
            raise WeiboError(21325)
        if code.redirect_uri != params.get("redirect_uri"):
            raise WeiboError(21322)
        code.used = True
        token = secret(self._world.seed, f"token-{account.uid}", len(self._tokens))
        self._tokens[token] = _Token(account, now, now + LIFETIME)
        seconds = str(int(LIFETIME.total_seconds()))
        return Answer(
            {
                "access_token": token,
                "remind_in": seconds,
                "expires_in": int(seconds),
                "uid": str(account.uid),
            },
            effect="token issued",
        )

    def info(self, token: str, now: datetime) -> Answer:
        """Describe a token; note the platform's own spelling of `expire_in`."""
        account = self.judge(token, now)
        known = self._tokens[token]
        return Answer(
            {
                "uid": account.uid,
                "appkey": account.app_key,
                "scope": "",
                "create_at": int(known.made.timestamp()),
                "expire_in": int((known.until - now).total_seconds()),
            }
        )

    def revoke(self, token: str, now: datetime) -> Answer:
        """Forget a token."""
        self.judge(token, now)
        del self._tokens[token]
        return Answer({"result": True}, effect="token revoked")

    def expire(self, account: Account, now: datetime) -> int:
        """End every token of an account now, as a person's withdrawal would."""
        mine = [one for one in self._tokens.values() if one.account is account]
        for known in mine:
            known.until = now
        return len(mine)

    def _app(self, app_key: str) -> Account:
        for account in self._world.accounts.values():
            if account.app_key == app_key:
                return account
        raise WeiboError(21324)
