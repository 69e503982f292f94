"""How far coordinates may be from the field, and in which cells the field may then lie.

Rounded coordinates stand for a box, any point of which may have been meant; a datum that is not
WGS 84 moves the box. Shares of the box are shares of its area, exact on a regular grid.
"""

import math
import re
from decimal import Decimal
from typing import Final, Literal, NamedTuple

from forecast.errors import InvalidRequest
from forecast.query.coordinates import Rounding
from forecast.query.datum import METRES_PER_DEGREE, TRUE, WGS84, Moved, Offset, meant, offset
from grids import Grid, LonLat
from grids.lookup import CellChoice

ReadFrom = Literal["digits", "precision"]

LEAST_DEGREES: Final = 1e-9
"""A tenth of a millimetre: digits behind it tell nothing, and no box is empty."""

COARSEST_DEGREES: Final = 1.0
_PRECISION: Final = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,15})?)(m|km)?")
_TOUCHED: Final = 1e-9
"""A share of a box below this is rounding of numbers, not of coordinates."""


class Coordinates(NamedTuple):
    """What is known of the coordinates of a question.

    Attributes:
        datum: one of `forecast.query.datum.DATUMS`.
        declared: whether the caller named it; else it is taken to be WGS 84.
        rounding: how far the field may lie to each side, degrees; None where nothing says so.
        read_from: where that stands: the digits as typed, or a precision that was given.
        moved: what the operator's transform did, or None.
    """

    datum: str = WGS84
    declared: bool = False
    rounding: Rounding | None = None
    read_from: ReadFrom | None = None
    moved: Moved | None = None

    @property
    def is_true(self) -> bool:
        """Whether the place that is answered for is where its coordinates say."""
        return self.datum in TRUE or self.moved is not None

    @property
    def readings(self) -> tuple[str, ...]:
        """Datums in which the place that is answered for may have been given."""
        return (WGS84,) if self.moved is not None else meant(self.datum)


class Box(NamedTuple):
    """Where a field may lie, in cells: columns counted from the west, rows from the south."""

    west: float
    south: float
    east: float
    north: float

    @property
    def columns(self) -> range:
        """Columns that it touches, also such as the grid does not have."""
        return _touched(self.west, self.east)

    @property
    def rows(self) -> range:
        """Rows that it touches, likewise."""
        return _touched(self.south, self.north)

    def share(self, row: int, column: int) -> float:
        """Share of the box that lies in a cell, 0 to 1."""
        west, south, east, north = self
        wide = min(east, column + 1) - max(west, column)
        high = min(north, row + 1) - max(south, row)
        if wide <= 0.0 or high <= 0.0:
            return 0.0
        return min(wide / (east - west), 1.0) * min(high / (north - south), 1.0)

    def cells(self, grid: Grid) -> dict[tuple[int, int], float]:
        """Share of the box in each cell (row, column) of the grid that it touches."""
        shares = {
            (row, column): self.share(row, column)
            for row in self.rows
            if 0 <= row < grid.rows
            for column in self.columns
            if 0 <= column < grid.columns
        }
        return {cell: share for cell, share in shares.items() if share > _TOUCHED}


class Standing(NamedTuple):
    """Where a place stands on a grid, in cells, and how large a cell is there.

    Attributes:
        x: cells from the western edge of the grid.
        y: cells from its southern edge.
        width: of a cell, m.
        height: of a cell, m.
    """

    x: float
    y: float
    width: float
    height: float

    @property
    def edge_m(self) -> float:
        """Distance to the nearest edge of the cell that holds the place, m."""
        x, y, width, height = self
        x, y = x % 1.0, y % 1.0
        return min(x * width, (1.0 - x) * width, y * height, (1.0 - y) * height)


def standing(grid: Grid, choice: CellChoice, *, lonlat: LonLat) -> Standing:
    """Where a place stands on a grid.

    Args:
        grid: of the forecast.
        choice: a cell near the place.
        lonlat: the place.
    """
    latitude, across, along = lonlat.latitude, grid.longitude_spacing, grid.latitude_spacing
    east = (lonlat.longitude - choice.longitude + 180.0) % 360.0 - 180.0
    return Standing(
        choice.column + 0.5 + east / across,
        choice.row + 0.5 + (latitude - choice.latitude) / along,
        METRES_PER_DEGREE * math.cos(math.radians(latitude)) * across,
        METRES_PER_DEGREE * along,
    )


