"""A pack as it stands in files: by name, or by its directory; and where each rule of it stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from shared.errors import UserError
from shared.policy.changes import Json
from shared.policy.loader import Sources, load_pack, load_with_places
from shared.policy.model import Pack
from shared.runtime.packs import all_sources, read_sources
from shared.runtime.settings import default_policies_dir

Places = Mapping[tuple[str | int, ...], str]


@dataclass(frozen=True, slots=True)
class FiledPack:
    """A pack with the file and line of each of its parts."""

    rules: Pack
    places: Places

    def where(self, path: Sequence[str]) -> str:
        """Return the file and line of a place, or of the nearest one around it."""
        found, value = self.places.get((), ""), self._body()
        walked: tuple[str | int, ...] = ()
        for name in path:
            step, value = _step(value, name)
            if step is None:
                break
            walked = (*walked, step)
            found = self.places.get(walked, found)
        return found

    def _body(self) -> Json:
        return self.rules.model_dump(mode="json")


def pack_at(pack: str, policies: Path | None) -> Pack:
    """Return the pack of this name, or in this directory. Raises UserError."""
    return load_pack(*_sources(pack, policies))


def filed_pack(pack: str, policies: Path | None) -> FiledPack:
    """Return the same with where each part of it stands. Raises UserError."""
    name, sources = _sources(pack, policies)
    return FiledPack(*load_with_places(name, sources))


def _sources(pack: str, policies: Path | None) -> tuple[str, Sources]:
    """A pack in a directory of its own inherits from its neighbours, else from shipped ones."""
    folder = Path(pack)
    if folder.name == pack and not folder.is_dir():
        return pack, all_sources(policies or default_policies_dir())
    if not folder.is_dir():
        raise UserError("there is no such pack", where=pack, fix="name a pack or its directory")
    folder = folder.resolve()
    around = read_sources(folder.parent)
    if folder.name not in around:
        raise UserError("there is no YAML file here", where=pack, fix="name a pack's directory")
    return folder.name, {**all_sources(policies or default_policies_dir()), **around}


def _step(value: Json, name: str) -> tuple[str | int | None, Json]:
    if isinstance(value, Mapping):
        return (name, value[name]) if name in value else (None, None)
    if isinstance(value, list):
        for place, each in enumerate(value):
            if isinstance(each, Mapping) and name in {each.get("id"), each.get("category")}:
                return place, each
    return None, None
