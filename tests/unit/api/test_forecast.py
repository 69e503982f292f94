"""GET and POST /v1/forecast: the numbers are the store's, the passport is true."""

import csv
import io
import math

import pytest

from forecast.api.models import ManyAnswers, PointAnswer
from tests.support.asking import Api
from tests.support.small_region import NINGHE, VARIABLES, SmallRegion

ROW, COLUMN = 3, 5
HERE = {"lat": "39.385", "lon": "117.655"}
"""The centre of the cell (3, 5)."""


def test_every_value_is_the_one_that_was_published(api: Api, region: SmallRegion) -> None:
    hourly = api.get("/v1/forecast", **HERE).json()["hourly"]
    assert len(hourly["time"]) == 49
    for name in VARIABLES:
        for step, found in enumerate(hourly[name]):
            expected = region.value(name, row=ROW, column=COLUMN, step=step)
            assert found == (None if math.isnan(expected) else expected), (name, step)


def test_the_document_has_the_shape_that_is_documented(api: Api) -> None:
    answer = api.get("/v1/forecast", **HERE, daily="all")
    PointAnswer.model_validate(answer.json())


def test_missing_is_null_and_named_in_the_steps(api: Api) -> None:
    answer = api.get("/v1/forecast", **HERE, hourly="cloud_cover").json()
    assert answer["hourly"]["cloud_cover"][9:14].count(None) == 3
    assert answer["passport"]["steps"] == {
        "cloud_cover": [[0, "model"], [10, "missing"], [13, "model"], [37, "interpolated"]]
    }


def test_the_passport_names_cycle_cell_heights_and_correction(
    api: Api, region: SmallRegion
) -> None:
    passport = api.get("/v1/forecast", **HERE).json()["passport"]
    assert passport["cycle"] == region.store.current().id
    assert passport["run_time"] == "2025-04-10T00:00:00Z"
    assert passport["age"] == {"hours": 6.0, "state": "fresh"}
    assert passport["simulated"] is True
    assert passport["licence"] == "CC-BY-4.0"
    assert passport["attribution"] == "Contains test data"
    # what nobody has put into Chinese stays as it calls itself
    assert passport["source_label_zh"] == passport["source_label"] == "ECMWF IFS open data"
    assert passport["terrain_source_zh"] == passport["terrain"]["source"] == "test heights"
    assert passport["terrain"] == {"kind": "shipped", "source": "test heights"}
    cell = passport["cell"]
    assert (cell["row"], cell["column"], cell["distance_m"]) == (ROW, COLUMN, 0)
    assert (cell["longitude"], cell["latitude"]) == (117.655, 39.385)
    # 5 m at the coast, 10 m a column inland, 2 m a row: columns 19 to 5 and row 3
    assert cell["elevation_m"] == 5 + 10 * (24 - 4 - 1 - COLUMN) + 2 * ROW
    assert passport["model_elevation_m"] == 40.0
    assert passport["height_difference_m"] == cell["elevation_m"] - 40.0


def test_hours_start_at_now_and_times_are_local_beside_utc(api: Api) -> None:
    hourly = api.get("/v1/forecast", **HERE, hourly="temperature_2m", hours="2").json()["hourly"]
    assert hourly["time"] == ["2025-04-10T06:00:00Z", "2025-04-10T07:00:00Z"]
    assert hourly["local_time"] == ["2025-04-10T14:00:00+08:00", "2025-04-10T15:00:00+08:00"]


def test_variables_come_in_the_order_asked_each_once(api: Api) -> None:
    text = "wind_gust_10m,temperature_2m,wind_gust_10m"
    answer = api.get("/v1/forecast", **HERE, hourly=text).json()
    assert list(answer["hourly"])[2:] == ["wind_gust_10m", "temperature_2m"]
    assert answer["units"] == {"wind_gust_10m": "m s-1", "temperature_2m": "degC"}


def test_none_of_the_hours_may_be_asked(api: Api) -> None:
    answer = api.get("/v1/forecast", **HERE, hourly="none", daily="temperature_2m_max").json()
    assert set(answer["hourly"]) == {"time", "local_time"}
    assert set(answer["daily"]) >= {"time", "temperature_2m_max"}


@pytest.mark.parametrize(
    ("day", "start", "end"),
    [
        ("local", "2025-04-11T00:00:00+08:00", "2025-04-12T00:00:00+08:00"),
        ("20-20", "2025-04-10T20:00:00+08:00", "2025-04-11T20:00:00+08:00"),
        ("08-08", "2025-04-11T08:00:00+08:00", "2025-04-12T08:00:00+08:00"),
        ("06:30", "2025-04-11T06:30:00+08:00", "2025-04-12T06:30:00+08:00"),
    ],
)
def test_a_day_begins_where_it_is_asked_to(
    api: Api, region: SmallRegion, day: str, start: str, end: str
) -> None:
    daily = api.get("/v1/forecast", **HERE, daily="temperature_2m_min", day=day).json()["daily"]
    place = daily["time"].index("2025-04-11")
    assert (daily["start"][place], daily["end"][place]) == (start, end)
    assert daily["expected_hours"][place] == 24
    # over 24 hours in a row every hour of the day comes once: the least is that of hour 0
    if day == "local":
        least = region.value("temperature_2m", row=ROW, column=COLUMN, step=0)
        assert daily["temperature_2m_min"][place] == least


