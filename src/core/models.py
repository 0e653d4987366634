"""Model packs: which files make a detector and an embedder, where they are, and whether they are intact.

A manifest (`resources/models/*.toml`) names the files of a pack with their sha256, the licence of the weights, and what
the similarities of its embeddings mean. The files are looked for in the Python package that carries them,
and in the user's folder of models, where `core.installing` puts what a user brings. Nothing is ever downloaded.
"""

from __future__ import annotations

import hashlib
import importlib.util
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import platformdirs

from core.errors import ModelError
from core.resources import resource
from core.thresholds import QualityWeights, Thresholds

DEFAULT_PACK = "buffalo_s"


def default_folder() -> Path:
    """Where the models are that a user brought: a folder for each pack, of its name."""
    return Path(platformdirs.user_data_dir("sietch", appauthor=False)) / "models"


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One ONNX file of a pack. `kind` says how it is fed and read (see `core.engine`)."""

    path: Path
    sha256: str
    kind: str

    def verify(self) -> None:
        """Compares the file with its published checksum.

        Raises:
            ModelError: the file is missing, unreadable or damaged.
        """
        try:
            with self.path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        except FileNotFoundError:
            raise ModelError(f"The face model {self.path.name} is missing. Install it again.") from None
        except OSError as error:
            raise ModelError(f"The face model {self.path} cannot be read: {error.strerror}.") from error
        if digest != self.sha256:
            raise ModelError(f"The face model {self.path} is damaged (its checksum differs). Install it again.")


@dataclass(frozen=True, slots=True)
class ModelPack:
    """A detector and an embedder that belong together.

    Attributes:
        name: stands on every vector that the pack makes; vectors of different packs are never compared.
        dimension: length of its embeddings.
        description: for whom it is, in a sentence.
        licence: what the user must know of the weights' licence.
        thresholds: what its similarities mean.
        quality: how it tells good faces from poor ones.
    """

    name: str
    title: str
    description: str
    dimension: int
    licence: str
    non_commercial: bool
    detector: ModelFile
    embedder: ModelFile
    thresholds: Thresholds
    quality: QualityWeights

    @property
    def folder(self) -> Path:
        """Where the pack's files are, or would be."""
        return self.detector.path.parent

    @property
    def installed(self) -> bool:
        """Whether its files are there; `verify` says whether they are intact."""
        return all(file.path.is_file() for file in self.files)

    @property
    def files(self) -> tuple[ModelFile, ModelFile]:
        """Detector and embedder."""
        return self.detector, self.embedder

    def verify(self) -> None:
        """Verifies every file.

        Raises:
            ModelError: a file is missing or damaged.
        """
        for file in self.files:
            file.verify()


def packs(models: Path | None = None) -> list[ModelPack]:
    """Every pack that there is a manifest of, the default one first; `installed` tells which can be used.

    Args:
        models: the user's folder of models, by default `default_folder()`.
    """
    manifests = (_manifest(path) for path in sorted(resource("models").glob("*.toml")))
    found = [_pack(manifest, _place(manifest, models)) for manifest in manifests]
    return sorted(found, key=lambda pack: (pack.name != DEFAULT_PACK, pack.name))


def find_pack(name: str = DEFAULT_PACK, folder: Path | None = None, models: Path | None = None) -> ModelPack:
    """The pack of that name, verified.

    Args:
        name: of a manifest.
        folder: where its files are; by default the package that carries them, or the user's folder of models.
        models: the user's folder of models, by default `default_folder()`.

    Raises:
        ModelError: there is no such pack, it is not installed, or a file of it is missing or damaged.
    """
    known = {path.stem: path for path in resource("models").glob("*.toml")}
    if name not in known:
        raise ModelError(f"There is no face model called {name!r}. There are: {', '.join(sorted(known))}.")
    manifest = _manifest(known[name])
    pack = _pack(manifest, folder or _place(manifest, models))
    if folder is None and not any(file.path.exists() for file in pack.files):
        raise ModelError(_missing(pack, manifest))
    pack.verify()
    return pack


def _manifest(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _pack(manifest: dict[str, Any], folder: Path) -> ModelPack:
    detector, embedder = (
        ModelFile(folder / manifest[part]["file"], manifest[part]["sha256"], manifest[part]["kind"])
        for part in ("detector", "embedder")
    )
    return ModelPack(
        name=manifest["name"],
        title=manifest["title"],
        description=manifest["description"],
        dimension=manifest["dimension"],
        licence=manifest["licence"].strip(),
        non_commercial=manifest["non_commercial"],
        detector=detector,
        embedder=embedder,
        thresholds=Thresholds(**manifest["thresholds"]),
        quality=QualityWeights(**manifest["quality"]),
    )


def _place(manifest: dict[str, Any], models: Path | None) -> Path:
    """Where the pack's files are: in the package that carries them, or where a user's are."""
    # Found, never imported: importing the package would open a session for each of its models, or fail.
    spec = importlib.util.find_spec(manifest["package"]) if "package" in manifest else None
    if spec is not None and spec.submodule_search_locations:
        return Path(spec.submodule_search_locations[0], manifest["folder"])
    return Path(models or default_folder(), manifest["name"])


def _missing(pack: ModelPack, manifest: dict[str, Any]) -> str:
    if "package" in manifest:
        package = manifest["package"].replace("_", "-")
        return f"The face model {pack.title} is not installed: the package {package} is missing. Install Sietch again."
    files = " and ".join(file.path.name for file in pack.files)
    return f"The face model {pack.title} is not installed. Add a folder or zip with {files}: sietch models add PATH"
