"""Watering: the day, the amount and the rain that is counted on, by hand; what it began from."""

from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from forecast.advise.balancing import DayWater, FieldWater, Start
from forecast.advise.evaporating import reference
from forecast.advise.ground import Ground
from forecast.advise.irrigating import irrigation
from forecast.advise.profile import shipped_profile
from forecast.advise.situation import Situation
from forecast.advise.stages import Report
from forecast.agromet.crop_coefficients import soil_named
from forecast.errors import UnknownName
from tests.unit.advise.watered import field_weather

MAIZE = shipped_profile("maize.summer.haihe")
RICE = shipped_profile("rice.xiaozhan.ninghe")
TEA = shipped_profile("tea.cuilan.yuexi")
# 70 days after sowing the roots are at 1 m and Kc is 1.20; loam holds 130 mm in them
GROWN = Situation(sown=date(2025, 5, 2), soil="loam")
PAST, DAYS = 72, 15
HOURS = PAST + 24 * DAYS


def _rain(*amounts: tuple[int, float], members: int = 1) -> np.ndarray:
    """Rain (mm) in the first hour of days from today (0) on, [member, time]."""
    rain = np.zeros((members, HOURS))
    for day, amount in amounts:
        rain[:, PAST + 24 * day] = amount
    return rain


def _maize(rain: np.ndarray, depletion: float, situation: Situation = GROWN):
    ground = Ground(
        water_state=xr.Dataset({"root_zone_depletion": depletion, "root_depth": 1.0}),
        water_state_day=date(2025, 7, 10),
    )
    return irrigation(MAIZE, field_weather(rain), situation=situation, ground=ground)


def test_the_reference_is_that_of_example_18_of_fao_56() -> None:
    """Uccle, 6 July: 21.5/12.3 degC, 84/63 %, 2.78 m s-1 at 10 m, 22.07 MJ m-2; 3.88 mm."""
    weather = field_weather(np.zeros(HOURS))
    held = {
        "temperature_2m_max": 21.5,
        "temperature_2m_min": 12.3,
        "relative_humidity_2m_max": 84.0,
        "relative_humidity_2m_min": 63.0,
        "wind_speed_10m_mean": 10.0 / 3.6,
        "shortwave_down_sum": 22.07,
    }
    count = weather.days.dates.size
    daily = xr.Dataset({name: ("day", np.full(count, value)) for name, value in held.items()})
    hourly = weather.hourly.assign_coords(latitude=50.8, elevation=100.0)
    on_6_july = replace(weather.days, dates=np.full(count, "2025-07-06", "datetime64[D]"))
    found = reference(replace(weather, hourly=hourly, daily=daily, days=on_6_july))
    assert found[0, 0] == pytest.approx(3.88, abs=0.005)
    dew = xr.Dataset({**daily, "dew_point_2m_mean": ("day", np.full(count, 12.06))})
    of_dew = reference(replace(weather, hourly=hourly, daily=dew, days=on_6_july))
    assert of_dew[0, 0] == pytest.approx(3.88, abs=0.01)  # e(12.06 degC) is its 1.409 kPa


