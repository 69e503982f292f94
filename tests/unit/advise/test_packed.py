"""A comparison is one of packed counts, so what is stored as 4.0 is 4.0."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast.advise.packed import holds
from forecast.variables import pack, unpack

OPERATORS = {"<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal}


def test_four_equals_four_after_packing() -> None:
    kept = unpack(pack([4.0, 3.9999998, 4.04, 4.06], "temperature_2m"), "temperature_2m")
    assert holds(kept, "<=", limit=4.0, scale=10).tolist() == [True, True, True, False]
    assert holds(kept, ">=", limit=4.0, scale=10).all()
    assert not holds(kept, "<", limit=4.0, scale=10).any()


def test_a_value_that_was_never_packed_is_compared_as_if_it_were() -> None:
    raw = np.array([3.96, 4.04, 3.94, 4.06], dtype=np.float32)
    assert holds(raw, "<=", limit=4.0, scale=10).tolist() == [True, True, True, False]
    assert holds(raw, ">=", limit=4.0, scale=10).tolist() == [True, True, False, True]


def test_a_threshold_between_two_counts_lies_between_them() -> None:
    counts = np.array([62.0, 63.0], dtype=np.float32)
    assert holds(counts, ">=", limit=62.5, scale=1).tolist() == [False, True]
    assert holds(counts, "<=", limit=62.5, scale=1).tolist() == [True, False]


def test_missing_values_hold_nothing() -> None:
    for operator in OPERATORS:
        assert not holds(np.array([np.nan], np.float32), operator, limit=0.0, scale=10).any()


@pytest.mark.parametrize("operator", OPERATORS)
@given(
    value=st.floats(-89, 59, width=32),
    limit=st.integers(-9000, 6000).map(lambda hundredths: hundredths / 100),
)
def test_the_shortcut_is_the_comparison_of_counts(
    operator: str, value: float, limit: float
) -> None:
    count = int(pack([value], "temperature_2m")[0])
    expected = OPERATORS[operator](count, round(limit * 10, 6))
    found = holds(np.array([value], np.float32), operator, limit=limit, scale=10)[0]
    assert bool(found) == bool(expected)
