"""What the archive sealed replays like any recording, file after file."""

from pathlib import Path

import pytest

from services.cli.replay.engine import replay
from services.cli.replay.installation import replayable
from shared.bus.port import Outgoing, outgoing
from shared.contracts.facts import Stored, decode
from shared.contracts.org import PolicyActivated
from shared.errors import UserError
from shared.testing.recording import open_recording, write_recording
from tests.fakes.log_place import Place
from tests.fakes.respond_house import a_pack


async def test_a_directory_of_segments_is_one_recording(tmp_path: Path) -> None:
    place = Place(tmp_path)
    pack = a_pack()
    digest = await place.bus.put_object(pack.canonical())
    activated = PolicyActivated(pack="company", pack_hash=digest, activated_by="li")
    await place.bus.publish([outgoing(activated), Outgoing("zs.v1.no.such", b"\xff", "poison")])
    await place.grow(29)
    await place.look()
    await place.sealer.close()
    stored = [
        Stored(each.seq, each.time, decode(each.data))
        for each in await place.bus.read(1, 60)
        if each.seq != 2
    ]
    write_recording(tmp_path / "whole.jsonl", stored, [pack.canonical()])
    whole, sealed = replay(tmp_path / "whole.jsonl"), replay(place.segments.directory)
    assert sealed.digest == whole.digest
    assert sealed.cases == whole.cases == 29
    assert sealed.accounted
    assert sum(sealed.rejected.values()) == 1, "what is no fact is counted, not passed over"


def test_a_directory_without_segments_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no segments"):
        open_recording(tmp_path)


def test_a_data_directory_in_which_nothing_runs_replays_what_is_sealed(tmp_path: Path) -> None:
    warned: list[str] = []
    with replayable(tmp_path, warn=warned.append) as plain:
        assert plain == tmp_path
    segments = tmp_path / "archive" / "segments"
    segments.mkdir(parents=True)
    with replayable(tmp_path, warn=warned.append) as found:
        assert found == segments
    assert len(warned) == 1
