"""Maps of grades over a few cells: what each cell says is what advice at its place says."""

from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import pytest
import xarray as xr

from forecast.advise.grading import grade_maps
from forecast.advise.judging import Situation, advise
from forecast.advise.profile import CropProfile, shipped_profile
from forecast.advise.stages import Report
from forecast.advise.weather import Season, Weather
from forecast.errors import UnknownName
from forecast.query.daily import daily, derivable
from forecast.times import days
from tests.support.grade_maps import agrees
from tests.unit.advise.weathers import HOUR, MILD

RICE = shipped_profile("rice.xiaozhan.ninghe")
TEA = shipped_profile("tea.cuilan.yuexi")
COTTON = shipped_profile("cotton.spring.haihe")

ROWS, COLUMNS, MEMBERS = 2, 3, 12
CELLS = {"latitude": [39.005, 39.015], "longitude": [117.005, 117.015, 117.025]}


def cells(profile: CropProfile, *, now: str, members: int = MEMBERS, seed: int = 1) -> Weather:
    """Changeable weather, two days of it past: cold nights, showers and gusts, by cell and member.

    One cell has no rain at all and one no temperature, so that states differ.
    """
    random = np.random.default_rng(seed)
    past, ahead = 48, 150
    times = np.datetime64(now, "ns") + np.arange(1 - past, ahead + 1) * HOUR
    dims = ("realization", "time", "latitude", "longitude")
    shape = (members or 1, times.size, ROWS, COLUMNS)
    clock = np.cos(2 * np.pi * (np.arange(times.size) - 7) / 24)[:, np.newaxis, np.newaxis]
    slow = random.normal(0.0, 3.0, (shape[0], 1, ROWS, COLUMNS))
    rows = {name: np.broadcast_to(value, shape) for name, value in MILD.items()}
    rows["temperature_2m"] = 9.0 + 6.0 * clock + slow + random.normal(0.0, 1.0, shape)
    rows["wind_speed_10m"] = np.abs(random.normal(3.0, 2.0, shape))
    rows["wind_gust_10m"] = rows["wind_speed_10m"] * 2.2
    rows["precipitation"] = np.maximum(random.normal(-3.0, 3.0, shape), 0.0)
    rows["shortwave_down"] = 300.0 * np.clip(clock, 0.0, 1.0) + np.zeros(shape)
    fields = {name: (dims, np.array(row, np.float32)) for name, row in rows.items()}
    fields["precipitation"][1][:, :, 0, 1] = np.nan
    fields["temperature_2m"][1][:, :, 1, 2] = np.nan
    heights = (("latitude", "longitude"), np.arange(6.0).reshape(ROWS, COLUMNS))
    hourly = xr.Dataset(fields, coords={"time": times, "elevation": heights, **CELLS})
    hourly = hourly if members else hourly.isel(realization=0)
    zone, boundary = profile.zone, profile.boundary
    issued = datetime.fromisoformat(now).replace(tzinfo=UTC)
    return Weather(
        hourly=hourly,
        daily=daily(hourly, boundary=boundary, zone=zone, names=derivable(hourly)),
        days=days(times, boundary=boundary, zone=zone),
        zone=zone,
        issued=issued,
        now=issued,
        season=seasons(members),
    )


def seasons(members: int) -> Season:
    """A spring that is earlier in the east, alike in the members but for six days, and 5 years."""
    dates = np.arange("2025-01-01", "2026-01-01", dtype="datetime64[D]").astype("datetime64[ns]")
    mean = np.interp(np.arange(365), [0, 110, 200, 364], [-4.0, 13.0, 27.0, -4.0])
    wide = mean[:, np.newaxis, np.newaxis] + np.arange(COLUMNS) + np.zeros((1, ROWS, COLUMNS))
    wide[50, 0, 0] = np.nan
    dims = ("day", "latitude", "longitude")
    rows = {"mean": wide, "min": wide - 5.0, "max": wide + 5.0}
    fields = {
        f"temperature_2m_{name}": (dims, row.astype(np.float32)) for name, row in rows.items()
    }
    told = xr.Dataset(fields, coords={"day": dates, **CELLS})
    tilt = xr.DataArray(np.linspace(-4.0, 4.0, max(members, 1)), dims="realization")
    ahead = (told["day"] >= np.datetime64("2025-04-10")) & (
        told["day"] < np.datetime64("2025-04-16")
    )
    found = told + tilt.where(ahead, 0.0) if members else told
    years = told + xr.DataArray([-2.0, -1.0, 0.0, 1.0, 2.0], dims="year")
    origin = ("day", np.full(dates.size, "past"))
    return Season(days=found.astype(np.float32).assign_coords(origin=origin), years=years)


