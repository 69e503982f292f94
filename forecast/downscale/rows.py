"""What the kernel does to one cell's row of times, one function per kind of variable.

Every finishing function clips to the valid range, writes the float32 row and the packed int16
row. The last three numbers are always the smallest and the largest valid value and the packed
counts per unit. Formulas are those of `forecast.meteorology`; the tests hold the vector code to
them within 1e-5 of each unit's range.
"""

from __future__ import annotations

from forecast.downscale.lanes import LANES, Lanes, Row, row_function
from forecast.meteorology import MAGNUS_B, MAGNUS_C, MAGNUS_HPA, VAPOUR_RATIO
from forecast.units import ZERO_CELSIUS_K

HIGHEST_INDEX = 1.1
"""Largest clear-sky index: more is noise of a low sun."""

CALM = 1e-6
"""Below this component (m s-1) there is no direction."""

_DEGREES = 57.29577951308232
_ARCTANGENT = (
    0.0028662257,
    -0.0161657367,
    0.0429096138,
    -0.0752896400,
    0.1065626393,
    -0.1420889944,
    0.1999355085,
    -0.3333314528,
)
"""atan(x) / x - 1 in powers of x², error 2e-8 for |x| <= 1 (Abramowitz & Stegun 1964, 4.4.49)."""


@row_function(addresses=3, numbers=2, lanes=LANES)
def mix_two(row: Row) -> None:
    """Blend two nodes: addresses first, second, target; numbers their weights."""
    row.store(2, row.load(0) * row.number(0) + row.load(1) * row.number(1))


@row_function(addresses=5, numbers=4, lanes=LANES)
def mix_four(row: Row) -> None:
    """Blend four nodes: addresses of the nodes and the target; numbers their weights."""
    total = row.load(0) * row.number(0)
    for corner in (1, 2, 3):
        total = total + row.load(corner) * row.number(corner)
    row.store(4, total)


@row_function(addresses=4, numbers=5, lanes=LANES)
def plain(row: Row) -> None:
    """Blend: west, east, row, packed; weights, low, high, scale."""
    value = row.load(0) * row.number(0) + row.load(1) * row.number(1)
    _finish(row, value, (2, 3), 2)


@row_function(addresses=6, numbers=7, lanes=LANES)
def lifted(row: Row) -> None:
    """Blend and lift: values west, east, gradients west, east, row, packed.

    Numbers: weights, weights times the height difference, low, high, scale.
    """
    value = row.load(0) * row.number(0) + row.load(1) * row.number(1)
    value = value + row.load(2) * row.number(2) + row.load(3) * row.number(3)
    _finish(row, value, (4, 5), 4)


@row_function(addresses=6, numbers=5, lanes=LANES)
def lifted_inside(row: Row) -> None:
    """As `lifted`, for values that cannot leave the valid range: the last number is the scale."""
    value = row.load(0) * row.number(0) + row.load(1) * row.number(1)
    value = value + row.load(2) * row.number(2) + row.load(3) * row.number(3)
    row.store(4, value)
    row.pack(5, value, scale=row.number(4))


@row_function(addresses=8, numbers=9, lanes=LANES)
def lifted_in_two(row: Row) -> None:
    """Blend and lift by two gradients: values, far gradients, near gradients, row, packed.

    Numbers: weights, weights times the far part and times the near part of the height
    difference, low, high, scale.
    """
    value = row.load(0) * row.number(0)
    for stream in range(1, 6):
        value = value + row.load(stream) * row.number(stream)
    _finish(row, value, (6, 7), 6)


@row_function(addresses=4, numbers=3)
def not_above(row: Row) -> None:
    """The smaller of two rows: value, bound, row, packed."""
    _finish(row, row.load(0).at_most(row.load(1)), (2, 3), 0)


@row_function(addresses=5, numbers=5)
def not_below(row: Row) -> None:
    """Blend, but not below a row: west, east, bound, row, packed; weights first."""
    value = row.load(0) * row.number(0) + row.load(1) * row.number(1)
    _finish(row, value.at_least(row.load(2)), (3, 4), 2)


@row_function(addresses=6, numbers=6)
def humidity(row: Row) -> None:
    """Relative humidity (%) and vapour pressure deficit (kPa) of temperature and dew point.

    Addresses: temperature, dew point, humidity row, packed, deficit row, packed.
    """
    saturated, vapour = _saturation(row.load(0)), _saturation(row.load(1))
    _finish(row, vapour * 100.0 / saturated, (2, 3), 0)
    _finish(row, ((saturated - vapour) * 0.1), (4, 5), 3)


