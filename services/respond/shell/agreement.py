"""Whether people and roster fit each other: a duty of nobody is a night on which nobody is woken."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from services.respond.shell.configuration import PersonConfig
from shared.contracts.org import Duty
from shared.errors import UserError

CHANNELS: Final = ("console_log", "webhook")


def must_agree(
    people: Sequence[PersonConfig],
    duties: Sequence[Duty],
    people_file: Path | None,
    roster_file: Path | None,
) -> None:
    """Raises UserError for the first person or duty that cannot be meant."""
    if not people:
        fix = "write a people file, or set ZHISHOU_DEMO=true to look around"
        raise UserError("nobody may sign in", where="ZHISHOU_PEOPLE_FILE", fix=fix)
    for place, what, fix in _people(people):
        raise UserError(what, where=f"{people_file}: people.{place}", fix=fix)
    for place, what, fix in _duties(people, duties):
        raise UserError(what, where=f"{roster_file}: duties.{place}", fix=fix)


def _people(people: Sequence[PersonConfig]) -> Iterator[tuple[str, str, str]]:
    seen: set[str] = set()
    for number, each in enumerate(people):
        if not each.person_id or any(letter.isspace() for letter in each.person_id):
            yield f"{number}.person_id", "an id without spaces is needed", "write a short name"
        if each.person_id in seen:
            what = f"{each.person_id} stands here twice"
            yield f"{number}.person_id", what, "give each person an id of their own"
        seen.add(each.person_id)


def _duties(
    people: Sequence[PersonConfig], duties: Sequence[Duty]
) -> Iterator[tuple[str, str, str]]:
    active = {each.person_id for each in people if each.active}
    for number, each in enumerate(duties):
        if each.person_id not in active:
            fix = f"name one of {', '.join(sorted(active)) or 'the people file'}"
            yield f"{number}.person_id", f"{each.person_id} is nobody who works here", fix
        if each.end <= each.start:
            yield f"{number}.end", "this duty ends before it begins", "exchange start and end"
        for place, contact in enumerate(each.contacts):
            if contact.channel not in CHANNELS:
                what = f"there is no channel {contact.channel}"
                yield f"{number}.contacts.{place}", what, f"write {' or '.join(CHANNELS)}"
