"""Conditions give yes, no or unknown, and nothing unknown ever looks like a no."""

from typing import Any

import dask.array as da
import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from forecast.advise.conditions import evaluate, inputs, judged, levels, margin
from forecast.advise.profile import shipped_profile
from forecast.advise.profile.grammar import AnyCondition, Comparison, Condition
from forecast.agromet import spells, truth
from forecast.errors import DataError

U, N, Y = truth.UNKNOWN, truth.NO, truth.YES
READ: TypeAdapter[AnyCondition] = TypeAdapter(Condition)
NAN = np.nan


def condition(written: dict[str, Any]) -> AnyCondition:
    return READ.validate_python(written)


def hours(*values: float) -> xr.DataArray:
    return xr.DataArray(np.array(values, dtype=np.float32), dims="time")


def days(*values: float) -> xr.DataArray:
    return xr.DataArray(np.array(values, dtype=np.float32), dims="day")


def told(written: dict[str, Any], **values: xr.DataArray) -> list[int]:
    return evaluate(condition(written), values).values.tolist()


COLD = {"var": "tmin", "op": "<=", "value": "2 degC"}
WINDY = {"var": "gustmax", "op": ">=", "value": "17.2 m/s"}


def test_zero_degrees_is_a_value_and_missing_is_unknown() -> None:
    assert told(COLD, tmin=days(0, 2, 2.1, NAN)) == [Y, Y, N, U]


def test_and_or_and_not_follow_kleene() -> None:
    values = {"tmin": days(0, 0, 0, 5, NAN, NAN), "gustmax": days(20, 5, NAN, NAN, 20, 5)}
    assert told({"all": [COLD, WINDY]}, **values) == [Y, N, U, N, U, N]
    assert told({"any": [COLD, WINDY]}, **values) == [Y, Y, Y, U, Y, U]
    assert told({"not": COLD}, **values) == [N, N, N, Y, U, U]


def test_a_sum_is_certain_as_soon_as_what_is_known_is_enough() -> None:
    rain = hours(0, 30, NAN, 25, 0, 0)
    heavy = {"var": "precip", "op": ">=", "value": "50 mm", "agg": "sum", "window": "past 4 h"}
    assert told(heavy, precip=rain) == [U, U, U, Y, Y, U]
    dry = {"var": "precip", "op": "<", "value": "0.1 mm", "agg": "sum", "window": "next 2 h"}
    assert told(dry, precip=rain) == [N, N, N, N, Y, U]


@pytest.mark.parametrize(
    ("side", "expected"), [("next", [N, Y, Y, N, U]), ("past", [U, N, Y, Y, N])]
)
def test_next_begins_with_the_step_and_past_ends_with_it(side: str, expected: list[int]) -> None:
    wet = {"var": "precip", "op": ">=", "value": "1 mm", "agg": "max", "window": f"{side} 2 h"}
    assert told(wet, precip=hours(0, 0, 5, 0, 0)) == expected


def test_a_lowest_value_over_days_looks_at_all_of_them() -> None:
    frost = {"var": "tmin", "op": "<", "value": "2 degC", "agg": "min", "window": "next 3 d"}
    assert told(frost, tmin=days(5, 5, 1, 5, 5, 5)) == [Y, Y, Y, N, U, U]


def test_a_mean_over_a_window_needs_all_of_it() -> None:
    mild = {"var": "tmean", "op": ">=", "value": "10 degC", "agg": "mean", "window": "past 2 d"}
    assert told(mild, tmean=days(9, 11, 9.8, NAN, 12)) == [U, Y, Y, U, U]


def test_a_run_holds_on_all_its_days_and_a_gap_may_hide_one() -> None:
    run = {"run": COLD, "at_least": "3 d"}
    assert told(run, tmin=days(9, 0, 0, 0, 9, 0, 0, 9)) == [N, Y, Y, Y, N, N, N, N]
    assert told(run, tmin=days(9, 0, NAN, 0, 9)) == [N, U, U, U, N]
    assert told(run, tmin=days(0, 9, 9, 0, 0)) == [U, N, N, U, U]


def test_a_count_looks_back_and_is_not_surer_than_its_hours() -> None:
    cold = {"var": "t2m", "op": "<=", "value": "2 degC"}
    count = {"count": cold, "within": "4 h", "at_least": "2 h"}
    found = told(count, t2m=hours(5, 1, 5, 1, 5, 5, NAN, 5, 5, 5, 5))
    assert found == [U, U, U, Y, Y, N, U, N, N, N, N]


def test_a_day_on_an_hourly_axis_is_24_steps() -> None:
    rain = hours(*[1] * 30)
    wet = {"var": "precip", "op": ">=", "value": "24 mm", "agg": "sum", "window": "past 1 d"}
    assert told(wet, precip=rain)[22:25] == [U, Y, Y]


