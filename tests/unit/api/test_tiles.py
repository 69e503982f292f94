"""`/tiles/…`: a pixel has the colour of the value that its cell is answered with."""

from datetime import timedelta
from math import floor

import numpy as np
import pytest

from tests.support.asking import Api
from tests.support.small_region import CYCLE, SmallRegion
from tests.support.tile_pixels import drawn, every, tile_at

WEST, SOUTH, ROWS, COLUMNS = 117.60, 39.35, 20, 24
"""Edges and counts of the small region; its cells are a hundredth of a degree wide."""

HERE = tile_at(117.72, 39.45, 11)
EDGE = tile_at(117.61, 39.54, 11)
FAR = (11, 5, 5)


def cell_of(longitude: float, latitude: float) -> tuple[int, int] | None:
    """Row and column of the cell at a place, None outside."""
    row, column = floor((latitude - SOUTH) / 0.01), floor((longitude - WEST) / 0.01)
    return (row, column) if 0 <= row < ROWS and 0 <= column < COLUMNS else None


def legend(api: Api, name: str) -> list[tuple[float, tuple[int, ...]]]:
    (entry,) = [one for one in api.get("/v1/layers").json()["variables"] if one["name"] == name]
    return [(one["value"], tuple(bytes.fromhex(one["colour"][1:]))) for one in entry["legend"]]


def stepped(stops: list[tuple[float, tuple[int, ...]]], value: float) -> tuple[int, ...]:
    return [colour for limit, colour in stops if limit <= value][-1]


def between(stops: list[tuple[float, tuple[int, ...]]], value: float) -> np.ndarray:
    limits, colours = zip(*stops, strict=True)
    return np.array([np.interp(value, limits, part) for part in np.array(colours).T])


@pytest.mark.parametrize("tile", [HERE, EDGE, tile_at(117.72, 39.45, 14), tile_at(117.7, 39.4, 8)])
def test_a_pixel_has_the_colour_of_the_value_of_its_cell(
    api: Api, region: SmallRegion, tile: tuple[int, int, int]
) -> None:
    rain = drawn(api, "/tiles/precipitation/20250410T06Z", tile)
    warmth = drawn(api, "/tiles/temperature_2m/2025-04-10T06:00:00Z", tile)
    rain_stops, warm_stops = legend(api, "precipitation"), legend(api, "temperature_2m")
    inside = 0
    for row, column, longitude, latitude in every(7, tile):
        cell = cell_of(longitude, latitude)
        if cell is None:
            assert rain[row, column, 3] == warmth[row, column, 3] == 0
            continue
        inside += 1
        at = {"row": cell[0], "column": cell[1], "step": 6}
        wanted = stepped(rain_stops, region.value("precipitation", **at))
        assert tuple(rain[row, column]) == (*wanted, 255)
        told = between(warm_stops, region.value("temperature_2m", **at))
        # the palette has 18 colours from one stop to the next
        assert np.abs(warmth[row, column, :3] - told).max() <= 4
    assert inside > 0


def test_a_missing_value_is_transparent_and_dry_is_not(api: Api) -> None:
    assert drawn(api, "/tiles/cloud_cover/20250410T10Z", HERE)[..., 3].max() == 0
    assert drawn(api, "/tiles/cloud_cover/20250410T09Z", HERE)[128, 128, 3] == 255
    # the cell in the south-west corner has no rain at 00:00
    dry = drawn(api, "/tiles/precipitation/20250410T00Z", tile_at(117.604, 39.354, 14))
    shown = dry[dry[..., 3] > 0]
    assert tuple(legend(api, "precipitation")[0][1]) in {tuple(one[:3]) for one in shown.tolist()}


def test_outside_of_all_regions_a_tile_is_empty(api: Api) -> None:
    for address in ("/tiles/temperature_2m/20250410T06Z", "/tiles/hillshade", "/tiles/water"):
        assert drawn(api, address, FAR)[..., 3].max() == 0


def test_a_derived_variable_is_drawn_as_it_is_answered(api: Api) -> None:
    stops = legend(api, "delta_t")
    seen = drawn(api, "/tiles/delta_t/20250410T06Z", HERE)
    for row, column, longitude, latitude in every(60, HERE):
        if cell_of(longitude, latitude) is None:
            continue
        asked = {"lat": f"{latitude:.5f}", "lon": f"{longitude:.5f}", "cell": "nearest"}
        told = api.get("/v1/forecast", **asked, hourly="delta_t").json()["hourly"]
        value = told["delta_t"][told["time"].index("2025-04-10T06:00:00Z")]
        assert np.abs(seen[row, column, :3] - between(stops, value)).max() <= 4


