"""What a cycle is about: origin, grid, variables and times, as it goes into the manifest."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from forecast.errors import DataError
from forecast.store.layout import DEFAULT_TILE, TileLayout
from forecast.times import iso, parse_instant
from forecast.variables import require
from grids.grid import Grid

_SECOND = np.timedelta64(1, "s")
_EPOCH = np.datetime64("1970-01-01", "ns")


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """A file that the cycle was made from.

    Attributes:
        name: file name.
        size: bytes.
        sha256: hash of the bytes, hexadecimal.
    """

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleDescription:
    """What is known of a cycle before its first tile is written.

    Attributes:
        region: name of the region.
        source: name of the source, as `ecmwf-ifs`.
        source_label: the source in words.
        simulated: whether the numbers are a bundled scenario, not a forecast.
        reference_time: start of the model run, aware.
        grid: the region's grid.
        variables: published names, in the order of the packed record.
        times: valid times [time], datetime64[ns] UTC, ascending.
        time_bounds: intervals of sums and means [time, 2], datetime64[ns] UTC.
        step_flag: uint8 [variable, time]; 0 model, 1 interpolated in time, 2 missing.
        terrain: `kind` and `source` of the elevation used.
        source_files: what the cycle was made from.
        report: summary of the ingest, plain JSON values.
        tile: cells along the edge of a tile.

    Raises:
        UnknownName: a variable is not in the vocabulary.
        DataError: times do not ascend, or an array has a wrong shape.
    """

    region: str
    source: str
    source_label: str
    simulated: bool
    reference_time: datetime
    grid: Grid
    variables: tuple[str, ...]
    times: npt.NDArray[np.datetime64]
    time_bounds: npt.NDArray[np.datetime64]
    step_flag: npt.NDArray[np.uint8]
    terrain: Mapping[str, str] = field(default_factory=dict)
    source_files: tuple[SourceFile, ...] = ()
    report: Mapping[str, Any] = field(default_factory=dict)
    tile: int = DEFAULT_TILE

    def __post_init__(self) -> None:
        """Check names, order and shapes."""
        require(self.variables)
        count = len(self.times)
        if count == 0 or np.any(np.diff(self.times) <= np.timedelta64(0)):
            raise DataError(f"{count} valid times were given; a cycle needs one or more, ascending")
        shapes = self.time_bounds.shape, self.step_flag.shape
        allowed = (count, 2), (len(self.variables), count)
        if shapes != allowed:
            raise DataError(
                f"time_bounds and step_flag of shapes {shapes} were given; allowed are {allowed}"
            )

    @property
    def layout(self) -> TileLayout:
        """The tiling of the cycle."""
        return TileLayout(
            rows=self.grid.rows,
            columns=self.grid.columns,
            tile=self.tile,
            variables=self.variables,
            decimals=tuple(entry.decimals for entry in require(self.variables)),
            times=len(self.times),
        )

    def to_dict(self) -> dict[str, Any]:
        """Write the description as plain values for JSON."""
        return {
            "region": self.region,
            "source": self.source,
            "source_label": self.source_label,
            "simulated": self.simulated,
            "reference_time": iso(self.reference_time),
            "grid": self.grid.to_dict(),
            "variables": list(self.variables),
            "times": seconds(self.times).tolist(),
            "time_bounds": seconds(self.time_bounds).tolist(),
            "step_flag": self.step_flag.tolist(),
            "terrain": dict(self.terrain),
            "source_files": [
                {"name": entry.name, "size": entry.size, "sha256": entry.sha256}
                for entry in self.source_files
            ],
            "report": dict(self.report),
            "tile": self.tile,
        }

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """Read what `to_dict` wrote."""
        values = dict(values)
        return cls(
            **values
            | {
                "reference_time": parse_instant(values["reference_time"]),
                "grid": Grid.from_dict(values["grid"]),
                "variables": tuple(values["variables"]),
                "times": instants(values["times"]),
                "time_bounds": instants(values["time_bounds"]),
                "step_flag": np.asarray(values["step_flag"], dtype=np.uint8),
                "source_files": tuple(SourceFile(**entry) for entry in values["source_files"]),
            }
        )


def seconds(times: npt.NDArray[np.datetime64]) -> npt.NDArray[np.int64]:
    """Whole seconds since 1970-01-01T00:00Z of UTC times, same shape."""
    return np.asarray((times - _EPOCH) // _SECOND, dtype=np.int64)


def instants(whole_seconds: npt.ArrayLike) -> npt.NDArray[np.datetime64]:
    """UTC times, datetime64[ns], from whole seconds since 1970-01-01T00:00Z, same shape."""
    return _EPOCH + np.asarray(whole_seconds, dtype=np.int64) * _SECOND
