"""Reasons: the comparison that decides, by how much, and what would turn the answer."""

import numpy as np
import pytest
import xarray as xr
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from forecast.advise.conditions import evaluate, inputs
from forecast.advise.profile.grammar import AnyCondition, Condition
from forecast.advise.reasons import deciding
from forecast.agromet.truth import YES
from forecast.errors import DataError

_READ: TypeAdapter[AnyCondition] = TypeAdapter(Condition)

HOT = {"var": "tmax", "op": ">=", "value": "35 degC"}
COLD = {"var": "tmin", "op": "<=", "value": "4 degC"}
WIND = {"var": "gustmax", "op": ">=", "value": "17.2 m/s"}


def _values(**rows: list[float] | list[list[float]]) -> dict[str, xr.DataArray]:
    told = {}
    for name, row in rows.items():
        data = np.array(row, np.float32)
        dims = ("day",) if data.ndim == 1 else ("realization", "day")
        dates = (np.datetime64("2025-04-10") + np.arange(data.shape[-1])).astype("datetime64[ns]")
        told[name] = xr.DataArray(data, dims=dims, coords={"day": dates})
    return told


def _condition(tree: object) -> AnyCondition:
    return _READ.validate_python(tree)


def test_a_comparison_that_is_met_tells_its_margin_and_the_change_that_turns_it() -> None:
    told = deciding(_condition(COLD), _values(tmin=[2.6]), among=[0])
    assert told is not None
    assert (told.value, told.threshold, told.unit, told.holds) == (2.6, 4.0, "degC", True)
    assert told.margin == pytest.approx(1.4)
    # 4.1 is the first tenth that is no longer 4 or less
    count = 0.1 if told.flip == pytest.approx(1.5) else 0.01
    assert told.flip == pytest.approx(1.4 + count)
    assert told.margin_in_spread is None


def test_a_value_at_the_threshold_has_no_margin_and_still_holds() -> None:
    told = deciding(_condition(COLD), _values(tmin=[4.0]), among=[0])
    assert told is not None
    assert (told.margin, told.holds) == (0.0, True)


def test_the_margin_is_told_in_the_spread_of_the_members_too() -> None:
    # median 33, standard deviation of 31, 33, 35 is 2: the threshold is one spread away
    told = deciding(_condition(HOT), _values(tmax=[[31.0], [33.0], [35.0]]), among=[0])
    assert told is not None
    assert (told.value, told.margin, told.margin_in_spread) == (33.0, -2.0, -1.0)
    assert told.flip == pytest.approx(2.0)


def test_of_conditions_that_must_all_hold_the_one_that_fails_decides() -> None:
    both = _condition({"all": [COLD, WIND]})
    told = deciding(both, _values(tmin=[1.0], gustmax=[12.2]), among=[0])
    assert told is not None
    assert (told.subject, told.holds) == ("gustmax", False)
    assert told.margin == pytest.approx(-5.0)
    assert told.flip == pytest.approx(5.0)


def test_where_two_fail_no_change_of_one_of_them_turns_the_answer() -> None:
    told = deciding(
        _condition({"all": [COLD, WIND]}), _values(tmin=[9.0], gustmax=[12.2]), among=[0]
    )
    assert told is not None
    assert (told.holds, told.flip) == (False, None)


def test_a_run_is_decided_by_its_worst_day() -> None:
    run = _condition({"run": HOT, "at_least": "3 d"})
    told = deciding(run, _values(tmax=[20.0, 36.0, 35.4, 37.0, 20.0]), among=[1])
    assert told is not None
    assert (told.value, told.holds) == (35.4, True)
    assert told.at == np.datetime64("2025-04-12", "ns")


def test_a_count_is_decided_by_the_last_day_that_it_needs() -> None:
    count = _condition({"count": HOT, "within": "4 d", "at_least": "2 d"})
    told = deciding(count, _values(tmax=[36.0, 20.0, 33.0, 30.0]), among=[3])
    assert told is not None
    assert (told.value, told.holds, told.margin) == (33.0, False, -2.0)


def test_the_day_at_which_most_speaks_for_it_is_told_and_nothing_where_all_is_missing() -> None:
    told = deciding(_condition(COLD), _values(tmin=[9.0, 5.0, np.nan, 7.0]), among=range(4))
    assert told is not None
    assert told.at == np.datetime64("2025-04-11", "ns")
    assert deciding(_condition(COLD), _values(tmin=[np.nan]), among=[0]) is None


def test_a_change_that_breaks_another_threshold_of_the_same_quantity_turns_nothing() -> None:
    narrow = [HOT, {"var": "tmax", "op": "<", "value": "34 degC"}]
    told = deciding(_condition({"all": narrow}), _values(tmax=[34.9]), among=[0])
    assert told is not None
    assert (told.holds, told.flip) == (False, None)


def test_a_model_decides_too_by_its_number() -> None:
    heat = {"model": "degree_days", "with": {"base": "12.9 degC", "from": "03-01"}}
    test = _condition({**heat, "op": ">=", "value": "238.3 degC d"})
    values = {inputs(test)[0]: _values(tmax=[230.0])["tmax"]}
    told = deciding(test, values, among=[0])
    assert told is not None
    assert told.unit == "degC d"
    assert told.margin == pytest.approx(-8.3)
    assert told.flip == pytest.approx(8.3)


def test_a_reason_is_asked_at_one_place() -> None:
    field = _values(tmin=[1.0])["tmin"].expand_dims(y=2)
    with pytest.raises(DataError, match="one place"):
        deciding(_condition(COLD), {"tmin": field}, among=[0])


_LEAVES = st.sampled_from([HOT, COLD, WIND])
_TREES = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"all": parts}),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"any": parts}),
        inner.map(lambda part: {"not": part}),
        inner.map(lambda part: {"run": part, "at_least": "2 d"}),
        inner.map(lambda part: {"count": part, "within": "3 d", "at_least": "2 d"}),
    ),
    max_leaves=4,
)
_ROWS = st.lists(
    st.sampled_from([0.0, 4.0, 4.1, 17.2, 20.0, 35.0, 36.0, np.nan]), min_size=5, max_size=5
)


@settings(max_examples=100, deadline=None)
@given(_TREES, _ROWS, _ROWS, _ROWS)
@example(
    tree={"run": {"count": WIND, "within": "3 d", "at_least": "2 d"}, "at_least": "2 d"},
    tmax=[0.0] * 5,
    tmin=[0.0] * 5,
    gust=[0.0, 0.0, 0.0, 17.2, 17.2],
)
def test_the_sign_of_the_reason_is_the_answer_of_the_condition(
    tree: object, tmax: list[float], tmin: list[float], gust: list[float]
) -> None:
    condition = _condition(tree)
    values = _values(tmax=tmax, tmin=tmin, gustmax=gust)
    truth = evaluate(condition, {name: values[name] for name in inputs(condition)})
    for step in range(5):
        told = deciding(condition, values, among=[step])
        if told is not None:
            assert (truth.values[step] == YES) == told.holds
        else:
            assert truth.values[step] == 1
