"""The settings of all services as one table: what each would be started with."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shared.runtime.settings import CommonSettings

KINDS = ("Ingest", "Classify", "Respond", "Watchdog", "Archive")


def every_setting() -> dict[str, object]:
    """Return the settings of all services by variable. Raises UserError."""
    from shared.runtime.entry import read_settings

    found: dict[str, object] = {}
    for name in KINDS:
        kind: type[CommonSettings] = getattr(
            import_module(f"services.{name.lower()}.settings"), f"{name}Settings"
        )
        for field, value in read_settings(kind).model_dump(mode="json").items():
            found[f"ZHISHOU_{field.upper()}"] = value
    return found
