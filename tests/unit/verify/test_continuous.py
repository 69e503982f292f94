"""Error measures by hand arithmetic; intervals; the test of Diebold and Mariano."""

import numpy as np
import pandas as pd
import pytest

from forecast.errors import InvalidRequest
from forecast.verify.comparison import Comparison
from forecast.verify.continuous import Rule, score_table
from forecast.verify.resampling import blocks_of_day, blocks_of_place, reduction_interval
from forecast.verify.significance import by_day, equal_skill, looks


def comparison(name: str, observed: list[float], **methods: list[float]) -> Comparison:
    count = len(observed)
    table = pd.DataFrame(
        {
            "variable": name,
            "station": [f"s{n}" for n in range(count)],
            "time": pd.Timestamp("2025-04-10T12:00"),
            "reference_time": pd.Timestamp("2025-04-10T00:00"),
            "observed": observed,
            "lead_h": 12.0,
            "longitude": np.arange(count) * 10.0,
            "latitude": 40.0,
            "dz": 100.0,
            "sun": 1.0,
            "land_fraction": 1.0,
            **methods,
        }
    )
    return Comparison(table=table, methods=tuple(methods))


def row(table: pd.DataFrame, method: str) -> pd.Series:
    return table[table["method"] == method].iloc[0]


def test_four_pairs_by_hand() -> None:
    pairs = comparison(
        "temperature_2m", [0.0] * 4, bilinear=[3.0, -4.0, 0.0, 2.0], zhitian=[1.0] * 4
    )
    table = score_table(pairs, Rule())
    plain, ours = row(table, "bilinear"), row(table, "zhitian")
    assert plain["mae"] == pytest.approx(9 / 4)
    assert plain["rmse"] == pytest.approx((29 / 4) ** 0.5)
    assert plain["bias"] == pytest.approx(1 / 4)
    assert plain["within"] == pytest.approx(2 / 4)
    assert ours["within"] == 1.0
    assert ours["mae_reduction"] == pytest.approx(1 - 1 / (9 / 4))
    assert ours["rmse_reduction"] == pytest.approx(1 - (4 / 29) ** 0.5)
    assert plain["mae_reduction"] == 0.0


def test_directions_differ_the_short_way_round() -> None:
    pairs = comparison("wind_direction_10m", [350.0, 10.0], bilinear=[10.0, 350.0])
    plain = row(score_table(pairs, Rule()), "bilinear")
    assert plain["mae"] == pytest.approx(20.0)
    assert plain["bias"] == pytest.approx(0.0)


def test_a_class_of_few_pairs_is_shown_and_flagged() -> None:
    few = score_table(comparison("temperature_2m", [0.0] * 29, bilinear=[1.0] * 29), Rule())
    enough = score_table(comparison("temperature_2m", [0.0] * 30, bilinear=[1.0] * 30), Rule())
    assert few["small"].tolist() == [True]
    assert enough["small"].tolist() == [False]


def test_an_empty_class_is_shown_with_no_figure() -> None:
    pairs = comparison("temperature_2m", [0.0], bilinear=[1.0])
    table = score_table(pairs, Rule(splits=(("sun",),)))
    night = table[table["sun"] == "night"].iloc[0]
    assert night["n"] == 0
    assert np.isnan(night["mae"])
    assert night["small"]


def test_a_reference_that_is_not_compared_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="compared are zhitian"):
        score_table(comparison("temperature_2m", [0.0], zhitian=[1.0]), Rule())


def test_blocks_are_squares_of_2_degrees_and_days_are_utc() -> None:
    longitude, latitude = np.array([0.1, 1.9, 2.1, -0.1]), np.array([40.5, 41.9, 40.5, 40.5])
    labels = blocks_of_place(longitude, latitude)
    assert labels[0] == labels[1]
    assert len(set(labels.tolist())) == 3
    days = np.array(["2025-01-01T00", "2025-01-01T23", "2025-01-02T00"], "datetime64[ns]")
    assert blocks_of_day(days).tolist() == [0, 0, 1]


def test_the_interval_of_blocks_that_all_halve_their_error_is_a_half() -> None:
    against = np.array([1.0, 2.0, 3.0, 4.0, 5.0])
    ends = reduction_interval(against / 2, against, blocks=np.arange(5))
    assert ends == pytest.approx((0.5, 0.5))
    root = reduction_interval(against / 4, against, blocks=np.arange(5), root=True)
    assert root == pytest.approx((0.5, 0.5))


def test_four_blocks_give_no_interval() -> None:
    assert np.isnan(reduction_interval(np.ones(4), np.ones(4), blocks=np.arange(4))).all()


def test_pairs_of_one_block_do_not_narrow_the_interval() -> None:
    generator = np.random.default_rng(1)
    loss, against = generator.uniform(0.5, 1.0, 20), generator.uniform(1.0, 2.0, 20)
    alone = reduction_interval(loss, against, blocks=np.arange(20))
    copied = reduction_interval(
        loss.repeat(50), against.repeat(50), blocks=np.arange(20).repeat(50)
    )
    assert copied == pytest.approx(alone)


def test_equal_skill_as_harvey_leybourne_and_newbold_write_it() -> None:
    # gains 1 to 12 two steps ahead: mean 6.5, autocovariances 143 / 12 and c1 by their eq. 5,
    # V = (c0 + 2 c1) / n, corrected by sqrt((n + 1 - 2 h + h (h - 1) / n) / n) (eq. 9)
    gain = np.arange(1.0, 13.0)
    apart = gain - gain.mean()
    c0, c1 = (apart**2).mean(), (apart[1:] * apart[:-1]).sum() / 12
    plain = gain.mean() / np.sqrt((c0 + 2 * c1) / 12)
    expected = plain * np.sqrt((12 + 1 - 4 + 2 / 12) / 12)
    tested = equal_skill(gain, steps_ahead=2)
    assert tested.statistic == pytest.approx(expected)
    assert tested.times == 12
    assert 0.0 < tested.p_value < 0.01


def test_gains_that_cancel_are_no_skill() -> None:
    tested = equal_skill(np.array([1.0, -1.0] * 6))
    assert tested.statistic == pytest.approx(0.0)
    assert tested.p_value == pytest.approx(1.0)


def test_nine_days_are_not_tested_and_the_hours_of_a_day_count_once() -> None:
    times = pd.Series(pd.date_range("2025-01-01", periods=24 * 12, freq="h"))
    gain = pd.Series(np.repeat(np.arange(1.0, 13.0), 24))
    lead = pd.Series(np.full(times.size, 6.0))
    assert by_day(gain, times=times, lead_h=lead) == equal_skill(np.arange(1.0, 13.0))
    short = slice(0, 24 * 9)
    assert np.isnan(by_day(gain[short], times=times[short], lead_h=lead[short]).p_value)


def test_many_looks_are_told() -> None:
    assert looks(40).startswith("40 intervals of 95 % are shown; were all methods alike, about 2")
