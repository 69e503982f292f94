"""What stations are and what they may observe: kinds, columns and names that files use for them."""

import re
from collections.abc import Mapping
from dataclasses import replace
from difflib import get_close_matches
from functools import cache
from typing import Final

from forecast.errors import UnknownName
from forecast.variables import Variable, published, variable

KINDS: Final = ("synop", "csv", "thermometer")
"""Where observations come from: WMO messages, a table, a person's own instrument."""

LOWEST_STATION_M, HIGHEST_STATION_M = -450.0, 9000.0
"""From below the shore of the Dead Sea to above every summit."""

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "station": ("station", "station_id", "wmo_station_id", "id", "站号", "区站号", "站点"),
    "latitude": ("latitude", "lat", "纬度"),
    "longitude": ("longitude", "lon", "经度"),
    "elevation": ("elevation", "heightofstation", "altitude", "alt_m", "height", "海拔"),
    "time": (
        *("time", "valid_time", "data_datetime", "datetime", "date_time", "timestamp"),
        *("时间", "观测时间", "日期时间"),
    ),
    "name": ("name", "station_name", "站名", "名称"),
}
"""Spellings read for each column, lower case."""

_RAIN_SUM = re.compile(r"precipitation_(\d{1,2})h")
_LONGEST_SUM_H = 24
_RAIN_RECORD_MM = 1825.0
"""Largest 24 h rain on record: Foc-Foc, La Reunion, 1966 (WMO Archive of Weather Extremes)."""


@cache
def observable(name: str) -> Variable:
    """What is known of a quantity that stations observe: unit, limits, decimals.

    These are the published variables of the vocabulary and `precipitation_2h` to
    `precipitation_24h`: the rain (mm) of so many hours up to the time of the observation.

    Raises:
        UnknownName: stations do not observe that; near names are listed.
    """
    if name in published():
        return variable(name)
    found = _RAIN_SUM.fullmatch(name)
    if found is not None and 2 <= int(found[1]) <= _LONGEST_SUM_H and found[1][0] != "0":
        hourly = variable("precipitation")
        most = min(int(found[1]) * hourly.valid_max, _RAIN_RECORD_MM)
        return replace(hourly, name=name, valid_max=most)
    near = get_close_matches(name, published(), n=3, cutoff=0.5)
    hint = f"; did you mean {', '.join(near)}?" if near else ""
    raise UnknownName(f"observations of {name!r} were asked; stations do not have them{hint}")


def rain_sum(hours: int) -> str:
    """Name of the rain of so many hours: `precipitation`, or `precipitation_6h`.

    Args:
        hours: 1 to 24.
    """
    return "precipitation" if hours == 1 else f"precipitation_{hours}h"
