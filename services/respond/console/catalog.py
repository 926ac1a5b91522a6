"""The words of the console, one catalog a language; zh-CN is the first language."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from shared.errors import UserError

LANGUAGES = ("zh", "en")
_HTML_LANG = {"zh": "zh-CN", "en": "en"}
_PLACE = re.compile(r"\{(\w+)\}")


class Catalog(NamedTuple):
    """Texts by dotted key. Arguments are inserted as they are and escaped by the template."""

    language: str
    texts: Mapping[str, str]

    @property
    def html_lang(self) -> str:
        return _HTML_LANG[self.language]

    def __call__(self, key: str, **values: str | int) -> str:
        text = self.texts[key]
        return _PLACE.sub(lambda place: str(values[place[1]]), text) if values else text

    def said(self, key: str, otherwise: str) -> str:
        """Return our words for a code, or the code's own text when it is newer than we are."""
        return self.texts.get(key, otherwise)

    def why(self, reason: str) -> str:
        """Return a reason in words: its first word may be a code, the rest is somebody's own."""
        code, _, rest = reason.partition(" ")
        word = self.texts.get(f"code.{code}")
        return reason if word is None else f"{word} {rest}".rstrip()


def _flatten(table: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        name = f"{prefix}{key}"
        if isinstance(value, Mapping):
            yield from _flatten(value, f"{name}.")
        else:
            yield name, str(value)


@cache
def load_catalogs(directory: Path) -> Mapping[str, Catalog]:
    """Read every language. Raises UserError that names the file."""
    return {
        language: Catalog(
            language,
            dict(_flatten(_read(directory / f"{language}.toml")))
            | dict(_flatten(_read(directory / f"{language}.checks.toml"))),
        )
        for language in LANGUAGES
    }


def _read(path: Path) -> Mapping[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise UserError(
            f"cannot read the words of the console: {error}",
            where=str(path),
            fix="install zhishou again",
        ) from error
