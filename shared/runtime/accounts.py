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
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise UserError(first["msg"], where=f"{path}: {place}", fix="mend this field") from error
