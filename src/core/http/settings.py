"""What the operator decides, by environment variables."""

from __future__ import annotations

import ipaddress
from pathlib import Path

from platformdirs import user_data_path
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings

from core.errors import InvalidInput
from core.models import DEFAULT_PACK

_DATA = user_data_path("sietch-core", appauthor=False)


class Settings(BaseSettings):
    """Each field is read from the variable of its name in capitals."""

    database_url: str = Field(f"sqlite:///{_DATA / 'core.sqlite'}", description="sqlite:///PATH of Core's database.")
    upload_dir: Path = Field(_DATA / "uploads", description="Where images that are saved are kept.")
    face_model: str = Field(DEFAULT_PACK, description="The model pack to use; `sietch models` lists them.")
    core_api_key: SecretStr | None = Field(None, description="The key that clients must send as X-API-Key.")
    debug: bool = Field(False, description="Log every request.")
    max_upload_mb: int = Field(100, ge=1, le=1000, description="Largest image file, in megabytes.")
    max_batch: int = Field(100, ge=1, le=10_000, description="Most files of one /detect/batch.")
    max_waiting: int = Field(64, ge=1, description="Requests for the models that may wait; more are answered 429.")

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


def check_host(host: str, settings: Settings) -> None:
    """Refuses to serve other computers without a key.

    Raises:
        InvalidInput: the address is not of this computer alone, and there is no key.
    """
    if is_loopback(host) or (settings.core_api_key and settings.core_api_key.get_secret_value()):
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
