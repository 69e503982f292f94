"""Degree days, crop heat units and chill: printed vectors, and a sine summed by hand."""

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

from forecast.agromet.chill import chill_hours, chill_portions, utah_units
from forecast.agromet.degree_days import (
    accumulate,
    active_temperature,
    crop_heat_units,
    degree_days,
    describe,
)
from forecast.errors import InvalidRequest

warmth = st.floats(-20.0, 45.0)
spread = st.floats(0.0, 25.0)


@pytest.mark.parametrize(
    ("extremes", "limits", "expected"),
    [
        ((20.0, 5.0), (10.0, 30.0), (2.50, 5.00, 3.771)),
        ((35.0, 15.0), (10.0, 30.0), (15.0, 12.5, 13.910)),
        ((12.0, 2.0), (10.0, 30.0), (0.0, 1.0, 0.388)),
    ],
)
def test_the_three_methods_give_the_vectors_of_the_reference(
    extremes: tuple[float, float],
    limits: tuple[float, float],
    expected: tuple[float, float, float],
) -> None:
    """Project reference on agronomy, § 2.2; the sine also by numeric integration."""
    found = [
        degree_days(*extremes, method=method, limits=limits)
        for method in ("simple", "modified", "single_sine")
    ]
    assert found == pytest.approx(expected, abs=5e-4)


def test_modified_and_simple_differ_as_users_of_fahrenheit_found() -> None:
    """86/60 degF gives 23; 87/66 degF gives 26 modified and 26.5 simple (base 50, upper 86)."""
    limits = (50.0, 86.0)
    assert degree_days(86.0, 60.0, method="modified", limits=limits) == 23.0
    assert degree_days(87.0, 66.0, method="modified", limits=limits) == 26.0
    assert degree_days(87.0, 66.0, method="simple", limits=limits) == 26.5


@given(warmth, spread, st.sampled_from(["horizontal", "intermediate", "vertical"]))
def test_the_sine_is_its_own_integral(cold: float, width: float, cut_off: str) -> None:
    base, upper = 10.0, 30.0
    phase = (np.arange(20000) + 0.5) / 20000 * 2.0 * np.pi
    course = cold + width / 2.0 * (1.0 + np.sin(phase))
    growth = np.clip(course, base, upper) - base
    if cut_off == "intermediate":
        growth = growth - np.maximum(course - upper, 0.0)
    if cut_off == "vertical":
        growth = np.where(course > upper, 0.0, growth)
    found = degree_days(
        cold + width, cold, method="single_sine", limits=(base, upper), cut_off=cut_off
    )
    assert found == pytest.approx(max(growth.mean(), 0.0), abs=5e-3)


@given(warmth, spread)
def test_without_an_upper_limit_simple_is_at_most_sine_at_most_modified(
    cold: float, width: float
) -> None:
    simple, sine, modified = (
        degree_days(cold + width, cold, method=method, limits=(10.0, None))
        for method in ("simple", "single_sine", "modified")
    )
    assert simple <= sine + 1e-5 <= modified + 2e-5


@given(warmth, spread, st.floats(0.0, 5.0), st.sampled_from(["simple", "modified", "single_sine"]))
def test_a_warmer_day_never_gives_less(
    cold: float, width: float, warmer: float, method: str
) -> None:
    limits = (10.0, 30.0)
    before = degree_days(cold + width, cold, method=method, limits=limits)
    after = degree_days(cold + width + warmer, cold + warmer, method=method, limits=limits)
    assert after >= before - 1e-6


def test_methods_and_limits_that_make_no_sense_are_refused() -> None:
    with pytest.raises(InvalidRequest, match="allowed are simple, modified, single_sine"):
        degree_days(20.0, 10.0, method="average", limits=(10.0, None))  # type: ignore[arg-type]
    with pytest.raises(InvalidRequest, match="must be above the base"):
        degree_days(20.0, 10.0, method="simple", limits=(10.0, 10.0))


