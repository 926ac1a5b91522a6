"""What was switched on while the pipeline was measured, found by looking at it."""

from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

ALWAYS = ("metrics", "health", "archive search", "console")
"""Part of every service; nothing switches them off."""
WRITTEN = {
    "snapshots": "services.respond.shell.snapshots",
    "traces": "shared.observability.traces",
}
"""What is on wherever its module is there."""


def on(children: Iterable[str], nats_conf: Path) -> list[str]:
    """Return names of what ran, of what is always on, and of what the servers were told."""
    found = {*children, *ALWAYS} - {"nats", "valkey"}
    found |= {name for name, module in WRITTEN.items() if find_spec(module) is not None}
    if "users" in nats_conf.read_text(encoding="utf-8"):
        found.add("access rules")
    return sorted(found)
