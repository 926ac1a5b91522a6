"""Where classify finds its things; see docs/classification.md."""

from pathlib import Path

from pydantic import Field

from shared.runtime.settings import CommonSettings


class ClassifySettings(CommonSettings):
    """The settings of the classify service, read from ZHISHOU_* variables."""

    weights_dir: Path | None = Field(
        None, description="folder of the model's weights; without it, those shipped"
    )
    cache_dir: Path | None = Field(
        None, description="folder for derived tables; without it, the user's cache"
    )
