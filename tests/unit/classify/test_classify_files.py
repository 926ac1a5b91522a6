"""What the classifier reads from disk: its own arrays and lists come back, others are refused."""

import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from services.classify.adapters.engine import WEIGHTS_DIR
from services.classify.adapters.lexicon_files import LEXICON_DIR, load_lexicon
from services.classify.adapters.weight_files import ARRAYS, MANIFEST, load_weights, save_arrays
from services.classify.core.features import WIDE
from shared.errors import UserError
from shared.runtime.text_tables import load_tables

TABLES = load_tables()


def renamed(folder: Path, digest: str) -> None:
    """Let the manifest name the arrays that are there now."""
    manifest = folder / MANIFEST
    body = json.loads(manifest.read_text())
    manifest.write_text(json.dumps(body | {"files": {ARRAYS: digest}}))


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    return Path(shutil.copytree(WEIGHTS_DIR, tmp_path / "w"))


@pytest.mark.long
def test_weights_come_back_as_they_were_saved(weights: Path) -> None:
    first = load_weights(weights)
    assert first is not None
    renamed(weights, save_arrays(weights / ARRAYS, first.weights))
    again = load_weights(weights)
    assert again is not None
    for name in ("rows", "table", "bias", "curves"):
        assert np.array_equal(getattr(first.weights, name), getattr(again.weights, name))


def test_the_manifest_says_which_features_weights_know(weights: Path) -> None:
    shipped = load_weights(weights)
    body = json.loads((weights / MANIFEST).read_text())
    (weights / MANIFEST).write_text(json.dumps(body | {"feature_space": WIDE}))
    wider = load_weights(weights)
    assert shipped is not None
    assert wider is not None
    assert (shipped.weights.wide, wider.weights.wide) == (False, True)
    assert len(wider.weights.rows) == WIDE
    assert np.array_equal(wider.weights.rows[: len(shipped.weights.rows)], shipped.weights.rows)


def test_arrays_that_cannot_be_read_are_refused_though_their_hash_is_right(weights: Path) -> None:
    body = b"PK not arrays"
    (weights / ARRAYS).write_bytes(body)
    renamed(weights, hashlib.sha256(body).hexdigest())
    with pytest.raises(UserError, match="cannot be read"):
        load_weights(weights)


def test_arrays_of_another_shape_are_refused(weights: Path) -> None:
    none = np.zeros(0, np.int32)
    np.savez(weights / ARRAYS, known=none, table=none, bias=none, curves=none)
    renamed(weights, hashlib.sha256((weights / ARRAYS).read_bytes()).hexdigest())
    with pytest.raises(UserError, match="do not fit"):
        load_weights(weights)


def test_a_list_that_names_no_category_is_refused(tmp_path: Path) -> None:
    (tmp_path / "weather.txt").write_text("[hint]\n下雨\n", encoding="utf-8")
    with pytest.raises(UserError, match="not a lexicon category"):
        load_lexicon(tmp_path, TABLES)


def test_a_list_that_is_not_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "spam.txt").write_bytes(b"\xff\xfe\xff")
    with pytest.raises(UserError, match="cannot read"):
        load_lexicon(tmp_path, TABLES)


def test_no_lists_are_no_lexicon(tmp_path: Path) -> None:
    assert load_lexicon(tmp_path, TABLES) is None
    assert load_lexicon(LEXICON_DIR, TABLES) is not None
