"""The real respond and archive processes on real servers: killed in the undo window, one reply."""

from pathlib import Path

import aiohttp
import pytest

from shared.runtime.clock import SystemClock
from tests.fakes.mock_platform import running_mock
from tests.fakes.nats_server import NatsServer
from tests.fakes.respond_house import ANSWER
from tests.fakes.respond_process import Process, a_complaint, a_process, replies, write_files
from tests.fakes.two_people import two_people
from tests.fakes.valkey_server import ValkeyServer
from tests.fakes.waiting import until

pytestmark = [pytest.mark.servers, pytest.mark.timeout(120)]


async def counts_of(archive: Process) -> dict[str, int]:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{archive.said['http']}/counts") as answer,
    ):
        counted: dict[str, int] = await answer.json()
        return counted


async def test_a_reply_survives_the_death_of_its_process_and_is_posted_once(
    tmp_path: Path, nats: NatsServer, valkey: ValkeyServer
) -> None:
    urls = {"ZHISHOU_NATS_URL": nats.url, "ZHISHOU_REDIS_URL": valkey.url}
    async with running_mock(clock=SystemClock()) as mock:
        write_files(tmp_path, mock)
        async with (  # who looks at it makes the log, and the archive waits for one
            two_people("day", nats.url, valkey.url) as people,
            a_process("archive", tmp_path, urls) as archive,
        ):

            async def archived() -> bool:
                return (await counts_of(archive))["replies"] == 1

            async with a_process("respond", tmp_path, urls) as first:
                assert "/signin/link/" in first.said["sign_in"]
                native_id = await a_complaint(people.bus, mock)
                case_id = (await people.case_of(native_id)).case_id
                await people.approve(case_id, ANSWER)
                await first.kill()
            async with a_process("respond", tmp_path, urls) as second:
                await people.until_status(case_id, "sent")
                await until(archived)
                assert await second.stop() == 0
            counts = await counts_of(archive)
            assert (counts["items"], counts["classified"], counts["cases"]) == (1, 1, 1)
            assert await archive.stop() == 0
        assert len(replies(mock)) == 1
