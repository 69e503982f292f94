"""Small real GRIB2 messages in the shape that ECMWF and NOAA give to theirs."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

import eccodes
import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]
Field = Callable[["Wanted", Values, Values], Values]

STATISTICS = {"tp": 1, "ssrd": 1, "strd": 1, "sf": 1, "10fg": 2, "10fg3": 2}
"""ECMWF parameters over an interval with their typeOfStatisticalProcessing."""

GFS = {
    "2t": (0, 0, 0, 103, 2),
    "2d": (0, 0, 6, 103, 2),
    "10u": (0, 2, 2, 103, 10),
    "10v": (0, 2, 3, 103, 10),
    "sp": (0, 3, 0, 1, 0),
    "prmsl": (0, 3, 1, 101, 0),
    "tcc": (0, 6, 1, 10, 0),
    "tp": (0, 1, 8, 1, 0),
    "sdswrf": (0, 4, 192, 1, 0),
    "gust": (0, 2, 22, 1, 0),
    "orog": (0, 3, 5, 1, 0),
    "lsm": (2, 0, 0, 1, 0),
}
"""GFS parameters: discipline, category, number, type and value of the level."""

GEFS = {
    **{name: GFS[name] for name in ("2t", "2d", "10u", "10v", "sp", "tp", "sdswrf", "orog")},
    "2r": (0, 1, 1, 103, 2),
}
"""GEFS parameters, likewise."""

GFS_STATISTICS = {"tp": 1, "sdswrf": 0}
TYPICAL = {"2t": 285.0, "2d": 278.0, "sp": 1.0e5, "msl": 1.01e5, "prmsl": 1.01e5, "tcc": 0.5}


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """One message to write: hours since the cycle, interval from `start` where there is one."""

    name: str
    cycle: datetime
    step: int
    start: int | None = None
    member: int | None = None
    model: str = "ifs"


def typical(wanted: Wanted, latitude: Values, longitude: Values) -> Values:
    """A smooth field that differs by parameter, step and member."""
    wave = np.sin(np.radians(longitude)) * np.cos(np.radians(latitude))
    base = TYPICAL.get(wanted.name, 3.0)
    return base * (1 + 0.01 * wave + 1e-4 * wanted.step + 1e-5 * (wanted.member or 0))


def write(wanted: Wanted, *, spacing: float = 10.0, field: Field = typical) -> bytes:
    """Write one global message on a regular grid (north to south, from 0° E, simple packing)."""
    handle = eccodes.codes_grib_new_from_samples("regular_ll_sfc_grib2")
    try:
        _grid(handle, spacing)
        eccodes.codes_set(handle, "dataDate", int(f"{wanted.cycle:%Y%m%d}"))
        eccodes.codes_set(handle, "dataTime", wanted.cycle.hour * 100)
        if wanted.model == "gfs":
            _gfs(handle, wanted)
        else:
            _ecmwf(handle, wanted)
        rows, columns = round(180 / spacing) + 1, round(360 / spacing)
        latitude = np.linspace(90, -90, rows)[:, None]
        longitude = np.arange(columns)[None, :] * spacing
        values = field(wanted, latitude, longitude)
        eccodes.codes_set(handle, "bitsPerValue", 12)
        shaped = np.broadcast_to(values, (rows, columns))
        eccodes.codes_set_values(handle, shaped.ravel().astype(float))
        return bytes(eccodes.codes_get_message(handle))
    finally:
        eccodes.codes_release(handle)


def ecmwf_step(
    cycle: datetime,
    step: int,
    *,
    names: Iterable[str] = (),
    members: Iterable[int | None] = (None,),
) -> list[bytes]:
    """All messages of a small ECMWF step: instants, sums since the start, 10fg3 of three hours."""
    wanted = names or ("10u", "z", "2t", "tp", "2d", "sp", "10v", "tcc", "ssrd", "msl", "10fg3")
    messages = []
    for name in wanted:
        if (name == "z" and step) or (name in STATISTICS and not step):
            continue
        start = (step - 3 if name == "10fg3" else 0) if name in STATISTICS else None
        for member in members:
            each = Wanted(name=name, cycle=cycle, step=step, start=start, member=member)
            messages.append(write(each))
    return messages


def gfs_step(cycle: datetime, step: int) -> list[bytes]:
    """All messages of a small GFS step: six-hour buckets, then the sum since the start."""
    bucket = (step - 1) // 6 * 6
    messages = []
    for name in GFS:
        if name in GFS_STATISTICS and not step:
            continue
        starts = (bucket, 0) if name == "tp" else (bucket,)
        for start in starts if name in GFS_STATISTICS else (None,):
            each = Wanted(name=name, cycle=cycle, step=step, start=start, model="gfs")
            messages.append(write(each))
    return messages


def gefs_step(cycle: datetime, step: int, *, members: Iterable[int]) -> list[bytes]:
    """All messages of a small GEFS step, member by member: six-hour buckets."""
    bucket = (step - 1) // 6 * 6
    messages = []
    for member in members:
        for name in GEFS:
            if name in GFS_STATISTICS and not step:
                continue
            start = bucket if name in GFS_STATISTICS else None
            each = Wanted(
                name=name, cycle=cycle, step=step, start=start, member=member, model="gfs"
            )
            messages.append(write(each))
    return messages


def _grid(handle: int, spacing: float) -> None:
    keys = {
        "Ni": round(360 / spacing),
        "Nj": round(180 / spacing) + 1,
        "latitudeOfFirstGridPointInDegrees": 90,
        "latitudeOfLastGridPointInDegrees": -90,
        "longitudeOfFirstGridPointInDegrees": 0,
        "longitudeOfLastGridPointInDegrees": 360 - spacing,
        "iDirectionIncrementInDegrees": spacing,
        "jDirectionIncrementInDegrees": spacing,
    }
    for key, value in keys.items():
        eccodes.codes_set(handle, key, value)


def _ecmwf(handle: int, wanted: Wanted) -> None:
    member = wanted.member
    eccodes.codes_set(handle, "centre", "ecmf")
    eccodes.codes_set(handle, "tablesVersion", 32)
    eccodes.codes_set(handle, "setLocalDefinition", 1)
    eccodes.codes_set(handle, "class", "od" if wanted.model == "ifs" else "ai")
    eccodes.codes_set(handle, "stream", "oper" if member is None else "enfo")
    eccodes.codes_set(handle, "type", "fc" if member is None else "pf" if member else "cf")
    over_interval = wanted.start is not None
    ensemble = member is not None
    template = {(False, False): 0, (False, True): 1, (True, False): 8, (True, True): 11}
    eccodes.codes_set(handle, "productDefinitionTemplateNumber", template[over_interval, ensemble])
    eccodes.codes_set(handle, "shortName", wanted.name)
    _steps(handle, wanted)
    if ensemble:
        eccodes.codes_set(handle, "numberOfForecastsInEnsemble", 51)
        eccodes.codes_set(handle, "perturbationNumber", member)


def _gfs(handle: int, wanted: Wanted) -> None:
    discipline, category, number, kind, level = {**GFS, **GEFS}[wanted.name]
    eccodes.codes_set(handle, "centre", "kwbc")
    eccodes.codes_set(handle, "tablesVersion", 2)
    ensemble = wanted.member is not None
    template = {(False, False): 0, (False, True): 1, (True, False): 8, (True, True): 11}
    over_interval = wanted.start is not None
    eccodes.codes_set(handle, "productDefinitionTemplateNumber", template[over_interval, ensemble])
    if ensemble:
        eccodes.codes_set(handle, "typeOfEnsembleForecast", 3 if wanted.member else 1)
        eccodes.codes_set(handle, "perturbationNumber", wanted.member)
        eccodes.codes_set(handle, "numberOfForecastsInEnsemble", 30)
    if over_interval:
        eccodes.codes_set(handle, "typeOfStatisticalProcessing", GFS_STATISTICS[wanted.name])
    for key, value in (
        ("discipline", discipline),
        ("parameterCategory", category),
        ("parameterNumber", number),
        ("typeOfFirstFixedSurface", kind),
        ("scaleFactorOfFirstFixedSurface", 0),
        ("scaledValueOfFirstFixedSurface", level),
    ):
        eccodes.codes_set(handle, key, value)
    _steps(handle, wanted)


def _steps(handle: int, wanted: Wanted) -> None:
    text = str(wanted.step) if wanted.start is None else f"{wanted.start}-{wanted.step}"
    eccodes.codes_set(handle, "stepRange", text)
