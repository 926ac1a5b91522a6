"""Writes the golden files again: fact schemas and expected replays. Review the diff."""

import json
from pathlib import Path

from shared.contracts.facts import FACT_CLASSES
from tests.tables import tables

SCHEMAS = Path(__file__).resolve().parent.parent / "shared" / "contracts" / "schemas"


def schemas() -> dict[str, str]:
    """Return file name -> golden JSON Schema of every fact of its current version."""
    found = {}
    for fact in FACT_CLASSES:
        kind, version = fact.model_fields["kind"].default, fact.model_fields["version"].default
        schema = json.dumps(fact.model_json_schema(), indent=2, sort_keys=True, ensure_ascii=False)
        found[f"{kind}.v{version}.json"] = schema + "\n"
    return found


def main() -> None:
    """Write all golden files."""
    SCHEMAS.mkdir(exist_ok=True)
    for name, text in schemas().items():
        (SCHEMAS / name).write_text(text, encoding="utf-8")
    for path, text in tables().items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