def test_water_is_needed_on_the_day_whose_end_finds_the_readily_available_used_up() -> None:
    """Chapter 8 by hand: RAW = (0.55 + 0.04 (5 - 1.2 ET0)) 130 mm; each day takes 1.2 ET0."""
    rain = _rain()
    et0 = reference(field_weather(rain))[0, PAST // 24 :]
    taken = 50.0 + np.cumsum(1.2 * et0)
    raw = (0.55 + 0.04 * (5.0 - 1.2 * et0)) * 130.0
    day = int(np.argmax(taken >= raw))
    found = _maize(rain, 50.0)
    assert (day, found.state, found.start) == (3, "amber", "kept")
    assert found.first == found.median == found.last == "2025-07-14"
    assert found.depletion_mm == 50.0
    assert found.readily_available_mm == pytest.approx(raw[0], abs=0.05)
    assert found.amount_mm == pytest.approx(taken[day], abs=0.05)
    assert found.amount_m3_per_mu == pytest.approx(taken[day] / 1.5, abs=0.05)


def test_a_field_that_is_dry_today_is_red_and_one_near_it_amber_and_a_wet_one_green() -> None:
    assert _maize(_rain(), 75.0).state == "red"
    wet_days = _rain(*((day, 6.0) for day in range(DAYS)))
    assert _maize(wet_days, 20.0).state == "green"
    near = _maize(wet_days, 61.0)  # RAW is 69 mm, four fifths of it 55 mm
    assert (near.state, near.median, near.amount_mm) == ("amber", None, None)


def test_the_range_of_days_is_that_of_the_members() -> None:
    """Two of ten have 30 mm today: 48.7 mm then take nine days of 5.54 mm, until the 19th."""
    rain = _rain(members=10)
    rain[:2, PAST] = 30.0
    found = _maize(rain, 50.0)
    assert (found.first, found.median, found.members) == ("2025-07-14", "2025-07-14", 10)
    assert found.last == "2025-07-19"


def test_rain_after_the_day_is_taken_off_where_six_of_ten_members_have_it() -> None:
    """Needed today; the day after brings 8 mm or more in six members, 20 mm in five."""
    rain = _rain(members=10)
    rain[:6, PAST + 24], rain[:5, PAST + 24] = 8.0, 20.0
    found = _maize(rain, 75.0)
    assert found.expected_rain_mm == 8.0
    dry = _maize(_rain(members=10), 75.0)
    assert found.amount_mm == pytest.approx(dry.amount_mm - 8.0, abs=0.11)
    rain[5, PAST + 24] = 0.0
    assert _maize(rain, 75.0).expected_rain_mm == 0.0


def test_a_single_forecast_tells_no_chance_so_no_rain_is_counted_but_the_day_is_named() -> None:
    found = _maize(_rain((2, 60.0))[0], 75.0)
    assert (found.members, found.expected_rain_mm) == (1, 0.0)
    assert (found.postpone, found.postpone_probability) == ("2025-07-13", None)


def test_a_likely_rain_that_covers_the_days_to_come_postpones_the_watering() -> None:
    """Needed on 14 July; 40 mm on the 16th in eight of ten members last until the 17th."""
    rain = _rain(members=10)
    rain[:8, PAST + 24 * 5] = 40.0
    found = _maize(rain, 50.0)
    assert (found.median, found.postpone, found.postpone_until) == (
        "2025-07-14",
        "2025-07-16",
        "2025-07-17",
    )
    assert found.postpone_probability == pytest.approx(0.8)
    # 50 mm and seven days of 5.5 mm (1.2 ET0) against RAW of 69 mm at the end of the 17th
    assert found.postpone_mm == pytest.approx(50.0 + 7 * 5.54 - 68.7, abs=1.5)
    rain[:8, PAST + 24 * 5] = 10.0
    assert _maize(rain, 50.0).postpone is None


def test_rain_that_may_come_before_the_day_is_named_from_three_members_of_ten_on() -> None:
    rain = _rain(members=10)
    rain[:4, PAST + 24 * 2] = 40.0
    found = _maize(rain, 50.0)
    assert (found.median, found.postpone) == ("2025-07-14", "2025-07-13")
    assert found.postpone_probability == pytest.approx(0.4)
    rain[2:4] = 0.0
    assert _maize(rain, 50.0).postpone is None


@pytest.mark.parametrize(
    ("p", "roots", "expected"),
    [(0.30, 0.4, (11, 20, 14)), (0.40, 0.8, (29, 54, 38)), (0.55, 1.2, (59, 112, 79))],
    ids=["onion", "tomato", "maize"],
)
def test_readily_available_water_is_that_of_example_36_of_fao_56(p, roots, expected) -> None:
    """Loamy sand, silt and silty clay of 90, 170 and 120 mm m-1, at 5 mm d-1 of the crop."""
    water = MAIZE.water.model_copy(
        update={"p": p, "zr_m": (roots, roots), "kc": (1.0, 1.0, 1.0), "flooded": False}
    )
    for held, mm in zip((0.09, 0.17, 0.12), expected, strict=True):
        soil = replace(soil_named("loam"), field_capacity=0.15 + held, wilting_point=0.15)
        field = FieldWater(water=water, soil=soil, begins=date(2025, 5, 2))
        one = np.ones((1, 1))
        days = DayWater(
            dates=np.array(["2025-07-11"], "datetime64[D]"), et0=5.0 * one, rain=0 * one
        )
        start = Start(kind="reported", day=date(2025, 7, 11), first=0, state=(0.0, roots))
        assert round(float(field.run(days, start).limit[0, 0])) == mm


def test_what_was_reported_wins_over_what_was_kept_and_that_over_the_model() -> None:
    """80 % of 0.25 leaves 0.05 missing in 1 m: 50 mm."""
    told = replace(GROWN, soil_moisture=80.0)
    reported = _maize(_rain(), 20.0, told)
    assert (reported.start, reported.start_day) == ("reported", "2025-07-11")
    assert reported.depletion_mm == pytest.approx(50.0)
    weather = field_weather(_rain())
    wet = Ground(model_soil_moisture=90.0)
    model = irrigation(MAIZE, weather, situation=GROWN, ground=wet)
    assert (model.start, model.depletion_mm) == ("model", pytest.approx(25.0))
    assumed = irrigation(MAIZE, weather, situation=GROWN)
    assert assumed.start == "assumed"
    assert assumed.depletion_mm == pytest.approx(0.5 * 0.55 * 130.0, abs=0.06)


def test_the_kept_state_is_run_through_the_days_since_and_else_not_used() -> None:
    """Two days of 1.2 ET0 since the end of 8 July; a day that is not at hand cuts the thread."""
    weather = field_weather(_rain())
    state = xr.Dataset({"root_zone_depletion": 20.0, "root_depth": 1.0})
    held = Ground(water_state=state, water_state_day=date(2025, 7, 8))
    found = irrigation(MAIZE, weather, situation=GROWN, ground=held)
    used = 1.2 * reference(weather)[0, 1 : PAST // 24].sum()
    assert (found.start, found.start_day) == ("kept", "2025-07-08")
    assert found.depletion_mm == pytest.approx(20.0 + used, abs=0.05)
    older = replace(held, water_state_day=date(2025, 7, 6))
    assert irrigation(MAIZE, weather, situation=GROWN, ground=older).start == "assumed"
    rain = _rain()
    rain[:, 30] = np.nan
    gap = irrigation(MAIZE, field_weather(rain), situation=GROWN, ground=held)
    assert gap.start == "assumed"


def test_nothing_is_said_out_of_season_or_without_days_and_neither_looks_like_no_need() -> None:
    weather = field_weather(_rain())
    early = replace(GROWN, sown=date(2025, 8, 1))
    assert irrigation(MAIZE, weather, situation=early).state == "not-applicable"
    wheat = shipped_profile("wheat.winter.haihe")
    assert irrigation(wheat, weather, situation=Situation()).state == "not-applicable"
    missing = field_weather(np.full((1, HOURS), np.nan))
    assert irrigation(MAIZE, missing, situation=GROWN).state == "no-data"
    bare = replace(weather, daily=weather.daily.drop_vars("shortwave_down_sum"))
    assert irrigation(MAIZE, bare, situation=GROWN).state == "no-data"
    none = MAIZE.model_copy(update={"water": None})
    assert irrigation(none, weather, situation=GROWN) is None
    with pytest.raises(UnknownName, match="peat"):
        irrigation(MAIZE, weather, situation=Situation(soil="peat"))


def test_a_day_that_has_begun_without_its_hours_leaves_the_balance_to_begin_tomorrow() -> None:
    begun = datetime(2025, 7, 10, 18, tzinfo=UTC)
    weather = field_weather(np.zeros(18 + 48), past_hours=0, now=begun)
    found = irrigation(MAIZE, weather, situation=replace(GROWN, soil_moisture=50.0))
    assert weather.days.complete.tolist() == [False, True, True]
    assert (found.state, found.median, found.start_day) == ("red", "2025-07-12", "2025-07-11")


def test_the_season_begins_as_told_or_as_fixed_or_as_is_usual_and_says_so() -> None:
    weather = field_weather(_rain())
    told = irrigation(MAIZE, weather, situation=GROWN)
    assert (told.season_begins, told.season_assumed) == ("2025-05-02", False)
    usual = irrigation(MAIZE, weather, situation=Situation())
    assert (usual.season_begins, usual.season_assumed) == ("2025-06-19", True)  # 06-08 to 06-30
    fixed = irrigation(TEA, weather, situation=Situation())
    assert (fixed.season_begins, fixed.season_assumed) == ("2025-02-20", False)
    # sowing in the nursery is not planting: 05-05 to 06-10 has its middle on 23 May
    nursery = irrigation(RICE, weather, situation=Situation(sown=date(2025, 4, 15)))
    assert (nursery.season_begins, nursery.season_assumed) == ("2025-05-23", True)
    planted = irrigation(RICE, weather, situation=Situation(sown=date(2025, 5, 30)))
    assert (planted.season_begins, planted.season_assumed) == ("2025-05-30", False)
    early = Report("jointing", date(2025, 7, 1))  # nine days before its calendar
    moved = irrigation(MAIZE, weather, situation=Situation(report=early))
    assert (moved.season_begins, moved.season_assumed) == ("2025-06-10", True)


def test_flooded_rice_is_watered_when_its_layer_falls_below_the_least_depth() -> None:
    """On clay 4 mm d-1 seep away and the crop takes Kc ET0; 30 mm stand, 10 mm are the least."""
    weather = field_weather(_rain())
    planted = Situation(sown=date(2025, 6, 10), soil="clay")  # Kc 1.05 on 11 July, day 31: 1.055
    found = irrigation(RICE, weather, situation=planted)
    assert (found.depletion_mm, found.readily_available_mm) == (30.0, 10.0)
    kc = 1.05 + 0.15 * np.arange(1, 16) / 30.0
    layer = 30.0 - np.cumsum(kc * reference(weather)[0, PAST // 24 :] + 4.0)
    day = int(np.argmax(layer <= 10.0))
    assert found.median == str(np.datetime64("2025-07-11") + day)
    assert found.amount_mm == pytest.approx(50.0 - layer[day], abs=0.05)
    dry = irrigation(RICE, weather, situation=replace(planted, soil_moisture=100.0))
    # at field capacity 0.36 the root zone of 0.5 m misses 57.5 mm to saturation 0.475
    assert (dry.state, dry.depletion_mm) == ("red", 0.0)
    assert dry.amount_mm == pytest.approx(50.0 + 57.5 + 1.055 * 4.62, abs=0.1)


@given(st.integers(0, 10_000), st.floats(0.0, 60.0), st.floats(0.0, 40.0), st.integers(0, 14))
@settings(max_examples=40, deadline=None)
def test_more_rain_never_makes_watering_earlier(seed, depletion, extra, day) -> None:
    random = np.random.default_rng(seed)
    rain = np.where(random.random((10, HOURS)) < 0.03, random.gamma(0.7, 8.0, (10, HOURS)), 0.0)
    wetter = rain.copy()
    wetter[::2, PAST + 24 * day] += extra
    for answer in ("first", "median", "last"):
        less, more = (getattr(_maize(one, depletion), answer) or "never" for one in (rain, wetter))
        assert more >= less
