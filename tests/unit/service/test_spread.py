"""Quantiles, probabilities and joint events in an answer, counted again by hand from members."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest

from forecast import downscale
from forecast.errors import InvalidRequest, RequestTooLarge, UnknownName
from forecast.service import ForecastService, ask
from tests.support.small_members import members_of, published_with
from tests.support.small_native import VARIABLES, downscaled_counts, native_fields
from tests.support.small_region import CYCLE, SmallRegion

HERE = {"latitude": 39.385, "longitude": 117.655}
ROW, COLUMN = 3, 5
COUNT = 20
Serve = Callable[..., ForecastService]


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> SmallRegion:
    folder: Path = tmp_path_factory.mktemp("spread")
    made = SmallRegion.create(folder, hours=48, variables=VARIABLES)
    published_with(made, members_of(made, count=COUNT))
    return made


@pytest.fixture(scope="module")
def members(region: SmallRegion) -> dict[str, np.ndarray]:
    """Values [member, time] with the decimals of an answer, read without the service."""
    held = downscale.Members(region.store.current().ensemble)
    values = held.at(ROW, COLUMN)
    decimals = {"precipitation": 2, "relative_humidity_2m": 0, "wind_direction_10m": 0}
    return {
        name: np.round(values[:, place].astype(np.float64), decimals.get(name, 1))
        for place, name in enumerate(held.variables)
    }


@pytest.fixture
def service(region: SmallRegion, serve: Serve) -> ForecastService:
    return serve(region)


def answered(service: ForecastService, **options: Any) -> dict[str, Any]:
    return orjson.loads(service.series(ask(service, **HERE, **options)).to_json())


def test_quantiles_are_members_in_their_order(
    service: ForecastService, members: dict[str, np.ndarray]
) -> None:
    told = answered(service, hourly="temperature_2m,precipitation", quantiles="10,50,97.5")
    ordered = np.sort(members["temperature_2m"], axis=0)
    # of 20 members the smallest with at least 10 % at or below is the second, 97.5 % the last
    for label, place in (("p10", 1), ("p50", 9), ("p97.5", 19)):
        found = told["hourly"][f"temperature_2m_{label}"]
        np.testing.assert_allclose(found, ordered[place], atol=1e-5)
    assert told["units"]["precipitation_p10"] == "mm"
    state = told["passport"]["members"]
    assert (state["count"], state["method"]) == (COUNT, "members")
    assert state["quantile_definition"] == "inverted_cdf, type 1"


def test_a_direction_has_no_quantiles_and_that_is_said(service: ForecastService) -> None:
    told = answered(service, quantiles="50")
    assert "wind_direction_10m_p50" not in told["hourly"]
    assert "no order" in told["passport"]["members"]["not_given"]["wind_direction_10m"]
    assert len([name for name in told["hourly"] if name.endswith("_p50")]) == len(VARIABLES) - 1


def test_a_probability_is_the_share_of_members(
    service: ForecastService, members: dict[str, np.ndarray]
) -> None:
    told = answered(
        service, hourly="temperature_2m", probability="precipitation>=0.5,temperature_2m<8.1"
    )
    rain = (members["precipitation"] >= 0.5).mean(axis=0)
    known = ~np.isnan(members["precipitation"]).any(axis=0)
    found = np.array(told["hourly"]["probability(precipitation>=0.5)"], dtype=float)
    np.testing.assert_allclose(found[known], rain[known], atol=6e-4)
    np.testing.assert_array_equal(np.isnan(found), ~known)
    cold = (members["temperature_2m"] < 8.1 - 1e-6).mean(axis=0)
    np.testing.assert_allclose(told["hourly"]["probability(temperature_2m<8.1)"], cold, atol=6e-4)
    assert told["units"]["probability(precipitation>=0.5)"] == "1"


def test_rolling_sums_and_extremes_end_with_their_hour(
    service: ForecastService, members: dict[str, np.ndarray]
) -> None:
    asked = {"probability": "precipitation>=8,temperature_2m<3", "over": 6}
    told = answered(service, hourly="temperature_2m", **asked)
    rain = told["hourly"]["probability(sum_6h(precipitation)>=8)"]
    sums = members["precipitation"][:, 25:31].sum(axis=1)
    assert rain[30] == pytest.approx((sums >= 8).mean(), abs=6e-4)
    cold = told["hourly"]["probability(minimum_6h(temperature_2m)<3)"]
    lows = members["temperature_2m"][:, 25:31].min(axis=1)
    assert cold[30] == pytest.approx((lows < 3).mean(), abs=6e-4)
    assert rain[:5] == [None] * 5


def test_probability_and_amount_never_contradict_each_other(service: ForecastService) -> None:
    told = answered(
        service, hourly="precipitation", quantiles="25,50,90", probability="precipitation>=0.1"
    )["hourly"]
    chance = np.array(told["probability(precipitation>=0.1)"], dtype=float)
    for level in (25, 50, 90):
        amount = np.array(told[f"precipitation_p{level}"], dtype=float)
        known = ~np.isnan(amount)
        wet = amount[known] >= 0.1
        np.testing.assert_array_equal(wet, chance[known] > 1 - level / 100 + 1e-9)


def test_a_joint_event_is_not_the_product_of_its_parts(
    service: ForecastService, members: dict[str, np.ndarray]
) -> None:
    told = answered(
        service, hourly="none", event="precipitation<=0.2,wind_speed_10m<5", event_hours=3
    )
    (event,) = told["events"]
    assert event["name"] == "event"
    assert event["event"] == ("precipitation <= 0.2 mm and wind_speed_10m < 5 m s-1, in all of 3 h")
    met = (members["precipitation"] <= 0.2 + 1e-9) & (members["wind_speed_10m"] < 5 - 1e-6)
    for start in (5, 20, 40):
        # the window from hour 5 holds the values at the ends of its hours: 6, 7, 8
        place = event["start"].index(f"2025-04-{10 + start // 24}T{start % 24:02d}:00:00Z")
        window = slice(start + 1, start + 4)
        joint = met[:, window].all(axis=1).mean()
        assert event["probability"][place] == pytest.approx(joint, abs=6e-4)
    assert event["best"]["probability"] == max(p for p in event["probability"] if p is not None)
    assert event["members"] == COUNT


def test_events_in_full_are_named_and_bounded(service: ForecastService) -> None:
    conditions = [{"variable": "temperature_2m", "comparison": "<", "value": 0.0}]
    whole = {"at_least": None, "begin": None, "end": None}
    events = [
        {"name": "frost", "conditions": conditions, "hours": 1, **whole},
        {
            "name": "frost tomorrow night",
            "conditions": conditions,
            "hours": 12,
            **whole,
            "at_least": 2,
            "begin": "2025-04-11T12:00Z",
            "end": "2025-04-12T00:00Z",
        },
    ]
    told = answered(service, hourly="none", events=events)
    assert [event["name"] for event in told["events"]] == ["frost", "frost tomorrow night"]
    bounded = told["events"][1]
    assert bounded["start"] == ["2025-04-11T12:00:00Z"]
    assert bounded["event"].endswith("in at least 2 of 12 h")


def test_daily_quantiles_are_over_the_days_of_members(
    service: ForecastService, members: dict[str, np.ndarray]
) -> None:
    asked = {"daily": "temperature_2m_min,wind_direction_10m_dominant", "quantiles": "10,90"}
    told = answered(service, hourly="none", **asked, day="08-08")["daily"]
    # 08:00 to 08:00 in Shanghai is 00:00 to 00:00 UTC, the hours 1 to 24
    lows = np.sort(members["temperature_2m"][:, 1:25].min(axis=1))
    place = told["time"].index("2025-04-10")
    assert told["temperature_2m_min_p10"][place] == pytest.approx(lows[1], abs=0.051)
    assert told["temperature_2m_min_p90"][place] == pytest.approx(lows[17], abs=0.051)
    hourly = np.sort(members["temperature_2m"][:, 1:25], axis=0)[1].min()
    assert lows[1] != pytest.approx(hourly, abs=0.051)
    assert "wind_direction_10m_dominant_p10" not in told


def test_hours_and_csv_hold_the_same_columns(service: ForecastService) -> None:
    asked = {"hourly": "temperature_2m", "quantiles": "10", "probability": "precipitation>=1"}
    series = service.series(ask(service, **HERE, **asked, hours=3))
    told = orjson.loads(series.to_json())["hourly"]
    lines = series.to_csv().splitlines()
    label = "probability(precipitation>=1)"
    assert lines[0] == f"time,local_time,temperature_2m,temperature_2m_p10,{label}"
    cells = lines[1].split(",")
    assert [float(cell) for cell in cells[2:]] == [
        told[name][0] for name in ("temperature_2m", "temperature_2m_p10", label)
    ]


def test_a_height_is_that_of_every_member(service: ForecastService) -> None:
    asked = {"hourly": "temperature_2m", "quantiles": "50"}
    low = answered(service, **asked, probability="temperature_2m<5")["hourly"]
    held = service.served[0].current().members.get()
    high = held.at(ROW, COLUMN, elevation=900.0)[:, 0]
    assert np.nanmean(high) < np.nanmean(low["temperature_2m_p50"]) - 3.0


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"quantiles": "10,101"}, InvalidRequest, "allowed are numbers from 0 to 100"),
        ({"quantiles": ""}, InvalidRequest, "allowed are numbers from 0 to 100"),
        ({"quantiles": ",".join(map(str, range(22)))}, InvalidRequest, "allowed are 1 to 21"),
        ({"probability": "rain>=1"}, UnknownName, "rain"),
        ({"probability": "precipitation=>1"}, InvalidRequest, "one of < <= > >= =="),
        ({"probability": "precipitation>=1e9"}, InvalidRequest, "and a number"),
        ({"probability": "precipitation>=1.2.3"}, InvalidRequest, "and a number"),
        ({"probability": "cloud_cover>=1"}, InvalidRequest, "they hold temperature_2m"),
        ({"probability": "precipitation>=1", "over": 241}, InvalidRequest, "allowed are 1 to 240"),
        ({"over": 3}, InvalidRequest, "without probability"),
        ({"event_hours": 3}, InvalidRequest, "without event"),
        ({"event": "temperature_2m<0", "event_hours": 0}, InvalidRequest, "allowed are 1 to 240"),
        ({"event": "temperature_2m<0", "event_hours": 200}, InvalidRequest, "in a row"),
    ],
)
def test_each_fault_is_one_sentence(
    service: ForecastService, options: dict[str, Any], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        answered(service, **options)


def test_work_with_members_is_counted_before_data_are_touched(
    region: SmallRegion, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    def touched(*arguments: object) -> None:
        raise AssertionError("data were touched")

    monkeypatch.setattr("forecast.store.Cycle.point", touched)
    service = serve(region, max_member_values=1000)
    # 20 members x 49 hours x 7 variables, whichever of them are asked
    for asked in ({"quantiles": "50"}, {"event": "temperature_2m<0", "hourly": "none"}):
        with pytest.raises(RequestTooLarge, match="6,860 values of 20 members"):
            answered(service, **asked)


def test_hours_that_are_past_have_no_spread_and_complete_the_day(
    tmp_path: Path, serve: Serve
) -> None:
    made = SmallRegion.create(tmp_path, hours=48, variables=VARIABLES)
    made.publish(version=2, reference_time=CYCLE - timedelta(hours=36))
    published_with(made, members_of(made, count=12))
    asked = {"hourly": "temperature_2m", "daily": "temperature_2m_min", "past_days": 1}
    told = answered(
        serve(made), **asked, quantiles="0,100", probability="temperature_2m<99", day="00:00"
    )
    past = told["passport"]["series"]["past_hours"]
    for name in ("temperature_2m_p0", "probability(temperature_2m<99)"):
        assert told["hourly"][name][:past] == [None] * past
        assert told["hourly"][name][past] is not None
    assert told["daily"]["origin"][:2] == ["past", "past and forecast"]
    own = told["hourly"]["temperature_2m"][24:past]
    members = told["hourly"]["temperature_2m_p0"][past:48]
    assert told["daily"]["temperature_2m_min_p0"][1] == pytest.approx(
        min(*own, *members), abs=0.051
    )
    assert told["daily"]["temperature_2m_min_p0"][0] is None
    assert told["daily"]["temperature_2m_min"][0] is not None


@pytest.fixture(scope="module")
def single(tmp_path_factory: pytest.TempPathFactory) -> SmallRegion:
    made = SmallRegion.create(tmp_path_factory.mktemp("single"), hours=24, variables=VARIABLES)
    native = native_fields(made)
    made.publish(packed=downscaled_counts(made, native), native=native)
    return made


def test_one_forecast_is_asked_through_its_neighbourhood_and_says_so(
    single: SmallRegion, serve: Serve
) -> None:
    told = answered(serve(single), hourly="precipitation", probability="precipitation>=1")
    label = "probability(precipitation>=1)"
    chances = [one for one in told["hourly"][label] if one is not None]
    assert set(chances) - {0.0, 1.0}
    state = told["passport"]["members"]
    assert (state["count"], state["method"]) == (1, "neighbourhood")
    assert state["neighbourhoods"][label]["cells_across"] == 5


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"quantiles": "50"}, "one forecast, a run of an ensemble"),
        ({"event": "temperature_2m<0"}, "one forecast, a run of an ensemble"),
        ({"probability": "temperature_2m<0"}, "others differ between cells by height"),
    ],
)
def test_one_forecast_refuses_what_only_members_can_tell(
    single: SmallRegion, serve: Serve, options: dict[str, Any], words: str
) -> None:
    with pytest.raises(InvalidRequest, match=words):
        answered(serve(single), **options)
