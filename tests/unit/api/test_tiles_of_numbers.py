"""`….int16`: the numbers behind a tile, pixel by pixel those that a tap on it is answered with."""

import numpy as np
import pytest

from tests.support.asking import Api
from tests.support.small_members import members_of, published_with
from tests.support.small_region import SmallRegion
from tests.support.tile_pixels import drawn, every, numbered, tile_at

HERE = tile_at(117.72, 39.45, 11)
HOUR = "20250410T06Z"
NOTHING = -32768


@pytest.fixture(scope="module")
def ensemble(tmp_path_factory: pytest.TempPathFactory) -> Api:
    made = SmallRegion.create(tmp_path_factory.mktemp("small"))
    published_with(made, members_of(made, count=12))
    return Api.over(made)


def scale(api: Api, name: str) -> int:
    (entry,) = [one for one in api.get("/v1/layers").json()["variables"] if one["name"] == name]
    return entry["counts_per_unit"]


@pytest.mark.parametrize("column", ["temperature_2m", "delta_t", "temperature_2m_p90"])
def test_a_number_is_what_its_pixel_is_answered_with(ensemble: Api, column: str) -> None:
    name, _, level = column.partition("_p")
    more = {"quantile": level} if level else {}
    seen = numbered(ensemble, f"/tiles/{name}/{HOUR}", HERE, **more)
    known = 0
    for row, pixel, longitude, latitude in every(60, HERE):
        if seen[row, pixel] == NOTHING:
            continue
        asked = {"lat": f"{latitude:.5f}", "lon": f"{longitude:.5f}", "cell": "nearest"}
        asked |= {"hourly": name} | ({"quantiles": level} if level else {})
        told = ensemble.get("/v1/forecast", **asked).json()["hourly"]
        value = told[column][told["time"].index("2025-04-10T06:00:00Z")]
        assert seen[row, pixel] / scale(ensemble, name) == pytest.approx(value)
        known += 1
    assert known > 4


@pytest.mark.parametrize("hour", [HOUR, "20250410T10Z"])
@pytest.mark.parametrize("name", ["cloud_cover", "precipitation"])
def test_there_is_a_number_where_the_picture_has_a_colour_and_nowhere_else(
    api: Api, name: str, hour: str
) -> None:
    colours = drawn(api, f"/tiles/{name}/{hour}", HERE)
    numbers = numbered(api, f"/tiles/{name}/{hour}", HERE)
    assert ((numbers != NOTHING) == (colours[..., 3] > 0)).all()


def test_codes_of_a_rule_are_those_of_the_legend_that_is_drawn(ensemble: Api) -> None:
    address = "/tiles/advice/tea/pluck/2025-04-11"
    crops = {one["crop"]: one for one in ensemble.get("/v1/layers").json()["advice"]}
    (rule,) = [one for one in crops["tea.cuilan.yuexi"]["rules"] if one["id"] == "pluck"]
    colours = {one["code"]: bytes.fromhex(one["colour"][1:]) for one in rule["legend"]}
    pixels, codes = drawn(ensemble, address, HERE), numbered(ensemble, address, HERE)
    known = np.unique(codes).tolist()
    assert set(known) - {NOTHING} <= set(colours)
    assert NOTHING in known
    assert pixels[codes == NOTHING][:, 3].max() == 0
    for code in set(known) - {NOTHING, -1}:
        shown, counts = np.unique(pixels[codes == code], axis=0, return_counts=True)
        # the colour, or the ink of its pattern
        assert colours[code] in {bytes(one[:3]) for one in shown}, counts


def test_numbers_of_a_named_cycle_are_kept_and_known_again(api: Api) -> None:
    cycle = api.get("/v1/layers").json()["cycles"]
    path = f"/tiles/temperature_2m/{HOUR}/{'/'.join(map(str, HERE))}.int16"
    answer = api.get(path, cycle=cycle)
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["x-zhitian-simulated"] == "true"
    known = {"If-None-Match": answer.headers["etag"]}
    assert api.get(path, cycle=cycle, headers=known).status_code == 304


def test_numbers_travel_packed(api: Api) -> None:
    path = f"/tiles/temperature_2m/{HOUR}/{'/'.join(map(str, HERE))}.int16"
    answer = api.get(path, headers={"Accept-Encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert int(answer.headers["content-length"]) < 256 * 256 * 2 / 20
