"""`/v1/layers`: everything that a page needs to show the map."""

from forecast.api.layers import Layers
from forecast.variables import derived
from tests.support.asking import Api
from tests.support.small_members import members_of, published_with
from tests.support.small_region import NAME, SmallRegion


def test_the_layers_have_the_shape_that_is_promised(api: Api) -> None:
    answer = api.get("/v1/layers")
    assert answer.status_code == 200
    found = Layers.model_validate(answer.json(), strict=True)
    assert found.model_dump(exclude_unset=True) == answer.json()
    assert found.simulated
    assert found.state == "fresh"
    assert found.templates["variable"] == "/tiles/{variable}/{time}/{z}/{x}/{y}.png"


def test_a_region_tells_its_cycle_hours_and_bounds(api: Api, region: SmallRegion) -> None:
    told = api.get("/v1/layers").json()
    (one,) = told["regions"]
    assert (one["name"], one["label_zh"], one["timezone"]) == (NAME, "小地", "Asia/Shanghai")
    assert one["bounds"] == {"west": 117.6, "south": 39.35, "east": 117.84, "north": 39.55}
    assert told["bounds"] == one["bounds"]
    assert told["cycles"] == one["cycle"]
    assert one["times"][0] == "20250410T00Z"
    assert one["times_local"][0] == "2025-04-10T08:00:00+08:00"
    assert len(one["times"]) == region.hours + 1 == len(told["times"])
    assert one["members"] == 1
    assert one["quantile_variables"] == []
    assert one["water"]
    assert one["hillshade"]


def test_every_variable_that_can_be_drawn_has_a_legend(api: Api, region: SmallRegion) -> None:
    told = {one["name"]: one for one in api.get("/v1/layers").json()["variables"]}
    made = set(told) - set(region.variables)
    assert set(region.variables) <= set(told)
    assert made == {"wet_bulb_2m", "delta_t", "wind_speed_2m"} <= set(derived())
    warmth = told["temperature_2m"]
    assert (warmth["label_zh"], warmth["units"], warmth["mark"]) == ("气温", "degC", 0.0)
    assert all(len(one["legend"]) >= 5 for one in told.values())
    assert all(one["quantiles"] == [] for one in told.values())


def test_an_ensemble_offers_quantiles(tmp_path) -> None:
    region = SmallRegion.create(tmp_path)
    published_with(region, members_of(region, count=12))
    told = Api.over(region).get("/v1/layers").json()
    offered = ["temperature_2m", "precipitation", "wind_speed_10m", "relative_humidity_2m"]
    assert told["regions"][0]["quantile_variables"] == offered
    by_name = {one["name"]: one["quantiles"] for one in told["variables"]}
    assert by_name["precipitation"] == [10, 50, 90]
    assert by_name["wind_gust_10m"] == []


def test_too_few_members_offer_none(tmp_path) -> None:
    region = SmallRegion.create(tmp_path)
    published_with(region, members_of(region, count=4))
    (one,) = Api.over(region).get("/v1/layers").json()["regions"]
    assert (one["members"], one["quantile_variables"]) == (4, [])


def test_an_empty_service_says_why_nothing_can_be_shown(tmp_path) -> None:
    told = Api.over(SmallRegion.create(tmp_path)).get("/v1/layers").json()
    assert told["state"] == "missing"
    assert told["times"] == told["variables"] == []
    (one,) = told["regions"]
    assert "nothing is published" in one["reason"]


def test_layers_that_are_known_are_not_sent_again(api: Api) -> None:
    first = api.get("/v1/layers")
    again = api.get("/v1/layers", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
