"""A folder of weights travels as one block of bytes: the same bytes each time, or not at all."""

import io
import zipfile
from pathlib import Path

import pytest

from services.classify.adapters.bundles import CARD, LARGEST, packed, parts_of, unpacked
from services.classify.adapters.engine import WEIGHTS_DIR, Classifier
from services.classify.adapters.weight_files import ARRAYS, MANIFEST
from shared.errors import UserError
from shared.runtime.text_tables import load_tables
from tests.fakes.candidates import a_candidate

TABLES = load_tables()


def a_zip(*names: str, compression: int = zipfile.ZIP_STORED) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", compression) as archive:
        for name in names:
            archive.writestr(name, b"x" * 100)
    return body.getvalue()


def test_a_bundle_judges_as_its_folder_does() -> None:
    own = Classifier.load(None, TABLES)
    again = unpacked(packed(WEIGHTS_DIR), TABLES)
    assert again.model == own.model
    texts = ["我要投诉,三天没人管", "加微信领红包", "谢谢"]
    assert again.judge(texts) == own.judge(texts)


def test_the_same_folder_is_the_same_bundle(tmp_path: Path) -> None:
    assert packed(WEIGHTS_DIR) == packed(WEIGHTS_DIR)
    assert packed(a_candidate(tmp_path / "c")) != packed(WEIGHTS_DIR)
    assert set(parts_of(packed(WEIGHTS_DIR))) == {MANIFEST, ARRAYS, CARD}


def test_a_folder_without_weights_is_no_bundle(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no weights here"):
        packed(tmp_path)


def test_weights_that_are_too_large_are_refused(tmp_path: Path) -> None:
    folder = a_candidate(tmp_path / "c")
    (folder / CARD).write_bytes(b"x" * LARGEST)
    with pytest.raises(UserError, match="over"):
        packed(folder)


@pytest.mark.parametrize(
    "bundle",
    [
        b"",
        b"PK nothing",
        a_zip(MANIFEST, ARRAYS),
        a_zip(MANIFEST, ARRAYS, CARD, "more"),
        a_zip(MANIFEST, ARRAYS, "../MODEL_CARD.md"),
        a_zip(MANIFEST, ARRAYS, CARD, compression=zipfile.ZIP_DEFLATED),
        a_zip(MANIFEST, ARRAYS, CARD),
    ],
    ids=["empty", "no zip", "less", "more", "path", "packed twice", "no manifest"],
)
def test_what_is_no_bundle_is_refused(bundle: bytes) -> None:
    with pytest.raises(UserError):
        unpacked(bundle, TABLES)


def test_a_bundle_whose_bytes_were_changed_is_refused() -> None:
    good = packed(WEIGHTS_DIR)
    middle = len(good) // 2
    bad = good[:middle] + bytes([good[middle] ^ 1]) + good[middle + 1 :]
    with pytest.raises(UserError, match="damaged"):
        unpacked(bad, TABLES)


def test_weights_made_with_other_term_lists_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="term lists"):
        unpacked(packed(a_candidate(tmp_path / "c", lexicon="other")), TABLES)
