"""A backup and a restore are whole or not there: changed, killed, in use, no backup at all."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from services.cli.backup.manifest import MANIFEST, read_manifest
from services.cli.backup.restore import restore
from services.cli.backup.save import save
from shared.errors import UserError
from tests.fakes.nats_server import NatsServer
from tests.fakes.saved_log import CLOCK, saved
from tests.fakes.waiting import wait_until

pytestmark = [pytest.mark.servers, pytest.mark.timeout(60)]


def test_a_file_that_was_changed_is_named_and_nothing_is_made(
    log: NatsServer, tmp_path: Path
) -> None:
    backup, _ = saved(log, tmp_path)
    place = backup / "ZS.snapshot"
    data = bytearray(place.read_bytes())
    data[len(data) // 2] ^= 1
    place.write_bytes(data)
    house = tmp_path / "restored"
    with pytest.raises(UserError, match="not as it was saved"):
        restore(backup, house, CLOCK)
    assert not house.exists()


def test_a_snapshot_that_is_not_the_log_it_says_fails_and_leaves_nothing(
    log: NatsServer, tmp_path: Path
) -> None:
    backup, manifest = saved(log, tmp_path)
    lying = manifest.model_copy(update={"last_sha256": "0" * 64})
    (backup / MANIFEST).write_text(lying.model_dump_json(), encoding="utf-8")
    with pytest.raises(UserError, match="does not end where it was saved"):
        restore(backup, tmp_path / "house" / "restored", CLOCK)
    assert not list((tmp_path / "house").iterdir())


def test_a_directory_in_use_and_a_backup_that_is_none_are_refused(
    log: NatsServer, tmp_path: Path
) -> None:
    backup, _ = saved(log, tmp_path)
    with pytest.raises(UserError, match="not empty"):
        restore(backup, tmp_path, CLOCK)
    with pytest.raises(UserError, match="there already"):
        save(backup, log.url, tmp_path / "none", CLOCK)
    said = json.loads((backup / MANIFEST).read_text(encoding="utf-8"))
    (backup / MANIFEST).write_text(json.dumps({**said, "version": 2}), encoding="utf-8")
    with pytest.raises(UserError, match="another version"):
        read_manifest(backup)
    (backup / MANIFEST).write_text("{", encoding="utf-8")
    with pytest.raises(UserError, match="cannot be read"):
        read_manifest(backup)
    (backup / MANIFEST).unlink()
    with pytest.raises(UserError, match="no backup"):
        read_manifest(backup)


def zhishou(tmp_path: Path, *words: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "services.cli", *words],
        env={"ZHISHOU_DATA_DIR": str(tmp_path / "no-house"), "HOME": str(tmp_path)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def test_a_backup_that_is_killed_leaves_nothing_that_looks_like_one(
    log: NatsServer, tmp_path: Path
) -> None:
    to = tmp_path / "backups" / "killed"
    log.pause()  # it waits for an answer when it is killed
    process = zhishou(tmp_path, "backup", "--to", str(to), "--nats-url", log.url)
    wait_until(lambda: any(to.parent.glob(".killed.*.partial")))
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    log.resume()
    assert not to.exists()


def test_a_restore_that_is_killed_leaves_no_house_to_start_on(
    log: NatsServer, tmp_path: Path
) -> None:
    backup, _ = saved(log, tmp_path)
    house = tmp_path / "houses" / "restored"
    house.parent.mkdir()
    process = zhishou(tmp_path, "restore", str(backup), "--data-dir", str(house))
    wait_until(lambda: any(house.parent.glob(".restored.*.partial/nats/jetstream")))
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert not house.exists()


def test_with_no_log_there_is_no_backup(tmp_path: Path) -> None:
    server = NatsServer(tmp_path)
    server.start()
    to = tmp_path / "backup"
    with pytest.raises(UserError, match="no log yet"):
        save(to, server.url, tmp_path / "none", CLOCK)
    assert not to.exists()
    server.stop()
