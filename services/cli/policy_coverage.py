"""Rule, check, cases, result over the whole catalogue, and an honest list of what is not covered."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from services.cli.policy_check_lines import differences, read_rule_cases
from shared.runtime.books import ALL, Shelf


@dataclass(frozen=True, slots=True)
class Row:
    """One article of the catalogue: the rule that stands for it, its check, its cases."""

    article: str
    rule: str
    pack: str
    check: str
    kind: str
    cases: int
    failed: int
    why: str
    partly: str

    @property
    def result(self) -> str:
        """Return what came of it in one word."""
        if not self.check:
            return "people"
        if self.failed:
            return "failed"
        return "passed" if self.cases else "no case"


@dataclass(frozen=True, slots=True)
class Report:
    """All rows."""

    rows: tuple[Row, ...]

    @property
    def failed(self) -> bool:
        """Tell whether a case was not kept, or a rule that a machine checks has none."""
        return any(each.result in ("failed", "no case") for each in self.rows)

    def counts(self) -> dict[str, int]:
        """Return how many articles have which result."""
        return dict(Counter(each.result for each in self.rows))

    def body(self) -> dict[str, Any]:
        """Return it as plain values."""
        rows = [
            {name: getattr(each, name) for name in Row.__slots__} | {"result": each.result}
            for each in self.rows
        ]
        gaps = {each.article: each.why for each in self.rows if each.result == "people"}
        parts = {each.article: each.partly for each in self.rows if each.partly}
        whole = {"articles": len(rows), **self.counts(), "rows": rows}
        return {**whole, "not_covered": gaps, "covered_in_part": parts}


def covered(shelf: Shelf, directory: Path, day: date) -> Report:
    """Run the cases of every pack and return what they say about each article."""
    cases: Counter[str] = Counter()
    failed: Counter[str] = Counter()
    for name in shelf.names:
        book = shelf.book(name, variants=False)
        for case in read_rule_cases(directory, name):
            cases[case.rule] += 1
            failed[case.rule] += bool(differences(book, case, day))
    standing = defaultdict(list)
    for ready in shelf.book(ALL).rules:
        for source in ready.rule.sources:
            standing[source.rule].append(ready)
    rows = []
    for article, many in sorted(standing.items()):
        ids = [each.rule.id for each in many]
        rows.append(
            Row(
                article,
                ", ".join(ids),
                many[0].home,
                ", ".join(dict.fromkeys(each.rule.check for each in many if each.rule.check)),
                many[0].rule.type,
                sum(cases[each] for each in ids),
                sum(failed[each] for each in ids),
                many[0].rule.by_people,
                " ".join(each.rule.partly for each in many if each.rule.partly),
            )
        )
    return Report(tuple(rows))


def lines_of(report: Report) -> Iterator[str]:
    """Yield the report for people: a line an article, the sums, what is left to people and why."""
    for each in report.rows:
        cases = f"{each.cases} cases" if each.check else "-"
        yield f"{each.article} -> {each.rule} -> {each.check or 'people'} -> {cases} -> {each.result}"
    counts = ", ".join(f"{name} {count}" for name, count in sorted(report.counts().items()))
    yield f"articles {len(report.rows)}: {counts}"
    yield "not covered by a machine:"
    for each in report.rows:
        if each.result == "people":
            yield f"  {each.article}: {each.why}"
    yield "covered in part; a person looks for the rest:"
    for each in report.rows:
        if each.partly:
            yield f"  {each.article}: {each.partly}"
