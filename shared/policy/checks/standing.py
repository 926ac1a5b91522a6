"""Checks of who stands behind an account: its owner, its roles, its mailbox, its name."""

from typing import Any, ClassVar

from pydantic import Field

from shared.policy.checks.check import Ask, Check, Share, by_name
from shared.policy.checks.given import ABSENT, empty
from shared.policy.checks.outcome import Outcome, hit, miss, unknown


class Owned(Check):
    """Owned by one of these roles, or approved by one."""

    name: ClassVar[str] = "owned"
    roles: tuple[str, ...]
    missing: str

    def run(self, ask: Ask) -> Outcome:
        owner, approved = (
            ask.given.first("owner_role", "owner"),
            ask.given.first("approved_by", "approvals"),
        )
        if owner in self.roles:
            return miss()
        if ask.given.truth("approved_by", "approvals"):
            by = [str(each.get("role", each.get("by"))) if isinstance(each, dict) else str(each)
                  for each in (approved if isinstance(approved, list) else [approved])]  # fmt: skip
            return miss() if set(by) & set(self.roles) else hit(ask.verdict, missing=self.missing)
        if owner is ABSENT and approved is ABSENT:
            return unknown("owner_role", "approved_by")
        return hit(ask.verdict, missing=self.missing)


class Group(Check):
    """No group is opened in our name unless it is told that it was reported or approved."""

    name: ClassVar[str] = "group"
    terms: tuple[str, ...]

    def run(self, ask: Ask) -> Outcome:
        name = ask.given.word("name", "group_name")
        kind = ask.given.word("type", "account_kind", "what")
        if ask.given.kind != "group" and "group" not in kind and "群" not in f"{kind}{name}":
            return miss() if kind or name else unknown("name")
        ours = any(each.lower() in name.lower() for each in self.terms)
        if not ours and not ask.given.truth("in_company_name", "company_name_used"):
            return miss() if name else unknown("name")
        reported = ask.given.truth("report", "reported", "approval", "approved")
        return miss() if reported else hit(ask.verdict, reason=ask.reason)


class Mailbox(Check):
    """An account is registered with a mailbox that the right department opened."""

    name: ClassVar[str] = "mailbox"
    owners: tuple[str, ...]

    def run(self, ask: Ask) -> Outcome:
        mailbox = ask.given.first("register_email", "email", "mailbox")
        if mailbox is ABSENT:
            return unknown("register_email")
        owner = ask.given.word("mailbox_owner", "email_owner", "register_email_owner")
        allowed = (*self.owners, ask.given.word("allowed_owner") or self.owners[0])
        if owner in allowed:
            return miss()
        listed = [str(each) for each in ask.given.many("allowed_emails", "company_mailboxes")]
        domain = ask.given.word("company_domain", "allowed_domain")
        if mailbox in listed or (domain and str(mailbox).endswith(f"@{domain}")):
            return miss()
        return hit(ask.verdict, reason=ask.reason)


class Routed(Check):
    """Each unit files through one department."""

    name: ClassVar[str] = "routed"
    routing: dict[str, str]

    def run(self, ask: Ask) -> Outcome:
        unit = ask.given.word("unit", "business", "committee", "line", "department")
        if not unit:
            return unknown("unit")
        wanted = next((to for name, to in self.routing.items() if name in unit), "")
        if not wanted:
            return miss()
        by = ask.given.word("filed_by", "filer")
        if not by:
            told = ask.given.first("filed_by", "filer") is not ABSENT
            return hit("remind", to=wanted) if told else unknown("filed_by")
        return (
            miss(route=wanted)
            if by == wanted
            else hit(ask.verdict, route=wanted, reason=ask.reason)
        )


