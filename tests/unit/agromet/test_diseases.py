"""Pests, diseases and last frost: the vectors of the reference, and missing days."""

import dask.array as da
import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

from forecast.agromet.frost import frost_chance_after, last_frost, safe_from
from forecast.agromet.late_blight import hutton, severity_value, smith
from forecast.agromet.leaf_wetness import hours_of, leaf_is_wet
from forecast.agromet.rice_blast import favourable_weather, is_wet_day, temperature_response
from forecast.agromet.stem_borer import FIRST_MOTH, flown_share
from forecast.agromet.truth import NO, UNKNOWN, YES
from forecast.agromet.wheat_scab import CLASSES, epidemic_chance, favourable_day
from forecast.errors import UnknownName

COLD = xr.DataArray([9.9, 10.0, 10.0, 12.0, 11.0, 13.0], dims="day")
HUMID = xr.DataArray([12.0, 6.0, 6.0, 10.0, 11.0, 5.0], dims="day")


def _day(values: object) -> xr.DataArray:
    return xr.DataArray(values, dims="day")


def test_hutton_periods_end_on_days_3_4_and_5() -> None:
    """Reference vector: (Tmin, hours at 90 %) of six days; AHDB's definition."""
    assert hutton(COLD, HUMID).values.tolist() == [NO, NO, YES, YES, YES, NO]


def test_the_smith_period_in_use_ends_on_day_5_and_the_classic_one_never() -> None:
    """10 h, then 11 h; Smith 1956 asks 11 h of both days."""
    in_use = smith(COLD, HUMID, hours=(10.0, 11.0))
    assert in_use.values.tolist() == [NO, NO, NO, NO, YES, NO]
    assert (smith(COLD, HUMID) == NO).all()


def test_the_day_before_the_first_is_unknown() -> None:
    warm = hutton(_day([12.0, np.nan, 12.0]), _day([8.0, 8.0, 8.0]))
    assert warm.values.tolist() == [UNKNOWN, UNKNOWN, UNKNOWN]
    dry = hutton(_day([12.0, np.nan, 12.0]), _day([8.0, 2.0, 8.0]))
    assert dry.values.tolist() == [UNKNOWN, NO, NO]


@pytest.mark.parametrize(
    ("temperature", "hours", "severity"),
    [
        (10.0, 16.0, 1),
        (10.0, 22.0, 3),
        (13.0, 22.0, 4),
        (20.0, 10.0, 1),
        (20.0, 13.0, 2),
        (20.0, 19.0, 4),
        (7.1, 24.0, 0),
        (27.0, 24.0, 0),
    ],
)
def test_severity_values_are_those_of_blitecast(
    temperature: float, hours: float, severity: int
) -> None:
    """Wallin 1962; Krause et al. 1975; vector of the reference."""
    assert severity_value(_day([temperature]), _day([hours])).item() == severity


def test_severity_has_no_gap_between_its_classes_and_none_where_data_miss() -> None:
    """11.65 degC rounds to 11.7 (or 11.6) and 15.05 to 15.0 or 15.1: never 0 with 24 h."""
    found = severity_value(_day([11.64, 11.66, 15.04, 15.06]), _day(np.full(4, 24.0)))
    assert found.values.tolist() == [3.0, 4.0, 4.0, 4.0]
    missing = severity_value(_day([np.nan, 20.0]), _day([12.0, np.nan]))
    assert missing.isnull().all()


@pytest.mark.parametrize(
    ("variety", "expected"),
    [
        ("very susceptible", (0.365, 0.490, 0.616, 0.729)),
        ("moderately resistant", (0.083, 0.131, 0.202, 0.297)),
    ],
)
def test_chances_of_scab_are_those_of_the_us_forecast(
    variety: str, expected: tuple[float, ...]
) -> None:
    """Vector of the reference at 60, 70, 80 and 90 % over 14 days."""
    humidity = np.array([60.0, 70.0, 80.0, 90.0])
    np.testing.assert_allclose(epidemic_chance(humidity, variety=variety), expected, atol=5e-4)


def test_a_very_susceptible_field_at_60_percent_is_high_already() -> None:
    """Why the US model is not shipped uncalibrated in China."""
    assert epidemic_chance(60.0, variety="very susceptible") > CLASSES[2]
    with pytest.raises(UnknownName, match="allowed are very susceptible"):
        epidemic_chance(60.0, variety="tall")


def test_a_favourable_day_for_scab_is_warm_and_wet() -> None:
    """Tmean at least 15 degC and rain above 0.1 mm."""
    found = favourable_day(
        _day([15.0, 14.9, 20.0, np.nan, np.nan]), _day([0.2, 5.0, 0.1, 3.0, 0.0])
    )
    assert found.values.tolist() == [YES, NO, NO, UNKNOWN, NO]


