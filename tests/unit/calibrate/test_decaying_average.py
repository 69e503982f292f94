"""The decaying average by hand, and what few days may be trusted for."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast.calibrate.decaying_average import (
    BINS,
    daily_errors,
    decaying_average,
    hour_weights,
    shrunk,
    station_bias,
)

MIDNIGHT = np.datetime64("2025-04-01T00", "ns")
HOUR = np.timedelta64(1, "h")


def table(errors, *, place: int = 0, hours=None) -> pd.DataFrame:
    hours = np.arange(len(errors)) if hours is None else np.asarray(hours)
    return pd.DataFrame(
        {"place": place, "time": MIDNIGHT + hours * HOUR, "error": np.asarray(errors, float)}
    )


def test_it_is_the_mean_of_the_first_days_and_decays_after() -> None:
    # w = 0.25: mean of 2, 4, 6, 8 is 5; then 5 + 0.25 (9 - 5) = 6
    assert decaying_average(np.array([2.0, 4.0, 6.0, 8.0]), weight=0.25)[0] == 5.0
    average, count = decaying_average(np.array([2.0, 4.0, 6.0, 8.0, 9.0]), weight=0.25)
    assert (average, count) == (6.0, 5)


def test_a_missing_day_changes_nothing() -> None:
    whole, _ = decaying_average(np.array([[1.0, 2.0, 3.0]]), weight=0.1)
    holed, count = decaying_average(np.array([[1.0, np.nan, 2.0, np.nan, 3.0]]), weight=0.1)
    assert (holed == whole).all()
    assert count == 3


def test_no_day_says_nothing() -> None:
    average, count = decaying_average(np.full((2, 3), np.nan), weight=0.1)
    assert (average == 0.0).all()
    assert (count == 0).all()
    assert (station_bias(table([]), stations=2).mean == 0.0).all()


def test_one_day_is_trusted_by_a_third_and_ten_by_five_sixths() -> None:
    np.testing.assert_allclose(shrunk(3.0, np.array([1, 10]), days=2.0), [1.0, 2.5])


def test_a_constant_bias_of_one_day_is_corrected_by_a_third_at_all_hours() -> None:
    bias = station_bias(table([3.0] * 21), stations=1)
    assert bias.mean[0] == pytest.approx(1.0)
    np.testing.assert_allclose(bias.departure, 0.0, atol=1e-12)


def test_an_hour_beyond_the_mean_is_trusted_less() -> None:
    # ten days, noon bin +4, others 0: mean 1 x 10/12, departure 3 x 10/20 and -1 x 10/20
    hours = 24 * np.arange(10)
    rows = [table([4.0 if part == 2 else 0.0] * 10, hours=hours + 6 * part) for part in range(4)]
    bias = station_bias(pd.concat(rows), stations=1)
    assert bias.days[0] == 10
    assert bias.mean[0] == pytest.approx(10.0 / 12.0)
    np.testing.assert_allclose(bias.departure[0], [-0.5, -0.5, 1.5, -0.5])


def test_a_station_read_once_a_day_keeps_its_hour_to_itself() -> None:
    bias = station_bias(table([4.0] * 40, hours=24 * np.arange(40) + 12), stations=1)
    at_noon, at_midnight = bias.mean[0] + bias.departure[0, 2], bias.mean[0] + bias.departure[0, 0]
    assert at_noon > 2.5
    assert at_midnight < 1.0


def test_bins_are_centred_on_their_hour_and_days_end_with_the_last_bin() -> None:
    daily = daily_errors(table([1.0, 2.0, 5.0, 7.0], hours=[-3, 2, 3, 21]), stations=1)
    assert daily.shape == (1, BINS, 2)
    assert daily[0, 0, 0] == 1.5
    assert daily[0, 1, 0] == 5.0
    assert daily[0, 0, 1] == 7.0


def test_weights_of_the_hours_are_linear_and_sum_to_one() -> None:
    weights = hour_weights(MIDNIGHT + np.arange(24) * HOUR)
    np.testing.assert_allclose(weights.sum(axis=0), 1.0)
    np.testing.assert_allclose(weights[:, 22], [2 / 3, 0.0, 0.0, 1 / 3], atol=1e-12)


@given(st.lists(st.floats(-30, 30), min_size=1, max_size=60), st.floats(0.02, 0.1))
def test_the_average_stays_within_the_errors(errors: list[float], weight: float) -> None:
    average, _ = decaying_average(np.array(errors), weight=weight)
    assert min(errors) - 1e-9 <= average <= max(errors) + 1e-9


def test_every_station_is_on_its_own() -> None:
    first, second = table([1.0] * 48, place=0), table([-2.0] * 48, place=2)
    bias = station_bias(pd.concat([first, second]), stations=3)
    alone = station_bias(table([-2.0] * 48), stations=1)
    assert bias.mean[1] == 0.0
    assert bias.mean[2] == alone.mean[0] < 0.0 < bias.mean[0]