@row_function(addresses=8, numbers=7)
def pressure(row: Row) -> None:
    """Hypsometric pressure (hPa) at the height of the cell.

    p = exp(B[ln p] - g dz / (R_d T_v)), with the virtual temperature T_v = T / (1 - 0.378 e / p)
    of the middle of the layer (Wallace & Hobbs 2006, eq. 3.16 and 3.29).

    Addresses: ln p west, east, model temperature west, east, temperature, dew point, row, packed.
    Numbers: weights, g dz / R_d (K), 1 for moist or 0 for dry air, low, high, scale.
    """
    logarithm = row.load(0) * row.number(0) + row.load(1) * row.number(1)
    below = row.load(2) * row.number(0) + row.load(3) * row.number(1)
    layer = (below + row.load(4)) * 0.5 + ZERO_CELSIUS_K
    share = _saturation(row.load(5)) * row.number(3) / logarithm.exp()
    climb = row.number(2) * (_one(row) - share * (1.0 - VAPOUR_RATIO)) / layer
    _finish(row, (logarithm - climb).exp(), (6, 7), 4)


@row_function(addresses=6, numbers=5)
def direction(row: Row) -> None:
    """Direction the wind blows from (degrees) of u west, east, v west, east; calm is 0."""
    weights = row.number(0), row.number(1)
    eastward = row.load(0) * weights[0] + row.load(1) * weights[1]
    northward = row.load(2) * weights[0] + row.load(3) * weights[1]
    _finish(row, _from_direction(eastward, northward), (4, 5), 2)


@row_function(addresses=5, numbers=5, lanes=LANES)
def shared(row: Row) -> None:
    """Blend times a ratio: west, east, ratio, row, packed; weights first."""
    value = row.load(0) * row.number(0) + row.load(1) * row.number(1)
    _finish(row, value * row.load(2), (3, 4), 2)


@row_function(addresses=7, numbers=5)
def sunlit(row: Row) -> None:
    """Index and index times sun of whole-day intervals: index west, east, sun x, y, z, index, W.

    Numbers: weights, then the cell's unit normal.
    """
    index = row.load(0) * row.number(0) + row.load(1) * row.number(1)
    index = index.at_least(0.0).at_most(HIGHEST_INDEX)
    sun = row.load(2) * row.number(2) + row.load(3) * row.number(3) + row.load(4) * row.number(4)
    row.store(5, index)
    row.store(6, index * sun.at_least(0.0))


@row_function(addresses=3, numbers=3)
def seal(row: Row) -> None:
    """Clip, write and pack a row: value, row, packed."""
    _finish(row, row.load(0), (1, 2), 0)


def _finish(row: Row, value: Lanes, where: tuple[int, int], first: int) -> None:
    low, high, scale = (row.number(first + shift) for shift in range(3))
    inside = value.at_least(low).at_most(high)
    row.store(where[0], inside)
    row.pack(where[1], inside, scale=scale)


def _one(row: Row) -> Lanes:
    return row.number(0) * 0.0 + 1.0


def _saturation(temperature: Lanes) -> Lanes:
    """Saturation vapour pressure, hPa (Alduchov & Eskridge 1996)."""
    return (temperature * MAGNUS_B / (temperature + MAGNUS_C)).exp() * MAGNUS_HPA


def _from_direction(eastward: Lanes, northward: Lanes) -> Lanes:
    across, along = _size(eastward), _size(northward)
    larger = across.where(">", along, yes=across, no=along)
    smaller = across.where(">", along, yes=along, no=across)
    ratio = smaller / larger.at_least(1e-20)
    square = ratio * ratio
    series = square * _ARCTANGENT[0] + _ARCTANGENT[1]
    for coefficient in _ARCTANGENT[2:]:
        series = series * square + coefficient
    angle = (series * square + 1.0) * ratio * _DEGREES
    angle = across.where(">", along, yes=_minus(90.0, angle), no=angle)
    angle = northward.where(">", 0.0, yes=_minus(180.0, angle), no=angle)
    around = _minus(360.0, angle)
    around = around.where("<", 360.0, yes=around, no=0.0)
    angle = eastward.where(">", 0.0, yes=around, no=angle)
    calm = larger.where(">", -1.0, yes=0.0, no=larger)
    return larger.where(">", CALM, yes=angle, no=calm)


def _size(lanes: Lanes) -> Lanes:
    return lanes.where("<", 0.0, yes=lanes * -1.0, no=lanes)


def _minus(number: float, lanes: Lanes) -> Lanes:
    return lanes * -1.0 + number
