"""Weights on disk: plain arrays and a manifest that names every file by its hash."""

import hashlib
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError

from services.classify.core import features
from services.classify.core.rules import LABELS
from services.classify.core.scores import MILLION, NODES, Column, Weights
from services.classify.core.verdict import Bar
from shared.contracts.base import Time
from shared.contracts.verdicts import Label
from shared.errors import UserError
from shared.policy.cascade import SPARING, Hearing

EVEN: Final = 0.5
FORMAT: Final = 3
"""Since 3 a feature counts less in a longer text."""
SPACES: Final = (features.SIZE, features.WIDE)
ARRAYS: Final = "weights.npz"
MANIFEST: Final = "manifest.json"


class Origin(BaseModel):
    """How many rows of people's corrections weights learnt from, which, and of what time."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rows: int
    sha256: str
    first: Time
    last: Time


class Manifest(BaseModel):
    """What the arrays are, what they were made from, and from where on a label holds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: int
    kind: str
    labels: tuple[Column, ...]
    bars: dict[Label, Bar]
    shares: dict[Column, float]
    """How often each label held where it was learnt: what a text must be weighed against."""
    feature_space: int
    lexicon: str
    tables: str
    data: dict[str, str]
    versions: dict[str, str]
    files: dict[str, str]
    feedback: Origin | None = None


@dataclass(frozen=True, slots=True)
class Loaded:
    """Weights that were checked, with what they were made for."""

    weights: Weights
    bars: tuple[Bar, ...]
    hearing: Hearing
    """What is heard of a text's wording where a post spreads."""
    model: str
    lexicon_digest: str
    tables_digest: str
    where: str

    def check_lexicon(self, digest: str) -> None:
        """Refuse term lists other than those the weights were trained with."""
        if digest != self.lexicon_digest:
            raise UserError(
                "these weights were trained with other term lists",
                where=self.where,
                fix="restore the lexicon or run `zhishou train`",
            )


def load_weights(folder: Path) -> Loaded | None:
    """Return the weights in `folder`; None if it holds no manifest.

    Raises:
        UserError: the manifest or an array is damaged, or made for another version.
    """
    path = folder / MANIFEST
    if not path.is_file():
        return None
    raw = path.read_bytes()
    manifest = _manifest(raw, path)
    for name, digest in manifest.files.items():
        _check_file(folder / name, digest)
    digest = hashlib.sha256(raw).hexdigest()
    return Loaded(
        _arrays(folder / ARRAYS, manifest),
        tuple(manifest.bars[label] for label in LABELS),
        _hearing(manifest),
        f"{manifest.kind}-{digest[:12]}",
        manifest.lexicon,
        manifest.tables,
        str(folder),
    )


def _hearing(manifest: Manifest) -> Hearing:
    usual = round(MILLION * manifest.shares.get(Label.RUMOUR, EVEN))
    return Hearing(usual) if manifest.kind == "research" else Hearing(usual, *SPARING)


def save_arrays(path: Path, weights: Weights) -> str:
    """Write the arrays (only features that weigh something) and return their hash."""
    known = np.flatnonzero(weights.rows)
    np.savez_compressed(
        path,
        known=np.diff(known, prepend=0).astype(np.int32),
        table=weights.table[weights.rows[known]].T.copy(),
        bias=weights.bias,
        curves=weights.curves.astype(np.int32),
    )
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _manifest(raw: bytes, path: Path) -> Manifest:
    try:
        manifest = Manifest.model_validate_json(raw)
    except ValidationError as error:
        raise _refusal("this manifest cannot be read", path) from error
    same = manifest.format == FORMAT and manifest.feature_space in SPACES
    if not same or set(manifest.bars) != set(LABELS) or ARRAYS not in manifest.files:
        raise _refusal("these weights are of another version", path)
    return manifest


def _check_file(path: Path, digest: str) -> None:
    if path.parent.joinpath(path.name) != path or not path.is_file():
        raise _refusal("a file of these weights is missing", path)
    if hashlib.sha256(path.read_bytes()).hexdigest() != digest:
        raise _refusal("this file is not the one its manifest names", path)


def _arrays(path: Path, manifest: Manifest) -> Weights:
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as stored:
            known, columns = np.cumsum(stored["known"], dtype=np.int64), stored["table"]
            bias, curves = stored["bias"], stored["curves"].astype(np.int64)
    except (OSError, ValueError, KeyError) as error:
        raise _refusal("these arrays cannot be read", path) from error
    count = len(manifest.labels)
    shapes = (columns.shape, bias.shape, curves.shape)
    if shapes != ((count, len(known)), (count,), (count, NODES + 1)):
        raise _refusal("these arrays do not fit their manifest", path)
    if len(known) and not 0 <= known.min() <= known.max() < manifest.feature_space:
        raise _refusal("these arrays do not fit their manifest", path)
    rows = np.zeros(manifest.feature_space, np.int32)
    rows[known] = np.arange(1, len(known) + 1, dtype=np.int32)
    table = np.zeros((len(known) + 1, count), np.int32)
    table[1:] = columns.T
    return Weights(manifest.labels, rows, table, bias, curves)


def _refusal(what: str, path: Path) -> UserError:
    fix = "restore the folder from the repository, or run `zhishou train`"
    return UserError(what, where=str(path), fix=fix)
