"""Packs from YAML: inherited, checked, and every mistake named by file and line. Pure: bytes in."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

import yaml
from pydantic import ValidationError

from shared.errors import UserError
from shared.policy.checks.registry import UnfitRuleError, check_of
from shared.policy.inheritance import Located, guard
from shared.policy.model import Pack

Sources = Mapping[str, Mapping[str, bytes]]
Places = dict[tuple[str | int, ...], str]
"""Pack name -> file name -> content. All YAML files of a pack make one mapping."""

_KEYED: Final = {
    "templates": "id",
    "taboos": "category",
    "topics": "id",
    "origins": "id",
    "severity": "id",
    "rules": "id",
    "lexicons": "id",
    "disable": "rule",
}
"""Lists whose entries a child replaces one by one, by this key; other lists it replaces whole."""
_FIELDWISE: Final = frozenset({"rules", "lexicons"})
"""Of these entries a child writes only what it changes."""
_GROWING: Final = frozenset({"lexicons"})
"""In these the lists of a child are added to those of its parent: words are never lost."""
_ADDED: Final = frozenset({"calendar"})
"""Days a child names come to those of its parent: a new year does not make the old one forgotten."""
_PARENT: Final = "inherits"
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load_pack(name: str, sources: Sources) -> Pack:
    """Return the pack `name` with what it inherits; the same bytes give the same object.

    Raises:
        UserError: names the file, the line and the fix.
    """
    names = lineage(name, sources)
    return _loaded(name, tuple((each, tuple(sorted(sources[each].items()))) for each in names))


@lru_cache(maxsize=32)
def _loaded(name: str, files: tuple[tuple[str, tuple[tuple[str, bytes], ...]], ...]) -> Pack:
    return load_with_places(name, {each: dict(content) for each, content in files})[0]


def load_with_places(name: str, sources: Sources) -> tuple[Pack, Places]:
    """Return the pack and, for every value in it, the file and line it comes from.

    Raises:
        UserError: names the file, the line and the fix.
    """
    merged = _inherit(name, sources, ())
    places: Places = {}
    body = _strip(merged, (), places)
    try:
        pack = Pack.model_validate(body)
        for index in range(len(pack.rules)):
            _fit(pack, index, places)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise UserError(
            f"{field or 'pack'}: {first['msg']}",
            where=_nearest(first["loc"], places) or name,
            fix="mend this place of the pack",
        ) from error
    return pack, places


def _fit(pack: Pack, index: int, places: Places) -> None:
    rule = pack.rules[index]
    known = {each.id for each in pack.lexicons}
    try:
        check = check_of(rule, pack.switches)
        for param, name in check.lexicons_named() if check is not None else ():
            if name not in known:
                raise UnfitRuleError(f"there are no words {name}", "params", param)  # noqa: TRY301
    except UnfitRuleError as error:
        loc = ("rules", index, *error.path)
        where = _nearest(loc, places) or pack.name
        fix = "docs/policy.md lists the checks and their parameters"
        raise UserError(f"rule {rule.id}: {error}", where=where, fix=fix) from error


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


def _inherit(name: str, sources: Sources, children: tuple[str, ...]) -> Located:
    own = _own(name, sources, children)
    parent = own.pop(_PARENT, None)
    if parent is None:
        return Located(own, name)
    above = _mapping(_inherit(str(parent.value), sources, (*children, name)))
    guard(above, own)
    return Located(_merge(above, own), name)


def _own(name: str, sources: Sources, children: tuple[str, ...]) -> dict[str, Located]:
    if name not in sources:
        known = ", ".join(sorted(sources)) or "none"
        raise UserError(f"there is no pack {name}", fix=f"choose one of: {known}")
    if name in children:
        raise UserError(f"pack {name} inherits from itself", where=name, fix="break the circle")
    own: dict[str, Located] = {"name": Located(name, name)}
    for file, content in sorted(sources[name].items()):
        for key, value in _mapping(_parse(content, f"{name}/{file}")).items():
            own[key] = value if key not in own else _together(key, own[key], value)
    for key in _FIELDWISE & own.keys():
        _once_each(_entries(own[key]), _KEYED[key])
    return own


def _once_each(entries: Sequence[Located], key: str) -> None:
    met: dict[str, str] = {}
    for each in entries:
        name = _name_of(each, key)
        if name in met:
            raise UserError(f"{name} stands here twice", where=each.where, fix=f"see {met[name]}")
        met[name] = each.where


def _together(key: str, one: Located, other: Located) -> Located:
    """Return what two files of one pack say under the same key: lists of entries go together."""
    if key not in _KEYED:
        what = f"{key} stands in two files of this pack"
        raise UserError(what, where=other.where, fix=f"keep the one in {one.where}")
    return Located([*_entries(one), *_entries(other)], one.where)


def _merge(parent: dict[str, Located], child: dict[str, Located]) -> dict[str, Located]:
    merged = dict(parent)
    for key, value in child.items():
        standing = parent.get(key)
        if standing is not None and key in _ADDED:
            merged[key] = _added(standing, value)
        elif standing is not None and isinstance(value.value, dict):
            merged[key] = Located(_merge(_mapping(standing), value.value), value.where)
        elif standing is not None and key in _KEYED:
            merged[key] = Located(_merge_list(standing, value, key), value.where)
        else:
            merged[key] = value
    return merged


def _added(parent: Located, child: Located) -> Located:
    """Return a calendar with the days of both; a single value is the child's."""
    merged = dict(_mapping(parent))
    for key, value in _mapping(child).items():
        standing = merged.get(key)
        if standing is None or not isinstance(value.value, list | dict):
            merged[key] = value
        elif isinstance(value.value, dict):
            merged[key] = _added(standing, value)
        else:
            merged[key] = Located([*_entries(standing), *value.value], value.where)
    return Located(merged, child.where)


