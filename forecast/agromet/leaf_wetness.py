"""Hours in which leaves are likely wet, from humidity and rain: a proxy, and told as one."""

import numpy as np
import xarray as xr

from forecast.agromet.truth import UNKNOWN, YES, any_of, compare
from forecast.parameters import chosen


def leaf_is_wet(humidity: xr.DataArray, rain: xr.DataArray) -> xr.DataArray:
    """Whether leaves are wet in an hour, three-valued: humid enough, or rain.

    A kilometre forecast knows light rain and sun too badly for more than "favourable weather"
    (Fukui's test of a leaf-blast model on a 1 km mesh); it carries `proxy` in its attributes.

    Args:
        humidity: relative humidity at 2 m, %, hourly; at or above `leaf_wetness_humidity` is wet.
        rain: of the hour, mm; above `leaf_wetness_rain` is wet.
    """
    humid = compare(humidity, chosen("leaf_wetness_humidity"), operator=">=")
    rained = compare(rain, chosen("leaf_wetness_rain"), operator=">")
    return any_of(humid, rained).assign_attrs(
        long_name="leaf wetness from humidity and rain", proxy="true", units="1"
    )


def hours_of(truth: xr.DataArray, *, dim: str = "time") -> xr.DataArray:
    """Hours in which a condition holds, float32; missing where any hour is unknown.

    Args:
        truth: three-valued, hourly, the hours of one day or period.
        dim: the dim of time.
    """
    known = (truth != UNKNOWN).all(dim)
    return (truth == YES).sum(dim).astype(np.float32).where(known)
