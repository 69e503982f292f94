"""A netCDF variable taken apart into single levels."""

from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np
import xarray as xr

from forecast.ingest.netcdf_names import Meaning, meaning
from forecast.ingest.refusal import Refused

_HECTOPASCAL: Final = frozenset({"millibars", "millibar", "mb", "mbar", "hpa"})
_METRES: Final = frozenset({"m", "metre", "metres", "meter", "meters"})
_PRESSURE_NAMES: Final = frozenset({"isobaricInhPa", "pressure_level", "plev"})


class Slab(NamedTuple):
    """One level of a variable: its values, still lazy, and what it is."""

    values: xr.DataArray
    meaning: Meaning


def slabs(variable: xr.DataArray, *, keep: frozenset[str]) -> Iterator[Slab]:
    """Yield the levels of a variable one by one.

    Args:
        variable: the variable as the file has it.
        keep: dimensions of grid, time and members.

    Raises:
        Refused: a dimension longer than one is neither of these nor a level.
    """
    name = str(variable.name)
    for dim in map(str, variable.dims):
        if dim not in keep and variable.sizes[dim] == 1 and _level_kind(variable, dim) is None:
            variable = variable.isel({dim: 0}, drop=True)
    levels = [str(dim) for dim in variable.dims if dim not in keep]
    if not levels:
        at_kind, at = _scalar_level(variable)
        yield Slab(variable, meaning(name, variable.attrs, kind=at_kind, level=at))
        return
    kind = _level_kind(variable, levels[0]) if len(levels) == 1 else None
    if kind is None:
        raise Refused(
            f"it runs over {', '.join(levels)}; allowed are time, members, one level and the grid"
        )
    for i, level in enumerate(_level_values(variable, levels[0])):
        found = meaning(name, variable.attrs, kind=kind, level=float(level))
        yield Slab(variable.isel({levels[0]: i}, drop=True), found)


def _scalar_level(variable: xr.DataArray) -> tuple[str, float | None]:
    for name, coordinate in variable.coords.items():
        kind = _level_kind(variable, str(name)) if coordinate.ndim == 0 else None
        if kind is not None:
            return kind, float(_level_values(variable, str(name)))
    return "", None


def _level_kind(variable: xr.DataArray, name: str) -> str | None:
    """EcCodes' level type of a level coordinate; None where it is none."""
    if name not in variable.coords:
        return None
    coordinate = variable.coords[name]
    if coordinate.dtype.kind not in "fiu":
        return None
    units = str(coordinate.attrs.get("units", "")).lower()
    if units in _HECTOPASCAL or units == "pa" or name in _PRESSURE_NAMES:
        return "isobaricInhPa"
    if units in _METRES:
        up = coordinate.attrs.get("positive", "up") != "down"
        return "heightAboveGround" if up else "depthBelowLandLayer"
    return None


def _level_values(variable: xr.DataArray, name: str) -> np.ndarray:
    coordinate = variable.coords[name]
    pascal = str(coordinate.attrs.get("units", "")).lower() == "pa"
    return np.asarray(coordinate.values, dtype=np.float64) / (100.0 if pascal else 1.0)
