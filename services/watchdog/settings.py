"""What the watchdog needs to know about its surroundings; its channel is its own."""

from pathlib import Path

from pydantic import Field, SecretStr

from shared.runtime.settings import CommonSettings


class WatchdogSettings(CommonSettings):
    """Read once, from the environment (`ZHISHOU_*`)."""

    watchdog_webhook_url: str = Field(
        "", description="where the watchdog posts its alarms; empty: only its log"
    )
    watchdog_webhook_secret: SecretStr = Field(SecretStr(""), description="its signing secret")
    watchdog_heartbeat_url: str = Field(
        "", description="fetched each minute, so that who watches from outside hears silence"
    )

    @property
    def book_file(self) -> Path:
        return self.data_dir / "watchdog" / "promises.sqlite3"
