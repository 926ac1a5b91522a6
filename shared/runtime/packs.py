"""Reads the packs of an installation from their directory."""

from collections.abc import Mapping
from pathlib import Path

from shared.errors import UserError
from shared.policy.loader import load_pack
from shared.policy.model import Pack
from shared.runtime.settings import default_policies_dir


def read_packs(directory: Path) -> Mapping[str, Pack]:
    """Return every pack in `directory` by name.

    Raises:
        UserError: the directory cannot be read, or a pack has a mistake.
    """
    sources = all_sources(directory)
    return {name: load_pack(name, sources) for name in read_sources(directory)}


def read_pack(directory: Path, name: str) -> Pack:
    """Return one pack by name. Raises UserError."""
    return load_pack(name, all_sources(directory))


def all_sources(directory: Path) -> dict[str, dict[str, bytes]]:
    """Return the packs of a directory, and the shipped ones beneath them that they may stand on.

    So an organisation keeps nothing but its own packs. Raises UserError.
    """
    return {**read_sources(default_policies_dir()), **read_sources(directory)}


def folder_of(directory: Path, name: str) -> Path:
    """Return where a pack stands: in this directory, else among the shipped ones."""
    own = directory / name
    return own if own.is_dir() else default_policies_dir() / name


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