def test_water_is_where_less_than_half_is_land(api: Api) -> None:
    seen = drawn(api, "/tiles/water", HERE)
    for row, column, longitude, latitude in every(9, HERE):
        cell = cell_of(longitude, latitude)
        # the four eastern columns are sea
        assert (seen[row, column, 3] > 0) == (cell is not None and cell[1] >= COLUMNS - 4)


def test_relief_is_opaque_in_the_region_alone(api: Api) -> None:
    seen = drawn(api, "/tiles/hillshade", EDGE)
    for row, column, longitude, latitude in every(9, EDGE):
        assert (seen[row, column, 3] > 0) == (cell_of(longitude, latitude) is not None)
    assert np.unique(seen[seen[..., 3] > 0][:, :3], axis=0).shape[0] > 1


@pytest.mark.parametrize(
    ("path", "status", "sentence"),
    [
        ("temperature_2m/20250410T06Z/15/0/0", 400, "z '15' was asked"),
        ("temperature_2m/20250410T06Z/-1/0/0", 400, "z '-1' was asked"),
        ("temperature_2m/20250410T06Z/2/4/0", 400, "tile 4, 0 of zoom 2 was asked; allowed are 0"),
        ("temperature_2m/noon/11/5/5", 400, "time 'noon' was asked; allowed is a whole hour"),
        ("temperature_2m/20250410T0630Z/11/5/5", 400, "allowed is a whole hour in UTC"),
        ("temperature_2m/20250499T06Z/11/5/5", 400, "time '20250499T06Z' was asked"),
        ("temperature_2m/20260410T06Z/{here}", 404, "has the hours 2025-04-10T00:00:00Z to"),
        ("warmth/20250410T06Z/11/5/5", 404, "variable 'warmth' was asked"),
        ("wind_u_10m/20250410T06Z/11/5/5", 404, "a map of 'wind_u_10m' was asked"),
        ("soil_temperature_0_7cm/20250410T06Z/{here}", 404, "was asked; cycle"),
        ("temperature_2m/20250410T06Z/{here}?cycle=a,b", 404, "cycle a, b was asked; region"),
        ("temperature_2m/20250410T06Z/{here}?quantile=20", 400, "allowed on a map are 10, 50, 90"),
        ("temperature_2m/20250410T06Z/{here}?quantile=90", 400, "is one forecast"),
    ],
)
def test_each_fault_is_a_problem_in_one_sentence(
    api: Api, path: str, status: int, sentence: str
) -> None:
    address, _, query = path.format(here="/".join(map(str, HERE))).partition("?")
    answer = api.get(f"/tiles/{address}.png?{query}")
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert sentence in answer.json()["detail"]


def test_a_tile_of_a_named_cycle_is_kept_for_long_and_another_for_minutes(api: Api) -> None:
    address = f"/tiles/temperature_2m/20250410T06Z/{'/'.join(map(str, HERE))}.png"
    now = api.get(address)
    assert now.headers["x-zhitian-simulated"] == "true"
    assert now.headers["x-zhitian-age"] == "fresh"
    assert now.headers["cache-control"].startswith("public, max-age=")
    assert 300 <= int(now.headers["cache-control"].partition("=")[2]) < 420
    cycle = now.headers["x-zhitian-cycle"]
    named = api.get(address, cycle=f"other,{cycle}")
    assert named.headers["cache-control"] == "public, max-age=604800, immutable"
    assert named.content == now.content
    assert "x-zhitian-age" not in named.headers
    again = api.get(address, headers={"if-none-match": now.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = api.get(address.replace("T06Z", "T07Z"), headers={"if-none-match": now.headers["etag"]})
    assert other.status_code == 200


def test_an_old_cycle_is_still_drawn_and_the_layers_say_how_old_it_is(region: SmallRegion) -> None:
    late = Api.over(region, now=CYCLE + timedelta(hours=40))
    assert drawn(late, "/tiles/temperature_2m/20250410T06Z", HERE)[128, 128, 3] == 255
    assert late.get("/v1/layers").json()["state"] == "expired"
