"""Wind components along a grid's own axes, turned to east and north.

On Lambert, polar stereographic and rotated grids many centres (HRRR, NAM, COSMO) resolve u and v
along the grid's x and y. With a the angle from east to the x axis (anticlockwise), the wind
towards east is u cos a - v sin a and towards north u sin a + v cos a (rotation of axes).
"""

from collections.abc import Hashable, Mapping, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import xarray as xr

_PARTNERS: Final = {
    "10u": "10v",
    "100u": "100v",
    "200u": "200v",
    "u": "v",
    "ustm": "vstm",
    "vucsh": "vvcsh",
    "10efg": "10nfg",
}
_SAME: Final = ("type_of_level", "level", "level_bottom", "origin", "step_type", "grid_key")


def turn_winds(
    fields: Sequence[xr.DataArray], angles: Mapping[str, npt.NDArray[np.float64]]
) -> tuple[list[xr.DataArray], list[str]]:
    """Turn every pair of grid-relative components to east and north.

    Args:
        fields: raw fields; those with attribute `wind_relative_to_grid` "true" are looked at.
        angles: per grid_key, radians from east to the x axis at each node.

    Returns:
        The fields in the same order, and remarks on components without their partner.
    """
    turned = list(fields)
    places = {_identity(array, array.attrs["short_name"]): i for i, array in enumerate(fields)}
    seconds = set(_PARTNERS.values())
    remarks: list[str] = []
    for i, array in enumerate(fields):
        name = array.attrs["short_name"]
        if array.attrs["wind_relative_to_grid"] != "true" or name in seconds:
            continue
        partner = places.get(_identity(array, _PARTNERS.get(name, "")))
        if partner is not None and _same_steps(array, fields[partner]):
            angle = angles[array.attrs["grid_key"]]
            turned[i], turned[partner] = _turn(array, fields[partner], angle)
        elif name in _PARTNERS:
            remarks.append(f"{name} follows the grid's axes and its partner is not there")
    return [_settle(array) for array in turned], remarks


def _identity(array: xr.DataArray, name: str) -> Hashable:
    same: tuple[Any, ...] = tuple(array.attrs.get(key) for key in _SAME)
    return name, str(array["forecast_reference_time"].values), *same


def _same_steps(first: xr.DataArray, second: xr.DataArray) -> bool:
    return first.shape == second.shape and all(
        np.array_equal(first[dim], second[dim]) for dim in first.dims if dim in first.coords
    )


def _turn(
    u: xr.DataArray, v: xr.DataArray, angle: npt.NDArray[np.float64]
) -> tuple[xr.DataArray, xr.DataArray]:
    cosine, sine = np.cos(angle).astype(np.float32), np.sin(angle).astype(np.float32)
    note = {"wind_relative_to_grid": "false", "wind_turned": "from the grid's axes to east, north"}
    east = u.copy(data=u.values * cosine - v.values * sine).assign_attrs(note)
    north = v.copy(data=u.values * sine + v.values * cosine).assign_attrs(note)
    return east, north


def _settle(array: xr.DataArray) -> xr.DataArray:
    """Scalars carry the same flag in the file; it means nothing for them."""
    name = array.attrs["short_name"]
    if name in _PARTNERS or name in _PARTNERS.values():
        return array
    return array.assign_attrs(wind_relative_to_grid="false")
