"""Past years to the scenario: a made-up climate over the default regions, as an operator's file.

No station and no analysis stands behind it. A cosine of the year, warmer and flatter in the south,
is chosen so that the crops of the scenario stand in April where their papers have them: at 31 N
and 300 m the effective sum above 7 degC from 20 February reaches 153.6 degC d, first plucking of
tea, about the end of March, and at 900 m buds swell about 10 April; at 39.4 N the mean of five days
passes 10 degC in the first half of April. On it lie warm and cold years, spells of a few days, and
rain by day, with a smaller range of the temperature on wet days.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import xarray as xr

from forecast.agromet.radiation import extraterrestrial
from forecast.ingest.scenario.relief import LATITUDE, LONGITUDE, relief
from forecast.regions import data_path
from forecast.variables import variable

FIRST_YEAR: Final = 2005
YEARS: Final = 20
SEED: Final = 20050101
NAME: Final = "past-years.nc"

NODES_N: Final = (28.5, 30.0, 31.5, 38.5, 40.5)
NODES_E: Final = (105.5, 107.75, 115.5, 117.25, 118.5)
"""Nodes around the default regions; what lies between them is not theirs."""

TITLE: Final = "SIMULATED past years of a made-up climate, no observation"
SOURCE: Final = "the bundled scenario of zhitian"
_VERSION: Final = 2

_SOUTH, _NORTH = 31.0, 39.4
"""Latitudes between which the numbers below change linearly."""
_MEAN: Final = (18.3, 13.0)
"""Mean of the year at sea level, degC."""
_SWING: Final = (11.6, 15.0)
"""Half of what the cosine of the year spans, K."""
_COLDEST_DAY: Final = (12.0, 13.0)
_LAPSE: Final = 6.5e-3
"""K m-1."""
_SPELL: Final = (2.6, 3.0)
"""Standard deviation of a day about the year, K; a fifth more in winter."""
_SPELL_MEMORY: Final = 0.72
"""Correlation from one day to the next."""
_YEAR: Final = 0.55
"""Standard deviation from year to year, K."""
_HALF_RANGE: Final = (4.3, 5.6)
"""Half of the daily range on a dry day, K."""
_WET_RANGE: Final = 0.6
_WET_SHARE: Final = ((0.30, 0.08), (0.42, 0.32))
"""Share of wet days in winter and in summer, each in the south and the north."""
_AMOUNT: Final = ((5.0, 1.5), (14.0, 11.0))
"""Mean rain of a wet day, mm, likewise."""
_RAIN_MEMORY: Final = 0.35
_SUNSHINE: Final = (0.65, 0.12)
"""Share of the longest possible sunshine on dry and on wet days."""
_ANGSTROM: Final = (0.25, 0.50)
"""Share of the radiation above the atmosphere without sunshine, and what full sunshine adds
(FAO-56, eq. 35)."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Calendar:
    """Days of the file: dates, day of the year, year from 0, and the warmth of the season."""

    dates: npt.NDArray[np.datetime64]
    number: Floats
    year: npt.NDArray[np.intp]
    summer: Floats  # 0 in mid January, 1 in mid July


def write_past(directory: Path | str) -> Path:
    """Write the past years, unless they are there already.

    Daily lowest, highest and mean temperature, rain and radiation of 20 years on 5 x 5 nodes,
    netCDF of the form that docs/conventions.md describes, with the attribute `simulated`.

    Args:
        directory: made if absent.

    Returns:
        The file, under 2 MB.
    """
    path = Path(directory) / NAME
    if _is_there(path):
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    table = past_years()
    encoding = {
        name: {
            "dtype": "int16",
            "scale_factor": 0.1,
            "_FillValue": -32768,
            "zlib": True,
            "complevel": 4,
            "shuffle": True,
            "chunksizes": (table.sizes["time"], 1, 1),
        }
        for name, field in table.items()
        if "time" in field.dims
    }
    table.to_netcdf(part, engine="netcdf4", encoding=encoding)
    part.replace(path)
    return path


def past_years() -> xr.Dataset:
    """The past years as a dataset on time, latitude and longitude; the same whenever it is made."""
    calendar = _calendar()
    random = np.random.default_rng(SEED)
    north = np.repeat(np.array(NODES_N), len(NODES_E))
    height = _heights()
    mean = _means(calendar, north, random) - _LAPSE * height.ravel()
    rain = _rain(calendar, north, random)
    half = _between(_HALF_RANGE, north) * np.where(rain > 0.0, _WET_RANGE, 1.0)
    fields = {
        "temperature_2m_min": mean - half,
        "temperature_2m_max": mean + half,
        "temperature_2m_mean": mean,
        "precipitation_sum": rain,
        "shortwave_down_sum": _radiation(calendar, north, rain),
    }
    shape = (calendar.dates.size, len(NODES_N), len(NODES_E))
    dims = ("time", "latitude", "longitude")
    table = xr.Dataset(
        {
            name: (dims, np.round(values, 1).reshape(shape), variable(name).attributes())
            for name, values in fields.items()
        },
        coords={
            "time": calendar.dates.astype("datetime64[ns]"),
            "latitude": list(NODES_N),
            "longitude": list(NODES_E),
        },
        attrs={"title": TITLE, "source": SOURCE, "simulated": "true", "version": _VERSION},
    )
    table["elevation"] = (dims[1:], np.round(height, 1), {"units": "m"})
    return table


