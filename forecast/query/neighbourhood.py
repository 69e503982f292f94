"""A probability from one forecast alone: how often its neighbours in space and time exceed.

A single forecast is less sure of the place and the hour of a shower than of the shower. The share
of the model's own cells around, some hours early and late, is a rough probability (Theis et al.
2005, Meteorol. Appl. 12, 257; neighbourhood methods: Schwartz & Sobash 2017, Mon. Weather Rev.
145, 3397). It knows nothing of what this one run got wrong as a whole, so it is another thing
than the share of the members of an ensemble: it carries its own name, and how many independent
members it is worth at most.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import xarray as xr

from forecast.errors import DataError, InvalidRequest
from forecast.parameters import chosen
from forecast.query.events import Condition
from forecast.query.rolling import windowed
from forecast.variables import variable

METHOD: Final = "neighbourhood of one forecast"

WIDTHS: Final = (3, 5)
"""Cells across: 3 x 3 or 5 x 5 of the model's own."""

LONGEST_SHIFT_H: Final = 6
ALLOWED: Final = ("precipitation", "snowfall_water", "wind_gust_10m", "cloud_cover")
"""Temperature and what hangs on it differ from cell to cell by height, not by chance."""

_KM_PER_DEGREE: Final = 111.2
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False, kw_only=True)
class NeighbourhoodProbability:
    """A probability from the neighbourhood of one forecast.

    Attributes:
        condition: what was asked.
        values: share of the cells and hours that meet it [time]; NaN where none is known.
        samples: cells and hours behind each value [time].
        members_equivalent: independent members that it is worth at most.
        width: cells across.
        hours: hours early and late.
        method: always `METHOD`; never that of an ensemble.
    """

    condition: Condition
    values: Floats
    samples: npt.NDArray[np.int32]
    members_equivalent: float
    width: int
    hours: int
    method: str = METHOD


def neighbourhood_probability(
    field: xr.DataArray, condition: Condition, *, place: tuple[float, float], hours: int = 3
) -> NeighbourhoodProbability:
    """Share of the cells around a place, some hours early and late, that meet a condition.

    3 x 3 cells where they are 20 km or wider, else 5 x 5. A sum over several hours is worked out
    in each cell first and then moved in time as a whole. Beyond the edges of the field and of
    the forecast there is nothing: fewer samples, and told.

    Args:
        field: the unperturbed forecast on its own grid, hourly, on time, latitude, longitude.
        condition: on one of `ALLOWED`, whose values the field holds.
        place: longitude and latitude, degrees.
        hours: early and late, 0 to 6.

    Raises:
        InvalidRequest: another variable, more hours, or a place outside the field.
        DataError: the field has members or other dims.
    """
    _refuse(field, condition, hours=hours)
    width = cells_across(field)
    ordered = field.transpose("time", "latitude", "longitude")
    around = _around(ordered, place=place, width=width)
    cells = around.values.reshape(around.sizes["time"], -1).T
    judged = windowed(cells, condition.statistic, hours=condition.over_hours)
    known = ~np.isnan(judged)
    hits = _within(condition.met(judged).sum(axis=0), hours)
    samples = _within(known.sum(axis=0), hours)
    share = np.divide(hits, samples, out=np.full(hits.shape, np.nan), where=samples > 0)
    return NeighbourhoodProbability(
        condition=condition,
        values=share.astype(np.float32),
        samples=samples,
        members_equivalent=_worth(field, width=width, hours=hours),
        width=width,
        hours=hours,
    )


def cells_across(field: xr.DataArray) -> int:
    """Cells across a neighbourhood: 3 where they are 20 km or wider, else 5."""
    return WIDTHS[0] if _spacing_km(field) >= chosen("neighbourhood_wide_cell") else WIDTHS[1]


def _spacing_km(field: xr.DataArray) -> float:
    return float(np.median(np.diff(field["latitude"].values))) * _KM_PER_DEGREE


def _worth(field: xr.DataArray, *, width: int, hours: int) -> float:
    """Squares and hours over which the model's own errors are as one, in the neighbourhood."""
    across = width * _spacing_km(field) / chosen("neighbourhood_decorrelation")
    along = (2 * hours + 1) / chosen("neighbourhood_decorrelation_time")
    return round(max(across, 1.0) ** 2 * max(along, 1.0), 1)


def _around(ordered: xr.DataArray, *, place: tuple[float, float], width: int) -> xr.DataArray:
    """The cells around the one nearest to a place; fewer at the edge of the field."""
    longitude, latitude = place
    east = (ordered["longitude"].values - longitude + 180.0) % 360.0 - 180.0
    north = ordered["latitude"].values - latitude
    row, column = int(np.abs(north).argmin()), int(np.abs(east).argmin())
    step = _spacing_km(ordered) / _KM_PER_DEGREE
    if abs(north[row]) > step or abs(east[column]) > step:
        raise InvalidRequest(
            f"the neighbourhood of {longitude} E, {latitude} N was asked; the forecast does not"
            " cover it"
        )
    reach = width // 2
    return ordered.isel(
        latitude=slice(max(row - reach, 0), row + reach + 1),
        longitude=slice(max(column - reach, 0), column + reach + 1),
    )


def _within(counts: npt.NDArray[np.integer], hours: int) -> npt.NDArray[np.int32]:
    """Counts of the hours early and late, added."""
    padded = np.pad(counts.astype(np.int32), hours)
    views = np.lib.stride_tricks.sliding_window_view(padded, 2 * hours + 1)
    return np.asarray(views.sum(axis=-1, dtype=np.int32))


def _refuse(field: xr.DataArray, condition: Condition, *, hours: int) -> None:
    if condition.variable not in ALLOWED:
        raise InvalidRequest(
            f"a neighbourhood probability of {variable(condition.variable).label_en} was asked;"
            f" allowed are {', '.join(ALLOWED)}: others differ between cells by height"
        )
    if not 0 <= hours <= LONGEST_SHIFT_H:
        raise InvalidRequest(
            f"a neighbourhood of {hours} h early and late was asked; allowed are 0 to"
            f" {LONGEST_SHIFT_H} h"
        )
    if set(field.dims) != {"time", "latitude", "longitude"}:
        raise DataError(
            f"a field with the dims {field.dims} was given for a neighbourhood; allowed are time,"
            " latitude and longitude of one forecast"
        )
