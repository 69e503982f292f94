"""The dual coefficient against a season of pyfao56; state that resumes; water that is kept."""

import csv
from pathlib import Path

import dask.array as da
import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from forecast.agromet.crop_coefficients import (
    Crop,
    Soil,
    coefficient_on,
    crop_named,
    soil_named,
    table_of_crops,
)
from forecast.agromet.single_coefficient import single_coefficient
from forecast.agromet.water_balance import (
    STATE,
    dual_coefficient,
    initial_state,
    reported_moisture,
)
from forecast.errors import DataError, UnknownName
from forecast.meteorology import wind_speed_at_2m

COTTON = Crop(
    stages=(31, 52, 50, 21),
    kc=(0.35, 1.15, 0.60),
    kcb=(0.15, 1.20, 0.573),
    height=(0.05, 1.20),
    roots=(0.60, 1.70),
    depletion=0.65,
)
SANDY = Soil(
    field_capacity=0.225,
    wilting_point=0.10,
    saturation=0.45,
    readily=9.0,
    layer=0.1143,
    conductivity=10.9,
)
COMPARED = {
    "kc": "crop_coefficient",
    "ke": "evaporation_coefficient",
    "taw": "available_water",
    "raw": "readily_available_water",
    "ks": "stress_coefficient",
    "eta": "evapotranspiration",
    "dp": "deep_percolation",
    "dr": "root_zone_depletion",
    "de": "surface_depletion",
    "zr": "root_depth",
}


def _table() -> dict[str, np.ndarray]:
    path = Path(__file__).with_name("data") / "maricopa_cotton_2013.csv"
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    return {name: np.array([float(row[name]) for row in rows]) for name in rows[0] if name != "day"}


def _season() -> xr.Dataset:
    """Cotton at Maricopa, 2013, little irrigation."""
    table = _table()
    days = np.datetime64("2013-04-23", "ns") + np.arange(200) * np.timedelta64(1, "D")
    values = {
        "reference_evapotranspiration": table["etref"],
        "precipitation_sum": table["rain"],
        "wind_speed_2m_mean": wind_speed_at_2m(table["wind_3m"], height=3.0),
        "relative_humidity_2m_min": table["humidity_min"],
        "season_day": np.arange(200.0),
        "irrigation": table["irrig"],
        "irrigated_fraction": table["fraction"],
    }
    return xr.Dataset(
        {name: ("day", value) for name, value in values.items()}, coords={"day": days}
    )


def _weather(days: int, seed: int = 1) -> xr.Dataset:
    """Made weather over three cells."""
    random = np.random.default_rng(seed)
    shape = (days, 3)
    return xr.Dataset(
        {
            "reference_evapotranspiration": (("day", "cell"), random.uniform(1.0, 8.0, shape)),
            "precipitation_sum": (
                ("day", "cell"),
                np.where(random.random(shape) < 0.3, random.gamma(0.8, 15.0, shape), 0.0),
            ),
            "wind_speed_2m_mean": (("day", "cell"), random.uniform(0.5, 5.0, shape)),
            "relative_humidity_2m_min": (("day", "cell"), random.uniform(15.0, 85.0, shape)),
            "season_day": ("day", np.arange(float(days)) + 20.0),
        },
        coords={
            "day": np.datetime64("2025-05-01", "ns") + np.arange(days) * np.timedelta64(1, "D")
        },
    )


def test_ten_quantities_follow_pyfao56_over_200_days_to_0_005() -> None:
    """pyfao56 1.4, cotton at Maricopa 2013 (USDA ARS, CC0), as it prints them (0.001)."""
    table = _table()
    start = initial_state(COTTON, SANDY, moisture=0.10)
    found = dual_coefficient(_season(), crop=COTTON, soil=SANDY, state=start).course
    for theirs, ours in COMPARED.items():
        np.testing.assert_allclose(found[ours], table[theirs], atol=0.005, err_msg=ours)
    assert float(found["evapotranspiration"].sum()) == pytest.approx(table["eta"].sum(), abs=0.1)


def test_two_runs_of_five_days_are_one_of_ten() -> None:
    crop, soil = crop_named("cotton"), soil_named("loam")
    weather = _weather(10)
    start = initial_state(crop, soil, moisture=0.2)
    whole = dual_coefficient(weather, crop=crop, soil=soil, state=start)
    first = dual_coefficient(weather.isel(day=slice(5)), crop=crop, soil=soil, state=start)
    then = weather.isel(day=slice(5, None))
    second = dual_coefficient(then, crop=crop, soil=soil, state=first.state)
    xr.testing.assert_identical(second.state, whole.state)
    joined = xr.concat([first.course, second.course], "day")
    xr.testing.assert_identical(joined, whole.course)


