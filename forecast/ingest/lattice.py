"""Where the values of a message lie: order of points, coordinates, crop. Child side only.

ecCodes returns values in the order of the file. For regular grids the coordinates are computed
here from first point, last point and counts (increments in headers are wrong often enough), and
the scanning flags of WMO flag table 3.4 are undone here, because ecCodes 2.47 leaves alternate
rows of latitude-longitude grids as they are. For all other grids the coordinates are ecCodes',
and the order is accepted only if it reproduces ecCodes' own list of (latitude, longitude, value).
"""

from dataclasses import dataclass, field
from typing import Any, Final

import eccodes
import numpy as np

from forecast.ingest.axes import Box, Floats, crop_axes, crop_nodes, grid_key
from forecast.ingest.gribkeys import wind_on_grid
from forecast.ingest.refusal import Refused

_REGULAR: Final = frozenset({"regular_ll", "regular_gg"})
_BY_ROWS: Final = frozenset({"reduced_gg", "reduced_ll"})
_PROJECTED: Final = frozenset(
    {"lambert", "polar_stereographic", "mercator", "rotated_ll", "rotated_gg", "albers"}
    | {"lambert_azimuthal_equal_area", "transverse_mercator"}
)


@dataclass(frozen=True, slots=True)
class Scanning:
    """Counts of a two-dimensional grid and in which order it is scanned (WMO flag table 3.4)."""

    rows: int
    columns: int
    j_consecutive: bool
    alternate: bool

    def as_rows(self, values: Floats) -> Floats:
        """Return [row, column] with alternate rows turned back, i and j still as scanned."""
        if self.j_consecutive:
            table = values.reshape(self.columns, self.rows)
        else:
            table = values.reshape(self.rows, self.columns)
        if self.alternate:
            table = table.copy()
            table[1::2] = table[1::2, ::-1]
        return table.T if self.j_consecutive else table


@dataclass(slots=True)
class Lattice:
    """Order, coordinates and crop of all messages that share one grid definition.

    Attributes:
        regular: latitude and longitude are axes; otherwise one pair per node.
        latitude, longitude: of what is kept, degrees, ascending where axes.
        angle: direction of the grid's x axis from east, radians, where winds follow the grid.
        notes: what was repaired, in words.
    """

    regular: bool
    scanning: Scanning | None
    latitude: Floats
    longitude: Floats
    take: Any
    turns: tuple[bool, bool] = (False, False)
    angle: Floats | None = None
    verified: bool = True
    notes: list[str] = field(default_factory=list)

    @property
    def key(self) -> str:
        """Short hash of the coordinates: equal keys share the grid."""
        return grid_key(self.latitude, self.longitude, regular=self.regular)

    def place(self, values: Floats) -> Floats:
        """Bring raw values into the order of the coordinates and crop them."""
        if self.scanning is None:
            return np.asarray(values[self.take])
        table = self.scanning.as_rows(values)
        if self.turns[0]:
            table = table[::-1]
        if self.turns[1]:
            table = table[:, ::-1]
        if self.regular:
            rows, columns = self.take
            return np.asarray(table[rows][:, columns])
        return np.asarray(table.reshape(-1)[self.take])


def lattice(handle: int, *, grid_type: str, area: Box | None) -> Lattice:
    """Work out the grid of a message.

    Args:
        handle: ecCodes message handle.
        grid_type: ecCodes' gridType.
        area: west, south, east, north in degrees (east may exceed 180), or None for all.

    Raises:
        Refused: the grid is of a kind that is not read, inconsistent, or outside the area.
    """
    if grid_type in _REGULAR:
        return _regular(handle, grid_type, area)
    if grid_type in _BY_ROWS or grid_type in _PROJECTED:
        return _nodes(handle, grid_type, area)
    raise Refused(
        f"its grid type is {grid_type}; allowed are"
        f" {', '.join(sorted(_REGULAR | _BY_ROWS | _PROJECTED))}"
    )


def verify(found: Lattice, *, handle: int, values: Floats) -> None:
    """Check the order of a node grid against ecCodes' own triples, once a field varies.

    Raises:
        Refused: no order of the points reproduces the triples.
    """
    if found.verified or values.min() == values.max():
        return
    triples = eccodes.codes_get_array(handle, "latLonValues").reshape(-1, 3)[:, 2]
    if found.scanning is None:
        if np.array_equal(values, triples):
            found.verified = True
            return
        raise Refused("the order of its grid points cannot be established")
    for turns in ((False, False), (True, False), (False, True), (True, True)):
        table = found.scanning.as_rows(values)
        table = table[::-1] if turns[0] else table
        table = table[:, ::-1] if turns[1] else table
        if np.array_equal(table.reshape(-1), triples):
            found.turns, found.verified = turns, True
            return
    raise Refused("the order of its grid points cannot be established")


def _scanning(handle: int, rows: int, columns: int) -> Scanning:
    flags = [
        bool(eccodes.codes_get(handle, key, int))
        for key in ("jPointsAreConsecutive", "alternativeRowScanning")
    ]
    return Scanning(rows, columns, *flags)