def _calendar() -> _Calendar:
    dates = np.arange(f"{FIRST_YEAR}-01-01", f"{FIRST_YEAR + YEARS}-01-01", dtype="datetime64[D]")
    begins = dates.astype("datetime64[Y]")
    number = (dates - begins.astype("datetime64[D]")) / np.timedelta64(1, "D") + 1.0
    year = begins.astype(np.intp) + 1970 - FIRST_YEAR
    summer = 0.5 - 0.5 * np.cos(2.0 * np.pi * (number - 15.0) / 365.25)
    return _Calendar(dates, number, year, summer)


def _between(ends: tuple[float, float], north: Floats) -> Floats:
    """A number of the south and the north at a latitude, and beyond."""
    share = (north - _SOUTH) / (_NORTH - _SOUTH)
    return ends[0] + (ends[1] - ends[0]) * share


def _means(calendar: _Calendar, north: Floats, random: np.random.Generator) -> Floats:
    """Daily mean at sea level [day, node]."""
    turn = calendar.number[:, np.newaxis] - _between(_COLDEST_DAY, north)
    year = _between(_MEAN, north) - _between(_SWING, north) * np.cos(2.0 * np.pi * turn / 365.25)
    warm_years = random.normal(0.0, _YEAR, YEARS)[calendar.year]
    spells = _remembering(random, 2, calendar.dates.size, memory=_SPELL_MEMORY)
    share = np.clip((north - _SOUTH) / (_NORTH - _SOUTH), 0.0, 1.0)
    south, north_of = np.sqrt(1.0 - share), np.sqrt(share)
    both = spells[0][:, np.newaxis] * south + spells[1][:, np.newaxis] * north_of
    size = _between(_SPELL, north) * (1.2 - 0.4 * calendar.summer[:, np.newaxis])
    return np.asarray(year + warm_years[:, np.newaxis] + both * size)


def _rain(calendar: _Calendar, north: Floats, random: np.random.Generator) -> Floats:
    """Rain of the day, mm [day, node]: where a remembering number is in its upper share."""
    latent = _remembering(random, north.size, calendar.dates.size, memory=_RAIN_MEMORY).T
    summer = calendar.summer[:, np.newaxis]
    share, amount = (
        _between(winter, north) * (1.0 - summer) + _between(warm, north) * summer
        for winter, warm in (_WET_SHARE, _AMOUNT)
    )
    order = _normal_share(latent)
    excess = np.clip((order - (1.0 - share)) / share, 0.0, 1.0 - 1e-6)
    rain = -amount * np.log1p(-excess)
    return np.where(order > 1.0 - share, np.maximum(rain, 0.1), 0.0)


def _radiation(calendar: _Calendar, north: Floats, rain: Floats) -> Floats:
    """Shortwave radiation of the day, MJ m-2 [day, node], by whether it is wet."""
    above = extraterrestrial(north, calendar.number[:, np.newaxis])
    dry, wet = _SUNSHINE
    share = _ANGSTROM[0] + _ANGSTROM[1] * np.where(rain > 0.0, wet, dry)
    return np.asarray(above * share)


def _remembering(random: np.random.Generator, rows: int, days: int, *, memory: float) -> Floats:
    """Standard normal numbers [row, day], each remembering the one before."""
    steps = random.standard_normal((rows, days))
    made = np.empty_like(steps)
    made[:, 0] = steps[:, 0]
    fresh = np.sqrt(1.0 - memory**2)
    for day in range(1, days):
        made[:, day] = memory * made[:, day - 1] + fresh * steps[:, day]
    return made


def _normal_share(values: Floats) -> Floats:
    """Share of a standard normal below a number, by the logistic form of Page (1977)."""
    return np.asarray(1.0 / (1.0 + np.exp(-1.5976 * values - 0.070566 * values**3)))


def _heights() -> Floats:
    """Height of the scenario's model surface at the nodes, m [latitude, longitude]."""
    surface = relief(data_path("terrain")).elevation
    rows = [int(np.argmin(np.abs(LATITUDE - north))) for north in NODES_N]
    columns = [int(np.argmin(np.abs(LONGITUDE - east))) for east in NODES_E]
    return surface[np.ix_(rows, columns)]


def _is_there(path: Path) -> bool:
    """Whether the file is whole and of this version."""
    try:
        with xr.open_dataset(path, engine="netcdf4") as held:
            return int(held.attrs["version"]) == _VERSION
    except (OSError, ValueError, KeyError):
        return False
