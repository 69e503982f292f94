"""Standing water counted by hand: depth, hours to drain, hours until entry, and how ground lies."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from forecast.advise.ground import Ground, ground_at
from forecast.advise.ponding import standing_water
from forecast.advise.profile import shipped_profile
from forecast.advise.situation import Situation
from forecast.advise.weather import Weather
from forecast.agromet.low_ground import gathering_ground
from forecast.errors import DataError, UnknownName
from tests.unit.advise.watered import field_weather

MAIZE = shipped_profile("maize.summer.haihe")
RICE = shipped_profile("rice.xiaozhan.ninghe")
CLAY = Situation(soil="clay")
LOW, OPEN = Ground(low_lying=True), Ground(low_lying=False)
PAST, HOURS = 72, 72 + 240


def _rain(*amounts: tuple[int, float], members: int = 1) -> np.ndarray:
    """Rain (mm) of hours from now (0 is the next) on, [member, time]."""
    rain = np.zeros((members, HOURS))
    for hour, amount in amounts:
        rain[:, PAST + hour] = amount
    return rain


def _still(rain: np.ndarray) -> Weather:
    """Weather of which no day's evaporation is known, so that none is counted."""
    weather = field_weather(rain)
    return replace(weather, daily=weather.daily.drop_vars("shortwave_down_sum"))


def test_fifty_millimetres_on_a_low_field_of_clay_by_hand() -> None:
    """0.3 mm h-1 soak in and 0.5 run off: 49.2 mm after an hour, not above 1 mm after 62."""
    found = standing_water(MAIZE, _still(_rain((0, 50.0))), situation=CLAY, ground=LOW)
    assert (found.state, found.members, found.begins) == ("red", 1, "2025-07-10T13:00:00Z")
    assert (found.depth_mm_p50, found.depth_mm_p90) == (49.2, 49.2)
    assert (found.hours_to_drain_p50, found.hours_to_drain_p90) == (61.0, 61.0)
    # of the excess e over field capacity q = 0.05^(1/48) is left each hour, 63 hours add 0.3 mm to
    # it, and one enters at 1e-4 of 108 mm
    left = 0.05 ** (1.0 / 48.0)
    excess = 0.3 * (1.0 - left**63) / (1.0 - left)
    drying = int(np.ceil(np.log(0.0108 / excess) / np.log(left)))
    assert found.hours_until_entry_p50 == 63 + drying
    assert (found.low_lying, found.soil_assumed, found.start) == (True, False, "assumed")


def test_ditches_of_open_ground_lead_two_millimetres_off_in_an_hour() -> None:
    weather = _still(_rain((0, 50.0)))
    found = standing_water(MAIZE, weather, situation=CLAY, ground=OPEN)
    assert (found.depth_mm_p50, found.hours_to_drain_p50) == (47.7, 21.0)  # 50 - 2.3 n
    unknown = standing_water(MAIZE, weather, situation=CLAY, ground=Ground(caveat=True))
    assert (unknown.hours_to_drain_p50, unknown.caveat) == (61.0, True)


def test_evaporation_of_the_day_takes_water_too() -> None:
    """4.6 mm d-1, 0.19 mm h-1 beside 0.8: 50 mm are down to 1 mm after 50 hours instead of 62."""
    found = standing_water(MAIZE, field_weather(_rain((0, 50.0))), situation=CLAY, ground=LOW)
    assert found.hours_to_drain_p50 == pytest.approx(49.0, abs=1.0)


def test_a_shower_that_is_gone_within_the_morning_is_no_standing_water() -> None:
    """3 mm: 2.2, 1.4 and 0.6 mm at the ends of the next hours; a sandy soil takes it all."""
    weather = _still(_rain((5, 3.0), members=12))
    found = standing_water(MAIZE, weather, situation=CLAY, ground=LOW)
    assert (found.state, found.probability, found.begins) == ("green", 0.0, None)
    assert (found.depth_mm_p50, found.hours_to_drain_p50) == (2.2, 2.0)
    sand = standing_water(MAIZE, weather, situation=Situation(soil="sand"), ground=LOW)
    assert (sand.depth_mm_p50, sand.hours_to_drain_p50) == (0.0, 0.0)


