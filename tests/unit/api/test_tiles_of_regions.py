"""Tiles over several regions, over damage, over members."""

from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from forecast import regions
from forecast.api import create_app
from forecast.publish import publish
from forecast.settings import Settings
from forecast.store import RegionStore
from tests.support.asking import Api
from tests.support.cycles import write_tiles
from tests.support.small_members import members_of, published_with
from tests.support.small_region import CYCLE, NOW, SmallRegion
from tests.support.tile_pixels import drawn, every, tile_at

RAIN = "/tiles/precipitation/20250410T06Z"
BORDER = 117.84
"""Eastern edge of the small region and western one of its neighbour."""

OVER = tile_at(BORDER, 39.45, 10)

NEIGHBOUR = """
name = "{name}"
label_zh = "邻地"
label_en = "Neighbour"
timezone = "Asia/Shanghai"
spacing = 0.01

[box]
west = {west}
south = 39.35
east = {east}
north = 39.55
"""


@dataclass(frozen=True)
class Pair:
    """The small region and another one of the same size beside it, not published yet."""

    small: SmallRegion
    file: Path

    def api(self) -> Api:
        """An application of both."""
        files = str(self.small.file), str(self.file)
        return Api(create_app(Settings(store=self.small.root, regions=files, now=NOW)))

    def publish(self, *, rain: int, hours_later: int = 0) -> str:
        """Publish a cycle of the neighbour with the same count of rain everywhere."""
        own = regions.load(self.file)
        start = CYCLE + timedelta(hours=hours_later)
        about = replace(
            self.small.description(reference_time=start), region=own.name, grid=own.grid
        )
        packed = self.small.counts()
        packed[:, :, self.small.variables.index("precipitation")] = rain
        store = RegionStore.open(self.small.root / own.name)
        with store.stage(about) as staging:
            write_tiles(staging, packed)
            staging.write_group("terrain", self.small.terrain)
            publish(staging)
            return staging.cycle_id


def pair(folder: Path, *, west: float) -> Pair:
    small = SmallRegion.create(folder)
    small.publish()
    file = folder / "neighbour.toml"
    east = round(west + 0.24, 2)
    file.write_text(NEIGHBOUR.format(name="neighbour", west=west, east=east), encoding="utf-8")
    RegionStore.create(folder / "store" / "neighbour", region="neighbour")
    return Pair(small, file)


def colour(api: Api, value: float) -> tuple[int, ...]:
    """Colour of an amount of rain by the legend."""
    (entry,) = [
        one for one in api.get("/v1/layers").json()["variables"] if one["name"] == "precipitation"
    ]
    own = [one["colour"] for one in entry["legend"] if one["value"] <= value][-1]
    return (*bytes.fromhex(own[1:]), 255)


def test_a_tile_over_two_regions_shows_both(tmp_path: Path) -> None:
    both = pair(tmp_path, west=BORDER)
    named = both.publish(rain=60)
    api = both.api()
    seen = drawn(api, RAIN, OVER)
    flat = colour(api, 0.6)
    east = [
        tuple(seen[row, column])
        for row, column, longitude, latitude in every(3, OVER)
        if BORDER < longitude < 118.08 and 39.35 < latitude < 39.55
    ]
    assert set(east) == {flat}
    # 10 rows up and 20 columns in: 7 (10 x 3 + 20 x 2 + 6) hundredths of a millimetre
    row, column = next(
        (row, column)
        for row, column, longitude, latitude in every(1, OVER)
        if abs(longitude - 117.805) < 0.003 and abs(latitude - 39.455) < 0.003
    )
    assert tuple(seen[row, column]) == colour(api, 5.32)
    z, x, y = OVER
    headers = api.get(f"{RAIN}/{z}/{x}/{y}.png").headers
    assert named in headers["x-zhitian-cycle"].split(",")
    assert len(headers["x-zhitian-cycle"].split(",")) == 2


def test_where_two_regions_overlap_the_first_is_shown_as_it_answers(tmp_path: Path) -> None:
    both = pair(tmp_path, west=117.62)
    both.publish(rain=60)
    api = both.api()
    tile = tile_at(117.73, 39.45, 12)
    both_drawn = drawn(api, RAIN, tile)
    alone = drawn(Api.over(both.small), RAIN, tile)
    np.testing.assert_array_equal(both_drawn, alone)


