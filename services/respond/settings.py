"""What the respond service needs to know about its surroundings."""

from pathlib import Path

from pydantic import Field, SecretStr

from shared.runtime.settings import CommonSettings, default_assets_dir


class RespondSettings(CommonSettings):
    """Read once, from the environment (`ZHISHOU_*`)."""

    console_host: str = Field("127.0.0.1", description="where the console listens")
    console_port: int = Field(8750, ge=0, le=65535, description="its port; 0 takes a free one")
    public_url: str = Field("", description="the console's address as people see it")
    trusted_proxies: str = Field(
        "", description="networks of the reverse proxy before the console; it says who asks"
    )
    people_file: Path | None = Field(None, description="who may sign in, with roles (YAML)")
    roster_file: Path | None = Field(None, description="who is on call when (YAML)")
    assets_dir: Path = Field(
        default_factory=default_assets_dir, description="where the console's library is"
    )
    log_replicas: int = Field(
        1, ge=1, le=5, description="servers of a NATS cluster that hold the log, when it is made"
    )
    demo: bool = Field(False, description="make a demonstration's person and duty")
    lease_seconds: float = Field(3.0, gt=0, description="how long a silent leader is waited for")
    send_deadline_seconds: float = Field(10.0, gt=0, description="hard limit of one send")
    pager_webhook_url: str = Field("", description="where the webhook pager posts; empty: none")
    pager_webhook_secret: SecretStr = Field(SecretStr(""), description="its signing secret")
    drafts_url: str = Field(
        "",
        description="an OpenAI-compatible address for drafts (.../chat/completions); empty: none",
    )
    drafts_model: str = Field("", description="the model it is asked for")
    drafts_key: SecretStr = Field(SecretStr(""), description="its key, if it wants one")
    drafts_timeout_seconds: float = Field(
        20.0, gt=0, le=120, description="how long a draft is waited for"
    )
    snapshot_facts: int = Field(
        50_000,
        ge=1,
        description="the state is written down after so many facts or items; at first more often",
    )
    snapshots_kept: int = Field(3, ge=1, le=100, description="so many of these are kept")
    run_file: Path | None = Field(None, description="written once the service is ready")
