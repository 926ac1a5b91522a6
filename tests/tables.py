"""The reference tables in docs/, made from the code so that they cannot drift."""

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

from shared.contracts.facts import FACT_CLASSES
from shared.contracts.subjects import ROOT
from shared.observability.metrics import Metric
from shared.runtime.settings import CommonSettings

ROOT_DIR = Path(__file__).resolve().parent.parent
NOTE = "Made by `make golden` from the code; a test fails when they differ.\n"
SETTINGS: Mapping[str, str] = {
    "every service": "shared.runtime.settings:CommonSettings",
    "ingest": "services.ingest.settings:IngestSettings",
    "classify": "services.classify.settings:ClassifySettings",
    "respond": "services.respond.settings:RespondSettings",
    "watchdog": "services.watchdog.settings:WatchdogSettings",
    "archive": "services.archive.settings:ArchiveSettings",
}


def first_sentence(doc: str | None) -> str:
    """Return the first paragraph of a docstring on one line."""
    return " ".join((doc or "").strip().split("\n\n")[0].split())


def cell(text: object) -> str:
    """Return `text` as a table cell."""
    return str(text).replace("|", "\\|").replace("\n", " ")


def events() -> str:
    """Return docs/events.md."""
    lines = ["# Facts\n", NOTE, "| fact | version | says | fields |", "|---|---|---|---|"]
    for fact in FACT_CLASSES:
        fields = fact.model_fields
        names = ", ".join(name for name in fields if name not in {"kind", "version"})
        kind, version = fields["kind"].default, fields["version"].default
        says = cell(first_sentence(fact.__doc__))
        lines.append(f"| `{kind}` | {version} | {says} | {names} |")
    tail = f"\nSubjects: `{ROOT}.<kind>[.<platform>.<account>[.<cause>]]`, variable parts hashed."
    return "\n".join([*lines, tail, ""])


def settings() -> str:
    """Return docs/settings.md."""
    lines = ["# Settings\n", NOTE, "Environment variables, read once when a process starts.\n"]
    for title, where in SETTINGS.items():
        module, name = where.split(":")
        found: type[CommonSettings] = getattr(import_module(module), name)
        lines += [f"## {title}\n", "| variable | default | what |", "|---|---|---|"]
        own = found is CommonSettings
        for field, info in found.model_fields.items():
            if own or field not in CommonSettings.model_fields:
                default = "" if info.default_factory else cell(info.default)
                variable = f"ZHISHOU_{field.upper()}"
                lines.append(f"| `{variable}` | {default} | {cell(info.description)} |")
        lines.append("")
    return "\n".join(lines)


def metrics() -> str:
    """Return docs/metrics.md."""
    lines = ["# Metrics\n", NOTE, "| metric | kind | labels | what |", "|---|---|---|---|"]
    for each in Metric:
        row = each.value
        labels = ", ".join(row.labels)
        lines.append(f"| `{row.name}` | {row.kind} | {labels} | {cell(row.help)} |")
    return "\n".join([*lines, ""])


def tables() -> dict[Path, str]:
    """Return path -> text of every generated page."""
    docs = ROOT_DIR / "docs"
    return {
        docs / "events.md": events(),
        docs / "settings.md": settings(),
        docs / "metrics.md": metrics(),
    }
