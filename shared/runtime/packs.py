"""Reads the packs of an installation from their directory."""

from collections.abc import Mapping
from pathlib import Path

from shared.errors import UserError
from shared.policy.loader import load_pack
from shared.policy.model import Pack


def read_packs(directory: Path) -> Mapping[str, Pack]:
    """Return every pack in `directory` by name.

    Raises:
        UserError: the directory cannot be read, or a pack has a mistake.
    """
    sources = read_sources(directory)
    return {name: load_pack(name, sources) for name in sources}


def read_pack(directory: Path, name: str) -> Pack:
    """Return one pack by name. Raises UserError."""
    return load_pack(name, read_sources(directory))


def read_sources(directory: Path) -> dict[str, dict[str, bytes]]:
    """Return the YAML files of each pack, unread. Raises UserError."""
    try:
        found = {
            folder.name: {file.name: file.read_bytes() for file in sorted(folder.glob("*.yaml"))}
            for folder in sorted(directory.iterdir())
            if folder.is_dir()
        }
    except OSError as error:
        raise UserError(
            f"cannot read the policy packs: {error.strerror}",
            where=str(directory),
            fix="set ZHISHOU_POLICIES_DIR",
        ) from error
    return {name: files for name, files in found.items() if files}
