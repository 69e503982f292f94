"""Where things lie in a region's store: the one place that knows its folders."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

FORMAT: Final = "zhitian-store/1"

GROUPS: Final = ("native", "members", "terrain", "calibration")
"""Groups of a cycle that xarray writes and reads itself."""


@dataclass(frozen=True, slots=True)
class StorePaths:
    """Folders and files of one region's store.

    Attributes:
        root: the folder of the store, `STORE/<region>`.
    """

    root: Path

    @property
    def marker(self) -> Path:
        """The file that says: this is a store, of this format and region."""
        return self.root / "store.json"

    @property
    def pointer(self) -> Path:
        """The file whose replacement publishes a cycle."""
        return self.root / "CURRENT"

    @property
    def cycles(self) -> Path:
        """Complete cycles, one folder each, never changed."""
        return self.root / "cycles"

    @property
    def staging(self) -> Path:
        """Cycles being written, and folders on their way out."""
        return self.root / "staging"

    @property
    def quarantine(self) -> Path:
        """Damaged cycles, kept with their bytes for inspection."""
        return self.root / "quarantine"

    @property
    def lock(self) -> Path:
        """The file that the one writer holds locked."""
        return self.root / "writer.lock"

    @property
    def skill(self) -> Path:
        """How good the forecasts have proved, one JSON document; see `store.skill`."""
        return self.root / "skill.json"

    @property
    def observations(self) -> Path:
        """What stations observed, one SQLite file; see `store.observations`."""
        return self.root / "observations.sqlite"

    @property
    def advice(self) -> Path:
        """The advice that was issued, one SQLite file; see `store.advice`."""
        return self.root / "advice.sqlite"

    @property
    def scorecard(self) -> Path:
        """How good the advice has proved, one JSON document; see `store.advice`."""
        return self.root / "scorecard.json"

    @property
    def water(self) -> Path:
        """Soil water of each crop in every cell, one file a crop; see `store.advice`."""
        return self.root / "water"

    def cycle(self, cycle_id: str) -> Path:
        """Folder of a published cycle."""
        return self.cycles / cycle_id


@dataclass(frozen=True, slots=True)
class CyclePaths:
    """Files of one cycle, staged or published.

    Attributes:
        root: the folder of the cycle.
    """

    root: Path

    @property
    def manifest(self) -> Path:
        """What the cycle holds: files, sizes, hashes, origin."""
        return self.root / "manifest.json"

    @property
    def layout(self) -> Path:
        """Tiling, variables and times; all that a tile writer needs."""
        return self.root / "layout.json"

    def group(self, name: str) -> Path:
        """Folder of a Zarr group: `series`, `maps`, or one of `GROUPS`."""
        return self.root / name