def test_a_region_that_cannot_be_shown_is_told_and_the_other_is_drawn(tmp_path: Path) -> None:
    both = pair(tmp_path, west=BORDER)
    api = both.api()
    z, x, y = OVER
    answer = api.get(f"{RAIN}/{z}/{x}/{y}.png")
    assert answer.status_code == 200
    assert answer.headers["x-zhitian-missing"] == "neighbour"
    kept = api.get(f"{RAIN}/{z}/{x}/{y}.png", cycle=answer.headers["x-zhitian-cycle"])
    assert "immutable" not in kept.headers["cache-control"]
    alone = tile_at(118.0, 39.45, 12)
    refused = api.get(f"{RAIN}/{'/'.join(map(str, alone))}.png")
    assert refused.status_code == 503
    assert "nothing is published in the store" in refused.json()["detail"]
    entry = api.get("/v1/layers").json()["regions"][1]
    assert (entry["name"], entry["state"]) == ("neighbour", "missing")
    both.publish(rain=60, hours_later=-24)
    # the neighbour's run ends before the hour that is asked
    late = api.get(f"/tiles/precipitation/20250411T18Z/{z}/{x}/{y}.png")
    assert late.headers["x-zhitian-missing"] == "neighbour"


def test_a_damaged_map_makes_the_cycle_before_it_shown(tmp_path: Path) -> None:
    region = SmallRegion.create(tmp_path)
    first = region.publish()
    newest = region.publish(version=1)
    api = Api.over(region)
    tile = tile_at(117.72, 39.45, 12)
    cycle = region.store.cycle(newest)
    (cell,) = cycle.manifest.layout.tiles()
    shard = next(region.root.glob(f"**/{newest}")) / cycle.manifest.layout.map_file(
        "precipitation", cell
    )
    content = bytearray(shard.read_bytes())
    content[len(content) // 3] ^= 0x40
    shard.write_bytes(content)
    answers = [
        api.get(f"/tiles/precipitation/20250410T{hour:02}Z/{'/'.join(map(str, tile))}.png")
        for hour in range(24)
    ]
    assert {answer.status_code for answer in answers} == {200}
    assert answers[-1].headers["x-zhitian-cycle"] == first
    assert newest in api.get("/v1/layers").json()["regions"][0]["degraded"]


@pytest.fixture(scope="module")
def members(tmp_path_factory: pytest.TempPathFactory) -> Api:
    region = SmallRegion.create(tmp_path_factory.mktemp("members"))
    published_with(region, members_of(region, count=12))
    return Api.over(region)


@pytest.mark.parametrize("level", [10, 50, 90])
def test_a_quantile_has_the_colour_of_the_quantile_that_is_answered(
    members: Api, level: int
) -> None:
    tile = tile_at(117.72, 39.45, 11)
    seen = drawn(members, "/tiles/precipitation/20250410T09Z", tile, quantile=level)
    compared = 0
    for row, column, longitude, latitude in every(51, tile):
        asked = {"lat": f"{latitude:.6f}", "lon": f"{longitude:.6f}", "cell": "nearest"}
        answer = members.get("/v1/forecast", **asked, hourly="precipitation", quantiles=str(level))
        if answer.status_code == 404:
            assert seen[row, column, 3] == 0
            continue
        hours = answer.json()["hourly"]
        value = hours[f"precipitation_p{level}"][hours["time"].index("2025-04-10T09:00:00Z")]
        assert tuple(seen[row, column]) == colour(members, value)
        compared += 1
    assert compared >= 5


def test_quantiles_of_what_is_not_offered_are_refused(members: Api) -> None:
    z, x, y = tile_at(117.72, 39.45, 11)
    address = f"/tiles/wind_gust_10m/20250410T06Z/{z}/{x}/{y}.png"
    answer = members.get(address, quantile=90)
    assert answer.status_code == 404
    assert "has those of temperature_2m, precipitation, wind_speed_10m" in answer.json()["detail"]
