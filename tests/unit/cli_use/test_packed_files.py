"""A small file may unpack to anything: it is read in pieces, and a damaged one is one clear line."""

import gzip
from pathlib import Path

import pytest

from services.cli.lines import LONGEST_LINE, lines_of
from shared.errors import UserError
from shared.platforms.mock import lines as stream
from shared.testing import recording


def packed(folder: Path, size: int) -> Path:
    file = folder / "a.jsonl.gz"
    file.write_bytes(gzip.compress(b"{}\n" + bytes(size)))
    return file


def test_plain_and_packed_lines_are_the_same(tmp_path: Path) -> None:
    plain, zipped = tmp_path / "a", tmp_path / "b"
    plain.write_bytes("一\n\n二".encode())
    zipped.write_bytes(gzip.compress(plain.read_bytes()))
    assert list(lines_of(plain)) == list(lines_of(zipped)) == ["一".encode(), b"", "二".encode()]


def test_an_endless_line_comes_in_pieces(tmp_path: Path) -> None:
    _, *pieces = lines_of(packed(tmp_path, 2 * LONGEST_LINE + 1))
    assert [len(each) for each in pieces] == [LONGEST_LINE, LONGEST_LINE, 1]


def test_an_endless_line_of_a_stream_is_unusable_in_pieces(tmp_path: Path) -> None:
    _, *pieces = stream.open_stream(packed(tmp_path, 2 * stream.LONGEST_LINE))
    assert [stream.read_line(each) for each in pieces] == ["not_json", "not_json"]


def test_an_endless_line_of_a_recording_is_bad_in_pieces(tmp_path: Path) -> None:
    opened = recording.open_recording(packed(tmp_path, recording.LONGEST_LINE + 1))
    _, *pieces = recording.read_lines(opened)
    assert [type(each) for each in pieces] == [recording.BadLine, recording.BadLine]


@pytest.mark.parametrize("damage", ["cut", "spoilt"])
def test_a_damaged_file_is_one_clear_line(tmp_path: Path, damage: str) -> None:
    file = packed(tmp_path, 100_000)
    body = bytearray(file.read_bytes())
    file.write_bytes(body[:-20] if damage == "cut" else body[:30] + b"\xff" * 40 + body[70:])
    with pytest.raises(UserError, match="cannot read the texts") as told:
        list(lines_of(file))
    assert told.value.where == str(file)