def test_blast_follows_the_temperature_response_of_epirice() -> None:
    """Savary et al. 2012: 0, 0.5, 1, 0.6, 0.2, 0.05 at 10 to 35 degC; optimum 20, not 25."""
    warm = _day([10.0, 15.0, 20.0, 25.0, 30.0, 35.0, 17.5, 5.0, 40.0, np.nan])
    expected = [0.0, 0.5, 1.0, 0.6, 0.2, 0.05, 0.75, 0.0, 0.0, np.nan]
    np.testing.assert_allclose(temperature_response(warm), expected)


def test_a_wet_day_is_humid_or_has_5_mm() -> None:
    wet = is_wet_day(_day([90.0, 89.0, 89.0, np.nan]), _day([0.0, 5.0, 4.9, 6.0]))
    assert wet.values.tolist() == [YES, YES, NO, YES]
    index = favourable_weather(
        _day([20.0, 20.0, np.nan]),
        humidity=_day([95.0, 50.0, 95.0]),
        rain=_day([0.0, 0.0, 0.0]),
    )
    np.testing.assert_array_equal(index, [1.0, 0.0, np.nan])


@pytest.mark.parametrize(("degree_days", "share"), [(238.3, 0.10), (339.4, 0.50), (483.4, 0.90)])
def test_moths_of_the_stem_borer_fly_at_the_printed_degree_days(
    degree_days: float, share: float
) -> None:
    """Chilo suppressalis in Jilin, base 12.9 degC from 1 March; Acta Entomol. Sin. 2006."""
    assert flown_share(degree_days) == pytest.approx(share, abs=5e-4)


@given(st.floats(0.0, 2000.0), st.floats(0.0, 500.0))
def test_moths_never_fly_back(before: float, more: float) -> None:
    assert flown_share(before + more) >= flown_share(before)
    assert flown_share(FIRST_MOTH) < 0.001


def test_leaves_are_wet_in_humid_hours_and_in_rain() -> None:
    humidity = xr.DataArray([90.0, 89.9, 50.0, np.nan, np.nan], dims="time")
    rain = xr.DataArray([0.0, 0.1, 0.2, 0.5, 0.0], dims="time")
    wet = leaf_is_wet(humidity, rain)
    assert wet.values.tolist() == [YES, NO, YES, YES, UNKNOWN]
    assert wet.attrs["proxy"] == "true"
    assert hours_of(wet.isel(time=slice(4))).item() == 3.0
    assert np.isnan(hours_of(wet).item())


def _spring() -> tuple[xr.DataArray, xr.DataArray]:
    """Four members over 3 days; five past years over 6 days, on one calendar."""
    days = np.datetime64("2025-04-01", "ns") + np.arange(6) * np.timedelta64(1, "D")
    lowest = [
        [0.0, 9, 9, 9, 9, 9],
        [9.0, 9, 9, 1, 9, 9],
        [9.0, 9, 9, 9, 2, 9],
        [9.0, 9, 9, 9, 9, 9],
        [9.0, 9, 9, 9, 9, 9],
    ]
    years = xr.DataArray(lowest, dims=("year", "day"), coords={"day": days})
    ahead = [[1.0, 9, 9], [9, 9, 2.0], [9, 9, 9], [9, 9, 9]]
    members = xr.DataArray(ahead, dims=("realization", "day"), coords={"day": days[:3]})
    return members, years


def test_the_chance_of_frost_joins_members_and_years_by_hand() -> None:
    """After day 1: members 1/4 (day 3), years 2/5 (days 5, 6): 1 - 0.75 x 0.6 = 0.55."""
    chance = frost_chance_after(*_spring(), threshold=2.0)
    np.testing.assert_allclose(chance, [0.55, 0.55, 0.4, 0.2, 0.0, 0.0], atol=1e-6)
    assert safe_from(chance, at_most=0.2).values == np.datetime64("2025-04-04")
    assert safe_from(chance, at_most=0.0).values == np.datetime64("2025-04-05")


def test_frost_unknown_to_every_member_is_no_safety() -> None:
    members, years = _spring()
    blind = members.copy(data=np.full(members.shape, np.nan))
    chance = frost_chance_after(blind, years, threshold=2.0)
    assert chance.isnull().values.tolist() == [True, True, False, False, False, False]
    assert np.isnat(safe_from(chance, at_most=0.5).values)


def test_the_last_frost_of_each_spring() -> None:
    _, years = _spring()
    dates = last_frost(years, threshold=2.0)
    expected = ["2025-04-01", "2025-04-04", "2025-04-05", "NaT", "NaT"]
    np.testing.assert_array_equal(dates, np.array(expected, dtype="datetime64[ns]"))
    assert np.isnat(last_frost(years.where(years != 1.0), threshold=2.0).values[1])


def test_chances_of_cells_stay_lazy() -> None:
    members, years = _spring()
    wide = members.expand_dims({"cell": 4}, axis=2).chunk({"cell": 2})
    chance = frost_chance_after(wide, years, threshold=2.0)
    assert isinstance(chance.data, da.Array)
    assert float(chance.isel(cell=3, day=0)) == pytest.approx(0.55)
