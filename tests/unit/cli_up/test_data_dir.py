"""The data directory: private, held by one, and every trouble is one line with its fix."""

import errno
import os
import subprocess
import sys
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from services.cli.embedded import data_dir
from services.cli.embedded.data_dir import ephemeral, explain, opened, socket_path
from shared.errors import UserError


def test_everything_in_it_is_private(tmp_path: Path) -> None:
    with opened(tmp_path / "a" / "b") as data:
        assert data.path.stat().st_mode & 0o777 == 0o700
        for part in data_dir.PARTS:
            assert data.part(part).stat().st_mode & 0o777 == 0o700
        secret = data.secret("nats")
        assert len(secret) > 30
        assert (data.part("nats") / "secret").stat().st_mode & 0o777 == 0o600
        assert data.secret("nats") == secret
        assert data.log("x") == data.path / "logs" / "x.log"
        assert data.run_file("x") == data.path / "run" / "x.json"


def test_the_same_directory_opens_again_with_the_same_secret(tmp_path: Path) -> None:
    with opened(tmp_path) as data:
        secret = data.secret("valkey")
    with opened(tmp_path) as data:
        assert data.secret("valkey") == secret


def test_a_second_one_is_refused_with_the_pid_of_the_first(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from services.cli.embedded.data_dir import opened\n"
        "with opened(Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == b"held\n"
        with pytest.raises(UserError) as refused, opened(tmp_path):
            pass
        first.communicate(b"")
    assert str(first.pid) in refused.value.line()
    assert "--data-dir" in refused.value.fix
    assert "\n" not in refused.value.line()
    with opened(tmp_path):
        pass


def test_servers_of_a_killed_run_are_waited_for_and_then_named(
    tmp_path: Path,
) -> None:
    def again() -> AbstractContextManager[object]:
        return opened(tmp_path, wind_down_seconds=0.1)

    with opened(tmp_path):
        gone = subprocess.run(
            [sys.executable, "-c", "import os; print(os.getpid())"],
            check=True,
            capture_output=True,
        )
        (tmp_path / "lock").write_bytes(gone.stdout)
        with pytest.raises(UserError, match="another zhishou"), again():
            pass
        (tmp_path / "lock").write_text("scribble")
        with pytest.raises(UserError, match="unknown"), again():
            pass


def test_a_directory_with_other_things_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(UserError, match="other things"), opened(tmp_path):
        pass
    assert [each.name for each in tmp_path.iterdir()] == ["thesis.txt"]


@pytest.mark.skipif(sys.platform != "linux", reason="uses a file system nobody can write to")
def test_a_place_that_cannot_be_written_is_one_line() -> None:
    with pytest.raises(UserError) as refused, opened(Path("/proc/zhishou/data")):
        pass
    assert "cannot write to the data directory" in refused.value.line()
    assert "--data-dir" in refused.value.line()


def test_a_file_in_its_place_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(UserError, match="cannot write"), opened(tmp_path / "data"):
        pass


def test_a_full_disk_is_one_line(tmp_path: Path) -> None:
    data = opened(tmp_path, least_free_bytes=1 << 70)
    with pytest.raises(UserError, match="the disk is full") as refused, data:
        pass
    assert "256 MB" in refused.value.fix


def test_an_error_without_number_is_explained_too() -> None:
    assert "odd" in explain(OSError("odd"), Path("/x")).line()
    assert "quota" in explain(OSError(errno.EDQUOT, "x"), Path("/x")).line()


def test_an_ephemeral_one_is_gone_afterwards() -> None:
    with ephemeral() as data:
        assert data.path.exists()
    assert not data.path.exists()


def test_a_deep_directory_gets_its_socket_elsewhere(tmp_path: Path) -> None:
    with socket_path(tmp_path, "v.sock") as place:
        assert place is not None
    deep = tmp_path / ("d" * 120)
    with socket_path(deep, "v.sock") as place:
        assert place is not None
        assert len(os.fsencode(place)) <= data_dir.LONGEST_SOCKET_PATH
        assert place.parent.stat().st_mode & 0o777 == 0o700
    assert not place.parent.exists()


def test_without_any_short_place_there_is_no_socket(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 120)
    deep.mkdir()
    with socket_path(deep, "v.sock", elsewhere=deep) as place:
        assert place is None
    assert list(deep.iterdir()) == []