def test_a_sum_over_a_day_is_that_of_its_hours(api: Api, region: SmallRegion) -> None:
    daily = api.get("/v1/forecast", **HERE, daily="precipitation_sum").json()["daily"]
    place = daily["time"].index("2025-04-11")
    hours = range(17, 41)
    total = sum(region.value("precipitation", row=ROW, column=COLUMN, step=h) for h in hours)
    assert daily["precipitation_sum"][place] == pytest.approx(round(total, 1))
    assert daily["precipitation_sum"][-1] is None


def test_a_place_is_found_by_its_chinese_name_and_by_pinyin(api: Api) -> None:
    answers = [api.get("/v1/forecast", place=name).json() for name in ("宁河", "ninghe")]
    for answer in answers:
        assert answer["place"]["name_zh"].startswith("宁河")
        asked = answer["passport"]["asked"]
        assert (asked["longitude"], asked["latitude"]) == pytest.approx(NINGHE, abs=0.02)


def test_coordinates_as_text_are_a_place(api: Api) -> None:
    answer = api.get("/v1/forecast", place="39.385 N 117.655 E").json()
    assert answer["passport"]["cell"]["row"] == ROW
    assert answer["place"]["kind"] == "coordinates"


def test_a_place_at_sea_is_answered_from_land_unless_the_nearest_cell_is_asked(api: Api) -> None:
    at_sea = {"lat": "39.455", "lon": "117.805"}
    land = api.get("/v1/forecast", **at_sea).json()["passport"]["cell"]
    nearest = api.get("/v1/forecast", **at_sea, cell="nearest").json()["passport"]["cell"]
    assert (land["reason"], land["column"]) == ("moved_to_land", 19)
    assert (nearest["reason"], nearest["column"], nearest["land_fraction"]) == ("nearest", 20, 0.0)


def test_many_points_are_answered_in_their_order(api: Api, region: SmallRegion) -> None:
    query = {"lat": "39.385,39.355", "lon": "117.655,117.605", "hourly": "temperature_2m"}
    document = api.get("/v1/forecast", **query).json()
    ManyAnswers.model_validate(document)
    first, second = document["answers"]
    assert first["hourly"]["temperature_2m"][0] == region.value(
        "temperature_2m", row=ROW, column=COLUMN, step=0
    )
    assert second["passport"]["cell"]["row"] == second["passport"]["cell"]["column"] == 0


def test_post_answers_places_and_points_alike(api: Api) -> None:
    body = {
        "points": [{"place": "宁河"}, {"lat": 39.385, "lon": 117.655}],
        "hourly": "precipitation",
        "daily": "precipitation_sum",
        "hours": 3,
    }
    document = api.post("/v1/forecast", json=body).json()
    ManyAnswers.model_validate(document)
    alone = api.get("/v1/forecast", **HERE, hourly="precipitation", hours="3").json()
    assert document["answers"][1]["hourly"] == alone["hourly"]
    assert document["answers"][0]["place"]["name_zh"].startswith("宁河")


def test_csv_has_the_same_numbers(api: Api) -> None:
    answer = api.get("/v1/forecast", **HERE, format="csv")
    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    hourly = api.get("/v1/forecast", **HERE).json()["hourly"]
    assert [row["time"] for row in rows] == hourly["time"]
    for name in VARIABLES:
        assert [float(row[name]) if row[name] else None for row in rows] == hourly[name]


def test_a_named_cycle_and_an_earlier_moment_answer_from_the_past(tmp_path) -> None:
    region = SmallRegion.create(tmp_path)
    first = region.publish()
    region.publish(version=3)
    api = Api.over(region)
    value = [
        region.value("temperature_2m", row=ROW, column=COLUMN, step=0, version=v) for v in (0, 3)
    ]
    assert value[0] != value[1]
    published = {entry.cycle_id: entry.published_at for entry in region.store.published()}
    now = api.get("/v1/forecast", **HERE).json()
    named = api.get("/v1/forecast", **HERE, cycle=first).json()
    later = api.get("/v1/forecast", **HERE, as_of="2100-01-01T00:00Z").json()
    assert now["hourly"]["temperature_2m"][0] == value[1]
    assert named["hourly"]["temperature_2m"][0] == value[0]
    assert named["passport"]["published_at"] == published[first]
    assert later["hourly"]["temperature_2m"][0] == value[1]
    assert later["passport"]["age"]["state"] == "expired"
    before = api.get("/v1/forecast", **HERE, as_of="2001-01-01T00:00Z")
    assert before.status_code == 503
    assert "2001-01-01" in before.json()["detail"]
