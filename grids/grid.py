"""A regular longitude-latitude grid as a value: integer counts, never a float range."""

from dataclasses import asdict, dataclass, replace
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from grids.errors import InvalidGrid, OutsideGrid
from grids.geometry import EARTH_RADIUS_M, BoundingBox, LonLat

MAX_CELLS = 400_000_000
_ON_EDGE = 1e-6
"""A place nearer to an edge than so much of a cell, a millimetre, stands on it."""

DECIMALS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Cells of equal angular size, rows south to north, columns west to east.

    The centre of column i is `round(west + longitude_spacing * (first_column + i + 1/2), 6)`;
    a window keeps `west` and counts on, so its centres are bit-equal to its parent's.

    Attributes:
        west: western edge of column 0 of the parent grid, degrees east.
        south: southern edge of row 0 of the parent grid, degrees north.
        longitude_spacing: cell width, degrees.
        latitude_spacing: cell height, degrees.
        rows: number of rows.
        columns: number of columns.
        first_row: rows of the parent grid south of this one.
        first_column: columns of the parent grid west of this one.

    Raises:
        InvalidGrid: counts or spacing are not positive, or the grid leaves the earth.
    """

    west: float
    south: float
    longitude_spacing: float
    latitude_spacing: float
    rows: int
    columns: int
    first_row: int = 0
    first_column: int = 0

    def __post_init__(self) -> None:
        """Check counts, spacing and extent."""
        if self.rows < 1 or self.columns < 1 or self.rows * self.columns > MAX_CELLS:
            raise InvalidGrid(
                f"a grid of {self.rows} x {self.columns} cells was asked;"
                f" allowed are 1 to {MAX_CELLS} cells in all"
            )
        if not (0 < self.longitude_spacing <= 90 and 0 < self.latitude_spacing <= 90):
            raise InvalidGrid(
                f"spacing {self.longitude_spacing} x {self.latitude_spacing} was asked;"
                " allowed is above 0 and up to 90 degrees"
            )
        bounds = self._edges()
        if bounds[1] < -90 - 1e-6 or bounds[3] > 90 + 1e-6 or bounds[2] - bounds[0] > 360 + 1e-6:
            raise InvalidGrid(f"the grid's edges {bounds} (W, S, E, N degrees) leave the earth")

    @classmethod
    def from_box(cls, box: BoundingBox, *, spacing: float = 0.01) -> Self:
        """Make the grid that covers a box, aligned to whole multiples of the spacing.

        Args:
            box: the area wanted, degrees.
            spacing: cell size in degrees on both axes.
        """
        first_column, last_column = _aligned(box.west, box.east, spacing)
        first_row, last_row = _aligned(box.south, box.north, spacing)
        return cls(
            west=round(first_column * spacing, 9),
            south=round(first_row * spacing, 9),
            longitude_spacing=spacing,
            latitude_spacing=spacing,
            rows=last_row - first_row,
            columns=last_column - first_column,
        )

    @classmethod
    def from_coordinates(cls, *, latitude: npt.ArrayLike, longitude: npt.ArrayLike) -> Self:
        """Recover a grid from ascending, evenly spaced cell centres in degrees.

        Raises:
            InvalidGrid: fewer than two values, not ascending, or not even.
        """
        south, latitude_spacing, rows = _regular_axis(latitude, "latitude")
        west, longitude_spacing, columns = _regular_axis(longitude, "longitude")
        return cls(
            west=west,
            south=south,
            longitude_spacing=longitude_spacing,
            latitude_spacing=latitude_spacing,
            rows=rows,
            columns=columns,
        )

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """Read what `to_dict` wrote."""
        return cls(**values)

    def to_dict(self) -> dict[str, Any]:
        """Write the grid as plain numbers for JSON."""
        return asdict(self)

    @property
    def shape(self) -> tuple[int, int]:
        """(rows, columns)."""
        return self.rows, self.columns

    @property
    def latitudes(self) -> npt.NDArray[np.float64]:
        """Cell-centre latitudes [rows], degrees north, ascending."""
        return _centres(self.south, self.latitude_spacing, self.first_row, self.rows)

    @property
    def longitudes(self) -> npt.NDArray[np.float64]:
        """Cell-centre longitudes [columns], degrees east, ascending."""
        return _centres(self.west, self.longitude_spacing, self.first_column, self.columns)

    def centre(self, row: int, column: int) -> tuple[float, float]:
        """Longitude and latitude of a cell's centre, bit-equal to the arrays'."""
        east = self.west + self.longitude_spacing * (self.first_column + column + 0.5)
        north = self.south + self.latitude_spacing * (self.first_row + row + 0.5)
        # numpy rounds to decimals in these three steps; round() alone may differ in the last bit
        return round(east * 10**DECIMALS) / 10**DECIMALS, round(north * 10**DECIMALS) / 10**DECIMALS

    @property
    def bounds(self) -> BoundingBox:
        """The box of the cell edges, degrees."""
        west, south, east, north = self._edges()
        return BoundingBox(west=west, south=max(-90.0, south), east=east, north=min(90.0, north))

    def window(self, *, rows: slice, columns: slice) -> Self:
        """Cut a window by row and column; its centres are bit-equal to this grid's.

        Raises:
            InvalidGrid: a step other than 1, or an empty window.
        """
        top, bottom, row_step = rows.indices(self.rows)
        left, right, column_step = columns.indices(self.columns)
        if row_step != 1 or column_step != 1:
            raise InvalidGrid("a grid window was asked with a step; allowed is a step of 1")
        return replace(
            self,
            rows=bottom - top,
            columns=right - left,
            first_row=self.first_row + top,
            first_column=self.first_column + left,
        )

    def locate(self, place: LonLat) -> tuple[int, int]:
        """Return (row, column) of the cell that holds a place.

        A place on an edge, to a millionth of a cell, belongs to the cell south or west of it.

        Raises:
            OutsideGrid: the place is outside the cell edges.
        """
        west, south, east, north = self._edges()
        offset = (place.longitude - west) % 360.0
        if offset > 360.0 - 1e-9:
            offset = 0.0
        if offset > east - west or not south <= place.latitude <= north:
            raise OutsideGrid(
                f"longitude {place.longitude:g}, latitude {place.latitude:g} was asked;"
                f" this grid covers {self.bounds} (west,south,east,north in degrees)"
            )
        column = int(offset / self.longitude_spacing - _ON_EDGE)
        row = int((place.latitude - south) / self.latitude_spacing - _ON_EDGE)
        return min(max(row, 0), self.rows - 1), min(column, self.columns - 1)

    def touching(self, place: LonLat) -> list[tuple[int, int]]:
        """Return the cells that a place is in or on the edge of: one, two or four.

        The cell that `locate` gives comes first.

        Raises:
            OutsideGrid: the place is outside the cell edges.
        """
        row, column = self.locate(place)
        west, south, _, _ = self._edges()
        x = (place.longitude - west) % 360.0 / self.longitude_spacing
        y = (place.latitude - south) / self.latitude_spacing
        north = row + 1 < self.rows and abs(y - row - 1) <= _ON_EDGE
        east = column + 1 < self.columns and abs(x - column - 1) <= _ON_EDGE
        rows = (row, row + 1) if north else (row,)
        columns = (column, column + 1) if east else (column,)
        return [(one, other) for one in rows for other in columns]

    def within(self, box: BoundingBox) -> tuple[slice, slice]:
        """Rows and columns of the cells whose centres lie in a box, edges included.

        Raises:
            OutsideGrid: there is none.
        """
        rows = np.flatnonzero((self.latitudes >= box.south) & (self.latitudes <= box.north))
        columns = np.flatnonzero((self.longitudes - box.west) % 360.0 <= box.east - box.west)
        if rows.size == 0 or columns.size == 0:
            raise OutsideGrid(
                f"box {box} was asked; this grid covers {self.bounds}"
                " (west,south,east,north in degrees)"
            )
        return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)

    def cell_areas(self) -> npt.NDArray[np.float64]:
        """Area of a cell in each row [rows], km², on the sphere of mean radius.

        A = R² Δλ (sin φ_north − sin φ_south), the zone area formula.
        """
        edges = self.south + self.latitude_spacing * (
            self.first_row + np.arange(self.rows + 1, dtype=np.float64)
        )
        sines = np.sin(np.radians(np.clip(edges, -90.0, 90.0)))
        radius_km = EARTH_RADIUS_M / 1000
        return np.asarray(radius_km**2 * np.radians(self.longitude_spacing) * np.diff(sines))

    def _edges(self) -> tuple[float, float, float, float]:
        west = round(self.west + self.longitude_spacing * self.first_column, 9)
        south = round(self.south + self.latitude_spacing * self.first_row, 9)
        return (
            west,
            south,
            round(self.west + self.longitude_spacing * (self.first_column + self.columns), 9),
            round(self.south + self.latitude_spacing * (self.first_row + self.rows), 9),
        )


def _aligned(low: float, high: float, spacing: float) -> tuple[int, int]:
    """First and last multiple of the spacing around an interval, 1e-6 cells tolerated."""
    first = int(np.floor(low / spacing + 1e-6))
    last = int(np.ceil(high / spacing - 1e-6))
    return first, max(last, first + 1)


def _centres(edge: float, spacing: float, first: int, count: int) -> npt.NDArray[np.float64]:
    index = np.arange(first, first + count, dtype=np.float64)
    return np.round(edge + spacing * (index + 0.5), DECIMALS)


def _regular_axis(values: npt.ArrayLike, name: str) -> tuple[float, float, int]:
    """Western/southern edge, spacing and count of an even axis."""
    axis = np.asarray(values, dtype=np.float64)
    if axis.ndim != 1 or axis.size < 2:
        raise InvalidGrid(f"{name} has shape {axis.shape}; a grid needs a list of two or more")
    spacing = (axis[-1] - axis[0]) / (axis.size - 1)
    steps = np.diff(axis)
    if spacing <= 0 or np.any(np.abs(steps - spacing) > max(1e-4, 0.01 * spacing)):
        raise InvalidGrid(
            f"{name} runs from {axis[0]:g} to {axis[-1]:g} degrees with steps of"
            f" {steps.min():g} to {steps.max():g}; a grid needs equal, ascending steps"
        )
    snapped = round(spacing, 9)
    fraction = round(1 / spacing) and 1 / round(1 / spacing)
    if fraction and abs(spacing - fraction) < 1e-6:
        snapped = fraction
    return float(axis[0] - snapped / 2), float(snapped), int(axis.size)