def test_a_sum_starts_with_the_biofix_and_stays_missing_after_a_gap() -> None:
    days = np.arange("2025-03-01", "2025-03-07", dtype="datetime64[D]").astype("datetime64[ns]")
    daily = xr.DataArray([1.0, 2.0, 3.0, np.nan, 4.0, 5.0], dims="day", coords={"day": days})
    late = accumulate(daily, biofix=np.datetime64("2025-03-05"))
    assert late.values.tolist() == [0.0, 0.0, 0.0, 0.0, 4.0, 9.0]
    early = accumulate(daily, biofix=np.datetime64("2025-03-02"))
    np.testing.assert_array_equal(early, [0.0, 2.0, 5.0, np.nan, np.nan, np.nan])
    starts = xr.DataArray(np.array([days[0], "NaT"], dtype="datetime64[ns]"), dims="cell")
    assert accumulate(daily, biofix=starts).isnull().all("day").values.tolist() == [False, True]


def test_active_temperature_is_the_whole_mean_of_warm_days() -> None:
    """活动积温 above 7 degC: 6.9 counts nothing, 7.0 counts 7.0."""
    means = np.array([6.9, 7.0, 12.5, np.nan])
    np.testing.assert_array_equal(active_temperature(means, threshold=7.0), [0, 7.0, 12.5, np.nan])


def test_what_was_counted_stands_beside_the_sum() -> None:
    told = describe(
        xr.DataArray(1.0), method="single_sine", limits=(7.0, 35.0), biofix="02-20"
    ).attrs
    assert told["method"] == "single_sine"
    assert (told["base"], told["upper"]) == ("7 degC", "35 degC")
    assert (told["cut_off"], told["biofix"]) == ("horizontal", "02-20")


def test_crop_heat_units_are_those_of_the_published_vector() -> None:
    """Brown & Bootsma 1993; vector of xclim's tests: 0, 0.504, 0, 8.478, 17.454."""
    cold, warm = np.array([-10.0, 5, 4, 3, 10]), np.array([-5.0, 9, 10, 16, 20])
    expected = [0.0, 0.504, 0.0, 8.478, 17.454]
    np.testing.assert_allclose(crop_heat_units(warm, cold), expected, atol=5e-4)


def test_utah_units_follow_the_classes_of_richardson() -> None:
    """Richardson et al. 1974, table 1; printed to 0.1 degC."""
    warm = np.array([1.4, 1.5, 2.4, 2.5, 9.1, 9.2, 12.4, 12.5, 15.9, 16.0, 18.0, 18.1, np.nan])
    units = [0.0, 0.5, 0.5, 1.0, 1.0, 0.5, 0.5, 0.0, 0.0, -0.5, -0.5, -1.0, np.nan]
    np.testing.assert_array_equal(utah_units(warm), units)


def test_chill_hours_count_both_ends_and_keep_gaps() -> None:
    warm = xr.DataArray([-0.1, 0.0, 7.2, 7.3, np.nan], dims="time")
    np.testing.assert_array_equal(chill_hours(warm), [0.0, 1.0, 1.0, 0.0, np.nan])


def test_a_portion_takes_as_long_as_the_rate_equation_says() -> None:
    """Fishman et al. 1987: at constant T the product is xs (1 - exp(-k n)); a portion at 1."""
    kelvin = 279.0
    balance = 139500.0 / 2.567e18 * np.exp((12888.8 - 4153.5) / kelvin)
    rate = 2.567e18 * np.exp(-12888.8 / kelvin)
    hours = int(np.ceil(-np.log(1.0 - 1.0 / balance) / rate))
    portions = chill_portions(xr.DataArray(np.full(200, 6.0), dims="time"))
    assert 25 <= hours <= 32
    assert portions.values[hours - 2] == 0.0
    assert portions.values[hours - 1] == pytest.approx(1.0, abs=0.06)
    warm = chill_portions(xr.DataArray(np.full(500, 20.0), dims="time"))
    assert warm.values[-1] == 0.0
