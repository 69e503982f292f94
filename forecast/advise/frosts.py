"""The chance of frost after each day ahead, for crops that must not meet one."""

import numpy as np
import xarray as xr

from forecast.advise.chances import MEMBER
from forecast.advise.place import Place
from forecast.advise.profile.sowing import Sowing
from forecast.agromet.frost import frost_chance_after

_MINIMUM = "temperature_2m_min"


def frost_after(place: Place, sowing: Sowing) -> xr.DataArray | None:
    """Chance of frost after each day ahead, until the warmest of the year.

    Args:
        place: with its season, whose past years tell of the days beyond the forecast.
        sowing: that asks for it.

    Returns:
        On the days ahead, missing where no past years are known; None where it is not asked.
    """
    if sowing.last_frost is None:
        return None
    weather = place.weather
    wanted = weather.days.dates[place.days].astype("datetime64[ns]")
    years = None if weather.season is None else weather.season.years
    if years is None or _MINIMUM not in years or _MINIMUM not in weather.daily:
        missing = np.full(wanted.size, np.nan, np.float32)
        return xr.DataArray(missing, dims="day", coords={"day": wanted})
    lowest = weather.daily[_MINIMUM].isel(day=place.days)
    members = lowest if MEMBER in lowest.dims else lowest.expand_dims(MEMBER)
    spring = _until_warmest(years[_MINIMUM])
    known = np.isin(wanted, spring["day"].values)
    limit = sowing.last_frost.limit_celsius
    told = frost_chance_after(members.isel(day=known), spring, threshold=limit)
    return told.reindex(day=wanted)


def _until_warmest(lowest: xr.DataArray) -> xr.DataArray:
    """Days up to the one that is warmest in the mean of the years."""
    place = lowest.mean("year", skipna=True).argmax("day").item()
    return lowest.isel(day=slice(place + 1))
