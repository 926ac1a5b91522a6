"""Writes the golden files again: fact schemas and expected replays. Review the diff."""

import json
from pathlib import Path

from services.cli.replay.engine import replay
from shared.contracts.facts import FACT_CLASSES
from shared.testing.report import expected_lines
from tests.tables import tables

SCHEMAS = Path(__file__).resolve().parent.parent / "shared" / "contracts" / "schemas"
RECORDINGS = Path(__file__).resolve().parent / "recordings"


def schemas() -> dict[str, str]:
    """Return file name -> golden JSON Schema of every fact of its current version."""
    found = {}
    for fact in FACT_CLASSES:
        kind, version = fact.model_fields["kind"].default, fact.model_fields["version"].default
        schema = json.dumps(fact.model_json_schema(), indent=2, sort_keys=True, ensure_ascii=False)
        found[f"{kind}.v{version}.json"] = schema + "\n"
    return found


def expectations() -> dict[Path, str]:
    """Return file -> what the recording beside it is decided to."""
    found = {}
    for path in sorted(RECORDINGS.glob("*.expected.txt")):
        recording = path.with_name(path.name.replace(".expected.txt", ".jsonl"))
        report = replay(recording, pack="company")
        found[path] = "\n".join(expected_lines(report)) + "\n"
    return found


def main() -> None:
    """Write all golden files."""
    SCHEMAS.mkdir(exist_ok=True)
    for name, text in schemas().items():
        (SCHEMAS / name).write_text(text, encoding="utf-8")
    for path, text in {**tables(), **expectations()}.items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
