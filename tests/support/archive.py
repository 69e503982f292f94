"""Several published cycles of the small region, one behind the other."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from tests.support.small_region import CYCLE, SmallRegion


@dataclass(frozen=True, kw_only=True)
class Archive:
    """A region and what was published for it.

    Attributes:
        region: the region.
        versions: version of each cycle by its name; its numbers are a unit above the last.
        starts: start of each cycle by its name.
    """

    region: SmallRegion
    versions: dict[str, int]
    starts: dict[str, datetime]

    @property
    def names(self) -> list[str]:
        """Names of the cycles, first published first."""
        return list(self.versions)

    def value(self, name: str, *, cycle: str, lead: int, row: int, column: int) -> float:
        """The number that a cycle has."""
        return self.region.value(
            name, row=row, column=column, step=lead, version=self.versions[cycle]
        )


def published(
    folder: Path,
    starts: Sequence[int],
    *,
    zone: str = "Asia/Shanghai",
    first: datetime = CYCLE,
    **fields: object,
) -> Archive:
    """Publish cycles that start so many hours after `first`, in their order.

    Args:
        folder: for region file and store.
        starts: hours after `first`.
        zone: IANA zone of the region.
        first: start of hour 0.
        **fields: of the region, and `simulated` of its cycles.
    """
    simulated = bool(fields.pop("simulated", False))
    region = SmallRegion.create(folder, **fields)
    toml = region.file.read_text(encoding="utf-8")
    region.file.write_text(toml.replace("Asia/Shanghai", zone), encoding="utf-8")
    versions: dict[str, int] = {}
    begun: dict[str, datetime] = {}
    for version, hours in enumerate(starts):
        start = first + timedelta(hours=hours)
        name = region.publish(version=version, simulated=simulated, reference_time=start)
        versions[name], begun[name] = version, start
    return Archive(region=region, versions=versions, starts=begun)
