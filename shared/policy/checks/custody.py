"""Checks of ticks and keys: what a reviewer ticked, and to whom an account was opened."""

from typing import Any, ClassVar, Final

from pydantic import Field

from shared.policy.checks.check import Ask, Check, by_name, listed
from shared.policy.checks.given import ABSENT, empty
from shared.policy.checks.outcome import Outcome, hit, miss, unknown

_OUTSIDERS: Final = ("外包", "代运营", "外部", "第三方", "朋友", "家属", "离职", "前员工", "供应商",
                     "agency", "friend", "guest", "visitor", "none", "stranger", "outsider", "external", "non_member", "nonmember", "former")  # fmt: skip


class Checklist(Check):
    """What a reviewer must tick. `name|other` is called `name`; a tick not told is not known."""

    name: ClassVar[str] = "checklist"
    fields: tuple[str, ...]
    field: str = "checklist"

    def run(self, ask: Ask) -> Outcome:
        told = ask.given.first(self.field)
        if isinstance(told, list):
            told = dict.fromkeys(map(str, told), True)
            told = {
                each: told.get(each, False) for names in self.fields for each in _one(names, told)
            }
        if told is ABSENT:
            return unknown(self.field)
        table = told if isinstance(told, dict) else {}
        values = {
            names.partition("|")[0]: next(
                (table[one] for one in names.split("|") if one in table), ABSENT
            )
            for names in self.fields
        }
        open_ = [name for name, value in values.items() if value is not ABSENT and empty(value)]
        if open_ or not table:
            return hit(ask.verdict, missing=listed(open_ or list(values)), reason=ask.reason)
        absent = [name for name, value in values.items() if value is ABSENT]
        return unknown(*absent) if absent else miss()


class Grant(Check):
    """Keys of an account go to nobody outside."""

    name: ClassVar[str] = "grant"
    events: tuple[str, ...]
    says: dict[str, Any] = Field(default_factory=dict)

    def run(self, ask: Ask) -> Outcome:
        event = ask.given.word("event")
        if ask.given.kind == "account_event" and event not in self.events:
            return miss() if event else unknown("event")
        member = ask.given.truth("member", "is_member", "internal", "grantee_member", "to_member")
        whom = " ".join(
            ask.given.word(each)
            for each in ("to", "to_role", "grantee", "grantee_role", "grantee_type")
        )
        outside = member is False or any(each in whom.lower() for each in _OUTSIDERS)
        if outside:
            return hit(ask.verdict, reason=ask.reason, **{"action": "record", **self.says})
        return miss() if member else unknown("member")


def _one(names: str, told: dict[str, bool]) -> list[str]:
    known = names.split("|")
    return [next((each for each in known if each in told), known[0])]


CHECKS = by_name(Checklist, Grant)
