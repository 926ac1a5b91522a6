"""The character tables of `shared.text`, derived once from installed data and kept in a cache.

They are computed on the user's machine and never shipped. Only blocks whose compatibility forms
are settled are folded, so every supported Python derives the same tables.
"""

import hashlib
import io
import os
import tempfile
import unicodedata
import zipfile
from importlib.metadata import version
from pathlib import Path

import numpy as np
import platformdirs
from numpy.typing import NDArray

from shared.text.drawings import DRAWN
from shared.text.normalise import DELETED, HAN, KEPT, NOISE, SIZE, Tables
from shared.text.sounds import LETTERS

RECIPE = "3"
SETTLED = (
    range(0xA640),
    range(0xF900, 0xFFF0),
    range(0x1D400, 0x1D800),
    range(0x1F100, 0x1F300),
    range(0x2F800, 0x2FA20),
)
HAN_BLOCKS = (
    range(0x3400, 0x4DC0),
    range(0x4E00, 0xA000),
    range(0xF900, 0xFB00),
    range(0x20000, 0x323B0),
)
INVISIBLE = (
    range(0x0300, 0x0370),
    range(0x115F, 0x1161),
    range(0x180B, 0x1810),
    range(0x200B, 0x2010),
    range(0x202A, 0x202F),
    range(0x2060, 0x2070),
    range(0x20D0, 0x2100),
    range(0x3164, 0x3165),
    range(0xD800, 0xE000),
    range(0xFE00, 0xFE10),
    range(0xFE20, 0xFE30),
    range(0xFEFF, 0xFF00),
    range(0xFFA0, 0xFFA1),
    range(0xFFF0, 0xFFFC),
    range(0x1F3FB, 0x1F400),
    range(0xE0000, 0xE0200),
)
NOISE_CHARACTERS = " *_-~^|/\\+=.·•`´¨¦§¬°¯—–―‖‥∙⋅・ㆍ○●◎◇◆□■△▲☆★※→←↑↓"


def default_cache_dir() -> Path:
    """Return where derived data may be kept and thrown away."""
    return Path(platformdirs.user_cache_dir("zhishou"))


def load_tables(cache_dir: Path | None = None) -> Tables:
    """Return the tables, from the cache if they are there and whole, else derived anew.

    A cache that cannot be written costs a second at the next start, nothing else.
    """
    folder = default_cache_dir() if cache_dir is None else cache_dir
    path = folder / f"text-tables-{_source_name()}.npz"
    cached = _read(path)
    if cached is not None:
        return cached
    tables = derive_tables()
    _write(path, tables)
    return tables


def derive_tables() -> Tables:
    """Return the tables from the Unicode data of this Python and the dictionaries of OpenCC."""
    becomes = np.arange(SIZE, dtype=np.uint32)
    for block in SETTLED:
        becomes[block.start : block.stop] = [_folded(code) for code in block]
    _simplify(becomes)
    _delete(becomes)
    for _ in range(4):
        alive = becomes != DELETED
        becomes[alive] = becomes[becomes[alive]]
    _draw(becomes)
    kinds = np.zeros(SIZE, np.uint8)
    for block in HAN_BLOCKS:
        kinds[block.start : block.stop] = HAN
    kinds[[ord(each) for each in NOISE_CHARACTERS]] = NOISE
    kinds[ord("0") : ord("9") + 1] = KEPT
    return _tables(becomes, kinds, *_readings())


def _tables(
    becomes: NDArray[np.uint32],
    kinds: NDArray[np.uint8],
    sounds: NDArray[np.uint16],
    syllables: tuple[str, ...],
) -> Tables:
    letters = [*range(LETTERS + 1), *(ord(each[0]) - ord("a") + 1 for each in syllables)]
    names = np.frombuffer(" ".join(syllables).encode(), np.uint8)
    digest = _digest(becomes, kinds, sounds, names)
    return Tables(becomes, kinds, sounds, np.array(letters, np.uint8), syllables, digest)


