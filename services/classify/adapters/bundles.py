"""A folder of weights as one block of bytes, named by its hash: how a candidate travels."""

import io
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from services.classify.adapters.engine import Classifier
from services.classify.adapters.weight_files import ARRAYS, MANIFEST
from shared.errors import UserError
from shared.text.normalise import Tables

CARD: Final = "MODEL_CARD.md"
PARTS: Final = (MANIFEST, ARRAYS, CARD)
LARGEST: Final = 24 * 1024 * 1024
"""Bytes of all parts together; weights may have 20 MB."""
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)


def packed(folder: Path) -> bytes:
    """Return the folder as a bundle; the same folder gives the same bytes. Raises UserError."""
    try:
        parts = {name: (folder / name).read_bytes() for name in PARTS}
    except OSError as error:
        fix = "give a folder that `zhishou train` wrote"
        raise UserError(
            f"no weights here: {error.strerror}", where=str(folder), fix=fix
        ) from error
    if sum(map(len, parts.values())) > LARGEST:
        raise UserError(f"these weights are over {LARGEST} bytes", where=str(folder))
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_STORED) as archive:
        for name, data in parts.items():
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), data)
    return body.getvalue()


def parts_of(bundle: bytes) -> dict[str, bytes]:
    """Return the parts of a bundle by name. Raises UserError for anything that is none."""
    try:
        with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
            listed = archive.infolist()
            plain = all(each.compress_type == zipfile.ZIP_STORED for each in listed)
            names = [each.filename for each in listed]
            if not plain or sorted(names) != sorted(PARTS) or len(bundle) > LARGEST:
                raise UserError("this is no bundle of weights", fix="propose it again")
            return {name: archive.read(name) for name in names}
    except (zipfile.BadZipFile, EOFError, RuntimeError) as error:
        raise UserError("this bundle of weights is damaged", fix="propose it again") from error


def unpacked(bundle: bytes, tables: Tables) -> Classifier:
    """Return the classifier of a bundle, every hash checked. Raises UserError."""
    parts = parts_of(bundle)
    try:
        with TemporaryDirectory(prefix="zhishou-") as place:
            for name, data in parts.items():
                (Path(place) / name).write_bytes(data)
            return Classifier.load(Path(place), tables)
    except OSError as error:
        what = f"no room to unpack weights: {error.strerror}"
        raise UserError(what, fix="free some space for temporary files") from error