class Roles(Check):
    """Every role is filled, and no one person holds two that must stay apart."""

    name: ClassVar[str] = "roles"
    roles: tuple[str, ...]
    apart: tuple[tuple[str, str], ...] = ()
    fields: dict[str, tuple[str, ...]] = Field(
        default_factory=dict, description="role -> fields that tell who holds it"
    )

    def run(self, ask: Ask) -> Outcome:
        told = ask.given.first("roles")
        if any(ask.given.word(one) and ask.given.word(one) == ask.given.word(other)
               for one, other in self.apart):  # fmt: skip
            return hit(ask.verdict, reason="roles_not_apart")
        if not isinstance(told, (dict, list)):
            told = self._by_fields(ask)
        if told is None:
            return unknown("roles")
        held = told if isinstance(told, dict) else dict.fromkeys(map(str, told), "")
        missing = [each for each in self.roles if each not in held or held[each] is None]
        for one, other in self.apart:
            if held.get(one) and held.get(one) == held.get(other):
                return hit(ask.verdict, reason="roles_not_apart")
        operator = ask.given.truth("operator_can_approve")
        if operator:
            return hit(ask.verdict, reason="roles_not_apart")
        return (
            hit(ask.verdict, missing=missing[0] if len(missing) == 1 else missing)
            if missing
            else miss()
        )

    def _by_fields(self, ask: Ask) -> dict[str, object] | None:
        """Return the roles that single fields tell, if they tell every one or that one is empty."""
        told = {role: ask.given.first(*names) for role, names in self.fields.items()}
        held = {role: None if empty(each) else each for role, each in told.items()}
        known = {role: each for role, each in held.items() if told[role] is not ABSENT}
        whole = len(known) == len(self.roles) or None in known.values()
        if not known or not whole:
            return None
        return {**dict.fromkeys(self.roles, "?"), **known}


class Likeness(Check):
    """A picture that looks like our mark needs a written approval."""

    name: ClassVar[str] = "likeness"
    most: Share
    approval: tuple[str, ...] = ("written_approval",)

    def run(self, ask: Ask) -> Outcome:
        alike = ask.given.number("avatar_similarity_to_logo", "logo_similarity")
        if alike is None:
            return unknown("avatar_similarity_to_logo")
        if alike < self.most:
            return miss()
        approved = ask.given.truth(*self.approval)
        if approved is None:
            return unknown(self.approval[0])
        return miss() if approved else hit(ask.verdict, reason=ask.reason)


class OfficialName(Check):
    """One name and no other, with the mark beside it."""

    name: ClassVar[str] = "official_name"
    official: str

    def run(self, ask: Ask) -> Outcome:
        name, logo = ask.given.word("name", "nickname"), ask.given.truth("logo", "has_logo")
        if name and name != self.official:
            return hit(ask.verdict, reason=ask.reason)
        if logo is False:
            return hit(ask.verdict, missing="logo")
        absent = [each for each, told in (("name", name or None), ("logo", logo)) if told is None]
        return unknown(*absent) if absent else miss()


class Authorised(Check):
    """Who publishes stands on the list of those who may, or is marked as such."""

    name: ClassVar[str] = "authorised"

    def run(self, ask: Ask) -> Outcome:
        actor = ask.given.word("actor", "publisher")
        told = ask.given.first(
            "authorised", "authorized", "authorised_list", "authorised_publishers"
        )
        if isinstance(told, list):
            if not actor:
                return unknown("actor")
            return miss() if actor in told else hit(ask.verdict, reason=ask.reason)
        if told is ABSENT:
            return unknown("authorised")
        return miss() if told else hit(ask.verdict, reason=ask.reason)


class Mentioned(Check):
    """A post of one of our units that names the account waits for a review before it is passed on."""

    name: ClassVar[str] = "mentioned"
    marks: tuple[str, ...] = ("@", "\uff20")
    says: dict[str, Any] = Field(default_factory=dict)

    def run(self, ask: Ask) -> Outcome:
        unit, named = ask.given.truth("author_unit"), ask.given.truth("at_account")
        text = ask.given.word("text")
        if (unit is None and named is None) or (named is None and not text):
            return unknown("author_unit" if unit is None else "text")
        if not unit or not (named or any(each in text for each in self.marks)):
            return miss()
        return hit(ask.verdict, **self.says)


CHECKS = by_name(
    Owned, Group, Mailbox, Routed, Roles, Likeness, OfficialName, Authorised, Mentioned
)
