"""netCDF files (CF names, ERA5 and GFS conventions) into the same raw fields as GRIB gives."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import xarray as xr

from forecast.ingest.axes import Box
from forecast.ingest.decoder import Wanted
from forecast.ingest.limits import DecodeLimits
from forecast.ingest.netcdf_grid import NetcdfGrid, horizontal_grid
from forecast.ingest.netcdf_guard import check
from forecast.ingest.netcdf_levels import Slab, slabs
from forecast.ingest.netcdf_names import Meaning
from forecast.ingest.netcdf_time import TimeAxis, hourly_sums, time_axis
from forecast.ingest.refusal import Refused
from forecast.ingest.report import Combination

MEMBER_NAMES: Final = ("number", "realization", "member", "ens", "ensemble_member")
_KINDS: Final = {"sum": "accum", "mean": "avg", "maximum": "max", "minimum": "min", "point": ""}
_GRID_WINDS: Final = frozenset({"grid_eastward_wind", "grid_northward_wind", "x_wind", "y_wind"})
_JOULES: Final = frozenset({"J m**-2", "J m-2", "J/m^2", "J/m2"})
_DAMAGE: Final = (
    OSError, RuntimeError, ValueError, TypeError, LookupError, EOFError, ArithmeticError,
    AttributeError, MemoryError, AssertionError,
)  # fmt: skip
"""What the readers raise on damaged files."""
_HOUR: Final = np.timedelta64(3_600_000_000_000, "ns")


@dataclass(slots=True)
class NetcdfOutcome:
    """What one netCDF file gave, in the words of the report."""

    fields: list[xr.DataArray]
    refused: list[str]
    notes: list[str]
    unwanted: int = 0

    def combinations(self) -> Iterator[Combination]:
        """The cells of the completeness matrix that the fields fill."""
        for array in self.fields:
            cycle = array["forecast_reference_time"].values
            start = "" if np.isnat(cycle) else str(cycle.astype("datetime64[s]"))
            members = array["realization"].values if "realization" in array.dims else (None,)
            for step in array["step"].values:
                for member in members:
                    yield Combination(
                        array.attrs["short_name"],
                        float(step / _HOUR),
                        array.attrs["level"],
                        array.attrs["type_of_level"],
                        None if member is None else int(member),
                        start,
                    )


def read_netcdf(
    path: Path, *, area: Box | None, wanted: Wanted | None, limits: DecodeLimits
) -> NetcdfOutcome:
    """Read one netCDF file.

    Args:
        path: the file.
        area: west, south, east, north in degrees, or None for all.
        wanted: predicate on the header of a variable, or None for all.
        limits: bounds on declared sizes.

    Raises:
        Refused: the file as a whole cannot be read.
    """
    engine = check(path, limits=limits)
    options: dict[str, Any] = {"mmap": False} if engine == "scipy" else {}
    try:
        with xr.open_dataset(
            path, engine=engine, decode_timedelta=False, cache=False, **options
        ) as dataset:
            return _File(path, dataset, area, wanted).read()
    except _DAMAGE as error:
        raise Refused(f"it is damaged or not decodable ({_words(error)})") from None


class _File:
    """One open file: its grid, its time and its variables."""

    def __init__(
        self, path: Path, dataset: xr.Dataset, area: Box | None, wanted: Wanted | None
    ) -> None:
        self.path = path
        self.dataset = _merge_versions(dataset)
        self.grid: NetcdfGrid = horizontal_grid(self.dataset, area)
        self.time: TimeAxis = time_axis(self.dataset)
        self.wanted = wanted
        self.outcome = NetcdfOutcome([], [], [self.time.note] if self.time.note else [])

    def read(self) -> NetcdfOutcome:
        sums: list[tuple[str, xr.DataArray]] = []
        for name in map(str, self.dataset.data_vars):
            variable = self.dataset[name]
            if (
                name in self.grid.names
                or not set(self.grid.dims) <= set(variable.dims)
                or variable.dtype.kind not in "fiu"
            ):
                continue
            try:
                for field in self._fields(name, variable):
                    without_interval = field.attrs[
                        "step_type"
                    ] != "instant" and "step_start" not in (field.coords)
                    if without_interval:
                        sums.append((name, field))
                    else:
                        self.outcome.fields.append(field)
            except Refused as reason:
                self.outcome.refused.append(f"variable {name!r}: {reason}")
        self._settle_sums(sums)
        return self.outcome

    def _fields(self, name: str, variable: xr.DataArray) -> Iterator[xr.DataArray]:
        if variable.attrs.get("standard_name") in _GRID_WINDS and not self.grid.regular:
            raise Refused("its wind follows the grid's axes, whose direction the file does not say")
        for slab in slabs(variable, keep=self._kept_dims()):
            header = self._header(name, slab, _step_type(variable, slab.meaning))
            if self.wanted is not None and not self.wanted(header):
                self.outcome.unwanted += 1
                continue
            yield self._array(slab, header)

    def _kept_dims(self) -> frozenset[str]:
        members = {name for name in MEMBER_NAMES if name in self.dataset.dims}
        time = set() if self.time.dim is None else {self.time.dim}
        return frozenset({*self.grid.dims, *members, *time})

    def _header(self, name: str, slab: Slab, kind: str) -> dict[str, Any]:
        attributes = slab.values.attrs
        return {
            "short_name": slab.meaning.short_name,
            "param": int(attributes.get("GRIB_paramId", -1)),
            "name_in_file": name,
            "standard_name": str(attributes.get("standard_name", "")),
            "units": str(attributes.get("units", "1")),
            "step_type": kind,
            "type_of_level": slab.meaning.type_of_level,
            "level": slab.meaning.level,
            "origin": str(attributes.get("GRIB_centre", self.dataset.attrs.get("GRIB_centre", ""))),
            "edition": 0,
            "member": None,
        }

    def _array(self, slab: Slab, header: dict[str, Any]) -> xr.DataArray:
        """Load one field into the shape of a raw field."""
        field = self.grid.place(slab.values)
        steps = self.time.steps
        if self.time.dim is None or self.time.dim not in field.dims:
            field, steps = field.expand_dims("step"), steps[:1]
        else:
            field = field.rename({self.time.dim: "step"})
        member = next((name for name in MEMBER_NAMES if name in field.dims), None)
        horizontal = ("latitude", "longitude") if self.grid.regular else ("node",)
        dims = (*(() if member is None else (member,)), "step", *field.dims[-len(horizontal) :])
        values = _as_float32(field.transpose(*dims).values)
        coords: dict[str, Any] = {
            "step": ("step", steps),
            "forecast_reference_time": self.time.reference,
            "latitude": (horizontal[:1], self.grid.latitude),
            "longitude": (horizontal[-1:], self.grid.longitude),
        }
        if member is not None:
            numbers = self.dataset[member].values if member in self.dataset.coords else None
            count = values.shape[0]
            coords["realization"] = np.arange(count) if numbers is None else numbers.astype(int)
        if header["step_type"] == "instant":
            coords["step_start"] = ("step", steps)
        elif self.time.bounds is not None and steps.size == self.time.bounds.shape[0]:
            coords["step_start"] = ("step", self.time.bounds[:, 0])
            coords["step"] = ("step", self.time.bounds[:, 1])
        names = (*(() if member is None else ("realization",)), "step", *horizontal)
        array = xr.DataArray(
            values, dims=names, coords=coords, name=header["short_name"],
            attrs=self._attributes(header),
        )  # fmt: skip
        return array.sortby("step")

    def _attributes(self, header: dict[str, Any]) -> dict[str, Any]:
        attributes = {key: value for key, value in header.items() if key != "member"}
        return attributes | {
            "interval_kind": "instant" if header["step_type"] == "instant" else "bounds",
            "grid_key": self.grid.key,
            "grid_type": "regular_ll" if self.grid.regular else "nodes",
            "source_file": self.path.name,
            "wind_relative_to_grid": "false",
            "reference_note": self.time.note,
        }

    def _settle_sums(self, sums: list[tuple[str, xr.DataArray]]) -> None:
        """Give sums without bounds their interval where the file proves it; else refuse them."""
        if not sums:
            return
        accumulations = [f.values for _, f in sums if f.attrs["step_type"] == "accum"]
        hourly = bool(self.time.note) and hourly_sums(self.time, accumulations)
        if hourly:
            self.outcome.notes.append("sums without bounds are hourly (they fall between hours)")
        for name, field in sums:
            if not hourly:
                self.outcome.refused.append(
                    f"variable {name!r}: the file states no interval for a"
                    f" {field.attrs['step_type']}; time bounds are needed (or the GRIB file)"
                )
                continue
            start = field["step"].values - _HOUR
            settled = field.assign_coords(step_start=("step", start))
            self.outcome.fields.append(settled.assign_attrs(interval_kind="buckets"))


def _merge_versions(dataset: xr.Dataset) -> xr.Dataset:
    """Join ERA5 and its preliminary ERA5T where a file keeps them along `expver`."""
    if "expver" not in dataset.dims:
        return dataset
    merged = dataset.isel(expver=0, drop=True)
    for number in range(1, dataset.sizes["expver"]):
        merged = merged.combine_first(dataset.isel(expver=number, drop=True))
    for name in merged.data_vars:
        merged[name].attrs.update(dataset[name].attrs)
    return merged


def _step_type(variable: xr.DataArray, found: Meaning) -> str:
    """Kind of step from GRIB's key, CF cell methods, the unit, or the name, in that order."""
    stated = str(variable.attrs.get("GRIB_stepType", ""))
    if stated in ("instant", "accum", "avg", "max", "min"):
        return stated
    methods = str(variable.attrs.get("cell_methods", ""))
    for part in methods.split("time:")[1:]:
        kind = _KINDS.get(part.split()[0] if part.split() else "")
        if kind is not None:
            return kind or "instant"
    if str(variable.attrs.get("units", "")) in _JOULES:
        return "accum"
    return found.step_type


def _as_float32(values: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
    if not np.issubdtype(values.dtype, np.floating):
        return values.astype(np.float32)
    if np.isinf(values).any() or (np.abs(values) > 1e30).any():
        raise Refused("it holds values that are not finite numbers")
    return values.astype(np.float32)


def _words(error: Exception) -> str:
    return str(error).strip().replace("\n", " ")[:200] or type(error).__name__
