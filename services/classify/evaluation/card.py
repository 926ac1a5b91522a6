"""The model card: made from the manifest and the figures, never written by hand."""

from pathlib import Path
from typing import Final

from services.classify.adapters.weight_files import MANIFEST, Manifest, Origin
from services.classify.evaluation.measure import Report

HEAD: Final = """# Model card

Made by `zhishou train`; do not edit. A linear model over hashed characters, words and our own
term lists decides which labels of a short Chinese text hold. It sorts and ranks; it establishes
no facts. A `rumour` is a manner of speaking that deserves a look, never a finding that something
is false. Nothing is hidden or deleted by this model alone.

Weaknesses: labels without an open data set (all but abuse and hate) were learnt from rows and
turns of speech of our own and from term lists, so expect misses on wordings we did not think of,
and short texts that share a word with a list to be taken for more than they are.
Abuse and hate were learnt from arguments about gender, region and race on Chinese social media
and transfer poorly to other places. Speech that rejects an insult is often taken for one.
"""


def write_card(folder: Path, report: Report) -> None:
    """Write the card beside the manifest it describes."""
    manifest = Manifest.model_validate_json((folder / MANIFEST).read_bytes())
    (folder / "MODEL_CARD.md").write_text(card(manifest, report), encoding="utf-8")


def card(manifest: Manifest, report: Report) -> str:
    """Return the card as Markdown."""
    lines = [HEAD, "## What it was made from\n", "| data | SHA-256 of the file |", "|---|---|"]
    lines += [f"| {name} | `{digest[:16]}` |" for name, digest in sorted(manifest.data.items())]
    if manifest.feedback is not None:
        lines += ["", _learnt(manifest.feedback)]
    lines += [
        "",
        f"Kind: {manifest.kind}. Labels: {', '.join(manifest.labels)}.",
        "",
        "Made with " + ", ".join(f"{name} {has}" for name, has in manifest.versions.items()) + ".",
        "",
        "## From where on a label holds",
        "",
        "| label | decided from | a person is asked from |",
        "|---|---|---|",
    ]
    lines += [
        f"| {label} | {bar.decide / 1e6:g} | {bar.doubt / 1e6:g} |"
        for label, bar in sorted(manifest.bars.items())
        if bar.decide <= 1_000_000  # noqa: PLR2004 - a bar above one means never
    ]
    lines += ["", "## Figures on rows held back (dev splits)", "", *_table(report), ""]
    return "\n".join(lines)


def _learnt(origin: Origin) -> str:
    return (
        f"{origin.rows} rows are corrections by people of this house, from {origin.first:%Y-%m-%d}"
        f" to {origin.last:%Y-%m-%d} (SHA-256 `{origin.sha256[:16]}`). They hold words of the"
        " public: these weights are for this house and are not to be passed on."
    )


def _table(report: Report) -> list[str]:
    names = ("rows", "accuracy", "macro_f1", "precision", "recall", "recall_at_p90", "ece")
    lines = ["| set | label | " + " | ".join(names) + " |", "|---" * (len(names) + 2) + "|"]
    for name, columns in report.sets.items():
        for label, row in columns.items():
            cells = " | ".join(f"{row[each]:g}" for each in names)
            lines.append(f"| {name} | {label} | {cells} |")
    return lines
