"""The term lists on disk, one file a category."""

from pathlib import Path

from services.classify.core.lexicon import CATEGORIES, Head, Lexicon, build, head, parse
from shared.errors import UserError
from shared.text.normalise import Tables, normalise

LEXICON_DIR = Path(__file__).parents[1] / "lexicon"


def load_lexicon(folder: Path, tables: Tables) -> Lexicon | None:
    """Return the lexicon with its terms in canonical form; None if there are no lists.

    Raises:
        UserError: a list is named after no category, cannot be read, or is malformed.
    """
    members: dict[str, dict[str, bool]] = {}
    for path in sorted(folder.glob("*.txt")):
        if path.stem not in CATEGORIES:
            raise UserError("not a lexicon category", where=str(path), fix="rename or remove it")
        body = read_list(path)
        parsed = parse(body, str(path))
        head(body, str(path))
        forms = normalise(tuple(parsed), tables).texts
        merged: dict[str, bool] = {}
        for form, is_strong in zip(forms, parsed.values(), strict=True):
            merged[form] = merged.get(form, False) or is_strong
        members[path.stem] = merged
    return build(members) if members else None


def read_list(path: Path) -> str:
    """Return a term list as it is written. Raises UserError."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(
            "cannot read this term list", where=str(path), fix="restore the file"
        ) from error


def heads(folder: Path = LEXICON_DIR) -> dict[str, Head]:
    """Return what each list says of itself. Raises UserError."""
    return {path.stem: head(read_list(path), str(path)) for path in sorted(folder.glob("*.txt"))}
