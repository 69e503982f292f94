"""The manifest of a cycle: every file with its size and hash, and where the numbers came from."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Self

from forecast.errors import DamagedCycle, ZhitianError
from forecast.store.description import CycleDescription
from forecast.store.durable import FileEntry, sha256_of, unreadable
from forecast.store.ensemble import NAME as ENSEMBLE
from forecast.store.layout import TileLayout
from forecast.store.paths import GROUPS, CyclePaths
from grids.errors import GridsError

FORMAT: Final = "zhitian-cycle/1"


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What a complete cycle says about itself.

    Attributes:
        cycle_id: name of the cycle's folder.
        fence: number of the publication, above that of every earlier one.
        created_at: when the manifest was written, ISO 8601 UTC.
        code_version: version of this software.
        description: origin, grid, variables and times.
        layout: the tiling, with the decimals the counts were packed with.
        files: every file but the manifest itself.
        quality: what the gates saw, per variable, as plain JSON values.
    """

    cycle_id: str
    fence: int
    created_at: str
    code_version: str
    description: CycleDescription
    layout: TileLayout
    files: tuple[FileEntry, ...]
    quality: Mapping[str, Any]

    @cached_property
    def by_path(self) -> Mapping[str, FileEntry]:
        """The files by their path inside the cycle."""
        return MappingProxyType({entry.path: entry for entry in self.files})

    @property
    def size(self) -> int:
        """Bytes of all files together."""
        return sum(entry.size for entry in self.files)

    def to_bytes(self) -> bytes:
        """Write the manifest as JSON."""
        content = {
            "format": FORMAT,
            "cycle_id": self.cycle_id,
            "fence": self.fence,
            "created_at": self.created_at,
            "code_version": self.code_version,
            "description": self.description.to_dict(),
            "layout": self.layout.to_dict(),
            "quality": dict(self.quality),
            "files": [entry.to_list() for entry in self.files],
        }
        return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()

    @classmethod
    def from_bytes(cls, content: bytes, *, name: str) -> Self:
        """Read what `to_bytes` wrote.

        Raises:
            DamagedCycle: not a manifest of this format.
        """
        try:
            values = json.loads(content)
            found = values.pop("format")
            values["description"] = CycleDescription.from_dict(values["description"])
            values["layout"] = TileLayout.from_dict(values["layout"])
            values["files"] = tuple(FileEntry(*entry) for entry in values["files"])
            manifest = cls(**values)
        except (ValueError, KeyError, TypeError, AttributeError, GridsError) as error:
            raise DamagedCycle(f"the manifest {name} cannot be read: {error}") from error
        except ZhitianError as error:
            raise DamagedCycle(f"the manifest {name} contradicts itself: {error}") from error
        if found != FORMAT:
            raise DamagedCycle(f"the manifest {name} has format {found}; allowed is {FORMAT}")
        return manifest


def read_manifest(cycle: Path, *, sha256: str | None) -> tuple[Manifest, str]:
    """Read a cycle's manifest and its hash.

    Args:
        cycle: folder of the cycle.
        sha256: the hash that the pointer gives, or None for a cycle not yet published.

    Raises:
        DamagedCycle: absent, unreadable, or of another hash.
    """
    path = CyclePaths(cycle).manifest
    try:
        content = path.read_bytes()
    except OSError as error:
        raise unreadable(path, error) from error
    found = hashlib.sha256(content).hexdigest()
    if sha256 is not None and found != sha256:
        raise DamagedCycle(f"the manifest {path} does not have the hash that the pointer names")
    return Manifest.from_bytes(content, name=str(path)), found


def check_documents(cycle: Path, manifest: Manifest) -> None:
    """Hash the small files that describe the cycle: metadata and coordinates.

    Shards and members are checked piece by piece when they are read, groups object by object.

    Raises:
        DamagedCycle: the first file that is not what the manifest names.
    """
    shards = set(manifest.layout.shard_files())
    apart = {*GROUPS, ENSEMBLE}
    for entry in manifest.files:
        if entry.path in shards or entry.path.split("/", 1)[0] in apart:
            continue
        if sha256_of(cycle / entry.path) != entry.sha256:
            raise DamagedCycle(
                f"the file {entry.path} of cycle {manifest.cycle_id} does not have the hash"
                " that the manifest names"
            )


def check_sizes(cycle: Path, manifest: Manifest) -> None:
    """Check that every file of the manifest stands there with its size.

    Raises:
        DamagedCycle: the first file that is absent or of another size.
    """
    root = str(cycle)
    for entry in manifest.files:
        try:
            size = Path(root, entry.path).stat().st_size
        except OSError as error:
            raise unreadable(Path(root, entry.path), error) from error
        if size != entry.size:
            raise DamagedCycle(
                f"the file {entry.path} of cycle {manifest.cycle_id} has {size} bytes; the"
                f" manifest names {entry.size}"
            )
