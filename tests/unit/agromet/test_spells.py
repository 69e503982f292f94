"""Three-valued conditions, runs, counts and windows, against their definitions step by step."""

import dask.array as da
import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from forecast.agromet.spells import (
    all_in,
    amount,
    count,
    rolling,
    run,
    steps_since,
    steps_until,
)
from forecast.agromet.truth import (
    NO,
    UNKNOWN,
    YES,
    all_of,
    any_of,
    compare,
)
from forecast.errors import DataError, InvalidRequest

truths = arrays(np.int8, st.integers(1, 14), elements=st.sampled_from([NO, UNKNOWN, YES]))
amounts = arrays(np.float32, st.integers(1, 14), elements=st.sampled_from([0.0, 1.0, 2.5, np.nan]))
lengths = st.integers(1, 6)
sides = st.sampled_from(["past", "next"])


def _field(values: object) -> xr.DataArray:
    return xr.DataArray(values, dims="time")


def _window(values: np.ndarray, at: int, length: int, side: str) -> list:
    """Steps of a window; None where it reaches outside of the data."""
    first = at - length + 1 if side == "past" else at
    steps = range(first, first + length)
    return [values[i] if 0 <= i < values.size else None for i in steps]


def _worlds(window: list) -> tuple[list, list]:
    """The window with every unknown step taken as no, and as yes."""
    seen = [UNKNOWN if step is None else step for step in window]
    return [step == YES for step in seen], [step != NO for step in seen]


def _verdict(worst: bool, best: bool) -> int:
    return YES if worst else UNKNOWN if best else NO


def test_a_missing_value_is_neither_yes_nor_no() -> None:
    values = _field(np.array([3.9, 4.0, 4.1, np.nan], dtype=np.float32))
    assert compare(values, 4.0, operator="<=").values.tolist() == [YES, YES, NO, UNKNOWN]
    assert compare(values, 4.0, operator="<").values.tolist() == [YES, NO, NO, UNKNOWN]
    assert compare(values, 4.0, operator=">").values.tolist() == [NO, NO, YES, UNKNOWN]
    assert compare(values, 4.0, operator=">=").values.tolist() == [NO, YES, YES, UNKNOWN]
    unknown = compare(values, float("nan"), operator=">=")
    assert unknown.values.tolist() == [UNKNOWN] * 4


def test_4_0_is_4_0_after_packing_and_after_kelvin() -> None:
    packed = np.int16(40) * np.float32(0.1)
    from_kelvin = np.float32(277.15) - np.float32(273.15)
    values = _field(np.array([packed, from_kelvin, np.float32(4.1) - np.float32(0.1)]))
    assert (compare(values, 4.0, operator="<=") == YES).all()
    assert (compare(values, 4.0, operator=">=") == YES).all()
    assert (compare(values, 4.0, operator="<") == NO).all()


def test_unknown_stays_unless_the_other_side_decides() -> None:
    """Kleene 1952, § 64: the tables of "and" and "or"."""
    left, right = np.meshgrid([NO, UNKNOWN, YES], [NO, UNKNOWN, YES])
    one, other = (xr.DataArray(side.astype(np.int8)) for side in (left, right))
    assert all_of(one, other).values.tolist() == [[0, 0, 0], [0, 1, 1], [0, 1, 2]]
    assert any_of(one, other).values.tolist() == [[0, 1, 2], [1, 1, 2], [2, 2, 2]]


@given(truths, lengths, sides)
def test_all_in_a_window_is_certain_only_where_no_unknown_can_change_it(
    values: np.ndarray, length: int, side: str
) -> None:
    every = all_in(_field(values), window=length, side=side)
    for at in range(values.size):
        worst, best = _worlds(_window(values, at, length, side))
        assert every.values[at] == _verdict(all(worst), all(best))


@given(truths, lengths, st.integers(1, 6), sides)
def test_a_count_is_certain_only_where_no_unknown_can_change_it(
    values: np.ndarray, length: int, least: int, side: str
) -> None:
    found = count(_field(values), at_least=least, window=length, side=side)
    for at in range(values.size):
        worst, best = _worlds(_window(values, at, length, side))
        assert found.values[at] == _verdict(sum(worst) >= least, sum(best) >= least)


