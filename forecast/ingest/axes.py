"""Longitudes and latitudes of a file brought into one order, and cropped to an area."""

import hashlib
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from forecast.ingest.refusal import Refused

Floats = npt.NDArray[np.float64]
Box = tuple[float, float, float, float]
"""West, south, east, north in degrees; east may exceed 180."""


class AxisCrop(NamedTuple):
    """What to take of a regular grid, in ascending order.

    Attributes:
        rows: indices into the file's latitudes.
        columns: indices into the file's longitudes.
        latitude: degrees, ascending.
        longitude: degrees, ascending, unwrapped near the centre of the area.
    """

    rows: npt.NDArray[np.intp]
    columns: npt.NDArray[np.intp]
    latitude: Floats
    longitude: Floats


def crop_axes(latitude: Floats, longitude: Floats, *, area: Box | None) -> AxisCrop:
    """Order and crop the axes of a regular grid, with one more row and column on each side.

    Args:
        latitude: degrees, in the order of the file.
        longitude: degrees, in the order of the file; a repeated meridian is kept once.
        area: what to keep; None keeps all, longitudes in [-180, 180).

    Raises:
        Refused: no grid point lies in the area.
    """
    rows = np.argsort(latitude, kind="stable")
    wrapped = _unwrap(longitude, _centre(area))
    columns = np.unique(np.round(wrapped, 6), return_index=True)[1]
    latitude, longitude = latitude[rows], wrapped[columns]
    if area is not None:
        keep_rows = _bracket(latitude, area[1], area[3])
        keep_columns = _bracket(longitude, area[0], area[2])
        rows, latitude = rows[keep_rows], latitude[keep_rows]
        columns, longitude = columns[keep_columns], longitude[keep_columns]
    if not rows.size or not columns.size:
        raise Refused("no grid point lies in the area asked")
    return AxisCrop(rows, columns, np.round(latitude, 9), np.round(longitude, 9))


def crop_nodes(
    latitude: Floats, longitude: Floats, *, area: Box | None
) -> tuple[Any, Floats, Floats]:
    """Crop a grid given by one latitude and longitude per node.

    Args:
        latitude: degrees per node.
        longitude: degrees per node.
        area: what to keep; None keeps all, longitudes in [-180, 180).

    Returns:
        What to take of a field's nodes, and the latitudes and longitudes taken.

    Raises:
        Refused: no node lies in the area.
    """
    longitude = _unwrap(longitude, _centre(area))
    if area is None:
        return slice(None), latitude, longitude
    west, south, east, north = area
    inside = (latitude >= south) & (latitude <= north)
    take = np.flatnonzero(inside & (longitude >= west) & (longitude <= east))
    if not take.size:
        raise Refused("no grid point lies in the area asked")
    return take, latitude[take], longitude[take]


def grid_key(latitude: Floats, longitude: Floats, *, regular: bool) -> str:
    """Short hash of the coordinates: equal keys share the grid."""
    digest = hashlib.sha256(b"regular" if regular else b"nodes")
    digest.update(np.round(latitude, 6).tobytes())
    digest.update(np.round(longitude, 6).tobytes())
    return digest.hexdigest()[:16]


def _centre(area: Box | None) -> float:
    return 0.0 if area is None else (area[0] + area[2]) / 2


def _unwrap(longitude: Floats, centre: float) -> Floats:
    """Shift longitudes by whole turns into [centre - 180, centre + 180)."""
    shifted = np.round((longitude - centre + 180.0) % 360.0, 9) % 360.0
    return np.asarray(shifted - 180.0 + centre)


def _bracket(axis: Floats, low: float, high: float) -> slice:
    """Indices of an ascending axis from the last value <= low to the first value >= high."""
    if axis.size == 0 or axis[-1] < low or axis[0] > high:
        return slice(0, 0)
    start = max(int(np.searchsorted(axis, low + 1e-9, side="right")) - 1, 0)
    stop = min(int(np.searchsorted(axis, high - 1e-9, side="left")) + 1, axis.size)
    return slice(start, stop)
