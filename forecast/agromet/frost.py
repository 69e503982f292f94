"""When the last frost of spring is over, from members for the days ahead and past years beyond."""

import numpy as np
import xarray as xr

from forecast.agromet.timewise import along
from forecast.errors import DataError


def frost_chance_after(
    members: xr.DataArray, years: xr.DataArray, *, threshold: float
) -> xr.DataArray:
    """Chance that the lowest temperature falls to a threshold on any day after each day.

    Members tell of the days that they cover, past years of the days beyond; what comes after is
    taken as independent of the member: 1 - (1 - P members)(1 - P years). The day itself does not
    count: its night is over when one plants.

    Args:
        members: lowest temperature of the day, degC, dims (realization, day, …), the days ahead.
        years: the same of past springs laid on the same calendar, dims (year, day, …), its days
            from the first of the members or before to the end of the season.
        threshold: degC; at or below it is frost.

    Returns:
        Chance 0 to 1 on the days from the first of the members on, `day` as in `years`; missing
        where no member or no year is known throughout.

    Raises:
        DataError: the days of the members are not among those of the years.
    """
    days = years["day"].values
    ahead = members["day"].values
    if not np.isin(ahead, days).all():
        raise DataError("chance of frost was asked of days that the past years do not cover")
    beyond = years.where(years["day"] > ahead[-1], np.inf)
    season = years["day"] >= ahead[0]
    known = members.reindex(day=days[days >= ahead[0]], fill_value=np.inf)
    soon = _share_after(known, threshold, over="realization")
    later = _share_after(beyond.isel(day=np.flatnonzero(season.values)), threshold, over="year")
    chance = 1.0 - (1.0 - soon) * (1.0 - later)
    attributes = {"long_name": "chance of frost after the day", "units": "1"}
    return chance.astype(np.float32).assign_attrs(attributes)


def last_frost(lowest: xr.DataArray, *, threshold: float) -> xr.DataArray:
    """Date of the last day at or below a threshold; NaT where there is none or a day is missing.

    Args:
        lowest: lowest temperature of the day, degC, any dims with `day` and its dates; the part
            of the year that counts as spring.
        threshold: degC.
    """
    dates = lowest["day"].values.astype("datetime64[ns]")

    def work(data: np.ndarray) -> np.ndarray:
        cold = data <= threshold + 1e-4
        last = data.shape[-1] - 1 - np.argmax(cold[..., ::-1], axis=-1)
        known = cold.any(axis=-1) & ~np.isnan(data).any(axis=-1)
        return np.where(known, dates[last], np.datetime64("NaT", "ns"))

    return along(work, lowest, dim="day", dtype="datetime64[ns]", keeps=False)


def safe_from(chance: xr.DataArray, *, at_most: float) -> xr.DataArray:
    """First day after which the chance of frost is at most a limit; NaT where none is.

    The "80 % guarantee date" of Chinese practice is the one with at most 0.2.

    Args:
        chance: from `frost_chance_after`, any dims with `day`.
        at_most: 0 to 1.
    """
    dates = chance["day"].values.astype("datetime64[ns]")

    def work(data: np.ndarray) -> np.ndarray:
        # the chance only falls from day to day, so the first is the first for good
        safe = data <= at_most + 1e-6
        first = np.argmax(safe, axis=-1)
        known = safe.any(axis=-1) & ~np.isnan(data).any(axis=-1)
        return np.where(known, dates[first], np.datetime64("NaT", "ns"))

    return along(work, chance, dim="day", dtype="datetime64[ns]", keeps=False)


def _share_after(lowest: xr.DataArray, threshold: float, *, over: str) -> xr.DataArray:
    """Share of members or years with a frost after each day, of those known to the end."""

    def work(data: np.ndarray) -> np.ndarray:
        coming = np.full(data.shape, np.inf, dtype=data.dtype)
        coming[..., :-1] = np.minimum.accumulate(data[..., :0:-1], axis=-1)[..., ::-1]
        frost = (coming <= threshold + 1e-4).astype(np.float32)
        return np.where(np.isnan(coming), np.float32(np.nan), frost)

    frosts = along(work, lowest, dim="day", dtype=np.float32)
    return frosts.mean(over, skipna=True)
