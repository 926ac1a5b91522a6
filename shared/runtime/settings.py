"""Where things are: one frozen settings class, read once, at the top of each process.

What the organisation wants (rules, clocks, texts) lives in packs, never here.
"""

from pathlib import Path
from typing import Literal

import platformdirs
from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


def default_data_dir() -> Path:
    """Return the platform's own place for this program's data."""
    return Path(platformdirs.user_data_dir("zhishou"))


def default_policies_dir() -> Path:
    """Return the packs that come with this installation."""
    return Path(__file__).resolve().parents[2] / "deploy" / "policies"


def default_assets_dir() -> Path:
    """Return where set-up puts the console's library, wherever a process is started from."""
    return Path(__file__).resolve().parents[2] / "node_modules" / "htmx.org" / "dist"


EXAMPLE_PASSWORD = "change-"  # noqa: S105 - how passwords begin that stand in deploy/env


class CommonSettings(BaseSettings):
    """What every service needs to know; each service adds its own fields in a subclass."""

    model_config = SettingsConfigDict(
        env_prefix="ZHISHOU_",
        frozen=True,
        extra="ignore",
        secrets_dir=None,
        hide_input_in_errors=True,
    )

    @field_validator("nats_url", "redis_url")
    @classmethod
    def _has_a_password_of_its_own(cls, url: SecretStr) -> SecretStr:
        if f":{EXAMPLE_PASSWORD}" in url.get_secret_value():
            raise ValueError(
                "it still has the example's password: 'zhishou config site' makes others"
            )
        return url

    nats_url: SecretStr = Field(
        SecretStr("nats://127.0.0.1:4222"),
        description="address of NATS, with user and password; a comma parts several",
    )
    redis_url: SecretStr = Field(
        SecretStr("redis://127.0.0.1:6379/0"), description="address of Valkey or Redis"
    )
    data_dir: Path = Field(
        default_factory=default_data_dir, description="private directory for spool and archive"
    )
    accounts_file: Path = Field(
        Path("accounts.yaml"), description="the register of official accounts (YAML)"
    )
    policies_dir: Path = Field(
        default_factory=default_policies_dir, description="directory of the policy packs"
    )
    oldest_item_hours: float = Field(
        72.0,
        gt=0,
        description="an item first seen later than this after it was written is left; "
        "the same for ingest and archive",
    )
    http_host: str = Field("127.0.0.1", description="where this service's own HTTP listens")
    http_port: int = Field(0, ge=0, le=65535, description="its port; 0 takes a free one")
    run_file: Path | None = Field(
        None, description="where to say pid and HTTP address once ready, for who started us"
    )
    log_format: Literal["json", "console"] = Field("json", description="how log lines look")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="the least serious line that is written"
    )
