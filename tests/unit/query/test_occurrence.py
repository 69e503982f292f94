"""Events over variables and hours together, counted in members."""

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecast.errors import DataError, InvalidRequest, UnknownName
from forecast.query.events import Condition, Event
from forecast.query.occurrence import best_start, occurrence, spell_lengths

START = np.datetime64("2025-04-10T00", "ns")
HOUR = np.timedelta64(1, "h")
CALM = Condition(variable="wind_speed_10m", comparison="<", value=4.0)
DRY = Condition(variable="precipitation", comparison="==", value=0.0)
SPRAY = Event(conditions=(CALM, DRY), hours=6)


def hours(count: int) -> np.ndarray:
    return START + np.arange(1, count + 1) * HOUR


def weather(windy: np.ndarray, wet: np.ndarray) -> dict[str, np.ndarray]:
    """Members [member, time] that are windy and wet where they are told to be."""
    return {
        "wind_speed_10m": np.where(windy, 6.0, 2.0).astype(np.float32),
        "precipitation": np.where(wet, 1.5, 0.0).astype(np.float32),
    }


def test_a_joint_probability_is_not_the_product_of_the_single_ones() -> None:
    # a front: the 10 members that are windy in some hour are the 10 that are wet in some hour
    front = np.zeros((20, 6), dtype=bool)
    front[:10, 2] = True
    together = occurrence(weather(front, front), SPRAY, times=hours(6)).probability()
    assert together.tolist() == [0.5]
    single = [
        float(
            occurrence(
                weather(front, front), Event(conditions=(one,), hours=6), times=hours(6)
            ).probability()[0]
        )
        for one in (CALM, DRY)
    ]
    assert single == [0.5, 0.5]
    assert np.prod(single) == 0.25
    # the same marginals with the other half wet: never both
    apart = occurrence(weather(front, front[::-1]), SPRAY, times=hours(6)).probability()
    assert apart.tolist() == [0.0]


def test_the_same_hours_must_serve_all_conditions() -> None:
    windy, wet = np.zeros((10, 2), dtype=bool), np.zeros((10, 2), dtype=bool)
    windy[:, 0], wet[:, 1] = True, True
    either = Event(conditions=(CALM, DRY), hours=2, at_least=1)
    # each condition holds in one of the two hours in all members, both never in one
    assert occurrence(weather(windy, wet), either, times=hours(2)).probability().tolist() == [0.0]


@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_the_count_is_that_of_a_loop_over_members_and_hours(data: st.DataObject) -> None:
    members, length = data.draw(st.integers(1, 6)), data.draw(st.integers(1, 9))
    cells = st.sampled_from(["calm", "windy", "missing"])
    drawn = data.draw(st.lists(cells, min_size=members * length, max_size=members * length))
    sky = np.array(drawn).reshape(members, length)
    span = data.draw(st.integers(1, length))
    needed = data.draw(st.integers(1, span))
    wind = np.select([sky == "calm", sky == "windy"], [1.0, 9.0], np.nan).astype(np.float32)
    event = Event(conditions=(CALM,), hours=span, at_least=needed)
    found = occurrence({"wind_speed_10m": wind}, event, times=hours(length))
    for member in range(members):
        for start in range(length - span + 1):
            window = sky[member, start : start + span]
            good, lost = np.sum(window == "calm"), np.sum(window == "missing")
            assert found.yes[member, start] == (good >= needed)
            assert found.known[member, start] == (good >= needed or good + lost < needed)


def test_what_decides_is_known_even_if_the_rest_is_missing() -> None:
    wind = np.full((12, 6), np.nan, dtype=np.float32)
    rain = np.zeros((12, 6), dtype=np.float32)
    rain[:, 3] = 2.0
    found = occurrence({"wind_speed_10m": wind, "precipitation": rain}, SPRAY, times=hours(6))
    assert found.members().tolist() == [12]
    assert found.probability().tolist() == [0.0]
    dry = occurrence(
        {"wind_speed_10m": wind, "precipitation": np.zeros_like(rain)}, SPRAY, times=hours(6)
    )
    assert dry.members().tolist() == [0]
    assert np.isnan(dry.probability()).all()


def test_windows_start_where_their_first_hour_begins_and_stay_inside_the_bounds() -> None:
    still = np.zeros((10, 12), dtype=bool)
    event = Event(
        conditions=(CALM,),
        hours=3,
        begin=datetime(2025, 4, 10, 2, tzinfo=UTC),
        end=datetime(2025, 4, 10, 8, tzinfo=UTC),
    )
    found = occurrence(weather(still, still), event, times=hours(12))
    assert found.starts[0] == START + 2 * HOUR
    assert found.starts[-1] == START + 5 * HOUR
    assert found.probability().tolist() == [1.0] * 4


