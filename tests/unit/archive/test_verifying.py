"""One byte of the record that changed is found and named, wherever it is."""

import gzip
import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from threading import Thread

import pytest

from services.archive.core.segments import Entry, Seal, chain_of, entry_line
from services.archive.shell.segments import Segments
from services.archive.shell.verifying import Fault, chains_aside, check_lines, check_seals
from services.cli.audit import verify
from tests.fakes.log_place import Place


@pytest.fixture
async def sealed(tmp_path: Path) -> Segments:
    """Three segments of twenty facts."""
    place = Place(tmp_path)
    await place.grow(33)
    await place.look()
    await place.sealer.close()
    return place.segments


def faults(segments: Segments) -> list[Fault]:
    seals, found = check_seals(segments)
    return [*found, *(each for seal in seals for each in check_lines(segments, seal).faults)]


def rewrite(segments: Segments, seal: Seal, change: Callable[[list[bytes]], list[bytes]]) -> None:
    """Change the lines of a segment as somebody would who can pack and unpack it."""
    path = segments.lines_file(seal)
    lines = gzip.decompress(path.read_bytes()).split(b"\n")
    path.write_bytes(gzip.compress(b"\n".join(change(lines))))


async def test_what_was_not_touched_has_no_fault(sealed: Segments) -> None:
    assert faults(sealed) == []
    audit = verify_alone(sealed)
    assert (audit["segments"], audit["facts"], audit["last"]) == (3, 60, 60)


def verify_alone(segments: Segments) -> dict[str, object]:
    """Verify as the command does, which runs a loop of its own."""
    found: list[dict[str, object]] = []
    thread = Thread(target=lambda: found.append(verify(segments, None).as_dict()))
    thread.start()
    thread.join()
    return found[0]


async def test_a_changed_letter_names_its_fact(sealed: Segments) -> None:
    second = sealed.seals()[1]
    rewrite(
        sealed,
        second,
        lambda lines: [each.replace("第14次".encode(), "第15次".encode()) for each in lines],
    )
    assert faults(sealed) == [Fault("21-40", 29, "this fact is not what was sealed")]
    told = verify_alone(sealed)["faults"]
    assert told == [{"segment": "21-40", "what": "this fact is not what was sealed", "fact": 29}]


@pytest.mark.parametrize("at", [100, 1000, -30, -5])
async def test_a_flipped_bit_on_the_disk_names_its_segment(sealed: Segments, at: int) -> None:
    path = sealed.lines_file(sealed.seals()[2])
    data = bytearray(path.read_bytes())
    data[at] ^= 4
    path.write_bytes(data)
    found = faults(sealed)
    assert found
    assert {each.segment for each in found} == {"41-60"}


async def test_a_fact_whose_mark_was_changed_too_is_betrayed_by_the_root(sealed: Segments) -> None:
    first = sealed.seals()[0]

    def forge(lines: list[bytes]) -> list[bytes]:
        line = json.loads(lines[3])
        other = json.loads(lines[5])
        for name in ("subject", "salt", "leaf", "fact"):
            line[name] = other[name]
        data = json.dumps(other["fact"], ensure_ascii=False, separators=(",", ":")).encode()
        entry = Entry(
            line["seq"], datetime.fromisoformat(line["time"]), line["subject"],
            data, bytes.fromhex(line["salt"]),
        )  # fmt: skip
        lines[3] = entry_line(entry, entry.leaf())
        return lines

    rewrite(sealed, first, forge)
    [fault] = faults(sealed)
    assert fault.segment == "1-20"
    assert "root" in fault.what


@pytest.mark.parametrize("change", ["order", "less", "more"])
async def test_facts_moved_taken_out_or_put_in_are_seen(sealed: Segments, change: str) -> None:
    changes: dict[str, Callable[[list[bytes]], list[bytes]]] = {
        "order": lambda lines: [lines[0], lines[2], lines[1], *lines[3:]],
        "less": lambda lines: [*lines[:4], *lines[5:]],
        "more": lambda lines: [*lines[:-1], lines[5], lines[-1]],
    }
    rewrite(sealed, sealed.seals()[0], changes[change])
    found = faults(sealed)
    assert found
    assert {each.segment for each in found} == {"1-20"}


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"facts": 19}, "its seal says other things than were sealed"),
        ({"previous": "0" * 64}, "its seal says other things than were sealed"),
    ],
)
async def test_a_changed_seal_is_seen(
    sealed: Segments, change: dict[str, object], what: str
) -> None:
    [_, path, _] = sorted(sealed.directory.glob("*.seal.json"))
    body = json.loads(path.read_text()) | change
    path.write_text(json.dumps(body))
    assert what in {each.what for each in faults(sealed) if each.segment == "21-40"}


async def test_a_segment_that_is_gone_is_missed(sealed: Segments) -> None:
    first, second, third = sealed.seals()
    sealed.lines_file(second).unlink()
    [fault] = faults(sealed)
    assert fault.segment == "21-40"
    assert "at its beginning" in fault.what
    sealed.set_aside([second])
    [fault] = faults(sealed)
    assert (fault.segment, fault.what.split(":")[0]) == ("41-60", "it does not follow 1-20")
    assert chains_aside(sealed.directory) == {second.chain}
    sealed.set_aside([first])
    assert {each.segment for each in faults(sealed)} == {"41-60"}
    assert third.first_seq == 41


async def test_a_seal_that_is_no_seal_is_named(sealed: Segments) -> None:
    [path, *_] = sorted(sealed.directory.glob("*.seal.json"))
    path.write_text("{")
    found = faults(sealed)
    assert found[0].what == "its seal cannot be read"
    assert found[0].segment.endswith("-00000000000020")


async def test_another_chain_under_the_same_name_does_not_follow(sealed: Segments) -> None:
    [_, path, _] = sorted(sealed.directory.glob("*.seal.json"))
    seal = Seal.model_validate_json(path.read_text())
    forged = seal.model_copy(update={"root": "0" * 64})
    path.write_text(forged.model_copy(update={"chain": chain_of(forged)}).model_dump_json())
    assert Fault("41-60", None, "it was not sealed behind this 21-40") in faults(sealed)
