"""The catalogue of checks and the form of a rule on one: written, proved, tried, then proposed."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final, NamedTuple

from aiohttp import web
from multidict import MultiDict, MultiMapping

from services.respond.console.api import allowed
from services.respond.console.check_filled import (
    SITUATIONS,
    SPEAKS,
    TYPES,
    VERDICTS,
    form_of,
    param_word,
)
from services.respond.console.check_form import CheckForm, CheckWritten
from services.respond.console.pacing import Pace, not_too_often
from services.respond.console.policy_pages import pack_in_force
from services.respond.console.problems import Problem
from services.respond.console.render import View, page, view_of
from services.respond.console.rule_pages import MAY, candidate_of, propose
from services.respond.rehearsing import Asked
from services.respond.shell.review import changed
from shared.policy.checks.kinds import KINDS, shape_of
from shared.policy.checks.own import PREFIX
from shared.policy.checks.parameters import parameters
from shared.policy.checks.registry import CHECKS
from shared.policy.checks.usual import USUAL
from shared.policy.model import Pack

REVIEW_AFTER: Final = timedelta(days=180)
"""Ours: a new rule is looked at again after half a year, unless its writer says otherwise."""


class Offered(NamedTuple):
    """One check of the catalogue, and how many rules of the pack run it."""

    name: str
    title: str
    rules: int


async def catalogue(request: web.Request) -> web.Response:
    """All checks in plain words, family by family; ?q= looks through them."""
    allowed(request, MAY)
    view = view_of(request)
    name, _, pack = await pack_in_force(view)
    wanted = request.query.get("q", "").strip().casefold()
    families: dict[str, list[Offered]] = {}
    for check, kind in CHECKS.items():
        title = view.t(f"check.{check}")
        used = sum(each.check == check for each in pack.rules)
        if wanted in f"{check} {title}".casefold():
            family = kind.__module__.rpartition(".")[2]
            families.setdefault(family, []).append(Offered(check, title, used))
    values = {"pack": name, "families": families, "search": wanted, "all": len(CHECKS)}
    return await page(view, "checks.html", values)


async def like(request: web.Request) -> web.Response:
    """Lead to the form of a rule that stands: one of ours to change it, another to write one like it."""
    allowed(request, MAY)
    view = view_of(request)
    name, _, pack = await pack_in_force(view)
    wanted = request.match_info["rule_id"]
    rule = next((each for each in pack.rules if each.id == wanted and each.check), None)
    if rule is None:
        raise Problem(404, "not_found", "there is no such rule with a check")
    raise web.HTTPSeeOther(f"/policy/{name}/checks/{rule.check}?like={rule.id}")


async def write(request: web.Request) -> web.Response:
    """The form, empty or as another rule has it."""
    allowed(request, MAY)
    view = view_of(request)
    name, _, pack = await pack_in_force(view)
    check = _check_of(view)
    wanted = request.query.get("like", "")
    standing = next((each for each in pack.rules if each.id == wanted), None)
    fits = standing is not None and standing.check == check
    form = form_of(standing, pack) if fits and standing else _begun(view, pack)
    desk = _Desk(view, name, pack, form)
    return await desk.shown(desk.form().read(), fresh=standing is None)


async def press(request: web.Request) -> web.Response:
    """Prove what is written, try it on the last days, or propose it."""
    caller, view = allowed(request, MAY), view_of(request)
    name, pack_hash, pack = await pack_in_force(view)
    form = await request.post()
    desk = _Desk(view, name, pack, form)
    written = desk.form().read()
    do = str(form.get("do", "check"))
    if do == "propose" and written.edit is not None and str(form.get("note", "")).strip():
        return await propose(view, name, (pack_hash, pack), written.edit)
    asked = None
    if do == "try" and written.rule is not None and written.tried is not None:
        await not_too_often(view.console, Pace.REHEARSAL, caller.person_id)
        asked = await view.console.rehearsal.ask(name, written.tried, written.rule.id, view.zone)
    return await desk.shown(written, asked=asked, noteless=do == "propose")


class _Desk:
    """One form of one request."""

    def __init__(self, view: View, name: str, pack: Pack, form: MultiMapping[object]) -> None:
        self._view, self._name, self._pack, self._form = view, name, pack, form
        self._check = _check_of(view)

    def form(self) -> CheckForm:
        return CheckForm(self._pack, self._check, self._view.t, self._form, _today(self._view))

    async def shown(
        self,
        written: CheckWritten,
        *,
        asked: Asked | None = None,
        fresh: bool = False,
        noteless: bool = False,
    ) -> web.Response:
        """Show the form with what was found, or to a script what was found alone."""
        whole = self._view.request.headers.get("HX-Request") != "true"
        form = self.form()
        candidate = await candidate_of(self._pack, written.edit) if written.edit else None
        kind = form.kinds[0] if form.kinds else ""
        values = {
            **self._choices(),
            **self._fields(form),
            "written": written,
            "fresh": fresh,
            "rule_id": form.rule_id,
            "held": {key: [str(each) for each in self._form.getall(key)] for key in self._form},
            "param": lambda name: param_word(self._view.t, self._check, name),
            "shape": lambda name: shape_of(kind, name),
            "kind": kind,
            "outgoing": not {"comment", "mention", "dm"}.intersection(form.kinds),
            "changed": changed(self._pack, candidate) if candidate else (),
            "asked": asked,
            "noteless": noteless,
            "grown": not whole and self._grown(written),
        }
        return await page(
            self._view, "check.html" if whole else "check_found.html", values, whole=whole
        )

    def _choices(self) -> Mapping[str, object]:
        pack, used = self._pack, [each for each in self._pack.rules if each.check == self._check]
        usual = dict.fromkeys(kind for each in used for kind in each.kinds)
        usual |= dict.fromkeys(USUAL[self._check].split())
        return {
            "pack": self._name,
            "rules": pack,
            "check": self._check,
            "types": TYPES,
            "verdicts": VERDICTS,
            "speaks": SPEAKS,
            "situations": SITUATIONS,
            "usual": tuple(usual),
            "other_kinds": tuple(each for each in KINDS if each not in usual),
            "used": used,
            "own": PREFIX,
        }

    def _fields(self, form: CheckForm) -> Mapping[str, object]:
        """Return what must be filled in first, and what most people leave as it is."""
        wordy = self._check == "words" or any(each.words for each in form.parameters)
        first = [
            each
            for each in form.parameters
            if each.required and not (self._check == "words" and each.name == "labels")
        ]
        more = [each for each in form.parameters if each not in first]
        known = dict.fromkeys(name for kind in form.kinds for name in KINDS[kind].model_fields)
        return {
            "wordy": wordy,
            "first": first or ([] if wordy else more),
            "more": more if first or wordy else [],
            "opened": any(
                str(self._form.get(f"p:{each.name}", each.default)).replace("\r\n", "\n")
                != each.default
                for each in more
            ),
            "known_fields": tuple(known),
        }

    def _grown(self, written: CheckWritten) -> bool:
        """Tell whether the rule asks for fields its examples have no room for yet."""
        room = [str(self._form.get(f"room:{n}", "")) for n in range(len(SPEAKS))]
        return [" ".join(each) for each in written.asked] != room


def _check_of(view: View) -> str:
    """Return the check of the address. Raises Problem 404."""
    check = view.request.match_info["check"]
    if check not in CHECKS:
        raise Problem(404, "not_found", "there is no such check")
    return check


def _begun(view: View, pack: Pack) -> MultiDict[object]:
    """Return an empty form with what most people would say."""
    check = _check_of(view)
    used = Counter(each.type for each in pack.rules if each.check == check)
    form: MultiDict[object] = MultiDict(view.request.query)
    usual = USUAL[check].split()
    form.setdefault("kinds", "reply" if "reply" in usual else usual[0])
    for each in parameters(check):
        form.setdefault(f"p:{each.name}", each.default)
    form.setdefault("owner", view.caller.name if view.caller else "")
    form.setdefault("review_by", (_today(view) + REVIEW_AFTER).isoformat())
    form.setdefault("type", next((each for each, _ in used.most_common(1)), "prohibition"))
    form.setdefault("verdict", "flag")
    form.setdefault("at_gate", "1")
    return form


def _today(view: View) -> date:
    return view.now.astimezone(view.zone).date()
