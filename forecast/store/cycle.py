"""One published cycle, opened for reading; immutable, and checked wherever it is touched."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Final

import dask.array as da
import numpy as np
import numpy.typing as npt
import xarray as xr

from forecast import fields
from forecast.errors import StoreMissing, UnknownName
from forecast.store.ensemble import Ensemble
from forecast.store.groups import open_group
from forecast.store.layout import Window
from forecast.store.lock import Lease
from forecast.store.manifest import check_documents, check_sizes, read_manifest
from forecast.store.maps import map_field, planes_touched
from forecast.store.paths import CyclePaths
from forecast.store.series import SeriesReader
from forecast.times import iso, to_datetime64
from forecast.variables import FILL
from grids.grid import Grid

SERIES_LIMIT_BYTES: Final = 32 << 20
_EVERYTHING: Final = slice(None)


class Cycle:
    """A complete cycle of one region.

    Every number read from it has passed a checksum; a file that is gone or changed raises
    `DamagedCycle`, never a fill value. An open cycle holds a lease: it is not collected.

    Attributes:
        id: name of the cycle.
        manifest: everything it says about itself.
        manifest_sha256: hash of the manifest; changes with any byte of the cycle.
        degraded: why this is not the cycle that should be served, or None.
    """

    def __init__(self, path: Path, *, sha256: str | None, degraded: str | None = None) -> None:
        """Open a cycle and check its manifest, its metadata and the sizes of all its files.

        Args:
            path: folder of the cycle.
            sha256: the manifest's hash by the pointer, None for a cycle not yet published.
            degraded: why a better cycle is not served.

        Raises:
            DamagedCycle: the manifest or a file is absent or not what it should be.
        """
        self.manifest, self.manifest_sha256 = read_manifest(path, sha256=sha256)
        check_sizes(path, self.manifest)
        check_documents(path, self.manifest)
        self._path = path
        self._lease = Lease(CyclePaths(path).manifest)
        self._layout = self.manifest.layout
        self._description = self.manifest.description
        files = self.manifest.by_path
        self._series = SeriesReader(path, self._layout, files=files)
        self.id = self.manifest.cycle_id
        self.degraded = degraded

    @property
    def region(self) -> str:
        """Name of the region."""
        return self._description.region

    @property
    def source(self) -> str:
        """Name of the source, as `ecmwf-ifs`."""
        return self._description.source

    @property
    def source_label(self) -> str:
        """The source in words."""
        return self._description.source_label

    @property
    def simulated(self) -> bool:
        """Whether the numbers are a bundled scenario, not a forecast."""
        return self._description.simulated

    @property
    def reference_time(self) -> datetime:
        """Start of the model run, aware UTC."""
        return self._description.reference_time

    @property
    def grid(self) -> Grid:
        """The region's grid."""
        return self._description.grid

    @property
    def variables(self) -> tuple[str, ...]:
        """Names, in the order of a packed record."""
        return self._layout.variables

    @property
    def decimals(self) -> tuple[int, ...]:
        """Decimals of each variable's counts: value = counts / 10^decimals."""
        return self._layout.decimals

    @property
    def times(self) -> npt.NDArray[np.datetime64]:
        """Valid times [time], datetime64[ns] UTC, ascending."""
        return self._description.times

    @property
    def time_bounds(self) -> npt.NDArray[np.datetime64]:
        """Intervals of sums and means [time, 2], datetime64[ns] UTC."""
        return self._description.time_bounds

    @property
    def step_flag(self) -> npt.NDArray[np.uint8]:
        """Origin of each step [variable, time]: 0 model, 1 interpolated in time, 2 missing."""
        return self._description.step_flag

    def point(self, row: int, column: int) -> npt.NDArray[np.int16]:
        """Packed counts [variable, time] of one cell, read-only, checked by CRC-32C.

        Raises:
            OutsideGrid: the cell is not in the grid.
            DamagedCycle: the shard is gone, short, or fails a checksum.
        """
        return self._series.point(row, column)

    def points(
        self, rows: npt.NDArray[np.integer], columns: npt.NDArray[np.integer]
    ) -> npt.NDArray[np.int16]:
        """Packed counts [point, variable, time] of many cells; see `point`."""
        return self._series.points(rows, columns)

    @cached_property
    def _scales(self) -> npt.NDArray[np.float32]:
        return np.asarray([10**decimals for decimals in self.decimals], dtype=np.float32)

    def unpack(self, counts: npt.NDArray[np.int16]) -> npt.NDArray[np.float32]:
        """Values in each variable's unit from counts [..., variable, time]; missing is NaN."""
        values = counts.astype(np.float32) / self._scales[:, np.newaxis]
        values[counts == FILL] = np.nan
        return values

    def window(
        self,
        variables: Sequence[str] | None = None,
        *,
        rows: slice = _EVERYTHING,
        columns: slice = _EVERYTHING,
        times: slice = _EVERYTHING,
    ) -> xr.Dataset:
        """Fields of a window as a dataset of the contract, float32, NaN where missing.

        A small window is read at once from the cells' records; a large one stays lazy, one
        dask block per tile. Which of the two layouts is read is the cheaper one in bytes.

        Args:
            variables: names, or None for all.
            rows: rows of the grid, step 1.
            columns: columns of the grid, step 1.
            times: steps, any slice.

        Raises:
            UnknownName: the cycle does not have a variable.
            OutsideGrid: nothing of the window lies in the grid.
            DamagedCycle: a shard fails a checksum (for a lazy window, when computed).
        """
        names = self.variables if variables is None else tuple(variables)
        for name in names:
            if name not in self.variables:
                raise UnknownName(
                    f"variable {name!r} was asked; cycle {self.id} has {', '.join(self.variables)}"
                )
        window = self._layout.checked_window(rows, columns)
        steps = np.arange(self._layout.times)[times]
        planes = planes_touched(self._layout, window) * len(names) * len(steps)
        map_bytes = 2 * self._layout.tile**2 * planes
        series_bytes = window.shape[0] * window.shape[1] * self._layout.record_bytes
        if series_bytes <= min(SERIES_LIMIT_BYTES, map_bytes):
            return self._dataset(self._from_series(names, window, times), window, steps)
        return self._dataset(self._from_maps(names, window, steps), window, steps)

    def native(self) -> xr.Dataset:
        """The hourly dataset on the model's own grid, loaded; the elevation override uses it.

        Raises:
            StoreMissing: the cycle was published without it.
            DamagedCycle: a chunk is gone or changed.
        """
        return self._loaded("native")

    def members(self) -> xr.Dataset:
        """The members on the model's own grid, lazy, one block per member.

        Raises:
            StoreMissing: the cycle has no members.
            DamagedCycle: a chunk is gone or changed (when computed).
        """
        return self._group("members")

    @cached_property
    def ensemble(self) -> Ensemble:
        """The members as one reads them for a place; `downscale.Members` makes values of them.

        Raises:
            StoreMissing: the cycle was published without members.
            DamagedCycle: what describes them is gone or changed.
        """
        return Ensemble(self._path, cycle_id=self.id, files=self.manifest.by_path)

    def terrain(self) -> xr.Dataset:
        """Elevation, land fraction and other static fields on the region's grid, loaded.

        Raises:
            StoreMissing: the cycle was published without them.
            DamagedCycle: a chunk is gone or changed.
        """
        return self._loaded("terrain")

    def calibration(self) -> xr.Dataset:
        """The terms by which observations corrected the cycle, on the region's grid, loaded.

        Raises:
            StoreMissing: no observation corrected the cycle.
            DamagedCycle: a chunk is gone or changed.
        """
        return self._loaded("calibration")

    def has(self, group: str) -> bool:
        """Whether the cycle holds `native`, `members`, `ensemble`, `terrain` or `calibration`."""
        files = self.manifest.by_path
        return f"{group}/zarr.json" in files or f"{group}/about.json" in files

    @cached_property
    def _cache(self) -> dict[str, xr.Dataset]:
        return {}

    def _loaded(self, name: str) -> xr.Dataset:
        if name not in self._cache:
            self._cache[name] = self._group(name).load()
        return self._cache[name].copy(deep=False)

    def _group(self, name: str) -> xr.Dataset:
        if not self.has(name):
            raise StoreMissing(f"cycle {self.id} was published without {name!r} data")
        return open_group(self._path, name, files=self.manifest.by_path)

    def _from_series(
        self, names: Sequence[str], window: Window, times: slice
    ) -> dict[str, npt.NDArray[np.float32]]:
        counts = self._series.block(window)
        values: dict[str, npt.NDArray[np.float32]] = {}
        for name in names:
            place = self.variables.index(name)
            chosen = np.moveaxis(counts[:, :, place, times], 2, 0)
            values[name] = chosen.astype(np.float32) / self._scales[place]
            values[name][chosen == FILL] = np.nan
        return values

    def _from_maps(
        self, names: Sequence[str], window: Window, steps: npt.NDArray[np.integer]
    ) -> dict[str, da.Array]:
        return {
            name: map_field(
                self._path, name, manifest=self.manifest, window=window, steps=steps.tolist()
            ).lazy(token=self.id)
            for name in names
        }

    def _dataset(
        self, values: Mapping[str, object], window: Window, steps: npt.NDArray[np.integer]
    ) -> xr.Dataset:
        start = to_datetime64(self.reference_time)
        places = [self.variables.index(name) for name in values]
        dims = ("time", "latitude", "longitude")
        dataset = xr.Dataset(
            {name: (dims, value) for name, value in values.items()},
            coords={
                "time": self.times[steps],
                "latitude": self.grid.latitudes[window.rows],
                "longitude": self.grid.longitudes[window.columns],
                "forecast_reference_time": start,
                "forecast_period": ("time", self.times[steps] - start),
                "time_bounds": (("time", "bounds"), self.time_bounds[steps]),
                "variable": list(values),
            },
            attrs={
                "source": self.source,
                "source_label": self.source_label,
                "simulated": "true" if self.simulated else "false",
                "cycle": iso(self.reference_time),
                "cycle_id": self.id,
            },
        )
        dataset["step_flag"] = (("variable", "time"), self.step_flag[places][:, steps])
        return fields.describe(dataset)
