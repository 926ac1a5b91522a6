"""The folder that training writes: arrays, and a manifest that names everything they came from."""

import hashlib
import json
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Final

from services.classify.adapters.weight_files import (
    ARRAYS,
    FORMAT,
    MANIFEST,
    Manifest,
    save_arrays,
)
from services.classify.training.data import (
    OWN_ROWS,
    Kind,
    Row,
    digest,
    names_of,
    own_files,
    training_rows,
    weighed,
)
from services.classify.training.feedback import Feedback
from services.classify.training.lists import list_hashes, listed
from services.classify.training.matrix import Extractor
from services.classify.training.repeats import Repeats
from services.classify.training.terms import TERMS_DIR, term_files, term_rows
from services.classify.training.train import Tell, Trained, train, whole_weights
from shared.errors import UserError
from shared.text.normalise import Tables

PACKAGES: Final = (
    "numpy", "scipy", "scikit-learn", "rjieba", "opencc", "pypinyin", "ahocorasick-rs",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ours:
    """Where what we wrote ourselves lies."""

    rows: Path = OWN_ROWS
    terms: Path = TERMS_DIR


OURS: Final = Ours()


def train_to(
    data: Path,
    out: Path,
    kind: Kind,
    tables: Tables,
    tell: Tell,
    *,
    feedback: Feedback | None = None,
    ours: Ours = OURS,
) -> Trained:
    """Train and write the folder; feedback counts like our own rows. Raises UserError."""
    terms = (weighed(each, kind) for each in term_rows(ours.terms, kind))
    known = (*_learnt_rows(data, kind, ours, tables), *terms)
    rows = [*(feedback.rows if feedback else ()), *known]
    extractor = Extractor(tables, wide=kind == "research")
    alike = listed(data, extractor) if kind == "research" else None
    trained = train(rows, kind, extractor, tell, alike=alike)
    try:
        out.mkdir(parents=True, exist_ok=True)
        arrays = save_arrays(out / ARRAYS, whole_weights(trained))
        manifest = _manifest(kind, trained, tables, arrays, _learnt_from(data, kind, ours))
        manifest = manifest.model_copy(update={"feedback": feedback.origin if feedback else None})
        told = manifest.model_dump(mode="json", exclude_none=True)
        body = json.dumps(told, indent=1, sort_keys=True)
        (out / MANIFEST).write_text(body + "\n", encoding="utf-8")
    except OSError as error:
        raise UserError(
            f"cannot write the weights: {error.strerror}",
            where=str(out),
            fix="choose another --out",
        ) from error
    return trained


def _learnt_rows(data: Path, kind: Kind, ours: Ours, tables: Tables) -> list[Row]:
    """Return the rows of data sets; those for research repeat nothing that is measured."""
    if kind == "permissive":
        return training_rows(data, kind, ours.rows)
    return training_rows(data, kind, ours.rows, Repeats.of(data, tables).without)


def _learnt_from(data: Path, kind: Kind, ours: Ours) -> dict[str, str]:
    """Return the hash of every file that training read, by its name."""
    sources = {name: digest(data, name, "train") for name in names_of(data, kind)}
    own = {f"own/{path.name}": _hash(path) for path in own_files(ours.rows)}
    lists = {f"terms/{path.name}": _hash(path) for path in term_files(ours.terms, kind)}
    return sources | own | lists | (list_hashes(data) if kind == "research" else {})


def _manifest(
    kind: Kind, trained: Trained, tables: Tables, arrays: str, files: dict[str, str]
) -> Manifest:
    return Manifest(
        format=FORMAT,
        kind=kind,
        labels=tuple(trained.heads),
        bars=trained.bars,
        shares=trained.shares(),
        feature_space=trained.matrix.space,
        lexicon=trained.lexicon,
        tables=tables.digest,
        data=files,
        versions={name: version(name) for name in PACKAGES},
        files={ARRAYS: arrays},
    )


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
