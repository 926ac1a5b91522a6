"""The account register of an installation: which official accounts, where, with what secrets."""

from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from shared.errors import UserError


class AccountConfig(BaseModel):
    """One official account. Mock or live is `endpoint` and `live` alone (invariant 20)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    account_id: str
    platform: Literal["weibo"]
    native_id: str
    name: str
    endpoint: str
    live: bool = False
    pack: str = "company"
    app_key: str = ""
    app_secret: SecretStr = SecretStr("")
    access_token: SecretStr = SecretStr("")
    operator_ip: str = "127.0.0.1"
    visibility_horizon_seconds: Annotated[float, Field(gt=0)] | None = None
    """How long a text may stay invisible on a mock; a live platform's is its adapter's to say."""


class _Register(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    accounts: tuple[AccountConfig, ...]


def load_accounts(path: Path) -> tuple[AccountConfig, ...]:
    """Read the register. Raises UserError that names the file, the place and the fix."""
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
        return _Register.model_validate(raw).accounts
    except OSError as error:
        message = f"cannot read the account register: {error.strerror}"
        raise UserError(message, where=str(path), fix="set ZHISHOU_ACCOUNTS_FILE") from error
    except UnicodeDecodeError as error:
        raise UserError("not UTF-8", where=str(path), fix="save it as UTF-8") from error
    except yaml.YAMLError as error:
        raise UserError(
            f"not YAML: {error}", where=str(path), fix="mend the line named"
        ) from error
    except ValidationError as error:
        raise wrong_field(error, path) from error


def wrong_field(error: ValidationError, path: Path) -> UserError:
    """Return the first thing that does not fit in a file people write, in their words."""
    first = error.errors(include_input=False, include_url=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    what = _IN_WORDS.get(first["type"], first["msg"])
    where = f"{path}: {place}" if place else str(path)
    return UserError(what, where=where, fix="mend this field; deploy/examples shows each file")


_IN_WORDS = {
    "model_type": "there must be names with values here, such as `name: value`",
    "tuple_type": "there must be a list here, each with a `-`",
    "missing": "this field is missing",
    "extra_forbidden": "nobody knows this field",
    "timezone_aware": "this time needs a zone, such as +08:00",
}
