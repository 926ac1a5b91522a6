"""A backup names files of its own directory and no others, whoever wrote its manifest."""

import hashlib
import json
from pathlib import Path

import pytest

from services.cli.backup.manifest import MANIFEST, read_manifest
from shared.errors import UserError


@pytest.mark.parametrize("name", ["../secret", "/etc/hostname", "segments/../../secret", "", "."])
@pytest.mark.parametrize("where", ["streams", "segments"])
def test_no_name_in_a_manifest_leads_out_of_the_backup(
    tmp_path: Path, name: str, where: str
) -> None:
    (tmp_path / "secret").write_bytes(b"not ours")
    digest = hashlib.sha256(b"not ours").hexdigest()
    place = tmp_path / "backup"
    (place / "segments").mkdir(parents=True)
    stream = {"name": "ZS", "file": name, "sha256": digest, "about": {}}
    names = {"streams": [stream]} if where == "streams" else {"segments": {name: digest}}
    about = {
        "made_at": "2026-01-01T00:00:00Z", "incarnation": "i", "last_seq": 1, "last_sha256": "",
        "streams": [], **names,
    }  # fmt: skip
    (place / MANIFEST).write_text(json.dumps(about), encoding="utf-8")
    with pytest.raises(UserError, match="the manifest cannot be read"):
        read_manifest(place)
