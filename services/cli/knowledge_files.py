"""Entries of the knowledge base in files: CSV and Markdown, each mistake named by file and line."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from shared.contracts.ids import token
from shared.contracts.verdicts import Label
from shared.errors import UserError

NAMES: Final[Mapping[str, str]] = {
    "事由": "matter",
    "问题": "question",
    "答复": "answer",
    "出处": "source",
    "标签": "labels",
    "渠道": "channels",
    "有效至": "valid_until",
}
"""Our words for the fields; the fields' own names serve as well."""
NEEDED: Final = ("question", "answer", "source")
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "'")
"""What a cell must not begin with; the last is what stands before one that did."""
_DAY: Final = 10


class FileEntry(BaseModel):
    """One entry as a file has it."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    matter: str
    question: str
    answer: str
    source: str
    labels: tuple[Label, ...] = ()
    channels: tuple[str, ...] = ()
    valid_until: datetime | None = None

    @field_validator("labels", "channels", mode="before")
    @classmethod
    def _several(cls, value: object) -> object:
        """Take words with blanks, commas or semicolons between them."""
        if not isinstance(value, str):
            return value
        return (
            value.replace(",", " ").replace(";", " ").replace("；", " ").replace("，", " ").split()
        )

    @field_validator("valid_until", mode="before")
    @classmethod
    def _last_day(cls, value: object) -> object:
        """Take a day as its end, by the clock in China where no zone is written."""
        if not isinstance(value, str):
            return value
        text = value.strip()
        if not text:
            return None
        found = datetime.fromisoformat(text)
        if len(text) == _DAY:
            found += timedelta(days=1)
        return found if found.tzinfo else found.replace(tzinfo=UTC) - timedelta(hours=8)

    @property
    def entry_id(self) -> str:
        """Return the id: the same question is the same entry, so a second import changes it."""
        return token("entry", self.question)


def read_entries(file: Path) -> list[FileEntry]:
    """Return the entries of a CSV or Markdown file. Raises UserError with file and line."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        what = f"cannot read the entries: {error.strerror}"
        raise UserError(what, where=str(file), fix="give another file") from error
    except UnicodeDecodeError as error:
        raise UserError("not UTF-8", where=str(file), fix="save it as UTF-8") from error
    is_table = file.suffix.lower() == ".csv"
    found = list(_checked(file, _csv(file, text) if is_table else _markdown(file, text)))
    if not found:
        fix = "write rows of a table, or a heading for each question"
        raise UserError("there are no entries here", where=str(file), fix=fix)
    return found


def as_csv(entries: Iterable[FileEntry]) -> str:
    """Return the entries as a table that `read_entries` reads again."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(NAMES)
    writer.writerows(
        [_harmless(_written(each)[name]) for name in NAMES.values()] for each in entries
    )
    return out.getvalue()


def as_markdown(entries: Iterable[FileEntry]) -> str:
    """Return the entries as a page that `read_entries` reads again."""
    sections = []
    for each in entries:
        said = _written(each)
        facts = [f"- {name}: {said[field]}" for name, field in NAMES.items() if said[field]]
        kept = [line for line in facts if not line.startswith(("- 问题", "- 答复"))]
        sections.append("\n".join([f"## {each.question}", *kept, "", each.answer]))
    return "\n\n".join(sections) + "\n"


def _written(entry: FileEntry) -> dict[str, str]:
    until = entry.valid_until
    return {
        "matter": entry.matter,
        "question": entry.question,
        "answer": entry.answer,
        "source": entry.source,
        "labels": " ".join(each.value for each in entry.labels),
        "channels": " ".join(entry.channels),
        "valid_until": until.isoformat() if until else "",
    }


def _harmless(text: str) -> str:
    """Return what no spreadsheet takes for a formula to be worked out on the reader's machine."""
    return f"'{text}" if text.startswith(FORMULA) else text


def _meant(text: str) -> str:
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA) else text


def _csv(file: Path, text: str) -> Iterator[tuple[int, dict[str, str]]]:
    rows = csv.reader(io.StringIO(text), strict=True)
    try:
        head = [NAMES.get(each.strip(), each.strip()) for each in next(rows, [])]
        if missing := [each for each in NEEDED if each not in head]:
            fix = f"name the columns {', '.join(NAMES)}"
            raise UserError(f"there is no column {missing[0]}", where=f"{file}:1", fix=fix)
        for row in rows:
            if not any(row):
                continue
            if len(row) != len(head):
                what = f"{len(row)} columns where the first line has {len(head)}"
                raise UserError(what, where=f"{file}:{rows.line_num}", fix="mend this line")
            yield rows.line_num, dict(zip(head, map(_meant, row), strict=True))
    except csv.Error as error:
        raise UserError(
            f"no CSV: {error}", where=f"{file}:{rows.line_num}", fix="mend it"
        ) from error


def _markdown(file: Path, text: str) -> Iterator[tuple[int, dict[str, str]]]:
    """A heading is a question, lines `- 出处: ...` below it are fields, the rest is the answer."""
    sections: list[tuple[int, list[str]]] = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("#"):
            sections.append((number, [line]))
        elif sections:
            sections[-1][1].append(line)
        elif line.strip():
            fix = "begin with a heading: ## the question"
            raise UserError("a text without a question", where=f"{file}:{number}", fix=fix)
    for begun, lines in sections:
        yield begun, _section(file, begun, lines)


def _section(file: Path, begun: int, lines: list[str]) -> dict[str, str]:
    entry = {"question": lines[0].lstrip("#").strip(), "answer": ""}
    for number, line in enumerate(lines[1:], begun + 1):
        field = None if entry["answer"] else _field(line)
        if field is None:
            entry["answer"] = f"{entry['answer']}\n{line}".strip()
        elif field[0] in entry:
            what = f"{field[0]} stands here twice"
            raise UserError(what, where=f"{file}:{number}", fix="keep one of them")
        else:
            entry[field[0]] = field[1]
    return entry


def _field(line: str) -> tuple[str, str] | None:
    if not line.startswith(("- ", "* ")):
        return None
    name, mark, value = line[2:].replace("：", ":", 1).partition(":")
    known = NAMES.get(name.strip(), name.strip())
    return (known, value.strip()) if mark and known in NAMES.values() else None


def _checked(file: Path, found: Iterator[tuple[int, dict[str, str]]]) -> Iterator[FileEntry]:
    seen: dict[str, int] = {}
    for number, values in found:
        where = f"{file}:{number}"
        if not values.get("matter"):
            values["matter"] = values.get("question", "")
        empty = next((each for each in NEEDED if not values.get(each, "").strip()), None)
        if empty is not None:
            raise UserError(f"{empty} is empty", where=where, fix=f"write the {empty}")
        try:
            entry = FileEntry.model_validate(values)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            what = f"{'.'.join(map(str, first['loc'][:1]))}: {first['msg']}"
            raise UserError(what, where=where, fix="mend this entry") from error
        if entry.entry_id in seen:
            what = f"the same question stands in line {seen[entry.entry_id]}"
            raise UserError(what, where=where, fix="keep one of them")
        seen[entry.entry_id] = number
        yield entry
