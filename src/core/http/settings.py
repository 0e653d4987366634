"""What the operator decides, by environment variables."""

from __future__ import annotations

import ipaddress
import os
from pathlib import Path

from platformdirs import user_data_path
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings

from core.errors import InvalidInput
from core.models import DEFAULT_PACK

_DATA = user_data_path("sietch-core", appauthor=False)

_OTHERS = 40
"""Requests that need no models and are answered at the same time: as many as Starlette has threads (anyio's limit)."""


class Settings(BaseSettings):
    """Each field is read from the variable of its name in capitals."""

    database_url: str = Field(f"sqlite:///{_DATA / 'core.sqlite'}", description="sqlite:///PATH of Core's database.")
    upload_dir: Path | None = Field(None, description="Where images that are saved are kept; beside the database.")
    face_model: str = Field(DEFAULT_PACK, description="The model pack to use; `sietch models` lists them.")
    core_api_key: SecretStr | None = Field(None, description="The key that clients must send as X-API-Key.")
    debug: bool = Field(False, description="Log every request.")
    max_upload_mb: int = Field(100, ge=1, le=1000, description="Largest image file, in megabytes.")
    max_megapixels: int = Field(150, ge=1, le=400, description="Largest image, in millions of pixels.")
    max_batch: int = Field(100, ge=1, le=10_000, description="Most files, embeddings or ids of one batch.")
    max_ids: int = Field(10_000, ge=1, le=100_000, description="Most ids of what is done at once, as assigning is.")
    max_batch_mb: int = Field(1000, ge=1, description="Largest request with many files, in megabytes.")
    max_json_mb: int = Field(16, ge=1, le=1000, description="Largest JSON request, in megabytes.")
    max_working: int = Field(os.cpu_count() or 1, ge=1, description="Requests that use the models at the same time.")
    max_waiting: int = Field(64, ge=1, le=1000, description="Requests that may wait for the models.")
    max_jobs: int = Field(20, ge=1, le=500, description="Jobs that may wait.")
    max_jobs_kept: int = Field(100, ge=1, le=500, description="Finished jobs that can be asked about.")
    job_keep_minutes: float = Field(60, gt=0, description="How long a finished job can be asked about.")
    client_timeout: float = Field(30, gt=0, description="Seconds in which a client has to send something.")
    webhook_origins: str = Field("", description="Addresses that webhooks may have: https://host:port, by comma.")
    webhook_secret: SecretStr | None = Field(None, description="Signs webhooks; otherwise the key does.")

    @property
    def database_path(self) -> Path:
        """The file that `database_url` names.

        Raises:
            InvalidInput: it names none.
        """
        scheme, _, path = self.database_url.partition(":///")
        if scheme != "sqlite" or not path:
            raise InvalidInput("DATABASE_URL has to be sqlite:///PATH.")
        return Path(path).expanduser()

    @property
    def upload_path(self) -> Path:
        """The folder of the images that are saved; absolute."""
        return (self.upload_dir or self.database_path.parent / "uploads").expanduser().absolute()

    @property
    def most_requests(self) -> int:
        """How many requests are answered at the same time: those that need the models, and some beside them."""
        return self.max_working + self.max_waiting + _OTHERS

    @property
    def key(self) -> str:
        """What clients must send; empty where nothing is asked for."""
        return self.core_api_key.get_secret_value() if self.core_api_key else ""

    @property
    def signing_key(self) -> str:
        """What webhooks are signed with; empty where they are not."""
        return (self.webhook_secret.get_secret_value() if self.webhook_secret else "") or self.key


def read_settings() -> Settings:
    """The settings of the environment.

    Raises:
        InvalidInput: a variable holds what it cannot.
    """
    try:
        return Settings()
    except ValidationError as error:
        wrong = [f"{'.'.join(map(str, each['loc'])).upper()}: {each['msg']}" for each in error.errors()]
        raise InvalidInput(f"The settings cannot be used. {'; '.join(wrong)}.") from error


def check_host(host: str, settings: Settings) -> None:
    """Refuses to serve other computers without a key.

    Raises:
        InvalidInput: the address is not of this computer alone, and there is no key.
    """
    if is_loopback(host) or settings.key:
        return
    raise InvalidInput(f"To serve {host} set CORE_API_KEY: without a key only this computer (127.0.0.1) is served.")


def is_loopback(host: str) -> bool:
    """Whether only this computer can reach the address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
