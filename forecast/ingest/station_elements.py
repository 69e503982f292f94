"""Which column of a station table is which quantity, in which unit, and what stands for nothing."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from forecast.errors import DataError, InvalidRequest
from forecast.stations.names import observable, rain_sum
from forecast.stations.table import Heading
from forecast.units import converter
from forecast.variables import published, variable

ELEMENTS: Final[Mapping[str, tuple[str, str]]] = {
    "airtemperatureat2m": ("temperature_2m", "K"),
    "airtemperature": ("temperature_2m", "K"),
    "dewpointtemperatureat2m": ("dew_point_2m", "K"),
    "dewpointtemperature": ("dew_point_2m", "K"),
    "relativehumidity": ("relative_humidity_2m", "%"),
    "windspeedat10m": ("wind_speed_10m", "m s-1"),
    "windspeed": ("wind_speed_10m", "m s-1"),
    "winddirectionat10m": ("wind_direction_10m", "degree"),
    "winddirection": ("wind_direction_10m", "degree"),
    "cloudcovertotal": ("cloud_cover", "%"),
    "pressurereducedtomeansealevel": ("pressure_msl", "Pa"),
    "noncoordinatepressure": ("surface_pressure", "Pa"),
    **{
        f"totalprecipitationpast{hours}hour{'s' if hours > 1 else ''}": (rain_sum(hours), "kg m-2")
        for hours in (1, 3, 6, 12, 24)
    },
}
"""Element names of WMO BUFR table B as ecCodes writes them, with variable and unit."""

FILLS: Final = (
    *(-9999.0, -999.9, -999.0, -99.9, -99.0, 999.0, 999.9, 9999.0, 9999.9),
    *(99999.0, 999999.0, 999990.0, 999998.0, 32766.0, 32767.0, -32768.0),
)
"""Numbers that files write for no value; so taken only where no real value can be that number."""
_HUGE: Final = 1e19
TRACE: Final = -0.1
"""Precipitation too little to measure (kg m-2), WMO BUFR table B, 0 13 011."""

_AT: Final = re.compile(r"(.+?)\s*(?:@|\s)\s*(\d{4}-\d{1,2}-\d{1,2}.*)")


@dataclass(frozen=True, slots=True)
class Element:
    """A column of values.

    Attributes:
        column: as the file has it.
        name: the quantity.
        unit: unit of the column.
        wmo: whether the file uses the WMO's name for it.
        time: text of the time that the heading names, for tables with a column per time.
    """

    column: str
    name: str
    unit: str
    wmo: bool
    time: str | None = None


def element(heading: Heading) -> Element | None:
    """The quantity that a heading means; None where it means none.

    Raises:
        InvalidRequest: its unit is unknown or cannot be converted.
    """
    name, time = heading.name, None
    at = _AT.fullmatch(name)
    if at is not None:
        name, time = at[1], at[2].upper()
    found = meaning(name)
    if found is None:
        return None
    quantity, unit = found
    if heading.unit:
        unit = heading.unit
        require_convertible(unit, quantity, column=heading.column)
    return Element(heading.column, quantity, unit, name in ELEMENTS, time)


def meaning(name: str) -> tuple[str, str] | None:
    """Quantity and default unit of a name (lower case), or None."""
    if name in ELEMENTS:
        return ELEMENTS[name]
    if name in published() or re.fullmatch(r"precipitation_\d{1,2}h", name):
        return name, observable(name).units
    labels = {variable(entry).label_zh: entry for entry in published()}
    return (labels[name], observable(labels[name]).units) if name in labels else None


def require_convertible(unit: str, name: str, *, column: str) -> None:
    """Do nothing where a unit can become that of a quantity.

    Raises:
        InvalidRequest: it cannot; the sentence says which unit is expected.
    """
    try:
        converter(unit, observable(name).units)
    except DataError:
        raise InvalidRequest(
            f"column {column!r} gives {name} in {unit!r}; allowed are {observable(name).units} and"
            " units that convert to it"
        ) from None


def to_vocabulary(numbers: pd.Series, *, name: str, unit: str, wmo: bool) -> pd.Series:
    """Numbers in the unit of the vocabulary; fill values become NaN.

    Args:
        numbers: as the file has them.
        name: the quantity.
        unit: their unit.
        wmo: whether -0.1 of precipitation means a trace.
    """
    entry = observable(name)
    values = converter(unit, entry.units)(numbers)
    impossible = (values < entry.valid_min) | (values > entry.valid_max)
    is_rain = entry.cell_method == "sum"
    fill = np.isclose(numbers.to_numpy()[:, None], FILLS, rtol=0, atol=1e-6).any(axis=1)
    missing = (fill & (impossible | is_rain)) | (numbers.abs() >= _HUGE)
    if wmo and is_rain:
        values = values.mask(np.isclose(numbers, TRACE), 0.0)
    return values.mask(missing)