def _readings() -> tuple[NDArray[np.uint16], tuple[str, ...]]:
    """Return the first reading of each Han character, without tones, and all there are."""
    from pypinyin import Style, pinyin_dict  # noqa: PLC0415 - only when the cache is cold
    from pypinyin.style import convert  # noqa: PLC0415

    plain = {
        code: convert(pinyin_dict.pinyin_dict[code].partition(",")[0], Style.NORMAL, strict=False)
        for code in range(0x3400, 0xA000)
        if code in pinyin_dict.pinyin_dict
    }
    spoken = {each for each in plain.values() if each.isascii() and set(each) & set("aeiouv")}
    syllables = tuple(sorted(spoken))
    place = {each: LETTERS + 1 + index for index, each in enumerate(syllables)}
    sounds = np.zeros(0xA001, np.uint16)
    sounds[ord("a") : ord("z") + 1] = range(1, LETTERS + 1)
    for code, reading in plain.items():
        sounds[code] = place.get(reading, 0)
    return sounds, syllables


def _draw(becomes: NDArray[np.uint32]) -> None:
    """Let a drawing that stands for one character become it."""
    for drawing, character in DRAWN:
        becomes[ord(drawing)] = ord(character)


def _folded(code: int) -> int:
    """Return the one character that NFKC and lower case make of this one, else itself."""
    if unicodedata.category(chr(code)) in {"Cs", "Cn"}:
        return code
    form = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", chr(code)).lower())
    if len(form) == 1:
        return ord(form)
    inside = [each for each in form if each.isalnum()]
    return ord(inside[0]) if len(inside) == 1 and len(form) <= len("(一)") else code


def _simplify(becomes: np.ndarray[tuple[int, ...], np.dtype[np.uint32]]) -> None:
    from opencc import OpenCC  # noqa: PLC0415 - 100 ms, and only when the cache is cold

    codes = [code for block in HAN_BLOCKS for code in block]
    converted = OpenCC("t2s").convert("\n".join(map(chr, codes))).split("\n")
    for code, simple in zip(codes, converted, strict=True):
        if len(simple) == 1 and ord(simple) != code:
            becomes[code] = ord(simple)


def _delete(becomes: np.ndarray[tuple[int, ...], np.dtype[np.uint32]]) -> None:
    for block in INVISIBLE:
        becomes[block.start : block.stop] = DELETED
    for code in range(0xA640):
        if unicodedata.category(chr(code)) in {"Cf", "Cc"}:
            becomes[code] = DELETED
    becomes[[ord(each) for each in "\t\n\v\f\r\x85\u2028\u2029"]] = ord(" ")


def _digest(*arrays: np.ndarray[tuple[int, ...], np.dtype[np.generic]]) -> str:
    digest = hashlib.sha256()
    for each in arrays:
        digest.update(each.tobytes())
    return digest.hexdigest()


def _source_name() -> str:
    sources = (
        RECIPE,
        unicodedata.unidata_version,
        version("opencc"),
        version("pypinyin"),
        version("numpy"),
    )
    return hashlib.sha256("/".join(sources).encode()).hexdigest()[:16]


def _read(path: Path) -> Tables | None:
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as stored:
            becomes, kinds, sounds = stored["becomes"], stored["kinds"], stored["sounds"]
            syllables, digest = tuple(stored["syllables"].tolist()), str(stored["digest"])
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
    tables = _tables(becomes, kinds, sounds, syllables)
    return tables if digest == tables.digest else None


def _write(path: Path, tables: Tables) -> None:
    body = io.BytesIO()
    np.savez_compressed(
        body,
        becomes=tables.becomes,
        kinds=tables.kinds,
        sounds=tables.sounds,
        syllables=np.array(tables.syllables),
        digest=np.array(tables.digest),
    )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as partial:
            partial.write(body.getvalue())
        os.replace(partial.name, path)  # noqa: PTH105 - atomic by contract
    except OSError:
        return
