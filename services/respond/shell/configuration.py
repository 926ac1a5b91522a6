"""What an installation is configured to be: accounts, people, roster, packs; read from files."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from shared.contracts.ids import token
from shared.contracts.org import (
    AccountRegistered,
    Contact,
    Duty,
    PersonRegistered,
    Role,
    RosterSet,
)
from shared.errors import UserError
from shared.policy.model import Pack
from shared.runtime.accounts import AccountConfig, wrong_field

DEMO_PERSON = "demo"
DEMO_SECOND = "demo-second"


class PersonConfig(BaseModel):
    """One person who may sign in."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    person_id: str
    name: str
    roles: tuple[Role, ...]
    departments: tuple[str, ...] = ()
    """Departments and posts they speak for, as the rules of a pack name them."""
    active: bool = True


class _People(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    people: tuple[PersonConfig, ...]


class _Roster(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    duties: tuple[Duty, ...]


_File = TypeVar("_File", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Configuration:
    """What the log should say; the registrar appends whatever it does not."""

    accounts: Sequence[AccountConfig] = ()
    people: Sequence[PersonConfig] = ()
    duties: Sequence[Duty] | None = None
    packs: Sequence[Pack] = field(default_factory=tuple)

    def accounts_registered(self) -> list[AccountRegistered]:
        return [
            AccountRegistered(
                revision=_revision(each.model_dump_json(exclude=_SECRETS)),
                account_id=each.account_id,
                platform=each.platform,
                native_id=each.native_id,
                name=each.name,
                live=each.live,
                pack=each.pack,
            )
            for each in self.accounts
        ]

    def people_registered(self) -> list[PersonRegistered]:
        return [
            PersonRegistered(
                revision=_revision(each.model_dump_json()),
                person_id=each.person_id,
                name=each.name,
                roles=each.roles,
                departments=each.departments,
                active=each.active,
            )
            for each in self.people
        ]

    def roster(self) -> RosterSet | None:
        if self.duties is None:
            return None
        spelled = "\n".join(each.model_dump_json() for each in self.duties)
        return RosterSet(revision=_revision(spelled), duties=tuple(self.duties))


_SECRETS = {
    "app_key",
    "app_secret",
    "access_token",
    "operator_ip",
    "endpoint",
    "visibility_horizon_seconds",
}
"""Not part of the registered account: a new token or address makes no new fact."""


def _revision(spelled: str) -> str:
    return token("revision", spelled)


def load_people(path: Path) -> tuple[PersonConfig, ...]:
    """Read the people file. Raises UserError that names the place and the fix."""
    return _load(path, _People, "ZHISHOU_PEOPLE_FILE").people


def load_roster(path: Path) -> tuple[Duty, ...]:
    """Read the roster file. Raises UserError that names the place and the fix."""
    return _load(path, _Roster, "ZHISHOU_ROSTER_FILE").duties


def demo_people() -> tuple[PersonConfig, ...]:
    """Return the people of a demonstration: one who does all, one to be the second person."""
    return (
        PersonConfig(person_id=DEMO_PERSON, name="演示管理员", roles=(Role.ADMIN,)),
        PersonConfig(person_id=DEMO_SECOND, name="演示复核员", roles=(Role.REVIEWER,)),
    )


def demo_duties(person_id: str) -> tuple[Duty, ...]:
    """Return a roster that has this person of a demonstration on call at all times."""
    return (
        Duty(
            person_id=person_id,
            start=datetime(2020, 1, 1, tzinfo=UTC),
            end=datetime(2100, 1, 1, tzinfo=UTC),
            contacts=(Contact(channel="console_log", address_ref="console"),),
        ),
    )


def _load(path: Path, kind: type[_File], setting: str) -> _File:
    try:
        return kind.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except OSError as error:
        message = f"cannot read the file: {error.strerror}"
        raise UserError(message, where=str(path), fix=f"set {setting}") from error
    except UnicodeDecodeError as error:
        raise UserError("not UTF-8", where=str(path), fix="save it as UTF-8") from error
    except yaml.YAMLError as error:
        raise UserError(f"not YAML: {error}", where=str(path), fix="mend it") from error
    except ValidationError as error:
        raise wrong_field(error, path) from error