def test_members_and_soils_by_cell_ride_along_and_stay_lazy() -> None:
    crop = crop_named("maize")
    cells = {"field_capacity": [0.2, 0.25, 0.36], "wilting_point": [0.08, 0.12, 0.22]}
    fields = {name: xr.DataArray(values, dims="cell") for name, values in cells.items()}
    soil = Soil(**fields, saturation=0.46, readily=9.0, layer=0.1, conductivity=3.4)
    weather = _weather(8).expand_dims({"realization": 2})
    weather["season_day"] = weather["season_day"].isel(realization=0)
    start = initial_state(crop, soil, moisture=0.15)
    eager = dual_coefficient(weather, crop=crop, soil=soil, state=start)
    lazy = dual_coefficient(weather.chunk({"cell": 1}), crop=crop, soil=soil, state=start)
    assert isinstance(lazy.course["evapotranspiration"].data, da.Array)
    assert lazy.course["evapotranspiration"].dims == ("realization", "day", "cell")
    xr.testing.assert_allclose(lazy.course.compute(), eager.course)
    xr.testing.assert_allclose(lazy.state.compute(), eager.state)


def test_a_missing_day_leaves_its_cell_missing_until_moisture_is_reported() -> None:
    crop, soil = crop_named("cotton"), soil_named("loam")
    weather = _weather(6)
    weather["precipitation_sum"][2, 1] = np.nan
    start = initial_state(crop, soil, moisture=0.2)
    found = dual_coefficient(weather, crop=crop, soil=soil, state=start)
    missing = found.course["root_zone_depletion"].isnull()
    assert missing.values[:, 1].tolist() == [False, False, True, True, True, True]
    assert not missing.values[:, [0, 2]].any()
    reported = xr.DataArray([np.nan, 0.21, np.nan], dims="cell")
    renewed = reported_moisture(found.state, soil, moisture=reported)
    depth = float(found.state["root_depth"][1])
    assert float(renewed["root_zone_depletion"][1]) == pytest.approx(1000 * 0.04 * depth)
    assert float(renewed["root_zone_depletion"][0]) == float(found.state["root_zone_depletion"][0])


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.12, 0.25))
def test_water_is_kept_and_every_quantity_stays_in_its_bounds(seed: int, moisture: float) -> None:
    crop, soil = crop_named("soybean"), soil_named("loam")
    weather = _weather(15, seed)
    start = initial_state(crop, soil, moisture=moisture)
    days = dual_coefficient(weather, crop=crop, soil=soil, state=start).course
    before = days["root_zone_depletion"].shift(day=1)
    before[0] = start["root_zone_depletion"]
    change = days["root_zone_depletion"] - before
    balance = (
        weather["precipitation_sum"]
        - days["evapotranspiration"]
        - days["deep_percolation"]
        + change
    )
    limited = days["root_zone_depletion"] >= days["available_water"] - 1e-9
    np.testing.assert_allclose(balance.where(~limited, 0.0), 0.0, atol=1e-9)
    assert ((days["stress_coefficient"] >= 0) & (days["stress_coefficient"] <= 1)).all()
    assert (days["root_zone_depletion"] <= days["available_water"] + 1e-9).all()
    assert (days["surface_depletion"] <= soil.evaporable + 1e-9).all()


def test_more_rain_never_leaves_a_drier_root_zone() -> None:
    crop, soil = crop_named("maize"), soil_named("silt_loam")
    weather = _weather(12)
    start = initial_state(crop, soil, moisture=0.2)
    dry = dual_coefficient(weather, crop=crop, soil=soil, state=start).course
    wetter = weather.assign(precipitation_sum=weather["precipitation_sum"] + 5.0)
    wet = dual_coefficient(wetter, crop=crop, soil=soil, state=start).course
    assert (wet["root_zone_depletion"] <= dry["root_zone_depletion"] + 1e-9).all()


