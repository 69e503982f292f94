"""How much a wet harvest time harms ripe wheat (烂场雨): rain, sunshine and wet days together."""

from typing import Any, Final

import numpy as np
import xarray as xr

from forecast.agromet.timewise import along
from forecast.agromet.truth import ROUNDING

RAIN: Final = (80.0, 110.0, 130.0)
"""mm in the whole time from which it scores 1, 2 and 3."""
SUNSHINE: Final = (120.0, 110.0, 95.0)
"""Hours in the whole time down from which it scores 1, 2 and 3."""
WET_DAYS: Final = (8.0, 10.0, 13.0)
"""Days with rain in the whole time from which they score 1, 2 and 3."""
WET: Final = 0.1
"""mm from which a day is wet, as the climate of China counts them."""


def harvest_rain_score(
    rain: xr.DataArray,
    sunshine: xr.DataArray,
    *,
    daylight: xr.DataArray,
    within: xr.DataArray,
) -> xr.DataArray:
    """The score that the harvest time has certainly reached by each day, 0 to 9, float32.

    Rain, sunshine and wet days score 0 to 3 each over the whole time; the sum is light from 3, of
    middle strength from 5 and heavy above 6 (operational code of the agricultural meteorology of
    Henan, as the reference of this project quotes it, H10). Before the last day the sunshine that
    may still come counts as if all of it came, so that the score only rises and is that of the
    whole time on its last day.

    Args:
        rain: of each day, mm, any dims with `day`.
        sunshine: of each day, hours.
        daylight: longest possible sunshine of each day, hours, on `day`.
        within: whether each day belongs to the harvest time, on `day`.

    Returns:
        0 before the time and the last score after it; missing from the first missing day of it on.
    """

    def work(wet: Any, sun: Any, longest: Any, counts: Any) -> Any:
        fallen = np.cumsum(np.where(counts, wet, 0.0), axis=-1)
        days = np.cumsum(np.where(counts, _wet(wet), 0.0), axis=-1)
        shone = np.cumsum(np.where(counts, sun, 0.0), axis=-1)
        possible = np.where(counts, longest, 0.0)
        coming = possible.sum(axis=-1, keepdims=True) - np.cumsum(possible, axis=-1)
        score = _points(fallen, RAIN) + _points(days, WET_DAYS)
        score = score + _points(-(shone + coming), tuple(-limit for limit in SUNSHINE))
        begun = np.cumsum(counts, axis=-1) > 0
        return np.where(begun, score, np.where(np.isnan(score), score, 0.0)).astype(np.float32)

    return along(work, rain, sunshine, daylight, within, dim="day", dtype=np.float32)


def _wet(rain: Any) -> Any:
    return np.where(np.isnan(rain), np.nan, rain >= WET - ROUNDING)


def _points(amount: Any, limits: tuple[float, ...]) -> Any:
    points = sum((amount >= limit - ROUNDING).astype(np.float64) for limit in limits)
    return np.where(np.isnan(amount), np.nan, points)
