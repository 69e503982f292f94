"""Contingency scores and economic value by hand; sums of a day."""

import numpy as np
import pandas as pd
import pytest

from forecast.verify.comparison import Comparison
from forecast.verify.continuous import Rule
from forecast.verify.events import daily_rain, event_scores, frost_table, rain_table

FINLEY = (28, 23, 72, 2680)
"""Hits, misses, false alarms and correct negatives of Finley's tornado forecasts, 1884."""


def table_of(counts: tuple[int, int, int, int]) -> tuple[np.ndarray, np.ndarray]:
    forecast = np.repeat([True, False, True, False], counts)
    return forecast, np.repeat([True, True, False, False], counts)


def test_finleys_tornadoes_have_the_published_scores() -> None:
    # Wilks, Statistical Methods in the Atmospheric Sciences, 3rd ed., ch. 8.2: H = 0.549,
    # FAR = 0.720, B = 1.96, GSS = 0.216
    scores = event_scores(*table_of(FINLEY))
    assert scores["n"] == 2803
    assert scores["events"] == 51
    assert scores["pod"] == pytest.approx(0.549, abs=5e-4)
    assert scores["far"] == pytest.approx(0.720, abs=5e-4)
    assert scores["frequency_bias"] == pytest.approx(1.96, abs=5e-3)
    assert scores["ets"] == pytest.approx(0.216, abs=5e-4)
    assert not scores["small"]


def test_economic_value_is_the_saved_share_of_what_a_perfect_forecast_saves() -> None:
    # cost-loss 0.2, loss 1: always or never protecting costs min(0.2, s); ours pays for each
    # warning and for each miss; a perfect forecast pays 0.2 s
    hits, misses, alarms, rest = 6, 2, 3, 9
    n = hits + misses + alarms + rest
    frequency = (hits + misses) / n
    ours = (0.2 * (hits + alarms) + misses) / n
    climate, perfect = min(0.2, frequency), 0.2 * frequency
    scores = event_scores(*table_of((hits, misses, alarms, rest)))
    assert scores["value_0.2"] == pytest.approx((climate - ours) / (climate - perfect))
    assert scores["small"]


def test_events_that_never_came_have_no_rate() -> None:
    scores = event_scores(np.array([False, False]), np.array([False, False]))
    assert np.isnan(scores["pod"])
    assert np.isnan(scores["far"])
    assert np.isnan(scores["value_0.1"])


def hours(count: int) -> Comparison:
    start = pd.Timestamp("2025-06-01T00:00")
    table = pd.DataFrame(
        {
            "variable": "precipitation",
            "station": "s0",
            "time": pd.date_range(start, periods=count, freq="h") + pd.Timedelta(hours=1),
            "reference_time": start,
            "observed": 1.0,
            "zhitian": np.arange(count, dtype=float),
            "lead_h": np.arange(1.0, count + 1),
            "longitude": 117.0,
            "latitude": 39.0,
            "dz": 0.0,
            "sun": 1.0,
            "land_fraction": 1.0,
        }
    )
    return Comparison(table=table, methods=("zhitian",))


def test_rain_of_a_day_is_the_sum_of_24_hours_and_half_a_day_is_left_out() -> None:
    daily = daily_rain(hours(36)).table
    assert daily["observed"].tolist() == [24.0]
    assert daily["zhitian"].tolist() == [276.0]
    assert daily["lead_h"].tolist() == [24.0]
    assert daily["time"].tolist() == [pd.Timestamp("2025-06-02T00:00")]


def test_rain_counts_from_the_limit_on() -> None:
    rows = rain_table(daily_rain(hours(24)), Rule()).set_index("threshold")
    assert rows["hits"].to_dict() == {0.1: 1, 10.0: 1, 25.0: 0, 50.0: 0}
    assert rows["false_alarms"].to_dict() == {0.1: 0, 10.0: 0, 25.0: 1, 50.0: 1}


def test_frost_is_the_limit_and_below_and_0_degrees_is_a_value() -> None:
    pairs = hours(4)
    table = pairs.table.assign(
        variable="temperature_2m", observed=[0.0, 0.1, 2.0, 2.1], zhitian=[-1.0, 0.0, 3.0, 2.0]
    )
    rows = frost_table(Comparison(table=table, methods=("zhitian",)), Rule())
    rows = rows.set_index("threshold")
    assert rows.loc[0.0, ["hits", "misses", "false_alarms"]].tolist() == [1, 0, 1]
    assert rows.loc[2.0, ["hits", "misses", "false_alarms"]].tolist() == [2, 1, 1]
