"""Small global model runs with plausible weather, as real GRIB2 in the layouts of the sources."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import numpy as np

from tests.support import small_grib
from tests.support.small_grib import GFS, GFS_STATISTICS, STATISTICS, Values, Wanted

SPACING = 1.0
"""Degrees: coarse, but enough nodes around a small region."""

INSTANTS = ("2t", "2d", "10u", "10v", "sp", "msl", "tcc")
INTERVALS = ("tp", "ssrd", "strd", "10fg3")
STATIC = ("z", "lsm")

GRAVITY = 9.80665
HEIGHT_M = 20.0


def weather(wanted: Wanted, latitude: Values, longitude: Values) -> Values:
    """A mild showery day in the file's units; sums grow from the start of the interval."""
    wave = np.sin(np.radians(7 * longitude)) * np.cos(np.radians(5 * latitude))
    hours = wanted.step - (wanted.start or 0)
    warmth = 288.0 + 4.0 * np.sin(np.pi * (wanted.step - 2) / 12) + 2.0 * wave
    gfs = wanted.model == "gfs"
    amount = (0.3 + 0.2 * wave) * hours
    light = 300.0 + 0.0 * wave
    fields = {
        "2t": warmth,
        "2d": warmth - 5.0,
        "10u": 3.0 + wave,
        "10v": 2.0 - wave,
        "sp": 1.0e5 + 100.0 * wave,
        "msl": 1.0025e5 + 100.0 * wave,
        "prmsl": 1.0025e5 + 100.0 * wave,
        "tcc": (50.0 + 30.0 * wave) * (1.0 if gfs else 0.01),
        "tp": amount if gfs else 1e-3 * amount,
        "ssrd": light * 3600.0 * hours,
        "strd": (light + 20.0) * 3600.0 * hours,
        "sdswrf": light,
        "10fg3": 9.0 + wave,
        "gust": 9.0 + wave,
        "z": GRAVITY * HEIGHT_M + 0.0 * wave,
        "orog": HEIGHT_M + 0.0 * wave,
        "lsm": 1.0 + 0.0 * wave,
    }
    return fields[wanted.name]


def ecmwf(cycle: datetime, steps: Iterable[int]) -> list[bytes]:
    """The messages of an ECMWF run: instants, sums since the start, gusts of three hours."""
    messages = []
    for step in steps:
        names = (*INSTANTS, *(INTERVALS if step else STATIC))
        for name in names:
            start = (step - 3 if name == "10fg3" else 0) if name in STATISTICS else None
            each = Wanted(name=name, cycle=cycle, step=step, start=start)
            messages.append(small_grib.write(each, spacing=SPACING, field=weather))
    return messages


def gfs(cycle: datetime, steps: Iterable[int]) -> list[bytes]:
    """The messages of a GFS run: instants, sums and means since the last full six hours."""
    messages = []
    for step in steps:
        for name in GFS:
            if name in GFS_STATISTICS and not step:
                continue
            start = (step - 1) // 6 * 6 if name in GFS_STATISTICS else None
            each = Wanted(name=name, cycle=cycle, step=step, start=start, model="gfs")
            messages.append(small_grib.write(each, spacing=SPACING, field=weather))
    return messages


def write(path: Path, messages: Iterable[bytes]) -> Path:
    """Write messages one after another."""
    path.write_bytes(b"".join(messages))
    return path
