"""Model packs: which files make a detector and an embedder, where they are, and whether they are intact.

A manifest (`resources/models/*.toml`) names the files of a pack with their sha256 and the licence of the weights. The
files are searched for in the Python package that carries them; nothing is ever downloaded.
"""

from __future__ import annotations

import hashlib
import importlib.util
import tomllib
from dataclasses import dataclass
from pathlib import Path

from core.errors import ModelError
from core.resources import resource
from core.thresholds import Thresholds

DEFAULT_PACK = "buffalo_s"


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One ONNX file of a pack."""

    path: Path
    sha256: str

    def verify(self) -> None:
        """Compares the file with its published checksum.

        Raises:
            ModelError: the file is missing, unreadable or damaged.
        """
        try:
            with self.path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        except FileNotFoundError:
            raise ModelError(f"The face model {self.path.name} is missing. Install Sietch again.") from None
        except OSError as error:
            raise ModelError(f"The face model {self.path} cannot be read: {error.strerror}.") from error
        if digest != self.sha256:
            raise ModelError(f"The face model {self.path} is damaged (its checksum differs). Install Sietch again.")


@dataclass(frozen=True, slots=True)
class ModelPack:
    """A detector and an embedder that belong together.

    Attributes:
        name: stands on every vector that the pack makes; vectors of different packs are never compared.
        dimension: length of its embeddings.
        licence: what the user must know of the weights' licence.
        thresholds: what its similarities mean.
    """

    name: str
    title: str
    dimension: int
    licence: str
    non_commercial: bool
    detector: ModelFile
    embedder: ModelFile
    thresholds: Thresholds

    @property
    def folder(self) -> Path:
        """Where the pack's files are."""
        return self.detector.path.parent

    def verify(self) -> None:
        """Verifies every file.

        Raises:
            ModelError: a file is missing or damaged.
        """
        self.detector.verify()
        self.embedder.verify()


def find_pack(name: str = DEFAULT_PACK, folder: Path | None = None) -> ModelPack:
    """The pack of that name, verified.

    Args:
        name: of a manifest.
        folder: where its files are; by default the installed package that carries them.

    Raises:
        ModelError: there is no such pack, or a file of it is missing or damaged.
    """
    try:
        manifest = tomllib.loads(resource(f"models/{name}.toml").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ModelError(f"There is no face model called {name!r}.") from None
    where = folder or _package_folder(manifest["package"], manifest["folder"])
    files = {
        part: ModelFile(where / manifest[part]["file"], manifest[part]["sha256"]) for part in ("detector", "embedder")
    }
    pack = ModelPack(
        name=manifest["name"],
        title=manifest["title"],
        dimension=manifest["dimension"],
        licence=manifest["licence"].strip(),
        non_commercial=manifest["non_commercial"],
        **files,
        thresholds=Thresholds(**manifest["thresholds"]),
    )
    pack.verify()
    return pack


def _package_folder(package: str, folder: str) -> Path:
    # Found, never imported: importing the package would open a session for each of its models.
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ModelError(f"The face model is not installed: the package {package.replace('_', '-')} is missing.")
    return Path(spec.submodule_search_locations[0]) / folder
