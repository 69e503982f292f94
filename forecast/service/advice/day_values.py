"""Daily values of hours that stand last in their dims, as `query.daily` makes them."""

from collections.abc import Iterable, Mapping

import numpy as np
import xarray as xr

from forecast.query.reduction import (
    LEAST_SHARE,
    first_times,
    hours_needed,
    reduce_days,
    source_of,
    statistic_of,
)
from forecast.times import Days
from forecast.variables import variable


def day_values(
    hours: Mapping[str, xr.Variable], names: Iterable[str], *, parted: Days
) -> dict[str, xr.Variable]:
    """Reduce hours to days, each name in the dims of its own hours.

    Args:
        hours: hourly variables of the vocabulary on (…, time).
        names: daily names, no directions; those whose hours are not at hand are left out.
        parted: how the hours part into days.

    Returns:
        float32 on (…, day), NaN where too few of the hours are known.
    """
    begins = first_times(parted)
    made: dict[str, xr.Variable] = {}
    for name in names:
        source = hours.get(source_of(name))
        if source is None:
            continue
        values = reduce_days(
            np.asarray(source.data),
            statistic=statistic_of(name),
            needed=hours_needed(name, parted, least_share=LEAST_SHARE),
            begins=begins,
            axis=source.ndim - 1,
        )
        made[name] = xr.Variable((*source.dims[:-1], "day"), values, variable(name).attributes())
    return made