@given(truths, lengths)
def test_a_whole_run_marks_each_step_of_it(values: np.ndarray, length: int) -> None:
    found = run(_field(values), at_least=length)
    for at in range(values.size):
        worst, best = False, False
        for first in range(at - length + 1, at + 1):
            seen = [
                values[i] if 0 <= i < values.size else UNKNOWN for i in range(first, first + length)
            ]
            worst = worst or all(step == YES for step in seen)
            best = best or all(step != NO for step in seen)
        assert found.values[at] == _verdict(worst, best)


def test_a_run_ends_starts_and_spans_where_it_should() -> None:
    cold = _field(np.array([0, 2, 2, 2, 0, 0], dtype=np.int8))
    assert run(cold, at_least=3, mark="end").values.tolist() == [0, 0, 0, 2, 0, 0]
    assert run(cold, at_least=3, mark="start").values.tolist() == [0, 2, 0, 0, 0, 0]
    assert run(cold, at_least=3).values.tolist() == [0, 2, 2, 2, 0, 0]


@given(amounts, lengths, sides, st.sampled_from(["min", "max", "sum", "mean"]))
def test_a_rolling_statistic_is_that_of_its_window_and_missing_where_a_step_is(
    values: np.ndarray, length: int, side: str, statistic: str
) -> None:
    found = rolling(_field(values), statistic, window=length, side=side)
    for at in range(values.size):
        window = _window(values, at, length, side)
        whole = np.nan
        if None not in window:
            whole = getattr(np, statistic)(np.array(window, dtype=np.float64))
        np.testing.assert_allclose(found.values[at], whole, rtol=1e-6)


@given(amounts, lengths, sides)
def test_enough_rain_is_enough_whatever_is_missing(
    values: np.ndarray, length: int, side: str
) -> None:
    found = amount(_field(values), 2.5, window=length, side=side)
    for at in range(values.size):
        window = _window(values, at, length, side)
        known = [step for step in window if step is not None and not np.isnan(step)]
        reached = sum(known) >= 2.5
        assert found.values[at] == _verdict(reached, reached or len(known) < length)


def test_steps_until_and_since_are_missing_behind_an_unknown_step() -> None:
    truth = _field(np.array([0, 0, 2, 0, 1, 0, 2, 0], dtype=np.int8))
    until = [2, 1, 0, np.nan, np.nan, 1, 0, np.inf]
    np.testing.assert_array_equal(steps_until(truth), until)
    since = [np.nan, np.nan, 0, 1, np.nan, np.nan, 0, 1]
    np.testing.assert_array_equal(steps_since(truth), since)


def test_all_dims_keep_their_order_and_lazy_stays_lazy() -> None:
    random = np.random.default_rng(3)
    values = xr.DataArray(
        random.normal(size=(2, 30, 4, 5)).astype(np.float32), dims=("realization", "time", "y", "x")
    )
    lazy = values.chunk({"time": 10, "x": 2})

    def spell(field: xr.DataArray) -> xr.DataArray:
        return run(compare(field, 0.0, operator="<="), at_least=3)

    assert isinstance(spell(lazy).data, da.Array)
    assert spell(lazy).dims == values.dims
    assert spell(values).dtype == np.int8
    xr.testing.assert_identical(spell(lazy).compute(), spell(values))
    rolled = rolling(lazy, "sum", window=6, side="next")
    assert rolled.dtype == np.float32
    xr.testing.assert_allclose(rolled, rolling(values, "sum", window=6, side="next"))


def test_windows_without_steps_and_data_without_time_are_refused() -> None:
    field = _field(np.array([1.0, 2.0]))
    with pytest.raises(InvalidRequest, match="window of 0 steps"):
        rolling(field, "sum", window=0, side="past")
    with pytest.raises(InvalidRequest, match="allowed are past and next"):
        rolling(field, "sum", window=2, side="centre")  # type: ignore[arg-type]
    with pytest.raises(InvalidRequest, match="allowed are max, mean, min, sum"):
        rolling(field, "median", window=2, side="past")  # type: ignore[arg-type]
    with pytest.raises(InvalidRequest, match="allowed are <, <=, > and >="):
        compare(field, 1.0, operator="==")  # type: ignore[arg-type]
    with pytest.raises(DataError, match="along 'time'"):
        rolling(field.rename(time="day"), "sum", window=2, side="past")
