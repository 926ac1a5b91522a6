"""What held when, told again from the record: positions and bans with who, when, and what rested on them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

Body = Mapping[str, Any]


class Rested(NamedTuple):
    """A reply that was let leave while a position held for its case."""

    case_id: str
    at: str
    status: str
    text: str


@dataclass(slots=True)
class Held:
    """One wording of a position, or one ban, from the first word on it to its end."""

    what: str
    name: str
    content: str
    matter: str
    text: str
    written_by: str
    written_at: str
    valid_from: str = ""
    valid_until: str = ""
    approved_by: str = ""
    approved_at: str = ""
    held_from: str = ""
    held_until: str = ""
    ended_by: str = ""
    ended_reason: str = ""
    replies: list[Rested] = field(default_factory=list)


def told_again(
    asked: Mapping[str, Body], lines: Iterable[Body], ends: Mapping[str, str]
) -> Iterator[Held]:
    """Yield what was said, oldest first.

    `asked` are the operations by id, `lines` the decisions on them in the order of the log, `ends`
    how each effect ended.
    """
    story = _Story(asked, ends)
    for each in lines:
        story.take(each)
    yield from story.held


class _Story:
    def __init__(self, asked: Mapping[str, Body], ends: Mapping[str, str]) -> None:
        self._asked, self._ends = asked, ends
        self._by: Body = {}
        self.held: list[Held] = []

    def take(self, line: Body) -> None:
        match line["kind"]:
            case "operation.decided":
                self._by = self._asked.get(line["op_id"], {})
            case "guidance.moved":
                self._moved(line)
            case _:
                self._left(line)

    def _moved(self, line: Body) -> None:
        status, at = line["status"], line["at"]
        if status in {"proposed", "set"}:
            self._said(line)
        for each in self._alive(line):
            if status in {"approved", "in_force"} and each.content == (
                line["content"] or each.content
            ):
                self._agreed(each, line)
            elif status in {"ended", "lifted"} or (status == "in_force" and each.held_from):
                self._over(each, line, at)

    def _said(self, line: Body) -> None:
        by = self._by
        ban = line["what"] == "ban"
        self.held.append(
            Held(
                line["what"],
                line["name"],
                line["content"],
                by.get("text", "") if ban else by.get("matter", ""),
                by.get("text", ""),
                by.get("person_id", ""),
                line["at"],
                by.get("valid_from") or "",
                by.get("until" if ban else "valid_until", ""),
                held_from=line["at"] if ban else "",
            )
        )

    def _agreed(self, held: Held, line: Body) -> None:
        if not held.approved_at:
            held.approved_by, held.approved_at = self._by.get("person_id", ""), line["at"]
        if line["status"] == "in_force":
            held.held_from = held.held_from or line["at"]

    def _over(self, held: Held, line: Body, at: str) -> None:
        held.held_until = at
        by_hand = line["name"] in {self._by.get("position_id"), self._by.get("ban_id")}
        if line["status"] == "in_force":
            held.ended_by, held.ended_reason = self._by.get("person_id", ""), "replaced"
        elif by_hand and "reason" in self._by:
            held.ended_by, held.ended_reason = self._by["person_id"], self._by["reason"]
        else:
            held.ended_reason = "expired"

    def _left(self, line: Body) -> None:
        for each in self.held:
            if each.content and each.content in line.get("positions", ()):
                status = self._ends.get(line["effect_id"], "started")
                each.replies.append(Rested(line["case_id"], line["at"], status, line["body"]))

    def _alive(self, line: Body) -> list[Held]:
        return [each for each in self.held if each.name == line["name"] and not each.held_until]