def test_the_chance_is_the_share_of_members_and_tells_the_light() -> None:
    rain = _rain(members=10)
    rain[:3, PAST + 10] = 50.0
    found = standing_water(MAIZE, _still(rain), situation=CLAY, ground=LOW)
    assert (found.state, found.begins) == ("amber", "2025-07-10T23:00:00Z")
    assert found.probability == pytest.approx(0.3)
    assert (found.depth_mm_p50, found.depth_mm_p90) == (0.0, 49.2)
    assert (found.hours_until_entry_p50, found.hours_to_drain_p90) == (0.0, 61.0)
    rain[:5, PAST + 10] = 50.0
    assert standing_water(MAIZE, _still(rain), situation=CLAY, ground=LOW).state == "red"
    one = standing_water(MAIZE, _still(rain[0]), situation=CLAY, ground=LOW)
    assert (one.state, one.probability, one.members) == ("red", None, 1)


def test_rain_of_the_day_before_yesterday_still_stands() -> None:
    """50 mm 48 hours ago less 0.8 mm an hour leave 11.6 mm now, for 14 hours."""
    found = standing_water(MAIZE, _still(_rain((-48, 50.0))), situation=CLAY, ground=LOW)
    assert (found.depth_mm_p50, found.begins) == (11.6, "2025-07-10T12:00:00Z")
    assert found.hours_to_drain_p50 == 14.0


def test_water_that_does_not_drain_within_the_days_ahead_has_no_hours() -> None:
    found = standing_water(MAIZE, _still(_rain((0, 200.0))), situation=CLAY, ground=LOW)
    assert (found.depth_mm_p50, found.hours_to_drain_p50, found.hours_until_entry_p50) == (
        199.2,
        None,
        None,
    )


def test_a_dry_soil_takes_more_before_it_is_too_wet_to_enter() -> None:
    """20 mm on loam, 3.4 mm h-1: at field capacity too wet, at 70 % of 75 mm still below it."""
    weather = _still(_rain((0, 20.0)))
    wet = standing_water(MAIZE, weather, situation=Situation(soil="loam"), ground=OPEN)
    assert wet.hours_until_entry_p50 > 24.0
    told = Situation(soil="loam", soil_moisture=70.0)
    reported = standing_water(MAIZE, weather, situation=told, ground=OPEN)
    # 22.5 mm of room: 3.4 mm soak in and 2 run off in an hour, so that it is gone after four
    assert (reported.start, reported.hours_until_entry_p50) == ("reported", 4.0)
    model = replace(OPEN, model_soil_moisture=70.0)
    loam = Situation(soil="loam")
    found = standing_water(MAIZE, weather, situation=loam, ground=model)
    assert (found.start, found.hours_until_entry_p50) == ("model", 4.0)
    state = xr.Dataset({"root_zone_depletion": 75.0, "root_depth": 1.0})
    kept = replace(OPEN, water_state=state, water_state_day=date(2025, 7, 10))
    found = standing_water(MAIZE, weather, situation=loam, ground=kept)
    assert (found.start, found.hours_until_entry_p50) == ("kept", 4.0)  # 22.5 mm in 0.3 m


def test_in_flooded_rice_only_water_above_the_bund_counts_and_nobody_waits_to_enter() -> None:
    """80 mm on a layer of 50: 0.5 mm h-1 run off and 4 mm d-1 seep, 100 mm after 45 hours."""
    found = standing_water(RICE, _still(_rain((0, 80.0))), situation=CLAY, ground=LOW)
    assert (found.flooded, found.state, found.hours_until_entry_p50) == (True, "red", None)
    assert found.depth_mm_p50 == pytest.approx(50.0 + 80.0 - 0.5 - 4.0 / 24.0, abs=0.05)
    assert found.hours_to_drain_p50 == 44.0
    light = standing_water(RICE, _still(_rain((0, 30.0))), situation=CLAY, ground=LOW)
    assert (light.state, light.hours_to_drain_p50) == ("green", 0.0)
    state = xr.Dataset({"ponded_depth": 10.0, "saturation_deficit": 0.0})
    kept = replace(LOW, water_state=state, water_state_day=date(2025, 7, 10))
    found = standing_water(RICE, _still(_rain((0, 80.0))), situation=CLAY, ground=kept)
    assert (found.start, found.state) == ("kept", "green")  # 10 + 80 mm stay below the bund