def test_a_window_that_does_not_fit_is_refused_with_what_the_forecast_covers() -> None:
    still = np.zeros((10, 4), dtype=bool)
    with pytest.raises(InvalidRequest, match="T00:00:00Z to 2025-04-10T04:00:00Z"):
        occurrence(weather(still, still), SPRAY, times=hours(4))


def test_the_best_start_names_its_worst_member_and_the_earliest_of_equals() -> None:
    windy = np.zeros((10, 8), dtype=bool)
    windy[:, 0] = True
    windy[3:, 5:] = True
    windy[7, 3:] = True
    event = Event(conditions=(CALM,), hours=2)
    best = best_start(occurrence(weather(windy, windy), event, times=hours(8)))
    assert best is not None
    assert best.start == START + HOUR
    assert (best.probability, best.members) == (1.0, 10)
    # three members last 7 hours, six last 4, one lasts 2
    assert best.expected_hours == pytest.approx((3 * 7 + 6 * 4 + 2) / 10)
    assert (best.worst_member, best.worst_hours) == (7, 2)


def test_nothing_is_best_where_nothing_is_known() -> None:
    nothing = {"wind_speed_10m": np.full((20, 6), np.nan, dtype=np.float32)}
    event = Event(conditions=(CALM,), hours=2)
    assert best_start(occurrence(nothing, event, times=hours(6))) is None


def test_whether_it_ever_happens_is_asked_of_each_member() -> None:
    windy = np.ones((10, 6), dtype=bool)
    for member in range(6):
        windy[member, member] = False  # calm in one hour, another one in each member
    found = occurrence(weather(windy, windy), Event(conditions=(CALM,)), times=hours(6))
    np.testing.assert_allclose(found.probability(), 0.1, atol=1e-7)
    assert float(found.ever()) == pytest.approx(0.6)


def test_spells_end_with_what_is_not_met_or_not_known() -> None:
    met = np.array([[1, 1, 0, 1, 1, 1]], dtype=bool)
    known = np.array([[1, 1, 1, 1, 0, 1]], dtype=bool)
    assert spell_lengths(met, known).tolist() == [[2, 1, 0, 1, -1, 1]]


def test_sums_over_hours_can_be_part_of_a_joint_event() -> None:
    flood = Condition(
        variable="precipitation", comparison=">=", value=6.0, over_hours=3, statistic="sum"
    )
    wet = np.zeros((10, 5), dtype=bool)
    wet[:4, 1:5] = True  # 1.5 mm an hour: 4.5 mm in three hours
    rain = weather(wet, wet)
    rain["precipitation"] *= 2.0
    found = occurrence(rain, Event(conditions=(flood,)), times=hours(5))
    np.testing.assert_allclose(found.probability(), [np.nan, np.nan, 0.4, 0.4, 0.4], atol=1e-7)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"comparison": "!="}, "allowed are <, <=, >, >=, =="),
        ({"value": float("nan")}, "finite number in m s-1"),
        ({"over_hours": 3}, "without a statistic"),
        ({"over_hours": 0}, "allowed are 1 to 240 h"),
        ({"statistic": "sum"}, "only amounts are summed"),
        ({"statistic": "median"}, "allowed are value, sum"),
    ],
)
def test_a_condition_that_makes_no_sense_is_refused(fields: dict, words: str) -> None:
    given = {"variable": "wind_speed_10m", "comparison": "<", "value": 4.0, **fields}
    with pytest.raises(InvalidRequest, match=words):
        Condition(**given)


def test_an_event_that_makes_no_sense_is_refused() -> None:
    with pytest.raises(UnknownName, match="wind_speed_10m"):
        Condition(variable="wind_speed", comparison="<", value=4.0)
    with pytest.raises(InvalidRequest, match="one or more"):
        Event(conditions=())
    with pytest.raises(InvalidRequest, match="allowed are 1 to 3 h"):
        Event(conditions=(CALM,), hours=3, at_least=4)
    with pytest.raises(InvalidRequest, match="these members hold precipitation"):
        occurrence({"precipitation": np.zeros((2, 6))}, SPRAY, times=hours(6))
    still = np.zeros((2, 6), dtype=bool)
    with pytest.raises(DataError, match="not hourly"):
        occurrence(weather(still, still), SPRAY, times=START + np.arange(6) * 3 * HOUR)


def test_an_event_says_what_it_is() -> None:
    assert str(SPRAY) == ("wind_speed_10m < 4 m s-1 and precipitation == 0 mm, in all of 6 h")
