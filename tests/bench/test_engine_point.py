"""All advice of a profile at one place: 51 members for 15 days, in process."""

import time
from collections.abc import Callable
from statistics import median
from typing import Any

import numpy as np
import pytest

from forecast.advise.grading import grade_maps
from forecast.advise.judging import advise
from forecast.advise.profile import CropProfile, shipped_profile
from forecast.advise.weather import Weather
from tests.support.benchmark import Measurements
from tests.unit.advise.weathers import season, weather

MEMBERS = 51
AHEAD = 360

BOUND = 0.050
"""Seconds that all advice at a place may take (median)."""

LEAST = 3.0
"""How many times faster than a map of one cell, rule by rule on labelled arrays, it must be."""

YEAR = np.interp(np.arange(365), [0, 100, 200, 364], [-4.0, 13.0, 27.0, -4.0])


def _spring(profile: CropProfile, *, now: str, past: int) -> Weather:
    """Warm days, cool nights, showers and gusts that differ from member to member."""
    rng = np.random.default_rng(7)
    shape = (MEMBERS, past + AHEAD)
    day = np.sin((np.arange(shape[1]) % 24 - 1.0) / 24.0 * 2.0 * np.pi)
    hours: dict[str, Any] = {
        "temperature_2m": 12.0 + 6.0 * day + rng.normal(0.0, 2.0, shape),
        "relative_humidity_2m": np.clip(70.0 - 15.0 * day + rng.normal(0.0, 8.0, shape), 0, 100),
        "wind_speed_10m": np.abs(rng.normal(3.0, 1.5, shape)),
        "wind_gust_10m": np.abs(rng.normal(7.0, 3.0, shape)),
        "precipitation": np.where(rng.random(shape) < 0.06, rng.exponential(1.0, shape), 0.0),
        "delta_t": np.abs(rng.normal(4.0, 2.0, shape)),
        "cloud_cover": rng.uniform(0.0, 100.0, shape),
        "shortwave_down": np.maximum(600.0 * day, 0.0) * rng.uniform(0.3, 1.0, shape),
    }
    around = season(2025, tmean=YEAR, members=MEMBERS, years=20)
    return weather(profile, now=now, hours=hours, size=(past, AHEAD, MEMBERS), season=around)


def _seconds(work: Callable[[], object], *, repeats: int) -> float:
    """Median CPU time of one call, after one warm-up call."""
    work()
    spent = []
    for _ in range(repeats):
        start = time.process_time()
        work()
        spent.append(time.process_time() - start)
    return median(spent)


@pytest.mark.parametrize(
    ("name", "now", "past"),
    [
        ("rice.xiaozhan.ninghe", "2025-04-20T00", 192),
        ("tea.cuilan.yuexi", "2025-03-20T00", 72),
    ],
)
def test_all_advice_at_a_place_takes_less_than_50_milliseconds(
    name: str, now: str, past: int, measurements: Measurements
) -> None:
    profile = shipped_profile(name)
    given = _spring(profile, now=now, past=past)
    own = _seconds(lambda: advise(profile, given), repeats=21)
    labelled = _seconds(lambda: grade_maps(profile, given).load(), repeats=5)
    count = len(profile.rules) + len(profile.windows) + len(profile.sowing)
    how = (
        f"{count} rules, windows and sowings with reasons, timelines, water and stage dates;"
        f" {MEMBERS} members x {past + AHEAD} hours, median"
    )
    measurements.add(
        f"advice at a place, {name}",
        f"{own * 1e3:.0f} ms CPU",
        wanted=f"< {BOUND * 1e3:.0f} ms",
        how=how,
    )
    measurements.add(
        "the same beside a map of one cell, rule by rule on labelled arrays",
        f"{labelled / own:.1f} x faster ({labelled * 1e3:.0f} ms)",
        wanted=f">= {LEAST:.0f} x",
        how="xarray; states and chances only, without reasons, water and dates",
    )
    assert own < BOUND
    assert labelled >= LEAST * own