def test_the_coefficient_runs_along_straight_lines_between_the_stages() -> None:
    """FAO-56, figure 34, by hand for stages of 20, 10, 30 and 20 days."""
    days = np.array([0.0, 20.0, 25.0, 30.0, 60.0, 70.0, 80.0, 100.0, np.nan])
    found = coefficient_on(days, (0.3, 1.2, 0.4), stages=(20, 10, 30, 20))
    expected = [0.3, 0.3, 0.75, 1.2, 1.2, 0.8, 0.4, 0.4, np.nan]
    np.testing.assert_allclose(found, expected)


def test_the_single_coefficient_by_hand_over_two_days() -> None:
    """Kc 0.4, ET0 5: ETc 2.0 mm; RAW 0.65 + 0.04 (5 - 2) = 0.77 of TAW 0.13 x 600 = 78 mm."""
    crop = Crop(
        stages=(30, 30, 30, 30),
        kc=(0.4, 1.2, 0.5),
        kcb=(0.15, 1.1, 0.3),
        height=(0.05, 1.0),
        roots=(0.6, 1.2),
        depletion=0.65,
    )
    soil = soil_named("loam")
    weather = xr.Dataset(
        {
            "reference_evapotranspiration": ("day", [5.0, 5.0]),
            "precipitation_sum": ("day", [0.0, 30.0]),
            "season_day": ("day", [3.0, 4.0]),
        },
        coords={"day": np.array(["2025-05-01", "2025-05-02"], dtype="datetime64[ns]")},
    )
    start = initial_state(crop, soil, moisture=0.24)
    found = single_coefficient(weather, crop=crop, soil=soil, state=start)
    assert float(start["root_zone_depletion"]) == pytest.approx(6.0)
    np.testing.assert_allclose(found.course["available_water"], 78.0)
    np.testing.assert_allclose(found.course["readily_available_water"], 0.77 * 78.0)
    np.testing.assert_allclose(found.course["evapotranspiration"], 2.0)
    np.testing.assert_allclose(found.course["root_zone_depletion"], [8.0, 0.0])
    np.testing.assert_allclose(found.course["deep_percolation"], [0.0, 20.0])
    again = single_coefficient(weather, crop=crop, soil=soil, state=found.state)
    assert float(again.course["root_zone_depletion"][0]) == pytest.approx(2.0)


def test_the_tables_hold_what_fao_56_prints() -> None:
    """FAO-56, tables 12, 17 and 22, rows that the reference quotes."""
    rows = table_of_crops()
    assert rows["rice"]["kc"] == [1.05, 1.2, 0.75]
    assert rows["winter_wheat"]["kc"] == [0.7, 1.15, 0.25]
    assert rows["winter_wheat_frozen_soil"]["kc"][0] == 0.4
    assert rows["tea"]["kc"] == [0.95, 1.0, 1.0]
    shares = [rows[name]["depletion"] for name in ("rice", "maize", "potato", "cotton", "tea")]
    assert shares == [0.20, 0.55, 0.35, 0.65, 0.40]
    assert rows["maize"]["roots"] == [1.0, 1.7]
    assert soil_named("clay").evaporable == pytest.approx(25.0)


def test_the_tables_agree_with_the_package_they_were_read_from() -> None:
    from pyfao56.tools import FAO56Tables

    table = FAO56Tables().table12
    for ours, theirs in (("potato", "potato"), ("soybean", "soybeans"), ("cotton", "cotton")):
        row = table[table["Crop"] == theirs].iloc[0]
        expected = [float(row[name]) for name in ("Kcmini", "Kcmmid", "Kcmend")]
        assert table_of_crops()[ours]["kc"] == expected


def test_what_is_unknown_or_absent_is_refused_in_one_sentence() -> None:
    with pytest.raises(UnknownName, match="the tables have apple"):
        crop_named("quinoa")
    with pytest.raises(UnknownName, match="no stages of 'tea'"):
        crop_named("tea")
    with pytest.raises(UnknownName, match="the table has sand"):
        soil_named("peat")
    crop, soil = crop_named("cotton"), soil_named("loam")
    start = initial_state(crop, soil, moisture=0.2)
    with pytest.raises(DataError, match="needs wind_speed_2m_mean"):
        dual_coefficient(
            _weather(3).drop_vars("wind_speed_2m_mean"), crop=crop, soil=soil, state=start
        )
    with pytest.raises(DataError, match="needs season_day"):
        single_coefficient(_weather(3).drop_vars("season_day"), crop=crop, soil=soil, state=start)
    assert set(start) == set(STATE)
