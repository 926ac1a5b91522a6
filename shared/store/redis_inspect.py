"""A look at Valkey or Redis from outside: nothing is written."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from shared.store.redis_link import RedisLink


@dataclass(frozen=True, slots=True)
class StoreReport:
    """What the server says of itself; sizes in bytes, 0 for no limit."""

    version: str
    used_bytes: int
    max_bytes: int
    eviction: str
    append_only: bool
    last_write_ok: bool


async def inspect_store(url: str) -> StoreReport:
    """Look once. Raises StoreAwayError."""
    link = RedisLink(url)
    try:
        answer = await link.run("INFO")
    finally:
        await link.close()
    # The client has parsed this one answer already.
    said = {
        str(name): str(value) for name, value in dict(cast("Mapping[str, object]", answer)).items()
    }
    return StoreReport(
        version=said.get("valkey_version") or said.get("redis_version", "unknown"),
        used_bytes=int(said.get("used_memory", 0)),
        max_bytes=int(said.get("maxmemory", 0)),
        eviction=said.get("maxmemory_policy", "noeviction"),
        append_only=said.get("aof_enabled") == "1",
        last_write_ok=said.get("aof_last_write_status", "ok") == "ok",
    )