def test_the_warning_of_baodi_is_red_on_low_clay_with_hours_to_drain_and_until_entry() -> None:
    rain = _rain(members=51)
    rain[:, PAST + 2 : PAST + 8] = np.linspace(20.0, 80.0, 51)[:, np.newaxis] / 6.0
    found = standing_water(MAIZE, field_weather(rain), situation=CLAY, ground=LOW)
    assert (found.state, found.probability) == ("red", 1.0)
    assert 24.0 < found.hours_to_drain_p50 < found.hours_to_drain_p90 < 120.0
    assert found.hours_to_drain_p50 < found.hours_until_entry_p50 < found.hours_until_entry_p90


def test_missing_hours_are_no_data_and_no_rain_is_no_answer() -> None:
    rain = _rain((0, 50.0))
    rain[:, PAST] = np.nan
    assert standing_water(MAIZE, field_weather(rain), situation=CLAY).state == "no-data"
    weather = field_weather(_rain())
    bare = replace(weather, hourly=weather.hourly.drop_vars("precipitation"))
    assert standing_water(MAIZE, bare, situation=CLAY) is None
    with pytest.raises(UnknownName, match="peat"):
        standing_water(MAIZE, weather, situation=Situation(soil="peat"))
    wide = replace(weather, hourly=weather.hourly.expand_dims(cell=2))
    with pytest.raises(DataError, match="at a place"):
        standing_water(MAIZE, wide, situation=CLAY)


@given(st.integers(0, 10_000), st.floats(0.0, 80.0), st.integers(0, 160))
@settings(max_examples=30, deadline=None)
def test_more_rain_never_makes_the_water_shallower(seed: int, extra: float, hour: int) -> None:
    random = np.random.default_rng(seed)
    rain = np.where(random.random((5, HOURS)) < 0.05, random.gamma(0.7, 8.0, (5, HOURS)), 0.0)
    wetter = rain.copy()
    wetter[::2, PAST + hour] += extra
    less, more = (
        standing_water(MAIZE, field_weather(one), situation=CLAY, ground=LOW)
        for one in (rain, wetter)
    )
    assert more.probability >= less.probability
    assert more.depth_mm_p50 >= less.depth_mm_p50
    assert more.depth_mm_p90 >= less.depth_mm_p90


def _gathering(rise: float) -> xr.Dataset:
    """A valley of 21 x 21 cells that falls to the south; its flanks rise by so many m a cell."""
    axis = np.round(39.0 + 0.01 * np.arange(21), 2)
    fall, side = np.meshgrid(np.arange(21.0), np.abs(np.arange(21) - 10.0), indexing="ij")
    heights = xr.DataArray(
        0.1 * fall + rise * side, dims=("latitude", "longitude"), coords=[axis, axis + 78.0]
    )
    return gathering_ground(heights)


def test_a_plain_tells_no_low_ground_and_a_valley_does() -> None:
    """Flanks of 0.2 m a cell rise 1 m within 5 km, those of 10 m a cell 50 m."""
    plain = ground_at(_gathering(0.2), row=10, column=10, elevation=3.0)
    assert (plain.low_lying, plain.caveat, plain.elevation_m) == (None, True, 3.0)
    told = ground_at(_gathering(0.2), row=10, column=10, told=True)
    assert (told.low_lying, told.caveat) == (True, True)
    valley = _gathering(10.0)
    bottom = ground_at(valley, row=10, column=10)
    flank = ground_at(valley, row=10, column=15)
    assert (bottom.low_lying, flank.low_lying, flank.caveat) == (True, False, False)
    assert bottom.height_above_drainage_m == pytest.approx(0.0, abs=0.2)
    assert flank.height_above_drainage_m == pytest.approx(50.0, abs=0.5)