def _counts(handle: int) -> tuple[int, int, int]:
    points = eccodes.codes_get(handle, "numberOfDataPoints", int)
    return eccodes.codes_get(handle, "Nj", int), eccodes.codes_get(handle, "Ni", int), points


def _check_counts(rows: int, columns: int, points: int) -> None:
    if rows * columns != points:
        raise Refused(
            f"its header contradicts itself: {columns} × {rows} columns and rows,"
            f" but {points:,} grid points"
        )


def _regular(handle: int, grid_type: str, area: Box | None) -> Lattice:
    rows, columns, points = _counts(handle)
    notes: list[str] = []
    _check_counts(rows, columns, points)
    longitude = _longitudes(handle, columns, notes)
    if grid_type == "regular_gg":
        latitude = _gaussian_latitudes(handle)
    else:
        latitude = _even_latitudes(handle, rows, notes)
    if latitude.size != rows:
        raise Refused(f"its header states {rows} rows but its grid has {latitude.size} latitudes")
    scanning = _scanning(handle, rows, columns)
    crop = crop_axes(latitude, longitude, area=area)
    return Lattice(
        True, scanning, crop.latitude, crop.longitude, (crop.rows, crop.columns), notes=notes
    )


def _longitudes(handle: int, columns: int, notes: list[str]) -> Floats:
    """Longitudes along +scan from first to last point, degrees east, unwrapped."""
    first = eccodes.codes_get(handle, "longitudeOfFirstGridPointInDegrees", float)
    last = eccodes.codes_get(handle, "longitudeOfLastGridPointInDegrees", float)
    negative = bool(eccodes.codes_get(handle, "iScansNegatively", int))
    if columns == 1:
        return np.array([first])
    span = (first - last if negative else last - first) % 360.0
    span = span or 360.0
    step = span / (columns - 1)
    _compare_increment(handle, "iDirectionIncrementInDegrees", step, notes)
    return np.asarray(first + np.arange(columns) * (-step if negative else step))


def _even_latitudes(handle: int, rows: int, notes: list[str]) -> Floats:
    first = eccodes.codes_get(handle, "latitudeOfFirstGridPointInDegrees", float)
    last = eccodes.codes_get(handle, "latitudeOfLastGridPointInDegrees", float)
    if rows == 1:
        return np.array([first])
    if (last > first) != bool(eccodes.codes_get(handle, "jScansPositively", int)):
        raise Refused(f"its rows run from {first}° to {last}° against its scanning flag")
    _compare_increment(
        handle, "jDirectionIncrementInDegrees", abs(last - first) / (rows - 1), notes
    )
    return np.linspace(first, last, rows)


def _compare_increment(handle: int, key: str, step: float, notes: list[str]) -> None:
    if not eccodes.codes_is_defined(handle, key) or eccodes.codes_is_missing(handle, key):
        return
    stated = abs(eccodes.codes_get(handle, key, float))
    if 0.0 < stated < 360.0 and abs(stated - step) > max(0.0015, 0.01 * step):
        notes.append(
            f"the header's increment of {stated:g}° does not fit its first and last point;"
            f" {step:g}° was used"
        )


def _gaussian_latitudes(handle: int) -> Floats:
    """Distinct latitudes of a regular Gaussian grid, in scanning order."""
    found = np.sort(np.asarray(eccodes.codes_get_array(handle, "distinctLatitudes")))
    return found if eccodes.codes_get(handle, "jScansPositively", int) else found[::-1]


def _nodes(handle: int, grid_type: str, area: Box | None) -> Lattice:
    latitude = np.asarray(eccodes.codes_get_array(handle, "latitudes"), dtype=np.float64)
    longitude = np.asarray(eccodes.codes_get_array(handle, "longitudes"), dtype=np.float64)
    scanning, angle = None, None
    if grid_type in _PROJECTED:
        rows, columns, points = _counts(handle)
        _check_counts(rows, columns, points)
        scanning = _scanning(handle, rows, columns)
        if wind_on_grid(handle):
            angle = _grid_angle(latitude.reshape(rows, columns), longitude.reshape(rows, columns))
    take, latitude, longitude = crop_nodes(latitude, longitude, area=area)
    return Lattice(
        False,
        scanning,
        latitude,
        longitude,
        take,
        angle=None if angle is None else angle.reshape(-1)[take],
        verified=False,
    )


def _grid_angle(latitude: Floats, longitude: Floats) -> Floats:
    """Angle from east to the grid's x axis (radians, anticlockwise), by central differences."""
    if latitude.shape[1] < 2:
        raise Refused("its winds follow a grid of one column, whose direction is unknown")
    eastward = (np.gradient(np.unwrap(longitude, period=360.0, axis=1), axis=1)) * np.cos(
        np.radians(latitude)
    )
    return np.asarray(np.arctan2(np.gradient(latitude, axis=1), eastward))
