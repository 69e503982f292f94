"""The chance of frost after each day ahead, for crops that must not meet one."""

import numpy as np
import xarray as xr

from forecast.advise.chances import MEMBER
from forecast.advise.profile.sowing import Sowing
from forecast.advise.weather import Weather
from forecast.agromet.frost import frost_chance_after

_MINIMUM = "temperature_2m_min"
_DAY = np.timedelta64(1, "D")


def frost_after(weather: Weather, sowing: Sowing) -> xr.DataArray | None:
    """Chance of frost after each day ahead, until the warmest of the year.

    A last day that the forecast cuts off is told by past years, as those behind it.

    Args:
        weather: with its season, whose past years tell of the days beyond the forecast.
        sowing: that asks for it.

    Returns:
        On the days ahead, missing where no past years are known; None where it is not asked.
    """
    if sowing.last_frost is None:
        return None
    wanted = weather.days.dates[weather.ahead].astype("datetime64[ns]")
    years = None if weather.season is None else weather.season.years
    if years is None or _MINIMUM not in years or _MINIMUM not in weather.daily:
        missing = np.full(wanted.size, np.nan, np.float32)
        return xr.DataArray(missing, dims="day", coords={"day": wanted})
    whole = weather.ahead if weather.days.complete[-1] else weather.ahead[:-1]
    lowest = weather.daily[_MINIMUM].isel(day=whole).reset_coords(drop=True)
    members = lowest if MEMBER in lowest.dims else lowest.expand_dims(MEMBER)
    lowest_of_years, last = years[_MINIMUM], _warmest(years[_MINIMUM])
    held = np.isin(lowest["day"].values, lowest_of_years["day"].values)
    limit = sowing.last_frost.limit_celsius
    told = frost_chance_after(
        _until(members.isel(day=held), last), _until(lowest_of_years, last), threshold=limit
    )
    return told.where(told["day"] <= last).reindex(day=wanted)


def _warmest(lowest: xr.DataArray) -> xr.DataArray:
    """The day that is warmest in the mean of the years, where frosts of spring end."""
    number = lowest.mean("year", skipna=True).argmax("day")
    return lowest["day"].values[0] + (number * _DAY).astype("timedelta64[ns]")


def _until(lowest: xr.DataArray, last: xr.DataArray) -> xr.DataArray:
    """Temperatures up to a day; what comes after is no frost of spring."""
    return lowest.where(lowest["day"] <= last, np.inf)