class Summary(NamedTuple):
    """How far rounded coordinates in WGS 84 may lead.

    Attributes:
        radius_m: from them to a corner of their box, m.
        chance: that the field lies in another cell than that which answers, 0 to 1.
    """

    radius_m: float
    chance: float


def summary(stands: Standing, rounding: Rounding, *, grid: Grid, choice: CellChoice) -> Summary:
    """How far rounded coordinates may lead; quick, for it stands in every answer.

    Args:
        stands: where the coordinates stand.
        rounding: of the coordinates.
        grid: of the forecast.
        choice: the cell that answers.
    """
    x, y, width, height = stands
    east, north = rounding
    wide, high = east / grid.longitude_spacing, north / grid.latitude_spacing
    column, row = choice.column, choice.row
    radius = math.hypot(wide * width, high * height)
    if wide <= x - column <= 1.0 - wide and high <= y - row <= 1.0 - high:
        return Summary(radius, 0.0)
    return Summary(radius, 1.0 - box_of(stands, rounding, grid=grid).share(row, column))


def box_of(stands: Standing, rounding: Rounding, *, grid: Grid) -> Box:
    """The box in which a field lies, whose coordinates are rounded and in WGS 84.

    Args:
        stands: where the coordinates stand.
        rounding: of the coordinates.
        grid: of the forecast.
    """
    x, y, _, _ = stands
    wide = rounding.longitude / grid.longitude_spacing
    high = rounding.latitude / grid.latitude_spacing
    return Box(x - wide, y - high, x + wide, y + high)


def boxes_of(stands: Standing, given: Coordinates, *, grid: Grid, lonlat: LonLat) -> dict[str, Box]:
    """The box of each datum that the coordinates may be in; empty where no rounding is known.

    Args:
        stands: where the coordinates stand.
        given: what is known of them.
        grid: of the forecast.
        lonlat: the coordinates.
    """
    if given.rounding is None:
        return {}
    box = box_of(stands, given.rounding, grid=grid)
    return {datum: _moved(box, stands, by=offset(lonlat, datum)) for datum in given.readings}


def _moved(box: Box, stands: Standing, *, by: Offset) -> Box:
    """A box where its coordinates lie off their place, wider by what is not known of that."""
    x, y = by.east / stands.width, by.north / stands.height
    wide, high = by.within / stands.width, by.within / stands.height
    return Box(box.west - x - wide, box.south - y - high, box.east - x + wide, box.north - y + high)


def rounding_of(lonlat: LonLat) -> Rounding:
    """The rounding of plain numbers by their shortest digits: zeros at the end are lost."""
    return Rounding(_half_unit(lonlat.longitude), _half_unit(lonlat.latitude))


def read_precision(given: str | float, *, latitude: float) -> Rounding:
    """Read a precision: degrees to each side (`0.005`), or a length (`30m`, `2km`).

    Args:
        given: a text, or degrees as a number.
        latitude: of the place, degrees north.

    Raises:
        InvalidRequest: it is no such text, nothing, or above one degree.
    """
    told = _PRECISION.fullmatch(given if isinstance(given, str) else f"{given:.9f}")
    number, unit = told.groups() if told else ("0", None)
    high = wide = float(number)
    if unit is not None:
        high *= (1000.0 if unit == "km" else 1.0) / METRES_PER_DEGREE
        wide = high / max(math.cos(math.radians(latitude)), 1e-3)
    if not 0.0 < high <= COARSEST_DEGREES:
        raise InvalidRequest(
            f"precision {str(given)[:60]!r} was asked; allowed are degrees above 0 up to"
            f" {COARSEST_DEGREES:g}, as in 0.005, or a length, as in 30m or 2km"
        )
    return Rounding(max(wide, LEAST_DEGREES), max(high, LEAST_DEGREES))


def _touched(low: float, high: float) -> range:
    return range(math.floor(low + _TOUCHED), math.ceil(high - _TOUCHED))


def _half_unit(degrees: float) -> float:
    exponent = Decimal(repr(float(degrees))).as_tuple().exponent
    places = -exponent if isinstance(exponent, int) else 0
    if degrees == int(degrees):
        places = 0
    return 0.5 * 10.0**-places
