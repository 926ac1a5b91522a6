"""Packs from YAML: inherited, checked, and every mistake named by file and line. Pure: bytes in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import yaml
from pydantic import ValidationError

from shared.errors import UserError
from shared.policy.model import Pack

Scalar = str | int | float | bool | None
Sources = Mapping[str, Mapping[str, bytes]]
"""Pack name -> file name -> content. All YAML files of a pack make one mapping."""

_KEYED: Final = {
    "templates": "id",
    "taboos": "category",
    "topics": "id",
    "origins": "id",
    "severity": "id",
}
"""Lists whose entries a child replaces one by one, by this key; other lists it replaces whole."""
_PARENT: Final = "inherits"


@dataclass(frozen=True, slots=True)
class _Located:
    """A value of a YAML file that knows where it stands."""

    value: "Scalar | dict[str, _Located] | list[_Located]"
    where: str


def load_pack(name: str, sources: Sources) -> Pack:
    """Return the pack `name` with what it inherits.

    Raises:
        UserError: names the file, the line and the fix.
    """
    merged = _inherit(name, sources, ())
    places: dict[tuple[str | int, ...], str] = {}
    body = _strip(merged, (), places)
    try:
        return Pack.model_validate(body)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise UserError(
            f"{field or 'pack'}: {first['msg']}",
            where=_nearest(first["loc"], places) or name,
            fix="mend this place of the pack",
        ) from error


def places_of(name: str, sources: Sources) -> Mapping[tuple[str | int, ...], str]:
    """Return where each part of a pack, with what it inherits, stands: file and line.

    Raises UserError.
    """
    places: dict[tuple[str | int, ...], str] = {}
    _strip(_inherit(name, sources, ()), (), places)
    return places


def lineage(name: str, sources: Sources) -> tuple[str, ...]:
    """Return the pack and those it inherits from, nearest first. Raises UserError."""
    names: list[str] = []
    current: str | None = name
    while current is not None:
        own = _own(current, sources, tuple(names))
        names.append(current)
        parent = own.get(_PARENT)
        current = str(parent.value) if parent else None
    return tuple(names)


def _inherit(name: str, sources: Sources, children: tuple[str, ...]) -> _Located:
    own = _own(name, sources, children)
    parent = own.pop(_PARENT, None)
    if parent is None:
        return _Located(own, name)
    above = _inherit(str(parent.value), sources, (*children, name))
    return _Located(_merge(_mapping(above), own), name)


def _own(name: str, sources: Sources, children: tuple[str, ...]) -> dict[str, _Located]:
    if name not in sources:
        known = ", ".join(sorted(sources)) or "none"
        raise UserError(f"there is no pack {name}", fix=f"choose one of: {known}")
    if name in children:
        raise UserError(f"pack {name} inherits from itself", where=name, fix="break the circle")
    own: dict[str, _Located] = {"name": _Located(name, name)}
    for file, content in sorted(sources[name].items()):
        own.update(_mapping(_parse(content, f"{name}/{file}")))
    return own


def _merge(parent: dict[str, _Located], child: dict[str, _Located]) -> dict[str, _Located]:
    merged = dict(parent)
    for key, value in child.items():
        standing = parent.get(key)
        if standing is not None and isinstance(value.value, dict):
            merged[key] = _Located(_merge(_mapping(standing), value.value), value.where)
        elif standing is not None and key in _KEYED:
            merged[key] = _Located(_merge_list(standing, value, _KEYED[key]), value.where)
        else:
            merged[key] = value
    return merged


def _merge_list(parent: _Located, child: _Located, key: str) -> list[_Located]:
    own = {_name_of(each, key): each for each in _entries(child)}
    kept = [own.pop(_name_of(each, key), each) for each in _entries(parent)]
    return [*kept, *own.values()]


def _parse(content: bytes, where: str) -> _Located:
    try:
        loader = yaml.SafeLoader(content)
        try:
            node = loader.get_single_node()
            return _Located({}, where) if node is None else _locate(loader, node, where)
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise UserError(
            f"not YAML: {error.problem}", where=f"{where}:{line}", fix="mend this line"
        ) from error
    except yaml.YAMLError as error:
        raise UserError("not YAML", where=where, fix="write it again as UTF-8 text") from error


def _locate(loader: yaml.SafeLoader, node: yaml.Node, file: str) -> _Located:
    where = f"{file}:{node.start_mark.line + 1}"
    if isinstance(node, yaml.MappingNode):
        found: dict[str, _Located] = {}
        for key_node, value_node in node.value:
            key = str(loader.construct_object(key_node))
            place = f"{file}:{key_node.start_mark.line + 1}"
            if key in found:
                raise UserError(f"{key} stands here twice", where=place, fix="keep one of them")
            found[key] = _Located(_locate(loader, value_node, file).value, place)
        return _Located(found, where)
    if isinstance(node, yaml.SequenceNode):
        return _Located([_locate(loader, each, file) for each in node.value], where)
    return _Located(loader.construct_object(node), where)


def _strip(
    node: _Located, path: tuple[str | int, ...], places: dict[tuple[str | int, ...], str]
) -> object:
    places[path] = node.where
    if isinstance(node.value, dict):
        return {key: _strip(each, (*path, key), places) for key, each in node.value.items()}
    if isinstance(node.value, list):
        return [_strip(each, (*path, place), places) for place, each in enumerate(node.value)]
    return node.value


def _nearest(
    loc: tuple[str | int, ...], places: Mapping[tuple[str | int, ...], str]
) -> str | None:
    for end in range(len(loc), 0, -1):
        if loc[:end] in places:
            return places[loc[:end]]
    return None


def _mapping(node: _Located) -> dict[str, _Located]:
    if not isinstance(node.value, dict):
        raise UserError("a mapping is expected here", where=node.where, fix="write `key: value`")
    return node.value


def _entries(node: _Located) -> Sequence[_Located]:
    if not isinstance(node.value, list):
        raise UserError("a list is expected here", where=node.where, fix="write `- entry`")
    return node.value


def _name_of(node: _Located, key: str) -> str:
    named = _mapping(node).get(key)
    return str(named.value) if named else ""