def _merge_list(parent: Located, child: Located, kind: str) -> list[Located]:
    key = _KEYED[kind]
    own = {_name_of(each, key): each for each in _entries(child)}
    kept = [_changed(each, own.pop(_name_of(each, key), None), kind) for each in _entries(parent)]
    return [*kept, *own.values()]


def _changed(standing: Located, change: Located | None, kind: str) -> Located:
    if change is None:
        return standing
    if kind not in _FIELDWISE:
        return change
    merged = dict(_mapping(standing))
    for field, value in _mapping(change).items():
        before = merged.get(field)
        both = before is not None and isinstance(before.value, list)
        if kind in _GROWING and both and isinstance(value.value, list):
            merged[field] = Located([*_entries(before or value), *value.value], value.where)
        else:
            merged[field] = value
    return Located(merged, change.where)


@lru_cache(maxsize=128)
def _parse(content: bytes, where: str) -> Located:
    """Return a file. Every child of a pack asks for its parents' files again."""
    try:
        loader = _Loader(content)
        try:
            node = loader.get_single_node()
            return Located({}, where) if node is None else _locate(loader, node, where)
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise UserError(
            f"not YAML: {error.problem}", where=f"{where}:{line}", fix="mend this line"
        ) from error
    except yaml.YAMLError as error:
        raise UserError("not YAML", where=where, fix="write it again as UTF-8 text") from error


def _locate(loader: yaml.constructor.SafeConstructor, node: yaml.Node, file: str) -> Located:
    where = f"{file}:{node.start_mark.line + 1}"
    if isinstance(node, yaml.MappingNode):
        found: dict[str, Located] = {}
        for key_node, value_node in node.value:
            key = str(loader.construct_object(key_node))
            place = f"{file}:{key_node.start_mark.line + 1}"
            if key in found:
                raise UserError(f"{key} stands here twice", where=place, fix="keep one of them")
            found[key] = Located(_locate(loader, value_node, file).value, place)
        return Located(found, where)
    if isinstance(node, yaml.SequenceNode):
        return Located([_locate(loader, each, file) for each in node.value], where)
    return Located(loader.construct_object(node), where)


def _strip(
    node: Located, path: tuple[str | int, ...], places: dict[tuple[str | int, ...], str]
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


def _mapping(node: Located) -> dict[str, Located]:
    if not isinstance(node.value, dict):
        raise UserError("a mapping is expected here", where=node.where, fix="write `key: value`")
    return node.value


def _entries(node: Located) -> Sequence[Located]:
    if not isinstance(node.value, list):
        raise UserError("a list is expected here", where=node.where, fix="write `- entry`")
    return node.value


def _name_of(node: Located, key: str) -> str:
    named = _mapping(node).get(key)
    return str(named.value) if named else ""
