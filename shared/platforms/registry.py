"""The list of platforms: name to factories. Adding a platform is one folder and one line here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp

from shared.errors import UserError
from shared.platforms.account import Account, TimeSource
from shared.platforms.port import Poller, Remover, Speaker, Webhook
from shared.platforms.weibo.client import WeiboClient
from shared.platforms.weibo.poller import WeiboPoller
from shared.platforms.weibo.remover import WeiboRemover
from shared.platforms.weibo.speaker import WeiboSpeaker
from shared.platforms.weibo.webhook import WeiboWebhook


@dataclass(frozen=True, slots=True)
class Adapter:
    """How to build the sides of an account, and which hosts are the platform itself."""

    live_domain: str
    poller: Callable[[aiohttp.ClientSession, Account, TimeSource], Poller]
    webhook: Callable[[Account], Webhook]
    speaker: Callable[[aiohttp.ClientSession, Account], Speaker]
    remover: Callable[[aiohttp.ClientSession, Account], Remover]
    quality_file: Path


def _weibo_poller(session: aiohttp.ClientSession, account: Account, time: TimeSource) -> Poller:
    return WeiboPoller(WeiboClient(session, account), account, time)


def _weibo_speaker(session: aiohttp.ClientSession, account: Account) -> Speaker:
    client, horizon = WeiboClient(session, account), account.visibility_horizon_seconds
    if horizon is None:
        return WeiboSpeaker(client, account)
    return WeiboSpeaker(client, account, visibility_horizon_seconds=horizon)


def _weibo_remover(session: aiohttp.ClientSession, account: Account) -> Remover:
    return WeiboRemover(WeiboClient(session, account))


ADAPTERS: Mapping[str, Adapter] = {
    "weibo": Adapter(
        live_domain="weibo.com",
        poller=_weibo_poller,
        webhook=WeiboWebhook,
        speaker=_weibo_speaker,
        remover=_weibo_remover,
        quality_file=Path(__file__).parent / "weibo" / "quality.toml",
    ),
}


def adapter_for(account: Account) -> Adapter:
    """Return the adapter of an account. Raises UserError for a platform we do not have."""
    adapter = ADAPTERS.get(account.platform)
    if adapter is None:
        known = ", ".join(sorted(ADAPTERS))
        raise UserError(
            f"unknown platform {account.platform!r}",
            where=f"account {account.account_id}",
            fix=f"use one of: {known}",
        )
    return adapter


def check_endpoint(account: Account) -> None:
    """Refuse a live account that points at a mock, or the reverse (invariant 20).

    Raises UserError.
    """
    parts = urlsplit(account.endpoint)
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or not host:
        problem, fix = "its endpoint is no http address", "write it as https://host"
    elif account.live and (_is_here(host) or "mock" in host):
        problem, fix = "it is live but points at a mock", "set live: false, or the real endpoint"
    elif account.live and parts.scheme != "https":
        problem, fix = "it is live but its endpoint is not https", "use https"
    elif account.live and account.visibility_horizon_seconds is not None:
        problem, fix = (
            "only a mock may say when texts are visible",
            "leave visibility_horizon_seconds out",
        )
    elif not account.live and _belongs(host, adapter_for(account).live_domain):
        problem, fix = "it is a mock but points at the platform", "set live: true, or a mock"
    else:
        return
    raise UserError(f"account {account.account_id}: {problem}", where=account.endpoint, fix=fix)


def _belongs(host: str, domain: str) -> bool:
    return host == domain or host.endswith(f".{domain}")


def _is_here(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified
