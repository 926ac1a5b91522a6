"""From which address somebody comes, also when a reverse proxy of ours stands in between."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

from shared.errors import UserError

FORWARDED: Final = "X-Forwarded-For"
Networks = tuple[IPv4Network | IPv6Network, ...]


def networks_in(text: str) -> Networks:
    """Return the networks in a list with commas between. Raises UserError."""
    try:
        return tuple(ip_network(each.strip()) for each in text.split(",") if each.strip())
    except ValueError as error:
        fix = 'write them as "10.0.0.0/8, 192.0.2.7", or nothing where no proxy stands before us'
        raise UserError(str(error), where="ZHISHOU_TRUSTED_PROXIES", fix=fix) from error


def address_of(remote: str, forwarded: Sequence[str], proxies: Networks) -> str:
    """Return the nearest address that is none of our proxies.

    In the lines of `X-Forwarded-For` each proxy adds whom it was asked by at the end; what stands
    before that anybody can write.
    """
    hops, nearest = ",".join(forwarded).split(","), remote
    while hops and _among(nearest, proxies):
        nearest = hops.pop().strip() or nearest
    return nearest


def _among(text: str, proxies: Networks) -> bool:
    address = _parsed(text)
    return address is not None and any(address in network for network in proxies)


def _parsed(text: str) -> IPv4Address | IPv6Address | None:
    """Return the address; one of the old kind may come in the new kind's clothes."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    old = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return old or address