def at(given: Weather, row: int, column: int) -> Weather:
    """The weather of one cell."""
    here = {"latitude": row, "longitude": column}
    season = given.season
    assert season is not None
    assert season.years is not None
    own = replace(season, days=season.days.isel(here), years=season.years.isel(here))
    return replace(given, hourly=given.hourly.isel(here), daily=given.daily.isel(here), season=own)


@pytest.mark.parametrize("profile", [RICE, TEA, COTTON], ids=lambda profile: profile.id)
@pytest.mark.parametrize("members", [MEMBERS, 0])
def test_every_cell_of_a_map_says_what_advice_at_its_place_says(
    profile: CropProfile, members: int
) -> None:
    given = cells(profile, now="2025-04-10T00", members=members)
    seen = Situation(sown=date(2025, 4, 1)) if profile is COTTON else Situation()
    maps = grade_maps(profile, given, situation=seen)
    parts = (*profile.rules, *profile.windows, *profile.sowing)
    kinds = {field.attrs["rule_id"] for field in maps.data_vars.values() if "kind" in field.attrs}
    assert kinds == {part.id for part in parts}
    for row in range(ROWS):
        for column in range(COLUMNS):
            own = at(given, row, column)
            advice = advise(profile, own, situation=seen)
            agrees(maps, advice, own, row=row, column=column)


def test_the_states_of_the_cells_differ_so_that_the_comparison_says_something() -> None:
    maps = grade_maps(RICE, cells(RICE, now="2025-04-10T00"))
    cold = maps["state_nursery_cold_wind"]
    assert {-1, 1, 2} <= set(np.unique(cold.values).tolist())
    assert len(np.unique(maps["window_spray_drone"].values)) >= 2
    assert len(np.unique(maps["sowing_nursery_sowing"].values)) >= 2


def test_lazy_weather_gives_lazy_maps_that_compute_to_the_same() -> None:
    given = cells(TEA, now="2025-04-10T00")
    assert given.season is not None
    plain = grade_maps(TEA, given)
    cut = {"latitude": 1, "longitude": 2}
    lazy = replace(
        given,
        hourly=given.hourly.chunk(cut),
        daily=given.daily.chunk(cut),
        season=replace(given.season, days=given.season.days.chunk(cut)),
    )
    found = grade_maps(TEA, lazy)
    assert all(field.chunks is not None for field in found.data_vars.values())
    xr.testing.assert_equal(found.compute(), plain)


def test_a_stage_that_was_reported_holds_in_all_cells() -> None:
    given = cells(TEA, now="2025-04-10T00")
    summer = Situation(report=Report("summer", date(2025, 4, 10)))
    told = grade_maps(TEA, given, situation=summer, rules=["frost.spring"])["state_frost_spring"]
    plain = grade_maps(TEA, given, rules=["frost.spring"])["state_frost_spring"]
    # the first cell has no sum of warmth, so its stage after that day is not known
    others = {"day": slice(0, 3), "latitude": 1}
    assert np.unique(told.isel(others).values).tolist() == [-2]
    assert -2 not in np.unique(plain.isel(others).values).tolist()


def test_only_the_rules_that_are_named_are_judged() -> None:
    given = cells(RICE, now="2025-04-10T00")
    maps = grade_maps(RICE, given, rules=["spray_drone"])
    assert set(maps.data_vars) == {"window_spray_drone", "begins_spray_drone"}
    with pytest.raises(UnknownName, match="spray_dron"):
        grade_maps(RICE, given, rules=["spray_dron"])


def test_attributes_say_what_a_code_means_in_both_languages() -> None:
    maps = grade_maps(TEA, cells(TEA, now="2025-04-10T00"), rules=["frost.spring", "pluck"])
    frost = maps["state_frost_spring"].attrs
    assert frost["flag_values"].tolist() == [-2, -1, 0, 1, 2, 3, 4]
    assert frost["flag_meanings"].split()[:4] == ["not_applicable", "no_data", "none", "level_1"]
    assert frost["labels_zh"].split("; ")[2:5] == ["无", "轻度霜冻", "中度霜冻"]
    assert frost["rule_id"] == "frost.spring"
    assert frost["profile"] == TEA.label
    assert maps["window_pluck"].attrs["flag_meanings"].split()[-3:] == ["red", "amber", "green"]
    assert maps["state_frost_spring"].dims == ("day", "latitude", "longitude")
    assert maps.attrs["day_boundary"] == "20:00+08:00"
