"""What the kernel does to one cell's row of times, one function per kind of variable.

Every finishing function clips to the valid range, writes the float32 row and the packed int16
row. The last three numbers are always the smallest and the largest valid value and the packed
counts per unit. Formulas are those of `forecast.meteorology`; the tests hold the vector code to
them within 1e-5 of each unit's range.
"""

from __future__ import annotations

from forecast.downscale import formulas
from forecast.downscale.formulas import clear_sky_emissivity, direction_from, saturation
from forecast.downscale.lanes import LANES, Lanes, Row, row_function
from forecast.meteorology import SNOW_SHARE, STEFAN_BOLTZMANN, VAPOUR_RATIO
from forecast.parameters import chosen
from forecast.units import ZERO_CELSIUS_K

HIGHEST_INDEX = 1.1
"""Largest clear-sky index: more is noise of a low sun."""

LARGEST_EMISSIVITY = chosen("longwave_largest_emissivity")
"""Of the sky, at the height of the cell, unless the model itself has more."""

_STEEPEST_EXPONENT = 60.0


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


@row_function(addresses=3, numbers=1, lanes=LANES)
def added(row: Row) -> None:
    """Add a row times a number: row, what is added, target."""
    row.store(2, row.load(0) + row.load(1) * row.number(0))


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
    saturated, vapour = saturation(row.load(0)), saturation(row.load(1))
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
    share = saturation(row.load(5)) * row.number(3) / logarithm.exp()
    climb = row.number(2) * (_one(row) - share * (1.0 - VAPOUR_RATIO)) / layer
    _finish(row, (logarithm - climb).exp(), (6, 7), 4)


@row_function(addresses=6, numbers=5)
def direction(row: Row) -> None:
    """Direction the wind blows from (degrees) of u west, east, v west, east; calm is 0."""
    weights = row.number(0), row.number(1)
    eastward = row.load(0) * weights[0] + row.load(1) * weights[1]
    northward = row.load(2) * weights[0] + row.load(3) * weights[1]
    _finish(row, direction_from(eastward, northward), (4, 5), 2)


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


@row_function(addresses=4, numbers=1)
def wet_bulb(row: Row) -> None:
    """Wet bulb: temperature, dew point, pressure, target; the number is the psychrometer's."""
    warm = row.load(0)
    cooling = row.load(2) * row.number(0)
    row.store(3, formulas.wet_bulb(warm, row.load(1).at_most(warm), cooling=cooling))


@row_function(addresses=6, numbers=5)
def snow(row: Row) -> None:
    """Precipitation times the share of snow by wet bulb plus the model's departure from it.

    Addresses: departure west, east, wet bulb, precipitation, row, packed; weights first.
    """
    departure = row.load(0) * row.number(0) + row.load(1) * row.number(1)
    factor, rate, shift = SNOW_SHARE
    exponent = ((row.load(2) + shift) * rate).at_most(_STEEPEST_EXPONENT)
    melting = exponent.at_least(-_STEEPEST_EXPONENT).exp() * factor + 1.0
    share = (departure + _one(row) / melting).at_least(0.0).at_most(1.0)
    _finish(row, row.load(3) * share, (4, 5), 2)


@row_function(addresses=18, numbers=7)
def longwave(row: Row) -> None:
    """Longwave radiation (W m-2) at the height of the cell, as far as a gate is open.

    L_f = L (T_f / T)^4 + (eps_f - eps) sigma T_f^4, eps of the cloudless sky (Fiddes & Gruber
    2014, Geosci. Model Dev. 7, 387, eq. 8 to 10): what cloud adds stays the same emissivity.
    Interpolated only, where temperature or dew point is missing.

    Addresses: radiation, gate, temperature, its far and near gradient, dew point, its far and
    near gradient, each west and east; row, packed. Numbers: weights, far and near part of the
    height difference, low, high, scale.
    """
    plain, gate, warm, far, near, dew, dew_far, dew_near = (_mixed(row, n) for n in range(8))
    fine = warm + far * row.number(2) + near * row.number(3)
    moist = dew.at_most(warm)
    fine_moist = (dew + dew_far * row.number(2) + dew_near * row.number(3)).at_most(fine)
    ratio = (fine + ZERO_CELSIUS_K) / (warm + ZERO_CELSIUS_K)
    square = (fine + ZERO_CELSIUS_K) * (fine + ZERO_CELSIUS_K)
    black = square * square * STEFAN_BOLTZMANN
    scaled = plain * ratio * ratio * ratio * ratio
    clear = clear_sky_emissivity(warm, moist)
    lifted = scaled + (clear_sky_emissivity(fine, fine_moist) - clear) * black
    bound = (black * LARGEST_EMISSIVITY).at_least(scaled)
    value = (plain + gate * (lifted - plain)).at_most(bound)
    _finish(row, value.where(">", -1.0, yes=value, no=plain), (16, 17), 4)


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


def _mixed(row: Row, pair: int) -> Lanes:
    """Blend the rows of the western and the eastern column."""
    west, east = row.load(2 * pair), row.load(2 * pair + 1)
    return west * row.number(0) + east * row.number(1)