@given(st.lists(st.sampled_from([0.0, 9.0, NAN]), min_size=1, max_size=30), st.integers(1, 5))
def test_runs_and_counts_agree_with_the_kernels_of_agromet(values: list[float], n: int) -> None:
    tmin = days(*values)
    cold = truth.compare(tmin, 2.0, operator="<=")
    run = evaluate(condition({"run": COLD, "at_least": f"{n} d"}), {"tmin": tmin})
    xr.testing.assert_equal(run, spells.run(cold, at_least=n, dim="day"))
    written = {"count": COLD, "within": "5 d", "at_least": f"{n} d"}
    count = evaluate(condition(written), {"tmin": tmin})
    xr.testing.assert_equal(count, spells.count(cold, at_least=n, window=5, dim="day"))


@given(st.lists(st.sampled_from([0.0, 9.0, NAN]), min_size=4, max_size=20), st.data())
def test_what_is_certain_stays_so_whatever_the_missing_values_are(
    values: list[float], data: st.DataObject
) -> None:
    rule = {
        "any": [
            {"run": COLD, "at_least": "2 d"},
            {"not": {"count": COLD, "within": "3 d", "at_least": "1 d"}},
        ]
    }
    before = told(rule, tmin=days(*values))
    filled = [data.draw(st.sampled_from([0.0, 9.0])) if np.isnan(v) else v for v in values]
    after = told(rule, tmin=days(*filled))
    assert all(one in (U, other) for one, other in zip(before, after, strict=True))


def test_a_threshold_in_the_tunnel_is_lower_at_the_screen_by_the_gain() -> None:
    written = {"var": "tmin", "op": "<", "value": "8 degC", "at": "tunnel", "gain": "3 delta_degC"}
    assert told(written, tmin=days(5.1, 5.0, 4.9)) == [N, N, Y]


def test_the_margin_is_in_units_and_positive_where_the_condition_is_met() -> None:
    cold = condition(COLD)
    assert isinstance(cold, Comparison)
    assert margin(cold, {"tmin": days(0, 2, 5, NAN)}).values.tolist()[:3] == [2, 0, -3]
    rain = condition(
        {"var": "precip", "op": ">=", "value": "50 mm", "agg": "sum", "window": "past 3 h"}
    )
    assert isinstance(rain, Comparison)
    values = {"precip": hours(20, 20, 20, 0)}
    assert judged(rain, values).values.tolist()[2:] == [60, 40]
    assert margin(rain, values).values.tolist()[2:] == [10, -10]


def test_models_answer_under_their_key() -> None:
    hutton = condition({"model": "hutton"})
    assert inputs(hutton) == ("hutton()",)
    answer = xr.DataArray(np.array([N, U, Y], dtype=np.int8), dims="day")
    assert evaluate(hutton, {"hutton()": answer}).values.tolist() == [N, U, Y]
    borer = condition(
        {
            "model": "degree_days",
            "with": {"base": "12.9 degC", "from": "03-01"},
            "op": ">=",
            "value": "238.3 degC d",
        }
    )
    (key,) = inputs(borer)
    assert key == "degree_days(base=12.9, from=03-01, method=simple)"
    assert evaluate(borer, {key: days(238.2, 238.3, NAN)}).values.tolist() == [N, Y, U]


def test_members_and_cells_ride_along_and_lazy_stays_lazy() -> None:
    rng = np.random.default_rng(4)
    values = rng.uniform(-3, 6, (3, 48, 4)).astype(np.float32)
    dims = ("realization", "time", "latitude")
    rule = shipped_profile("tea.cuilan.yuexi").rules[0]
    whole = levels(rule, {"t2m": xr.DataArray(values, dims=dims)})
    lazy = levels(rule, {"t2m": xr.DataArray(da.from_array(values, chunks=(1, 24, 2)), dims=dims)})
    assert lazy.sure.chunks is not None
    xr.testing.assert_equal(lazy.sure.compute(), whole.sure)
    xr.testing.assert_equal(lazy.possible.compute(), whole.possible)
    one = levels(rule, {"t2m": xr.DataArray(values[1, :, 2], dims="time")})
    np.testing.assert_array_equal(whole.sure.values[1, :, 2], one.sure.values)


def test_a_quantity_that_is_not_at_hand_is_named() -> None:
    with pytest.raises(DataError, match="a condition on gustmax was asked; at hand is tmin"):
        told({"all": [COLD, WINDY]}, tmin=days(1))
    with pytest.raises(DataError, match="needs 'day'"):
        told(COLD, tmin=hours(1))
