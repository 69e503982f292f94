"""All rules of a profile over a county of cells with members, beside plain xarray."""

import json
import subprocess
import sys
from datetime import date
from typing import Any

import numpy as np
import pytest
import xarray as xr

from forecast.advise.grading import grade_maps
from forecast.advise.profile import shipped_profile
from forecast.advise.situation import Situation
from forecast.advise.stages import Report
from forecast.advise.weather import Weather
from tests.support.benchmark import Measurements, cpu_seconds
from tests.support.commands import environment
from tests.support.data import ROOT
from tests.support.large_grades import block

CELLS, HOURS, MEMBERS = 200, 360, 20
MOST_RSS = 2e9
LEAST_GAIN = 1.5

TEA = shipped_profile("tea.cuilan.yuexi")
PLUCKED = Situation(report=Report("plucking", date(2025, 4, 10)))
"""A stage that was seen, so that the rule applies in every member."""


@pytest.fixture(scope="module")
def figures() -> dict[str, Any]:
    """The whole region in a process of its own, so that its memory is its own."""
    command = [sys.executable, "-m", "tests.support.large_grades"]
    sizes = [str(number) for number in (CELLS, HOURS, MEMBERS)]
    ended = subprocess.run(
        [*command, *sizes], cwd=ROOT, env=environment(), capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)


def test_all_rules_of_a_profile_over_a_county(
    figures: dict[str, Any], measurements: Measurements
) -> None:
    cells, cpu, parts = figures["cells"], figures["cpu"], figures["parts"]
    assert cells >= CELLS**2
    each = cpu / (cells * HOURS * MEMBERS * parts) * 1e9
    measurements.add(
        f"engine: all {parts} rules, windows and sowings of {figures['profile']} on a grid",
        f"{figures['threads'] * cells / cpu:.0f} cells/s on {figures['threads']} cores"
        f" ({each:.0f} ns CPU per cell, hour, member and rule)",
        wanted="–",
        how=f"{CELLS} x {CELLS} cells x {HOURS} hours x {MEMBERS} members, blocks of 16 x 16, daily"
        f" values included; {figures['seconds']:.0f} s by the clock, {cpu:.0f} s CPU",
    )
    measurements.add(
        "the same: peak memory of the process",
        f"{figures['peak_rss'] / 1e9:.2f} GB",
        wanted=f"≤ {MOST_RSS / 1e9:.0f} GB",
        how=f"two blocks at work, {figures['block_bytes'] / 1e6:.0f} MB of hours each",
    )
    assert figures["peak_rss"] <= MOST_RSS


def test_a_frost_rule_beside_plain_xarray(measurements: Measurements) -> None:
    weather = block(TEA, hours=HOURS, members=MEMBERS)
    (rule,) = [one for one in TEA.rules if one.id == "frost.spring"]
    limits = [(one.level, one.condition) for one in rule.levels]
    assert [level for level, _ in limits] == [1, 2, 3, 4]

    def ours() -> xr.DataArray:
        maps = grade_maps(TEA, weather, situation=PLUCKED, rules=[rule.id])
        return maps["probability_frost_spring"]

    def plain() -> xr.DataArray:
        return by_rolling(weather)

    found, wanted = ours(), plain()
    inside = {"day": slice(1, -1)}
    known = found.isel(inside).notnull()
    assert known.any()
    np.testing.assert_allclose(
        found.isel(inside).where(known).values,
        wanted.isel(inside).where(known).transpose(*found.dims).values,
        atol=1e-6,
    )
    ours_s, theirs_s = cpu_seconds(ours, repeats=2), cpu_seconds(plain, repeats=1)
    measurements.add(
        "frost of tea (4 levels, 2 counts in 24 h) on a grid beside xarray rolling and groupby",
        f"{theirs_s / ours_s:.1f} x ({theirs_s:.1f} s beside {ours_s:.2f} s)",
        wanted=f"≥ {LEAST_GAIN:g} x",
        how=f"16 x 16 cells x {HOURS} hours x {MEMBERS} members, one block; the same chances; ours"
        " with stages and unknowns",
    )
    assert theirs_s / ours_s >= LEAST_GAIN


def by_rolling(weather: Weather) -> xr.DataArray:
    """Chance of each level of the frost of tea, as one would write it with xarray alone."""
    # a value is what the store keeps of it: tenths of a degree
    warmth = (weather.hourly["temperature_2m"] * 10.0).round()
    cold = xr.concat(
        [
            warmth <= 40,
            (warmth <= 20).rolling(time=24, min_periods=1).sum() >= 2,
            (warmth <= 0).rolling(time=24, min_periods=1).sum() >= 2,
            warmth <= -20,
        ],
        dim="level",
    )
    # levels are nested: what reaches a level has reached those below
    nested = cold[::-1].cumsum("level")[::-1] > 0
    times = nested["time"] > np.datetime64(weather.now.replace(tzinfo=None), "ns")
    day = xr.DataArray(weather.days.dates[weather.days.number], dims="time", name="day")
    ahead = nested.assign_coords(day=day.astype("datetime64[ns]")).isel(time=times.values)
    return ahead.groupby("day").max().mean("realization")
