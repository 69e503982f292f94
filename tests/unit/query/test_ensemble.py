"""Quantiles, probabilities and amounts of members say the same."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecast.errors import InvalidRequest
from forecast.query import ensemble
from forecast.query.ensemble import exceedance, quantiles
from forecast.query.events import Condition
from forecast.query.rolling import windowed

amounts = st.lists(
    st.one_of(st.none(), st.sampled_from([0.0, 0.1, 0.2]), st.floats(0.0, 90.0, width=32)),
    min_size=10,
    max_size=51,
)
LEVELS = [0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0]


def column(values: list[float | None]) -> np.ndarray:
    """Members at one time."""
    return np.array([[np.nan if value is None else value] for value in values], dtype=np.float32)


def test_the_quantile_of_the_default_definition_is_a_member() -> None:
    members = np.arange(1.0, 52.0, dtype=np.float32)[::-1, np.newaxis]
    # of 51 members a tenth is 5.1: the sixth is the first with so many at or below
    assert quantiles(members, [0.1, 0.5, 0.9])[:, 0].tolist() == [6.0, 26.0, 46.0]


@pytest.mark.parametrize("definition", ensemble.TYPES)
def test_every_definition_is_that_of_numpy(definition: ensemble.Definition) -> None:
    members = np.random.default_rng(3).normal(size=(20, 4, 3)).astype(np.float32)
    ours = quantiles(members, LEVELS, definition=definition)
    theirs = np.quantile(members.astype(np.float64), LEVELS, axis=0, method=definition)
    np.testing.assert_allclose(ours, theirs, atol=1e-6)


def test_missing_members_are_left_out() -> None:
    members = np.append(np.arange(12.0, dtype=np.float32), [np.nan] * 3)[:, np.newaxis]
    assert quantiles(members, [0.5])[0, 0] == quantiles(members[:12], [0.5])[0, 0] == 5.0
    wet = Condition(variable="precipitation", comparison=">=", value=9.0)
    assert exceedance(members, wet)[0] == pytest.approx(3 / 12)


def test_too_few_members_give_nothing() -> None:
    members = np.arange(9.0, dtype=np.float32)[:, np.newaxis]
    assert np.isnan(quantiles(members, [0.5])).all()
    assert quantiles(members, [0.5], least=9)[0, 0] == 4.0
    wet = Condition(variable="precipitation", comparison=">=", value=1.0)
    assert np.isnan(exceedance(members, wet)).all()
    assert exceedance(members, wet, least=9)[0] == pytest.approx(8 / 9)
    assert np.isnan(quantiles(np.full((0, 2), np.nan), [0.5], least=0)).all()


def test_levels_and_definitions_that_make_no_sense_are_refused() -> None:
    with pytest.raises(InvalidRequest, match="0 to 1"):
        quantiles(np.zeros((3, 1)), [90.0])
    with pytest.raises(InvalidRequest, match="allowed are inverted_cdf"):
        quantiles(np.zeros((3, 1)), [0.5], definition="nearest")  # type: ignore[arg-type]


def test_ties_count_as_the_comparison_says() -> None:
    members = np.repeat(np.float32([0.0, 0.1, 0.2]), 4)[:, np.newaxis]
    shares = {
        sign: float(
            exceedance(
                members[:, 0], Condition(variable="precipitation", comparison=sign, value=0.1)
            )
        )
        for sign in ("<", "<=", ">", ">=", "==")
    }
    expected = {"<": 4, "<=": 8, ">": 4, ">=": 8, "==": 4}
    assert shares == {sign: pytest.approx(count / 12) for sign, count in expected.items()}


@settings(max_examples=200, deadline=None)
@given(
    values=amounts, threshold=st.sampled_from([0.1, 0.2, 1.0, 25.0]), level=st.sampled_from(LEVELS)
)
def test_probability_and_quantile_are_two_sides_of_the_same_members(
    values: list[float | None], threshold: float, level: float
) -> None:
    members = column(values)
    above = Condition(variable="precipitation", comparison=">", value=threshold)
    chance = float(exceedance(members, above, least=1)[0])
    quantile = float(quantiles(members, [level], least=1)[0, 0])
    if np.isnan(chance):
        assert np.isnan(quantile)
    elif level > 0.0:
        assert (chance <= 1.0 - level + 1e-7) == (quantile <= np.float32(threshold))


@settings(max_examples=100, deadline=None)
@given(values=amounts, threshold=st.sampled_from([0.1, 1.0, 10.0]))
def test_no_chance_of_rain_goes_with_dry_quantiles_and_certain_rain_with_wet_ones(
    values: list[float | None], threshold: float
) -> None:
    members = column(values)
    wet = Condition(variable="precipitation", comparison=">=", value=threshold)
    chance = float(exceedance(members, wet, least=1)[0])
    for definition in ensemble.TYPES:
        spread = quantiles(members, LEVELS, definition=definition, least=1)[:, 0]  # type: ignore[arg-type]
        if chance == 0.0:
            assert (spread < np.float32(threshold)).all()
        if chance == 1.0:
            assert (spread >= np.float32(threshold) * (1 - 1e-6)).all()


def test_rain_of_several_hours_is_added_in_each_member_before_members_are_counted() -> None:
    rain = np.zeros((10, 6), dtype=np.float32)
    rain[0, :3] = 4.0  # 12 mm in three hours
    rain[1, [0, 3]] = 6.0  # never 12 mm in three hours
    heavy = Condition(
        variable="precipitation", comparison=">=", value=12.0, over_hours=3, statistic="sum"
    )
    np.testing.assert_allclose(
        exceedance(rain, heavy), [np.nan, np.nan, 0.1, 0.0, 0.0, 0.0], atol=1e-7
    )


def test_dry_hours_after_a_cloudburst_are_exactly_dry() -> None:
    rain = np.array([123.4, 0.1, 0.7, 0.0, 0.0, 0.0, 0.0], dtype=np.float32)
    assert windowed(rain, "sum", hours=3)[-2:].tolist() == [0.0, 0.0]
    assert np.isnan(windowed(rain, "maximum", hours=9)).all()
    assert windowed(rain, "maximum", hours=2)[1:3].tolist() == [np.float32(123.4), np.float32(0.7)]
