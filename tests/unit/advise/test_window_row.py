"""A window at one place: the best start, how long, the worst member, the next one, the lights."""

import numpy as np
import pytest
import xarray as xr

from forecast.advise.profile import shipped_profile
from forecast.advise.window_row import AMBER, GREEN, NO_DATA, NOT_APPLICABLE, RED, WindowRow
from forecast.advise.windows import Grades, lights, opened
from forecast.agromet.truth import NO, YES

PLUCK = shipped_profile("tea.cuilan.yuexi").windows[0]
"""At least 3 h."""

TIMES = (np.datetime64("2025-04-12T01", "h") + np.arange(12)).astype("datetime64[ns]")


def _row(
    green: list[list[int]],
    amber: list[list[int]] | None = None,
    *,
    least: int = 1,
    stage: list[int] | None = None,
) -> WindowRow:
    suits = np.array(green, np.int8)
    does = suits if amber is None else np.maximum(suits, np.array(amber, np.int8))
    size = suits.shape[1]
    return WindowRow.of(
        PLUCK,
        TIMES[:size],
        truth={"green": suits, "amber": does},
        stage=np.array([stage or [YES] * size], np.int8),
        least=least,
    )


def test_the_best_start_is_the_earliest_of_the_likeliest_with_its_length_and_worst_member() -> None:
    told = _row([[0, 2, 2, 2, 2, 0], [0, 2, 2, 2, 0, 0], [2, 2, 2, 0, 0, 0]]).best(at_least=0.5)
    assert told is not None
    # the hour of 02 UTC begins at 01; from there 4, 3 and 2 hours in a row
    assert told.begins == np.datetime64("2025-04-12T01", "ns")
    assert told.probability == pytest.approx(2 / 3)
    assert told.expected == pytest.approx(3.0)
    assert (told.worst, told.worst_member, told.members) == (2, 2, 3)
    assert (told.grade, told.step) == ("green", 1)


def test_a_green_window_goes_before_a_likelier_amber_one() -> None:
    row = _row([[2, 2, 2, 0], [0, 2, 2, 2]], amber=[[2, 2, 2, 2]] * 2)
    green, amber = row.best(at_least=0.5), row.best(at_least=0.6)
    assert green is not None
    assert amber is not None
    assert (green.grade, amber.grade) == ("green", "amber")
    assert _row([[0] * 4]).best(at_least=0.5) is None


def test_the_next_window_begins_after_this_one_is_over() -> None:
    row = _row([[2, 2, 2, 2, 0, 0, 2, 2, 2]] * 2)
    first = row.best(at_least=0.5)
    assert first is not None
    second = row.following(first, at_least=0.5)
    assert second is not None
    assert second.begins == np.datetime64("2025-04-12T06", "ns")
    assert row.following(second, at_least=0.5) is None


def test_the_next_window_never_begins_within_the_time_that_is_told() -> None:
    # green starts end after the 2nd hour, but what is told of the first window lasts 4 hours
    green = [[2, 2, 2, 2, 2, 0, 0, 0, 0, 0], [2, 2, 2, 0, 0, 0, 0, 0, 0, 0]]
    row = _row(green, amber=[[2] * 10] * 2)
    first = row.best(at_least=0.7)
    assert first is not None
    second = row.following(first, at_least=0.7)
    assert second is not None
    assert (first.grade, first.length, second.grade, second.step) == ("green", 4, "amber", 4)


def test_too_few_known_members_give_no_chance_and_no_window() -> None:
    row = _row([[2] * 4] * 9 + [[1] * 4] * 5, least=10)
    assert np.isnan(row.probability["green"]).all()
    assert row.best(at_least=0.1) is None


def test_every_hour_of_a_window_has_its_light_and_a_lone_hour_is_red() -> None:
    row = _row(
        [[2, 2, 2, 0, 0, 0, 0, 0, 2, 0, 0, 1]],
        amber=[[2, 2, 2, 0, 2, 2, 2, 0, 2, 0, 0, 1]],
        stage=[YES] * 10 + [NO] + [YES],
    )
    light, chances = row.lights(at_least=0.7)
    green = [GREEN] * 3 + [RED] + [AMBER] * 3 + [RED] * 3
    assert light.tolist() == [*green, NOT_APPLICABLE, NO_DATA]
    assert chances["amber"][4:8].tolist() == [1.0, 1.0, 1.0, 0.0]


def test_a_place_is_told_what_a_cell_is_told() -> None:
    rng = np.random.default_rng(4)
    green = rng.choice([0, 1, 2, 2, 2], size=(7, 12)).astype(np.int8)
    amber = np.maximum(green, rng.choice([0, 1, 2, 2, 2], size=(7, 12)).astype(np.int8))
    row = _row(green.tolist(), amber=amber.tolist(), least=4)
    found = Grades(
        *(
            xr.DataArray(rows, dims=("realization", "time"), coords={"time": TIMES})
            for rows in (green, amber)
        )
    )
    chances = opened(PLUCK, found, least=4)
    told = lights(PLUCK, found, chances=chances, least=4, at_least=0.5)
    light, shares = row.lights(at_least=0.5)
    assert light.tolist() == told["light"].values.tolist()
    for number, grade in enumerate(("green", "amber")):
        np.testing.assert_array_equal(row.probability[grade], chances["probability"][number])
        np.testing.assert_array_equal(shares[grade], told["probability"][number])
