"""All rules of a profile over many cells, hours and members: how long, and in which memory.

python -m tests.support.large_grades CELLS HOURS MEMBERS [PROFILE]
"""

import json
import resource
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import dask
import numpy as np
import xarray as xr

from forecast.advise.grading import grade_maps
from forecast.advise.needing import needs
from forecast.advise.profile import CropProfile, shipped_profile
from forecast.advise.weather import Season, Weather
from forecast.service.advice.weather import days_of
from forecast.store.execution import execute, thread_count
from forecast.times import days

EDGE = 16
"""Cells along a block."""

NOW = "2025-04-10T00"
HOUR = np.timedelta64(1, "h")
CELLS = ("latitude", "longitude")
OUTER = (*CELLS, "realization", "time")


def block(profile: CropProfile, *, hours: int, members: int, edge: int = EDGE) -> Weather:
    """Changeable weather over a block of cells, in memory, as members of a cycle are read.

    Args:
        profile: whose quantities it holds, and whose days.
        hours: of the forecast; as many days as rules look back stand before them.
        members: of the ensemble.
        edge: cells along the block.
    """
    random = np.random.default_rng(3)
    wanted = needs(profile)
    past = -(-wanted.past_hours // 24) * 24
    times = np.datetime64(NOW, "ns") + np.arange(1 - past, hours + 1) * HOUR
    shape = (edge, edge, members, times.size)
    clock = np.cos(2 * np.pi * (np.arange(times.size) - 7) / 24).astype(np.float32)
    slow = np.repeat(random.normal(0.0, 3.0, (*shape[:3], times.size // 24 + 1)), 24, axis=-1)
    warm = np.float32(12.0) + 6.0 * clock + slow[..., : times.size].astype(np.float32)
    wind = np.abs(random.normal(3.0, 2.0, shape)).astype(np.float32)
    rows: dict[str, Any] = {
        "temperature_2m": warm,
        "wind_speed_10m": wind,
        "wind_gust_10m": 2.2 * wind,
        "precipitation": np.maximum(random.normal(-3.0, 3.0, shape), 0.0),
        "shortwave_down": 500.0 * np.clip(clock, 0.0, 1.0),
        "relative_humidity_2m": np.clip(random.normal(75.0, 20.0, shape), 5.0, 100.0),
    }
    named = dict.fromkeys((*wanted.hourly, *rows))
    fields = {
        name: (
            OUTER,
            np.array(np.broadcast_to(rows.get(name, 4.0 + 0.1 * wind), shape), np.float32),
        )
        for name in named
    }
    axes = {
        name: at + 0.01 * np.arange(edge) for name, at in zip(CELLS, (39.0, 117.0), strict=True)
    }
    hourly = xr.Dataset(fields, coords={"time": times, "realization": np.arange(members), **axes})
    issued = datetime.fromisoformat(NOW).replace(tzinfo=UTC)
    parted = days(times, boundary=profile.boundary, zone=profile.zone)
    return Weather(
        hourly=hourly,
        daily=xr.Dataset(),
        days=parted,
        zone=profile.zone,
        issued=issued,
        now=issued,
        season=_season(hourly, parted.dates, edge=edge),
    )


def judged(weather: Weather, profile: CropProfile) -> xr.Dataset:
    """Daily values of the hours, and all maps."""
    parted, names = weather.days, needs(profile).daily
    daily = days_of(weather.hourly, names, parted=parted)
    return grade_maps(profile, replace(weather, daily=daily))


def run(cells: int, hours: int, members: int, *, name: str) -> dict[str, Any]:
    """Judge blocks until so many cells along both edges are done, in threads, by dask.

    Args:
        cells: along the edge of the region.
        hours: of the forecast.
        members: of the ensemble.
        name: of the profile.
    """
    profile = shipped_profile(name)
    weather = block(profile, hours=hours, members=members)
    judged(weather, profile)
    count = -(-(cells**2) // EDGE**2)
    task = dask.delayed(judged, pure=False)
    begun, worked = time.perf_counter(), time.process_time()
    execute((_counted(task(weather, profile)) for _ in range(count)), deadline_s=3600.0)
    seconds, cpu = time.perf_counter() - begun, time.process_time() - worked
    return {
        "profile": profile.label,
        "parts": len(profile.rules) + len(profile.windows) + len(profile.sowing),
        "cells": count * EDGE**2,
        "seconds": seconds,
        "cpu": cpu,
        "threads": thread_count(),
        "block_bytes": int(weather.hourly.nbytes),
        "peak_rss": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    }


def _counted(maps: Any) -> Any:
    """A number of the maps in place of them, so that none are kept."""
    return dask.delayed(lambda found: int(found.nbytes), pure=False)(maps)


def _season(hourly: xr.Dataset, dates: Any, *, edge: int) -> Season:
    year = np.arange("2025-01-01", "2026-01-01", dtype="datetime64[D]").astype("datetime64[ns]")
    mean = np.interp(np.arange(365), [0, 110, 200, 364], [-4.0, 13.0, 27.0, -4.0])
    shape = (edge, edge, hourly.sizes["realization"], 365)
    ahead = np.isin(year.astype("datetime64[D]"), dates)
    noise = np.random.default_rng(4).normal(0.0, 2.0, shape) * ahead
    dims = (*CELLS, "realization", "day")
    fields = {
        f"temperature_2m_{key}": (dims, (mean + noise + shift).astype(np.float32))
        for key, shift in (("mean", 0.0), ("min", -5.0), ("max", 5.0))
    }
    return Season(days=xr.Dataset(fields, coords={"day": year}))


if __name__ == "__main__":
    edge, length, count, *rest = sys.argv[1:]
    told = run(int(edge), int(length), int(count), name=(rest or ["rice.xiaozhan.ninghe"])[0])
    sys.stdout.write(json.dumps(told))
